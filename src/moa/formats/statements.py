"""The one shape that every statement reader yields: start, entries, end, with problems in between.

A reader is `read(source, options)`: a binary stream in, an iterator of events out. It never holds the file: the
facts that stand at the end of a file (or are worked out from its rows) travel in `StatementEnd`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from moa.kernel.errors import Problem

if TYPE_CHECKING:
    from moa.formats.spreadsheets.profiles import Profile

# An entry has a field of the name `date`, which would hide the type.
Day = date


class StatementStart(NamedTuple):
    """A statement begins. `index` counts from 1 in the file."""

    index: int  # type: ignore[assignment]
    place: str


class Detail(NamedTuple):
    """One payment inside a batched entry, as the bank listed it. Shape: amount in minor units, unsigned."""

    amount_minor: int
    currency: str
    direction: str
    reference: str = ""
    description: str = ""
    counterparty: str = ""
    counterparty_account: str = ""


class Entry(NamedTuple):
    """One line of a statement, in the order of the file.

    Shape: `amount_minor` unsigned minor units of `currency`; `direction` "credit" or "debit" is the booked side;
    `status` "booked", "pending" or "info"; `balance_minor` the balance that the bank printed on the line, signed.
    """

    date: Day
    value_date: Day | None
    time: time | None
    amount_minor: int
    currency: str
    direction: str
    status: str
    reference: str
    bank_reference: str
    description: str
    counterparty: str
    counterparty_account: str
    balance_minor: int | None
    place: str
    details: tuple[Detail, ...] = ()


class StatementEnd(NamedTuple):
    """A statement ends: what the file says about it as a whole.

    Shape: balances signed minor units, overdrawn negative; `from_date` and `to_date` are both inside the
    statement; `provisional` is true for MT942, camt.052 and camt.054; `newest_first` says that the entries came
    latest first. `opening_minor` and `closing_minor` are None where neither stated nor to be worked out.
    `continues` and `goes_on` say that this is a page: others of the same period come before or after it.
    """

    account: str
    currency: str
    opening_minor: int | None
    closing_minor: int | None
    from_date: date | None
    to_date: date | None
    entry_count: int
    provisional: bool = False
    newest_first: bool = False
    reference: str = ""
    bank: str = ""
    holder: str = ""
    place: str = ""
    continues: bool = False
    goes_on: bool = False


Event = StatementStart | Entry | StatementEnd | Problem


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the caller knows beyond the file. `currency` is for files without one; `password` opens a locked workbook;
    `own_profiles` are column profiles that the caller made, beside those that are shipped."""

    account: str = ""
    currency: str = ""
    profile: str = ""
    password: str = ""
    encoding: str = ""
    max_sheet_bytes: int = 150_000_000
    own_profiles: tuple[Profile, ...] = ()


@dataclass(slots=True)
class FileFacts:
    """What a reader found out about the file itself, filled while it reads."""

    format: str = ""
    encoding: str = ""
    profile: str = ""
    extra: dict[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """A statement reader. It yields problems and goes on; it raises only for a fault of our own."""

    def __call__(self, source: BinaryIO, options: ReadOptions, facts: FileFacts) -> Iterator[Event]: ...
