"""What the accounts that pay will hold at the end of the day when everything that was submitted is paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from moa.ledger.holds import facts_of
from moa.ledger.models import Balance, Book
from moa.ledger.rules.holding import hold_problem
from moa.payments.queries import waiting_minor


class Outgoing(NamedTuple):
    """What is to leave an account. Shape: minor units; `day` of payment, None where it is not said yet."""

    payer_id: int
    amount_minor: int
    day: date | None


@dataclass(frozen=True, slots=True)
class AccountThen:
    """A paying account. Shape: on its normal side; `this_minor` what is asked for now; `after_minor` at the end of the last of
    its days when everything submitted is paid; `problem` why it could not be paid now."""

    name: str
    code: str
    book: str
    currency: str
    balance_minor: int
    held_minor: int
    waiting_minor: int
    this_minor: int
    after_minor: int
    floor_minor: int | None
    problem: str

    @property
    def is_short(self) -> bool:
        """Whether it could be paid alone, but not with the others that wait."""
        return not self.problem and self.floor_minor is not None and self.after_minor < self.floor_minor


def accounts_then(book: Book, asked: Iterable[Outgoing], *, but: Sequence[int] = ()) -> list[AccountThen]:
    """One for each paying account, by code. `but` the orders that are asked about themselves, where they wait already."""
    sums: dict[int, int] = {}
    days: dict[int, date] = {}
    for one in asked:
        sums[one.payer_id] = sums.get(one.payer_id, 0) + one.amount_minor
        if one.day is not None:
            days[one.payer_id] = max(one.day, days.get(one.payer_id, one.day))
    balances = Balance.objects.select_related("account").filter(account_id__in=sums)
    return [
        _then(book, one, sums[one.account_id], days.get(one.account_id), but)
        for one in balances.order_by("account__code")
    ]


def _then(book: Book, balance: Balance, minor: int, day: date | None, but: Sequence[int]) -> AccountThen:
    account = balance.account
    stands = balance.current_minor * account.normal_side
    waiting = waiting_minor(book, account.id, day, but=but) if day is not None else 0
    return AccountThen(
        account.name, account.code, book.code, account.currency, stands, balance.held_minor, waiting, minor,
        stands - balance.held_minor - waiting - minor, account.floor_minor, hold_problem(facts_of(balance), minor),
    )  # fmt: skip
