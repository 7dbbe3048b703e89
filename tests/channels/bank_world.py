"""The simulated banks as a process of their own, for tests that speak to them over TCP; its clock stands at the tests' day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moa.entry.world_child import WorldChild
from tests.control.factories import TODAY

BANK, OTHER_BANK, COMPANY = "004", "088", "HAEON0000001"


class BankWorld(WorldChild):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, start=f"{TODAY}T10:00")

    def fault(self, kind: str, **order: Any) -> None:
        self.ask("POST", "/faults", {"kind": kind, "bank": BANK, **order})
