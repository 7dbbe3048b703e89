"""Rows `ledger.close` and `ledger.proof`: a day of 200,000 entries in a book of 100,000 accounts, closed and proven."""

from __future__ import annotations

import random
import resource
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.db import connections

from moa.control.context import Context
from moa.control.models import Person
from moa.control.operations.add_person import NewPerson, add_person
from moa.control.operations.add_unit import NewUnit, add_unit
from moa.control.operations.set_up_group import NewGroup, set_up_group
from moa.control.queries import context_for, list_groups, machine_context
from moa.entry.bench.measure import Result
from moa.entry.staff import agree
from moa.ledger.models import Book
from moa.ledger.operations.agree_standing_order import (
    NewStandingOrder,
)
from moa.ledger.operations.close_day import Closed, close_day
from moa.ledger.operations.export_proof import export_proof
from moa.ledger.operations.load_accounts import AccountRow, load_accounts
from moa.ledger.operations.post_vouchers import post_vouchers
from moa.ledger.operations.set_up_book import NewBook, set_up_book
from moa.ledger.queries import access_book, day_under_way
from moa.ledger.rules.acts import FILE, LOAD_ACCOUNTS
from moa.ledger.rules.vouchers import NewVoucher, transfer

GROUP = "CLOSING"
FIRST_DAY = date(2026, 1, 2)
ACCOUNTS, VOUCHERS, BATCH = 100_000, 100_000, 10_000
CLOSE_SECONDS, PROOF_RATE, ROUNDS = 60, 100_000, 3


def run() -> list[Result]:
    """Shape: `close` seconds of the whole operation; `proof` entries a second of the verifier's process.

    The verifier waits for nothing, so the processor's time of its process is what it costs, its start included.
    """
    ctx, book = _book()
    entries = _post_a_day(ctx, book)
    _analyze()
    begun = time.monotonic()
    with ctx.open():
        closed = close_day(ctx, book)
    seconds = time.monotonic() - begun
    if closed.entries != entries:
        raise AssertionError(f"{closed.entries} entries were closed instead of {entries}")
    rate = _proof_rate(ctx, book, closed)
    return [
        Result("ledger.close", seconds, CLOSE_SECONDS, CLOSE_SECONDS / seconds, 1),
        Result("ledger.proof", rate, PROOF_RATE, rate / PROOF_RATE, 1),
    ]


def _proof_rate(ctx: Context, book: Book, closed: Closed) -> int:
    script = Path(__file__).resolve().parents[4] / "docs" / "proof" / "verify_proof.py"
    with TemporaryDirectory(prefix="moa-proof-") as folder:
        file = Path(folder) / "proof.txt"
        with ctx.open():
            export_proof(ctx, book, first=closed.day, last=closed.day, path=file)
        command = [sys.executable, "-I", "-S", str(script), str(file), "--seal", f"{closed.day}={closed.hex}"]
        seconds = [_processor_seconds(command) for _ in range(ROUNDS)]
    return round(closed.entries / median(seconds))


def _processor_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _book() -> tuple[Context, Book]:
    """The book of the bench, made when it is not there yet; acts as the group's machine user."""
    at = datetime.now(UTC)
    found = next((group for group in list_groups() if group.code == GROUP), None)
    if found is not None:
        ctx = machine_context(found.id, at=at, channel="command")
        with ctx.open():
            return ctx, access_book(ctx)
    ctx = set_up_group(NewGroup(GROUP, "벤치 결제센터", "KRW", is_demo=True), at=at)
    with ctx.open():
        company = add_unit(ctx, new=NewUnit("company", "C", "센터", date(2020, 1, 1)))
        book = set_up_book(ctx, new=NewBook("SC", "센터", company.id, "KRW", FIRST_DAY, is_default=True))
        maker, checker = (_person(ctx, login) for login in ("bench-maker", "bench-checker"))
    agree(maker, checker, book, NewStandingOrder("FILES", "벤치", (FILE, LOAD_ACCOUNTS), FIRST_DAY))
    with ctx.open():
        rows = [
            AccountRow(f"{n}", _code(n), f"계좌 {n}", "201101" if n % 10 else "1002", "KRW", None)
            for n in range(ACCOUNTS)
        ]
        load_accounts(ctx, book, rows)
    return ctx, book


def _person(ctx: Context, login: str) -> Context:
    new = NewPerson(login, login, secrets.token_hex(12), (("treasurer", None),))
    person: Person = add_person(ctx, new=new)
    return context_for(ctx.group_id, person.id, at=ctx.at, channel="command")


def _post_a_day(ctx: Context, book: Book) -> int:
    """Book the open day's vouchers; returns the number of its entries, those of a broken run before included."""
    with ctx.open():
        day = day_under_way(book)
    assert day is not None, "the day after a closing is open"
    for batch in _vouchers(day.business_date):
        with ctx.open():
            post_vouchers(ctx, book, batch)
    return 2 * VOUCHERS


def _vouchers(day: date) -> Iterator[list[NewVoucher]]:
    drawn = random.Random(str(day))
    for start in range(0, VOUCHERS, BATCH):
        yield [_voucher(day, n, drawn) for n in range(start, start + BATCH)]


def _voucher(day: date, number: int, drawn: random.Random) -> NewVoucher:
    debit, credit = drawn.sample(range(ACCOUNTS), 2)
    legs = transfer(_code(debit), _code(credit), drawn.randrange(1, 10**8), "KRW")
    return NewVoucher(f"{day}/{number}", day, day, legs, f"이체 {number}")


def _code(number: int) -> str:
    return f"A{number:06}"


def _analyze() -> None:
    """After a bulk load the planner knows nothing yet."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")
    connections["owner"].close()
