"""The simulated banks as a process of their own, for tests that speak to them over TCP; its clock stands at the tests' day."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.control.factories import TODAY

BANK, OTHER_BANK, COMPANY = "004", "088", "HAEON0000001"


class BankWorld:
    """Shape: `ports` the first port of each bank by its code."""

    def __init__(self, folder: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "moa_world",
            "live",
            "--out",
            str(folder),
            "--start",
            f"{TODAY}T10:00",
            "--speed",
            "0",
        ]
        self.folder = folder
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.found = json.loads(self.process.stdout.readline())
        self.ports = {bank: ports["send"] for bank, ports in self.found["banks"].items()}

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.found["control"] + path, data, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)

    def fault(self, kind: str, **order: Any) -> None:
        self.ask("POST", "/faults", {"kind": kind, "bank": BANK, **order})

    def state(self) -> Any:
        return self.ask("GET", "/state")

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
