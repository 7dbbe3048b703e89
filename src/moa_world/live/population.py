"""Who lives in the world: the Korean banks of the demo group with its won accounts, and payees at every bank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from random import Random

from moa_world import names
from moa_world.group import ACCOUNTS, BANKS, holder_of

from .values import Account, BankProfile

COMPANY = "HAEON0000001"
PAYEES_A_BANK = 12
_LONGEST_ACCOUNT = 15
# Bank code: fee to another bank, largest transfer, works on holidays, tells every movement.
_HABITS = {
    "002": (500, 10_000_000_000, False, False),
    "003": (500, 5_000_000_000, True, True),
    "004": (500, 10_000_000_000, True, True),
    "011": (400, 1_000_000_000, True, True),
    "020": (500, 5_000_000_000, True, True),
    "081": (500, 10_000_000_000, False, True),
    "088": (500, 10_000_000_000, True, True),
}
_DAYS_LIMIT = 20
# They speak HTTP alone; the others speak firm banking too.
_WITHOUT_LINES = frozenset({"002", "020"})


def banks() -> dict[str, BankProfile]:
    """By code, in the order of codes."""
    profiles = {}
    for bank in sorted((bank for bank in BANKS.values() if bank.country == "KR"), key=lambda bank: bank.code):
        fee, limit, holidays, notices = _HABITS[bank.code]
        profiles[bank.code] = BankProfile(
            code=bank.code,
            bic=bank.bic,
            name=bank.names["ko"],
            opens=time(0, 30),
            closes=time(23, 30),
            fee_other_bank=fee,
            limit_once=limit,
            limit_day=limit * _DAYS_LIMIT,
            works_on_holidays=holidays,
            sends_notices=notices and bank.code not in _WITHOUT_LINES,
            has_lines=bank.code not in _WITHOUT_LINES,
        )
    return profiles


def accounts(seed: int, balances: Mapping[str, int]) -> list[Account]:
    """Ours and the payees' at each bank: firms and persons, one of them closed. The same seed gives the same.

    Shape: `balances` in won, by account number, for ours that begin with another balance than the demo's first one.
    """
    living = [
        Account(
            BANKS[account.bank].code,
            account.number,
            holder_of(account),
            balances.get(account.number, account.opening),
            is_ours=True,
        )
        for account in ACCOUNTS
        if account.currency == "KRW" and len(account.number) <= _LONGEST_ACCOUNT
    ]
    for code in banks():
        rng = Random(f"{seed}/payees/{code}")
        for n in range(PAYEES_A_BANK):
            firm = n % 3 != 2
            holder = _written(rng, names.KO_MAKING + names.KO_OFFICE) if firm else names.korean_person(rng)
            number = f"{code}{names.digits(rng, 9)}"
            living.append(
                Account(
                    code, number, holder, rng.randrange(0, 500) * 100_000, is_closed=n == PAYEES_A_BANK - 1
                )
            )
    return living


def _written(rng: Random, trades: tuple[str, ...]) -> str:
    """A firm that a message can carry: a few syllables lie beyond EUC-KR."""
    while True:
        name = names.korean_firm(rng, trades)
        if name.encode("euc_kr", "ignore").decode("euc_kr", "ignore") == name:
            return name
