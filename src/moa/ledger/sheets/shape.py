"""What every sheet is: asked of a book, columns with keys and kinds, rows of plain values, totals by currency.

Titles and words are the readers' business: pages, files and the command each say the keys in their own way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from moa.kernel.errors import DomainError

Row = dict[str, Any]
Kind = Literal["text", "code", "amount", "worth", "count", "day", "moment", "origin"]


class Column(NamedTuple):
    """Shape: an `amount` is in minor units of the row's currency, a `worth` of the book's."""

    key: str
    kind: Kind


class SheetUnknown(DomainError):
    """Facts: `sheet`, `known` all names."""

    code = "sheet_unknown"


class RangeBackwards(DomainError):
    """The range ends before it begins."""

    code = "range_backwards"


class SheetNeeds(DomainError):
    """The sheet is of one thing that was not named. Facts: `field`."""

    code = "sheet_needs"


class SheetTooLong(DomainError):
    """More rows than one file takes. Facts: `most`."""

    code = "sheet_too_long"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted. Shape: both days included; `known_at` None for what is known now; `most` rows at most."""

    first: date
    last: date
    known_at: datetime | None = None
    by: str = ""
    subject: str = ""
    account: str = ""
    currency: str = ""
    text: str = ""
    least_minor: int | None = None
    most_minor: int | None = None
    maker: str = ""
    origin: str = ""
    most: int = 200

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise RangeBackwards(first=self.first, last=self.last)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Shape: each row and total has `currency` where it has amounts; `is_cut` when rows beyond `asked.most` were left out;
    totals cover all of them."""

    name: str
    book: str
    functional: str
    asked: Asked
    columns: tuple[Column, ...]
    rows: list[Row]
    totals: list[Row] = field(default_factory=list)
    is_cut: bool = False
    about: Row = field(default_factory=dict)


AMOUNT_KINDS = frozenset({"amount", "worth"})


def sums(rows: list[Row], columns: tuple[Column, ...], *, leave: frozenset[str] = frozenset()) -> list[Row]:
    """One total a currency over the rows. An amount that is not known in one row is not known in the sum."""
    totals: dict[str, Row] = {}
    added = [one.key for one in columns if one.kind in {"amount", "worth", "count"} and one.key not in leave]
    for row in rows:
        total = totals.get(row["currency"])
        if total is None:
            total = totals[row["currency"]] = {"currency": row["currency"], **dict.fromkeys(added, 0)}
        for key in added:
            total[key] = None if total[key] is None or row[key] is None else total[key] + row[key]
    return [totals[currency] for currency in sorted(totals)]
