"""What every connection to a bank offers, whatever it speaks: the words in which payments ask and are answered.

Only `done` and `refused` are evidence. `no_record` is none while the request can still arrive, and silence never is (DESIGN §1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from moa.channels.message_store import Claim, WhenStored
from moa.kernel.errors import DomainError

# Why nothing was sent where the bank was not reached: no connection came about, who answered is not known to be the bank, or
# others could read on the way.
LINE_DOWN, NOT_THE_BANK = "bank_line_down", "bank_certificate_refused"
UNENCRYPTED = "connection_unencrypted"
UNREACHED = frozenset({LINE_DOWN, NOT_THE_BANK, UNENCRYPTED})


class MessageUnwritable(DomainError):
    """The bank's message cannot carry this, so nothing was sent. Facts: `fields`."""

    code = "message_unwritable"


class Answered(StrEnum):
    """What an answer means. `silence`: none came; `not_sent`: it is certain that nothing left, also of what was stored to leave."""

    DONE = "done"
    REFUSED = "refused"
    IN_PROCESS = "in_process"
    NO_RECORD = "no_record"
    UNCLEAR = "unclear"
    SILENCE = "silence"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Asked:
    """One exchange. Shape: `message_id` of the stored request; `msg_no` its number of the day; `code` as the bank said it;
    `problem` the code of why a test of the line was not sent; `bank_day` the day on which the bank itself shows to be
    (banks_day.py), None where it shows none."""

    answered: Answered
    message_id: int
    msg_no: int
    day: date
    code: str = ""
    problem: str = ""
    bank_day: date | None = None


@dataclass(frozen=True, slots=True)
class HolderAnswer:
    """The name that the bank has for an account. Shape: `name` None where none was said; `is_closed` as the bank says."""

    asked: Asked
    name: str | None = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class BalanceAnswer:
    """Shape: minor units, None where none was said."""

    asked: Asked
    ledger_minor: int | None = None
    available_minor: int | None = None


@dataclass(frozen=True, slots=True)
class BankMovement:
    """One line of an account of ours as its bank tells it now. Shape: `at` HHMMSS of the bank's clock; `amount_minor` signed,
    receipts positive."""

    day: date
    at: str
    amount_minor: int
    balance_minor: int
    text: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class MovementsAnswer:
    """Shape: `movements` the oldest first, all of the days asked for; None where they were not told to the last one."""

    asked: Asked
    movements: tuple[BankMovement, ...] | None = None


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """Money to be sent. Shape: account numbers as digits; `reference` comes back on the statement; `name` the payee's, for
    the bank's own comparison, left out where it does not fit the bank's field; `about` what it is for, kept with the message."""

    debit_account: str
    amount_minor: int
    credit_bank: str
    credit_account: str
    name: str = ""
    memo: str = ""
    reference: str = ""
    about: tuple[str, object] = ("", "")


@dataclass(frozen=True, slots=True)
class TransferAnswer:
    """Shape: `fee_minor` None where the bank said none; `problem` the code of why it was not sent, empty where there was
    nothing to send any more."""

    asked: Asked
    fee_minor: int | None = None
    problem: str = ""


class Question(NamedTuple):
    """What became of `order`, which was sent under that number on that day."""

    order: TransferOrder
    day: date
    msg_no: int


@dataclass(frozen=True, slots=True)
class ResultAnswer:
    """What the bank says became of a transfer. Shape: `asked` the inquiry itself; `found` what it says of the transfer, with
    the bank's `code`; `unclear` where the bank's figures are not those of the transfer."""

    asked: Asked
    found: Answered
    code: str = ""
    fee_minor: int | None = None


@dataclass(frozen=True, slots=True)
class TotalsAnswer:
    """The bank's totals of a day's transfers from one account. Shape: `ok` those done, returned later or not; None where
    none were said."""

    asked: Asked
    ok_count: int | None = None
    ok_minor: int | None = None
    failed_count: int = 0
    failed_minor: int = 0
    returned_count: int = 0
    returned_minor: int = 0
    fee_minor: int = 0


class FailedAfterwards(NamedTuple):
    """What a bank told by itself: a transfer that it had answered as done has failed. It names no day.

    Shape: `code` as the bank said it; `failed_minor` what came back, which may be a part.
    """

    msg_no: int
    amount_minor: int
    failed_minor: int
    debit_account: str
    credit_bank: str
    credit_account: str
    code: str


class DebitTold(NamedTuple):
    """What a bank told by itself: that an account of ours was debited. Its reference is not among it, for it is starred in the
    stored copy."""

    account: str
    amount_minor: int
    day: date


class Channel(Protocol):
    """A connection in use. Each call stores its messages itself and returns what is known, never a guess."""

    def test_line(self) -> Asked: ...

    def inquire_payee(self, bank_code: str, account: str, amount_minor: int = 0) -> HolderAnswer: ...

    def inquire_payees(self, payees: Sequence[tuple[str, str]]) -> list[HolderAnswer]:
        """The same of many, asked together. Shape: `payees` as bank and account; the answers in their order."""
        ...

    def balance(self, account: str) -> BalanceAnswer: ...

    def movements(self, account: str, first: date, last: date) -> MovementsAnswer:
        """The lines of these days, both counted. They are told, not booked: statements are what closes payments."""
        ...

    def transfers(
        self,
        orders: Sequence[TransferOrder],
        *,
        claim: Claim | None = None,
        when_stored: WhenStored | None = None,
    ) -> list[TransferAnswer]:
        """Each once, and never again by itself; sent together, and the answers in their order. One that cannot be sent stops
        none of the others.

        `claim` runs first in the transaction that stores the messages and says whose may still leave, by what the orders are
        about; `when_stored` runs last in it, and nothing leaves if it refuses.
        """
        ...

    def inquire_results(self, questions: Sequence[Question]) -> list[ResultAnswer]:
        """What became of transfers that were sent; asked together, and the answers in their order."""
        ...

    def totals(self, day: date, account: str) -> TotalsAnswer: ...

    def listen(self) -> None:
        """Take what the bank says by itself, such as failures told afterwards, and store it."""
        ...

    def revoke(self) -> Asked:
        """End what lets us in, where there is such a thing, here and at the bank. Shape: how the bank answered."""
        ...
