"""How many findings there are, and which of them are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from moa.formats.fixed_width.finding import Finding, error

ERRORS_TOLD = 20_000
WARNINGS_TOLD = 1_000


class Tally:
    """Hands findings on and counts them, so that a file that is wrong throughout does not fill a disk with messages.

    Warnings are all counted, and the first thousand of a code are told. After 20,000 errors one more says that there
    are too many; from then on `is_full`, and whoever checks may stop.
    """

    def __init__(self, found: Callable[[Finding], None]) -> None:
        self._found = found
        self.errors = 0
        self.warning_counts: Counter[str] = Counter()

    @property
    def warnings(self) -> int:
        return self.warning_counts.total()

    @property
    def is_full(self) -> bool:
        return self.errors > ERRORS_TOLD

    def tell(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            if finding.severity == "warning":
                self.warning_counts[finding.code] += 1
                if self.warning_counts[finding.code] <= WARNINGS_TOLD:
                    self._found(finding)
            elif self.errors < ERRORS_TOLD:
                self.errors += 1
                self._found(finding)
            elif not self.is_full:
                self.errors += 1
                self._found(error("too_many_errors"))
