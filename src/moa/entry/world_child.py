"""The simulated banks as a child process with a clock that stands until it is moved: for benches, simulations and tests.

`moa world up` runs them for people. Nothing here is used by the product in service.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

_SECONDS = 10


class WorldChild:
    """Shape: `ports` the port of each bank that takes our messages, by the bank's code; `start` is "2026-11-20T10:00"."""

    def __init__(self, folder: Path, *, start: str, speed: str = "0") -> None:
        command = [
            sys.executable, "-m", "moa_world", "live", "--out", str(folder), "--start", start, "--speed", speed,
        ]  # fmt: skip
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.found = json.loads(self.process.stdout.readline())
        self.ports: dict[str, int] = {bank: ports["send"] for bank, ports in self.found["banks"].items()}

    def __enter__(self) -> WorldChild:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.found["control"] + path, data, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return json.load(answer)

    def state(self) -> Any:
        return self.ask("GET", "/state")

    def accounts(self, bank: str) -> list[dict[str, Any]]:
        return next(one for one in self.state()["banks"] if one["code"] == bank)["accounts"]

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
