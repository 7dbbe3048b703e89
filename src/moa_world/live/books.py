"""The accounts of all banks. Every posting has legs that add up to nothing, so money never appears or vanishes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from .values import Account, Movement

CLEARING, FEES = "CLEARING", "FEES"


class Leg(NamedTuple):
    """One side of a posting. Shape: `amount` signed won."""

    account: Account
    amount: int
    kind: str
    text: str
    memo: str = ""
    reference: str = ""
    partner: str = ""
    partner_bank: str = ""
    partner_account: str = ""
    msg_no: str = ""


class Books:
    """Shape: accounts by bank and number; each bank has two of its own, for clearing and for fees."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self.accounts = {(account.bank, account.number): account for account in accounts}
        for bank in sorted({account.bank for account in self.accounts.values()}):
            for number in (CLEARING, FEES):
                self.accounts[bank, number] = Account(bank, number, number, 0, is_internal=True)
        for account in self.accounts.values():
            account.balance = account.opening
        self.total_at_start = self.total()

    def find(self, bank: str, number: str) -> Account | None:
        """A customer's account; the bank's own can't be named from outside."""
        account = self.accounts.get((bank, number))
        return None if account is None or account.is_internal else account

    def internal(self, bank: str, number: str) -> Account:
        return self.accounts[bank, number]

    def of_bank(self, bank: str) -> list[Account]:
        return [account for account in self.accounts.values() if account.bank == bank]

    def total(self) -> int:
        return sum(account.balance for account in self.accounts.values())

    def post(self, at: datetime, *legs: Leg) -> list[Movement]:
        """Raises: ArithmeticError when the legs do not add up to nothing or a customer would be overdrawn."""
        if sum(leg.amount for leg in legs) != 0:
            raise ArithmeticError("the legs of a posting add up to something")
        needed: dict[int, int] = {}
        for leg in legs:
            needed[id(leg.account)] = needed.get(id(leg.account), leg.account.balance) + leg.amount
            if needed[id(leg.account)] < 0 and not leg.account.is_internal:
                raise ArithmeticError("a customer's account would be overdrawn")
        return [self._move(at, leg) for leg in legs]

    def _move(self, at: datetime, leg: Leg) -> Movement:
        account = leg.account
        last = account.movements[-1] if account.movements else None
        number = last.number + 1 if last is not None and last.day == at.date() else 1
        account.balance += leg.amount
        movement = Movement(at, number, leg.amount, account.balance, *leg[2:])
        account.movements.append(movement)
        return movement


def opening_on(account: Account, day: date) -> int:
    """The balance before the first movement of the day."""
    balance = account.opening
    for movement in account.movements:
        if movement.day >= day:
            break
        balance = movement.balance
    return balance


def movements_on(account: Account, day: date) -> list[Movement]:
    """Newest days are asked for most, so it looks from the end."""
    found = []
    for movement in reversed(account.movements):
        if movement.day < day:
            break
        if movement.day == day:
            found.append(movement)
    return found[::-1]
