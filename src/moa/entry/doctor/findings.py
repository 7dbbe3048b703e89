"""What a check found, and how all checks are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple


class Finding(NamedTuple):
    """One line of the doctor. Shape: `mend` is empty when nothing is to do; with `ok` it is advice, not a fault."""

    name: str
    ok: bool
    found: str
    mend: str = ""

    def as_json(self) -> dict[str, str | bool]:
        return self._asdict()


Check = Callable[[], Finding]


def good(name: str, found: str) -> Finding:
    return Finding(name, True, found)


def advice(name: str, found: str, mend: str) -> Finding:
    """Moa works as it is, but something is better mended."""
    return Finding(name, True, found, mend)


def bad(name: str, found: str, mend: str) -> Finding:
    return Finding(name, False, found, mend)


def run_checks(checks: Iterable[Check]) -> Iterator[Finding]:
    """One finding per check; a check that stumbles is a bad finding, not the end of the others."""
    for check in checks:
        name = check.__name__.removeprefix("check_")
        try:
            yield check()._replace(name=name)
        except Exception as problem:
            if type(problem.__cause__).__name__ in ("UndefinedTable", "UndefinedColumn"):
                yield bad(name, "a table of this version is not there", "Run moa upgrade.")
                continue
            lines = str(problem).strip().splitlines()
            reason = (
                getattr(problem, "sentence", "") or f"{type(problem).__name__}: {lines[0] if lines else ''}"
            )
            yield bad(name, reason, "Mend this first; the check could not be made.")
