"""Days open with the closing of the one before, or by themselves at the book's hour; whoever registered is told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db import DatabaseError, connection

from moa.control.context import Context
from moa.control.mail import MailAddressUnfit
from moa.control.models import Notice
from moa.kernel.errors import Forbidden
from moa.ledger import day_events, jobs
from moa.ledger.models import Book, BookVerification, BusinessDay
from moa.ledger.operations.change_book_settings import change_book_settings
from moa.ledger.operations.close_day import CloseRefused
from moa.ledger.operations.open_business_day import open_business_day
from moa.ledger.operations.open_due_days import open_due_days
from tests.control.factories import make_person
from tests.faults import wait_until
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import close

MONDAY = date(2026, 11, 23)


@pytest.fixture
def told() -> Iterator[list[date]]:
    days: list[date] = []

    def note(ctx: Context, book: Book, day: date) -> None:
        days.append(day)

    day_events.once_open(note)
    yield days
    day_events._once_open.remove(note)


def at(journal: Journal, utc: datetime) -> Context:
    from zoneinfo import ZoneInfo

    return replace(journal.machine, at=utc, today=utc.astimezone(ZoneInfo("Asia/Seoul")).date(), memo={})


def opens_at(journal: Journal, hour: time | None) -> None:
    with journal.ctx.open():
        change_book_settings(journal.ctx, journal.book, opens_at=hour, seal_recipients=[])


def due(ctx: Context) -> list[date]:
    with ctx.open():
        return [day.business_date for day in open_due_days(ctx)]


def test_without_an_hour_the_next_day_opens_with_the_closing_and_posting_starts(
    journal: Journal, told: list[date]
) -> None:
    assert close(journal).next_is_open and told == [MONDAY]


def test_with_an_hour_the_next_day_waits_until_then(journal: Journal, told: list[date]) -> None:
    opens_at(journal, time(8, 30))
    closed = close(journal)
    assert (closed.next_day, closed.next_is_open, told) == (MONDAY, False, [])
    # Sunday noon, then Monday 08:29, 08:30 and again in Seoul.
    assert due(at(journal, datetime(2026, 11, 22, 3, 0, tzinfo=UTC))) == []
    assert due(at(journal, datetime(2026, 11, 22, 23, 29, tzinfo=UTC))) == []
    assert due(at(journal, datetime(2026, 11, 22, 23, 30, tzinfo=UTC))) == [MONDAY]
    assert due(at(journal, datetime(2026, 11, 22, 23, 35, tzinfo=UTC))) == []
    assert told == [MONDAY]
    assert journal.codes(voucher("m", "bank", "a", 1, day=MONDAY)) == ["booked"]


def test_a_day_that_nothing_ran_on_is_opened_later(journal: Journal) -> None:
    opens_at(journal, time(8, 30))
    close(journal)
    assert due(at(journal, datetime(2026, 11, 24, 0, 0, tzinfo=UTC))) == [MONDAY]


def test_nothing_closes_by_itself_and_a_day_under_way_is_left_alone(journal: Journal) -> None:
    opens_at(journal, time(8, 30))
    assert due(at(journal, datetime(2026, 12, 24, 0, 0, tzinfo=UTC))) == []
    with journal.ctx.open():
        assert BusinessDay.objects.get().state == "open"


def test_a_person_may_open_it_before_its_hour(journal: Journal, told: list[date]) -> None:
    opens_at(journal, time(8, 30))
    close(journal)
    with journal.ctx.open():
        open_business_day(journal.ctx, journal.book, MONDAY)
    assert told == [MONDAY]


def test_settings_are_checked_and_need_the_right(journal: Journal) -> None:
    with pytest.raises(MailAddressUnfit), journal.ctx.open():
        change_book_settings(journal.ctx, journal.book, opens_at=None, seal_recipients=["no address"])
    teller = make_person(journal.machine, roles=["teller"])
    with pytest.raises(Forbidden), teller.open():
        change_book_settings(teller, journal.book, opens_at=None, seal_recipients=[])


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_open_the_day_once(transactional_db: None) -> None:
    from tests.ledger.test_survive_closing_faults import at_once

    journal = make_journal()
    opens_at(journal, time(8, 30))
    close(journal)
    ctx = at(journal, datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    found = at_once(*(lambda: due(replace(ctx, memo={})) for _ in range(4)))
    assert sorted(found) == [[], [], [], [MONDAY]]


def test_the_nightly_count_is_kept_and_a_clean_one_tells_nobody(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 5))
    jobs.verify(journal.machine)
    with journal.ctx.open():
        kept = BookVerification.objects.get()
        assert (kept.accounts, kept.vouchers, kept.entries, kept.differences) == (4, 1, 2, 0)
        assert not Notice.objects.exists()
    assert close(journal).day == date(2026, 11, 20)


@pytest.mark.django_db(transaction=True)
def test_a_count_that_found_differences_is_told_and_stands_in_the_way_until_one_finds_none(
    transactional_db: None, as_owner: object
) -> None:
    journal = make_journal()
    journal.post(voucher("1", "bank", "a", 5))
    as_owner.execute("update ledger_balance set product = product + 7 where version = 1")  # type: ignore[attr-defined]
    jobs.verify(journal.machine)
    with journal.ctx.open():
        kept = BookVerification.objects.get()
        assert kept.differences == 2 and kept.found[0][0] == "interest_product"
        assert Notice.objects.filter(kind="ledger.verify_differs").exists()
    with pytest.raises(CloseRefused, match="last_verification"):
        close(journal)
    as_owner.execute("update ledger_balance set product = product - 7 where version = 1")  # type: ignore[attr-defined]
    with pytest.raises(CloseRefused):
        close(journal)
    jobs.verify(replace(journal.machine, memo={}))
    assert close(journal).revision == 1


def test_the_database_keeps_what_was_counted(journal: Journal) -> None:
    jobs.verify(journal.machine)
    with (
        pytest.raises(DatabaseError, match="never changed|permission denied"),
        journal.ctx.open(),
        connection.cursor() as cursor,
    ):
        cursor.execute("update ledger_bookverification set differences = 1")


@pytest.mark.django_db(transaction=True)
def test_who_waits_while_another_makes_a_month_finds_it_made(as_owner: Any, as_app: Any) -> None:
    as_owner.execute("begin")
    as_owner.execute("select ledger_make_period(203511)")
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(lambda: as_app.execute("select ledger_make_period(203511)").fetchone())
        wait_until(lambda: bool(as_owner.execute(_WAITING).fetchone()[0]))
        as_owner.execute("commit")
        assert second.result() == (False,)


_WAITING = """
select exists (select 1 from pg_locks where locktype = 'advisory' and not granted
                and database = (select oid from pg_database where datname = current_database()))
"""
