"""The values of the world in a box: a bank's habits, an account with its movements, a transfer, what an event causes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class BankProfile:
    """A bank's habits. Shape: fees and limits in won; between `opens` and `closes` it takes transfers. All speak
    HTTP; without `has_lines` nothing else."""

    code: str
    bic: str
    name: str
    opens: time
    closes: time
    fee_other_bank: int
    limit_once: int
    limit_day: int
    works_on_holidays: bool
    sends_notices: bool
    has_lines: bool = True

    @property
    def sign_code(self) -> str:
        return f"S{self.code}01"


class Movement(NamedTuple):
    """One line of an account. Shape: `amount` signed won, negative leaves; `number` from 1 within account and day."""

    at: datetime
    number: int
    amount: int
    balance: int
    kind: str
    text: str
    memo: str = ""
    reference: str = ""
    partner: str = ""
    partner_bank: str = ""
    partner_account: str = ""
    msg_no: str = ""

    @property
    def day(self) -> date:
        return self.at.date()


@dataclass(slots=True)
class Account:
    """Shape: `opening` is the balance at the world's start; `is_ours` for accounts of the company that uses Moa."""

    bank: str
    number: str
    holder: str
    opening: int
    is_ours: bool = False
    is_closed: bool = False
    is_internal: bool = False
    balance: int = 0
    movements: list[Movement] = field(default_factory=list)

    @property
    def password(self) -> str:
        return self.number[-4:]


class Order(NamedTuple):
    """A transfer as it is asked for, by whatever channel. Shape: `body` is what makes two orders of one number the same."""

    day: str
    company: str
    number: str
    debit_account: str
    credit_bank: str
    credit_account: str
    amount: int
    memo: str
    reference: str
    body: bytes


class TransferState(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    RETURNED = "returned"


@dataclass(slots=True)
class Transfer:
    """A transfer that the bank took, once for its day, company and number. Shape: `body` is the message without secrets."""

    day: str
    company: str
    msg_no: str
    body: bytes
    debit_account: str
    credit_bank: str
    credit_account: str
    amount: int
    at: datetime
    state: TransferState
    code: str
    fee: int = 0
    balance: int = 0
    memo: str = ""
    reference: str = ""
    returned_on: str = ""


class Send(NamedTuple):
    """Bytes for a session, with their frame."""

    session: int
    data: bytes


class Hang(NamedTuple):
    """The bank ends the session."""

    session: int


class Store(NamedTuple):
    """A file of the bank in the folder where statements are fetched."""

    path: str
    data: bytes


class Note(NamedTuple):
    """What happened, for whoever reads the log."""

    what: str
    facts: dict[str, Any]


Effect = Send | Hang | Store | Note


class WorldError(ValueError):
    """An order to the world that it does not understand."""
