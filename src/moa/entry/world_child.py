"""The simulated banks as a child process with a clock that stands until it is moved: for benches, simulations and tests.

`moa world up` runs them for people. Nothing here is used by the product in service.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from moa.entry.children import end_with_this_process
from moa.entry.commands.world import ask

_SECONDS = 10


class WorldChild:
    """Shape: `ports` the port of each bank that takes our messages on a line, by the bank's code; `start` is "2026-11-20T10:00"."""

    def __init__(self, folder: Path, *, start: str, speed: str = "0") -> None:
        self.folder = folder
        command = [
            sys.executable, "-m", "moa_world", "live", "--out", str(folder), "--start", start, "--speed", speed, "--fresh",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            preexec_fn=end_with_this_process,
        )
        assert self.process.stdout is not None
        self.found = json.loads(self.process.stdout.readline())
        self.ports: dict[str, int] = {
            bank: int(ports["send"]) for bank, ports in self.found["banks"].items() if ports
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return ask(method, path, body, control=self.found["control"])

    def state(self) -> Any:
        return self.ask("GET", "/state")

    def accounts(self, bank: str) -> list[dict[str, Any]]:
        return next(one for one in self.state()["banks"] if one["code"] == bank)["accounts"]

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
