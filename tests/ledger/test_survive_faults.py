"""Killed processes, many at once, a clock that steps back: no posting is lost, doubled or half booked."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from moa.control.context import Context
from moa.control.queries import context_for
from moa.ledger import posting_pieces
from moa.ledger.balances import balances_on
from moa.ledger.book_lock import hold_book, somebody_waits
from moa.ledger.operations.post_file import post_file
from moa.ledger.operations.post_vouchers import post_vouchers
from moa.ledger.rules.vouchers import NewVoucher
from moa.ledger.verification import verify_books
from tests.control.factories import AT, TODAY
from tests.ledger import posting_process
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import close

pytestmark = pytest.mark.django_db(transaction=True)
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def journal(transactional_db: None) -> Journal:
    return make_journal()


def clean(journal: Journal) -> bool:
    with journal.ctx.open():
        return [book.differences for book in verify_books(journal.ctx)] == [[]]


def at_once(works: Sequence[Callable[[], None]]) -> None:
    """Run the works each in a thread with a connection of its own; a failure of one fails the test."""
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failures == []


def own_context(journal: Journal) -> Context:
    """Rights are remembered in a Context, which lives for one call."""
    return context_for(journal.ctx.group_id, journal.ctx.actor.person_id, at=AT, channel="test")


def test_a_process_killed_at_any_moment_leaves_whole_batches_only(
    journal: Journal, moa_environment: dict[str, str]
) -> None:
    environment = {**moa_environment, "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}"}
    count, size = 4000, 500
    command = [
        sys.executable, "-m", posting_process.__name__, str(journal.ctx.group_id), str(journal.ctx.actor.person_id),
        str(count), str(size),
    ]  # fmt: skip
    cut_short = 0
    for seconds in (0.0, 0.02, 0.05, 0.08, 0.12):
        process = subprocess.Popen(
            command, env=environment, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        process.kill()
        told = [int(line) for line in process.communicate()[0].split()]
        (booked,) = journal.rows("select count(*) from ledger_voucher")[0]
        assert booked % size == 0 and booked >= max(told, default=0)
        assert journal.rows("select count(*) from ledger_entry") == [(booked * 2,)]
        assert clean(journal)
        cut_short += booked < count
    assert cut_short > 0
    assert (
        subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, check=False).returncode
        == 0
    )
    assert journal.rows("select count(*), count(distinct key) from ledger_voucher") == [(count, count)]
    assert journal.balance("bank") == count * (count + 1) // 2 and clean(journal)


def test_two_files_with_the_same_keys_book_each_once(journal: Journal) -> None:
    vouchers = [voucher(f"k{n}", "bank", "ab"[n % 2], n + 1) for n in range(1500)]
    answers: list[Counter[str]] = []

    def post() -> None:
        ctx = own_context(journal)
        answer = post_file(ctx, journal.book, ((f"line {n}", one) for n, one in enumerate(vouchers)))
        answers.append(Counter(accepted=answer.accepted, known=answer.known, rejected=len(answer.rejected)))

    at_once([post, post])
    assert sum(answers, Counter()) == Counter(accepted=1500, known=1500)
    assert journal.balance("bank") == 1500 * 1501 // 2 and clean(journal)


def test_many_clients_on_ten_accounts_lose_and_double_nothing(journal: Journal) -> None:
    """64 of them, transfers in both directions between the same accounts, several at once: the shape that deadlocks."""
    codes = [f"h{n}" for n in range(10)]
    journal.load(*((code, "201101", "KRW", -1000) for code in codes))
    before = sum(journal.balances().values())
    answers: Counter[str] = Counter()
    guard = threading.Lock()

    def client(number: int) -> Callable[[], None]:
        def post() -> None:
            chance = random.Random(number)
            for n in range(4):
                pairs = [chance.sample(codes, 2) for _ in range(chance.randint(1, 4))]
                few = [
                    voucher(f"c{number}-{n}-{at}", one, other, chance.randint(1, 600))
                    for at, (one, other) in enumerate(pairs)
                ]
                # Every third is asked again by everybody under one key: only one of them is booked.
                few.append(voucher(f"shared-{n}", codes[0], codes[1], 7))
                got = journal.codes(*few, ctx=own_context(journal))
                with guard:
                    answers.update(got)

        return post

    at_once([client(number) for number in range(64)])
    (booked,) = journal.rows("select count(*) from ledger_voucher")[0]
    assert answers["booked"] == booked
    assert set(answers) == {"booked", "known", "below_floor"}
    assert journal.rows("select count(*) from ledger_postingkey where key like 'shared-%%'") == [(4,)]
    assert sum(journal.balances().values()) == before
    assert min(journal.balance(code) for code in codes) >= -1000
    assert clean(journal)


def test_a_batch_and_single_vouchers_take_turns(journal: Journal) -> None:
    waits: list[float | int] = []
    done = threading.Event()

    def batches() -> None:
        rows = ((f"line {n}", voucher(f"m{n}", "bank", "a", 1)) for n in range(6000))
        post_file(own_context(journal), journal.book, rows)
        done.set()

    def singles() -> None:
        n = 0
        while not done.is_set():
            n += 1
            begun = time.monotonic()
            assert journal.codes(voucher(f"s{n}", "bank", "b", 1), ctx=own_context(journal)) == ["booked"]
            waits.append(time.monotonic() - begun)
            time.sleep(0.005)

    at_once([batches, singles])
    assert journal.balance("a") == 6000 and journal.balance("b") == len(waits) > 3
    assert clean(journal)


def test_it_is_seen_that_somebody_waits_for_the_book(journal: Journal) -> None:
    posted = threading.Event()

    def wait() -> None:
        journal.post(voucher("1", "bank", "a", 1), ctx=own_context(journal))
        posted.set()

    with journal.ctx.open():
        hold_book(journal.book.id)
        assert not somebody_waits(journal.book.id)
        thread = threading.Thread(target=wait)
        thread.start()
        deadline = time.monotonic() + 20
        while not somebody_waits(journal.book.id) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert somebody_waits(journal.book.id) and not posted.is_set()
    thread.join(timeout=20)
    assert posted.is_set()


def test_a_clock_that_steps_back_changes_no_answer(journal: Journal, as_owner: Any) -> None:
    """The book's clock and an account's last stamp are an hour ahead, as after a step back of the server's clock."""
    ahead = datetime.now(UTC) + timedelta(hours=1)
    journal.post(voucher("1", "bank", "a", 10))
    as_owner.execute("update ledger_bookclock set answered_until = %s", [ahead])
    journal.post(voucher("2", "bank", "a", 20))
    ((stamp,),) = journal.rows("select recorded_at from ledger_voucher where key = '2'")
    assert stamp > ahead
    as_owner.execute("update ledger_balance set last_at = last_at + interval '1 hour' where version = 2")
    journal.post(voucher("3", "bank", "b", 30))
    ((later,),) = journal.rows("select recorded_at from ledger_voucher where key = '3'")
    assert later >= stamp + timedelta(hours=1)


def test_a_clock_that_steps_back_is_noticed_in_the_midst_of_a_batch(
    journal: Journal, as_owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account of the last piece was stamped an hour ahead: what is written before it is recorded now, the rest after it."""
    monkeypatch.setattr(posting_pieces, "FEW", 10)
    monkeypatch.setattr(posting_pieces, "PIECES", (20,))
    journal.post(voucher("1", "bank", "b", 10))
    as_owner.execute(
        "update ledger_balance set last_at = last_at + interval '1 hour' where version = 1 and current_minor < 0"
    )
    ((ahead,),) = journal.rows("select max(last_at) from ledger_balance")
    assert (
        journal.codes(*(voucher(f"n{n}", "bank", "b" if n == 55 else "a", 1) for n in range(60)))
        == ["booked"] * 60
    )
    found = journal.rows(
        "select recorded_at > %s, count(*) from ledger_voucher where key like 'n%%' group by 1 order by 1",
        [ahead],
    )
    assert found == [(False, 40), (True, 20)]
    assert journal.rows("select last_at > %s from ledger_bookclock", [ahead]) == [(True,)]
    assert clean(journal)


def test_nothing_is_recorded_at_a_moment_that_was_answered_for(journal: Journal) -> None:
    """A voucher that has its stamp but is not committed yet keeps the question waiting."""
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        ctx = own_context(journal)
        with ctx.open():
            post_vouchers(ctx, journal.book, [voucher("slow", "bank", "a", 10)])
            begun.set()
            go_on.wait(20)

    answers: list[int] = []

    def ask() -> None:
        begun.wait(20)
        moment = datetime.now(UTC)
        ctx = context_for(journal.ctx.group_id, journal.ctx.actor.person_id, at=moment, channel="test")
        threading.Timer(0.3, go_on.set).start()
        with ctx.open():
            rows = {row.account: row for row in balances_on(ctx, journal.book, TODAY, known_at=moment)}
            answers.append(rows["a"].balance_minor)
        connection.close()

    at_once([slow, ask])
    assert answers == [10]


def test_after_the_day_is_closed_its_vouchers_are_refused(journal: Journal, as_owner: Any) -> None:
    as_owner.execute("update ledger_businessday set state = 'closing'")
    assert journal.codes(voucher("1", "bank", "a", 1)) == ["closed_day"]
    as_owner.execute("update ledger_businessday set state = 'open'")
    close(journal, open_next=False)
    assert journal.codes(voucher("2", "bank", "a", 1)) == ["closed_day"]
    tomorrow: NewVoucher = voucher("3", "bank", "a", 1, day=TODAY + timedelta(days=3))
    assert journal.codes(tomorrow) == ["day_not_open"]
