"""What every connection to a bank offers, whatever it speaks: the words in which payments ask and are answered.

Only `done` and `refused` are evidence. `no_record` is none while the request can still arrive, and silence never is (DESIGN §1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class Answered(StrEnum):
    """What an answer means. `silence`: none came; `not_sent`: it is certain that nothing left."""

    DONE = "done"
    REFUSED = "refused"
    IN_PROCESS = "in_process"
    NO_RECORD = "no_record"
    UNCLEAR = "unclear"
    SILENCE = "silence"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Asked:
    """One exchange. Shape: `message_id` of the stored request; `msg_no` its number of the day; `code` as the bank said it."""

    answered: Answered
    message_id: int
    msg_no: int
    day: date
    code: str = ""


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


class Channel(Protocol):
    """A connection in use. Each call stores its messages itself and returns what is known, never a guess."""

    def test_line(self) -> Asked: ...

    def inquire_payee(self, bank_code: str, account: str, amount_minor: int = 0) -> HolderAnswer: ...

    def balance(self, account: str) -> BalanceAnswer: ...
