"""The order of the files: the longest first, so that the workers end together; small ones fill up at the end.

A file that is named nowhere here is run between them. The first needs no database: while one worker looks at pages,
the other makes the template of the databases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

FIRST = (
    "ui/test_open_every_page", "entry/test_simulate_payments", "entry/test_bring_up_demo", "entry/test_bring_up",
    "journeys/test_open_all_that_there_is", "entry/test_back_up", "ledger/test_day_commands", "entry/test_demo_figures",
    "journeys/test_bring_in_files", "entry/test_refuse_from_outside", "ledger/test_survive_server_faults", "entry/api/",
    "entry/test_let_in_by_role", "accounts/test_survive_faults", "payments/", "journeys/", "ledger/test_survive_", "ledger/test_close_",
    "ui/", "entry/",
)  # fmt: skip
LAST = ("architecture/", "kernel/", "formats/spreadsheets/", "formats/kftc/")


def place_of(names: Sequence[str]) -> Callable[[pytest.Item], tuple[int, int]]:
    """The place of a test among `names`, which are pytest's own. Shape: rank of its file, then the file as it came."""
    came = {name: place for place, name in enumerate(dict.fromkeys(map(_file, names)))}
    return lambda item: (_rank(_file(item.nodeid)), came[_file(item.nodeid)])


def _file(name: str) -> str:
    return name.partition("::")[0].removeprefix("tests/")


def _rank(file: str) -> int:
    ranks = (*FIRST, "", *LAST)
    known = [place for place, start in enumerate(ranks) if start and file.startswith(start)]
    return min(known, default=len(FIRST))
