"""The tally of a reader: it ends the reading when there are so many errors that more would tell nobody anything."""

from __future__ import annotations

from moa.formats.fixed_width.finding import Finding

from .tally import ERRORS_TOLD as ERRORS_LISTED
from .tally import WARNINGS_TOLD as WARNINGS_LISTED
from .tally import Tally

__all__ = ["ERRORS_LISTED", "WARNINGS_LISTED", "EnoughErrors", "Listing"]

_SHOWN = 100


class EnoughErrors(Exception):
    """Every error that is listed has been found."""


class Listing(Tally):
    """Passes findings on one by one."""

    def take(self, finding: Finding) -> None:
        """Raises: EnoughErrors at the error that says there are too many; never for a warning about the whole file."""
        self.tell((_shortened(finding),))
        if self.is_full and finding.severity == "error":
            raise EnoughErrors

    def count_warnings(self, code: str, count: int) -> None:
        """Warnings that are beyond those listed."""
        self.warning_counts[code] += count

    def has_room(self, code: str) -> bool:
        """Whether the next warning of this code would be listed."""
        return self.warning_counts[code] < WARNINGS_LISTED


def _shortened(finding: Finding) -> Finding:
    """With no more of its value than a person can look at; a filler may have a thousand unreadable bytes."""
    if len(finding.value) <= _SHOWN:
        return finding
    return finding._replace(value=finding.value[:_SHOWN] + "…")
