"""One group with a treasurer, and what tests ask of its accounts: the stored lines, balances and everything there is."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from moa.accounts.models import BalancePoint, BankAccount, CurrentBalance, ProvisionalEntry, Transaction
from moa.accounts.operations.import_file import ImportResult, import_file
from moa.accounts.operations.open_account import NewAccount, open_account
from moa.accounts.operations.receive_file import receive_file
from moa.accounts.operations.settle_conflict import settle_conflict
from moa.control.context import Context
from moa.control.models import Unit
from tests.accounts.bank_files import NUMBER
from tests.control.factories import make_group, make_person, make_unit


@dataclass(frozen=True, slots=True)
class Books:
    machine: Context
    ctx: Context
    company: Unit

    def open(self, number: str = NUMBER, currency: str = "KRW", **more: Any) -> BankAccount:
        new = NewAccount(
            more.pop("unit_id", self.company.id), "KR", more.pop("bank", "004"), number, currency, **more
        )
        with self.ctx.open():
            return open_account(self.ctx, new=new)

    def receive(self, data: bytes, name: str = "", ctx: Context | None = None, **more: Any) -> int:
        ctx = ctx or self.ctx
        with ctx.open():
            return receive_file(ctx, source=io.BytesIO(data), name=name or "statement", **more).id

    def bring(self, data: bytes, name: str = "", ctx: Context | None = None, **more: Any) -> ImportResult:
        """Receive and import a file, as the command line does."""
        return import_file(ctx or self.ctx, file_id=self.receive(data, name, ctx, **more))

    def lines(self, account: BankAccount) -> list[tuple[date, int, str]]:
        """The lines that count, in the order in which they were stored."""
        with self.ctx.open(), connection.cursor() as cursor:
            cursor.execute(
                "select booked_on, amount_minor, description from accounts_transaction t where account_id = %s"
                " and not exists (select 1 from accounts_supersession s where s.transaction_id = t.id) order by id",
                [account.id],
            )
            return cursor.fetchall()

    def amounts(self, account: BankAccount) -> list[int]:
        return [amount for _, amount, _ in self.lines(account)]

    def all_lines(self, account: BankAccount) -> int:
        """Superseded ones too."""
        with self.ctx.open():
            return Transaction.objects.filter(account_id=account.id).count()

    def points(self, account: BankAccount) -> dict[date, int]:
        """The newest balance of each day that has one."""
        with self.ctx.open():
            found = BalancePoint.objects.filter(account_id=account.id).order_by("recorded_at", "id")
            return {point.day: point.balance_minor for point in found}

    def current(self, account: BankAccount) -> tuple[date | None, int | None]:
        with self.ctx.open():
            found = CurrentBalance.objects.filter(account_id=account.id).first()
            return (found.day, found.balance_minor) if found else (None, None)

    def intraday(self, account: BankAccount) -> Counter[tuple[int, str]]:
        """Intraday and pending lines that nothing has replaced yet, by amount and status."""
        with self.ctx.open():
            found = ProvisionalEntry.objects.filter(account_id=account.id, replaced_at=None)
            return Counter(found.values_list("amount_minor", "status"))

    def settle(self, conflict_id: int, *, replace: bool, reason: str = "phoned the bank") -> None:
        with self.ctx.open():
            settle_conflict(self.ctx, conflict_id=conflict_id, replace=replace, reason=reason)

    def what_accounts_say(self) -> dict[str, list[Any]]:
        """Every row that says something of an account: what a file that changes nothing leaves as it is."""
        tables = (
            "accounts_transaction", "accounts_statement", "accounts_balancepoint", "accounts_currentbalance",
            "accounts_provisionalentry", "accounts_parkedstatement", "accounts_conflict", "accounts_supersession",
            "accounts_bankaccount",
        )  # fmt: skip
        found: dict[str, list[Any]] = {}
        with self.ctx.open(), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"select * from {table} order by 1, 2")
                found[table] = cursor.fetchall()
        return found


def make_books(code: str = "") -> Books:
    machine = make_group(code)
    return Books(machine, make_person(machine, roles=["treasurer"]), make_unit(machine))
