"""A book of 100,000 accounts in the bench database, and vouchers to book in it."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connections

from moa.control.context import Context
from moa.control.models import Person, Role
from moa.control.operations.add_unit import NewUnit, add_unit
from moa.control.operations.set_up_group import NewGroup, set_up_group
from moa.control.queries import context_for, list_groups, machine_context
from moa.entry.staff import agree, hire
from moa.ledger.models import Book
from moa.ledger.operations.agree_standing_order import (
    NewStandingOrder,
)
from moa.ledger.operations.set_up_book import NewBook, set_up_book
from moa.ledger.rules.acts import FILE
from moa.ledger.rules.vouchers import NewVoucher, transfer

GROUP = "LEDGER"
ACCOUNTS = 100_000
# One account in a hundred takes nine movements in ten.
HOT = ACCOUNTS // 100
HOT_SHARE = 0.9
DAY = date(2026, 11, 20)

_ACCOUNTS = """
insert into ledger_account (group_id, book_id, subject_id, code, name, currency, normal_side, floor_minor, state, opened_on)
select b.group_id, b.id, s.id, 'A' || lpad(n::text, 6, '0'), 'Bench ' || n, 'KRW', -1, -1000000000000, 'open', %s
  from ledger_book b join ledger_subject s on s.book_id = b.id and s.code = '201101', generate_series(1, %s) n
 where b.id = %s
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """`person_id` may book; each call gets a Context of its own, as in the running system."""

    group_id: int
    person_id: int
    book: Book

    def context(self) -> Context:
        return context_for(self.group_id, self.person_id, at=datetime.now(UTC), channel="command")


def bench_book() -> Bench:
    """The group with its book, made when it is not there."""
    group_id = next((group.id for group in list_groups() if group.code == GROUP), None) or _make()
    machine = machine_context(group_id, at=datetime.now(UTC), channel="command")
    with machine.open():
        person = Person.objects.filter(kind=Person.PERSON).order_by("id")[0]
        return Bench(group_id, person.id, Book.objects.get(is_default=True))


def _make() -> int:
    at = datetime.now(UTC)
    machine = set_up_group(NewGroup(GROUP, "벤치 장부", "KRW", is_demo=True), at=at)
    with machine.open():
        unit = add_unit(machine, new=NewUnit("company", "C", "회사", date(2020, 1, 1)))
        role = Role.objects.get(code="treasurer")
        people = [hire(machine, name, role) for name in ("maker", "checker")]
        book = set_up_book(machine, new=NewBook("SC", "센터", unit.id, "KRW", DAY, is_default=True))
    maker, checker = (context_for(machine.group_id, one.id, at=at, channel="command") for one in people)
    agree(maker, checker, book, NewStandingOrder("FILES", "Files", (FILE,), DAY))
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table ledger_account disable trigger watched")
        cursor.execute(_ACCOUNTS, [DAY, ACCOUNTS, book.id])
        cursor.execute("alter table ledger_account enable trigger watched")
        cursor.execute("vacuum analyze")
    connections["owner"].close()
    return machine.group_id


def vouchers(count: int, *, hot: bool = False, hottest: bool = False) -> list[NewVoucher]:
    """Transfers between accounts drawn evenly; with `hot` mostly few of them, with `hottest` one in every voucher."""
    chance, run = random.Random(), uuid.uuid4().hex

    def account() -> int:
        return chance.randint(1, HOT if hot and chance.random() < HOT_SHARE else ACCOUNTS)

    made = []
    for number in range(count):
        one, other = 1 if hottest else account(), account()
        while other == one:
            other = account()
        legs = transfer(f"A{one:06d}", f"A{other:06d}", chance.randint(1, 10_000_000), "KRW")
        made.append(NewVoucher(f"{run}-{number}", DAY, DAY, legs, "내부이체 11월분"))
    return made
