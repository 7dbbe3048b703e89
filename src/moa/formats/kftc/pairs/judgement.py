"""What the rules of a pair hand to the verdict, and where they put what they find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from moa.formats.fixed_width.finding import Finding, error, warning
from moa.formats.kftc.codes import ResultCode
from moa.formats.kftc.listing import ERRORS_LISTED, WARNINGS_LISTED

from .hint import Hint
from .outcomes import OutcomeTable
from .sides import Side
from .verdict import PartialReading


@dataclass
class Judgement:
    """Shape: `findings` go with the side they are about, and with what stands in the other file; of very many the first
    are listed and all are counted."""

    outcomes: OutcomeTable
    totals: dict[str, int] = field(default_factory=dict)
    findings: list[tuple[Side | None, Finding, Hint | None]] = field(default_factory=list)
    error_count: int = 0
    warning_counts: Counter[str] = field(default_factory=Counter)
    partial_reading: PartialReading | None = None
    codes: tuple[ResultCode, ...] = ()

    def found(self, side: Side | None, finding: Finding, hint: Hint | None = None) -> None:
        if finding.severity == "warning":
            self.warning_counts[finding.code] += 1
            listed = self.warning_counts[finding.code] <= WARNINGS_LISTED
        else:
            self.error_count += 1
            listed = self.error_count <= ERRORS_LISTED
            if self.error_count == ERRORS_LISTED + 1:
                self.findings.append((side, error("too_many_errors"), None))
        if listed:
            self.findings.append((side, finding, hint))

    def warn_rows(
        self,
        side: Side,
        code: str,
        rows: Iterable[int],
        field_name: str,
        value: Callable[[int], str],
        hint: Callable[[int], Hint] | None = None,
    ) -> None:
        """One warning a row; its value and hint are asked for only while warnings are listed."""
        for row in rows:
            room = self.warning_counts[code] < WARNINGS_LISTED
            told = value(row) if room else ""
            beside = hint(row) if room and hint is not None else None
            self.found(side, warning(code, int(side.table.records[row]), field_name, told), beside)

    def has(self, *codes: str) -> bool:
        """Whether an error of one of these codes was found."""
        return any(finding.severity == "error" and finding.code in codes for _, finding, _ in self.findings)


Rules = Callable[[Side, Side, PartialReading | None], Judgement]
