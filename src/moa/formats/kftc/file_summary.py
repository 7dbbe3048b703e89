"""What a reader says of a whole file."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class FileSummary:
    """What a file is, and what was found in it.

    Shape: `date` is the header's, ISO, or ""; `records` counts data records; `totals` are the figures computed from
    them by the trailer's field names; `header` and `trailer` are their fields as texts, empty when there is none.
    `errors` and `warnings` count all findings, also those that were too many to be told.
    """

    kind: str = ""
    institution: str = ""
    date: str = ""
    records: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    errors: int = 0
    warnings: int = 0
    warning_counts: dict[str, int] = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=dict)
    trailer: dict[str, str] = field(default_factory=dict)
