"""Who else knows what a bank line is: an upper context claims it before any rule is asked, and books it its own way.

Declared here, implemented above, registered in entry/wiring.py.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from moa.control.context import Context
from moa.ledger.models import Book
from moa.ledger.operations.post_vouchers import Authority
from moa.reconciliation.models import BankLine
from moa.reconciliation.stored_lines import Said

# The bank has moved money for a payment that did not leave as far as is known, for one that was paid already, or for one whose money
# the payer was given back before: no rule explains its line, and none clears it out of suspense.
CONTRADICTS_PAYMENT, DEBITED_TWICE, PAID_AFTER_RETURN = (
    "payment_contradicts",
    "debited_twice",
    "paid_after_return",
)
FOR_PERSONS = frozenset({CONTRADICTS_PAYMENT, DEBITED_TWICE, PAID_AFTER_RETURN})


class Claim(NamedTuple):
    """How a claimed line is booked. Shape: `counter` the code of the other account; `authority` the two persons it rests on;
    `matter` is given back to whoever claimed it, with all that is locked of it; `cause` why it stands in suspense there, empty where
    it is explained."""

    counter: str
    memo: str
    authority: Authority
    matter: Any
    cause: str = ""


class Parked(NamedTuple):
    """Nobody's rule may book the line now; persons see it. Shape: `problem` the code of why, which stands on the line."""

    problem: str


class LineClaims(Protocol):
    """Both are called in the transaction that books, with the book shared and the row locked."""

    def claim(self, ctx: Context, book: Book, row: BankLine, said: Said) -> Claim | Parked | None:
        """None leaves the line to the rules. May change what the line proves, which stands whether the books take it or not."""
        ...

    def booked(self, ctx: Context, row: BankLine, claim: Claim) -> None: ...


_claims: list[LineClaims] = []


def provide_claims(claims: LineClaims) -> None:
    """Once for each; asked in the order of registration."""
    if claims not in _claims:
        _claims.append(claims)


def claimed(ctx: Context, book: Book, row: BankLine, said: Said) -> tuple[LineClaims, Claim | Parked] | None:
    for one in _claims:
        found = one.claim(ctx, book, row, said)
        if found is not None:
            return one, found
    return None
