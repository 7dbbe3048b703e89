"""Money that came after the close is in the books and is not today's. Source: KAMCO-034, -035."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from moa.control.context import Context
from moa.ledger.availability import Available, NotYet, available_today, not_yet_available
from moa.ledger.models import Voucher
from moa.ledger.operations.reverse_voucher import reverse_voucher
from moa.ledger.sheets.accounts import account_positions
from moa.ledger.sheets.shape import Asked
from tests.control.factories import TODAY
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import close

MONDAY = date(2026, 11, 23)


def available(journal: Journal, ctx: Context | None = None) -> dict[str, Available]:
    ctx = ctx or journal.ctx
    with ctx.open():
        return {one.account: one for one in available_today(ctx, journal.book)}


def usable(one: Available) -> int:
    return one.balance_minor - one.held_minor - one.not_yet_minor


def evening(journal: Journal) -> None:
    """Friday's day is closed with 500 in the account a; the bank then says that 100 came at 19:00."""
    journal.post(voucher("1", "bank", "a", 500))
    close(journal)
    journal.post(voucher("late", "bank", "a", 100, day=MONDAY, value=TODAY))


def test_a_receipt_after_the_close_is_of_the_next_day_with_the_banks_date_and_not_yet_available(
    journal: Journal,
) -> None:
    evening(journal)
    with journal.ctx.open():
        late = Voucher.objects.get(key="late")
    assert (late.business_date, late.value_date, late.after_close) == (MONDAY, TODAY, True)
    found = available(journal)["a"]
    assert (found.balance_minor, found.not_yet_minor, usable(found)) == (600, 100, 500)
    assert found.available_from == MONDAY
    assert usable(available(journal)["bank"]) == 500


def test_on_its_business_day_it_is_available(journal: Journal) -> None:
    evening(journal)
    on_monday = replace(journal.ctx, at=journal.ctx.at + timedelta(days=3), today=MONDAY, memo={})
    found = available(journal, on_monday)["a"]
    assert (found.not_yet_minor, usable(found)) == (0, 600)
    journal.post(voucher("2", "bank", "a", 7, day=MONDAY), ctx=on_monday)
    with journal.ctx.open():
        assert not Voucher.objects.get(key="2").after_close


def test_what_is_paid_after_the_close_is_taken_off_at_once(journal: Journal) -> None:
    evening(journal)
    journal.post(voucher("paid", "a", "bank", 30, day=MONDAY))
    found = available(journal)["a"]
    assert (found.balance_minor, found.not_yet_minor, usable(found)) == (570, 100, 470)


def test_a_late_receipt_that_was_taken_back_holds_nothing_back(journal: Journal) -> None:
    evening(journal)
    by_two = journal.authority()
    with journal.ctx.open():
        late = Voucher.objects.get(key="late")
        reverse_voucher(journal.ctx, journal.book, late.id, late.period, key="r", authority=by_two)
    found = available(journal)["a"]
    assert (found.balance_minor, found.not_yet_minor, usable(found)) == (500, 0, 500)


def test_only_the_accounts_with_late_receipts_are_told_when_asked_so(journal: Journal) -> None:
    evening(journal)
    with journal.ctx.open():
        found = not_yet_available(journal.ctx, journal.book)
    assert [(one.account, one.minor) for one in found] == [("a", 100), ("bank", 100)]


def test_the_position_of_accounts_tells_it_apart_and_counts_it_as_usable_on_its_day_alone(
    journal: Journal,
) -> None:
    evening(journal)

    def of_a(last: date, ctx: Context | None = None) -> dict[str, object]:
        with (ctx or journal.ctx).open():
            found = account_positions(ctx or journal.ctx, journal.book, Asked(TODAY, last))
        (row,) = (one for one in found.rows if one["account"] == "a")
        return {name: row[name] for name in ("closing", "not_yet", "available")} | {
            "told": "not_yet" in [one.key for one in found.columns]
        }

    assert of_a(MONDAY) == {"closing": 600, "not_yet": 100, "available": 500, "told": True}
    assert of_a(TODAY) == {"closing": 500, "not_yet": 0, "available": 500, "told": False}
    on_monday = replace(journal.ctx, at=journal.ctx.at + timedelta(days=3), today=MONDAY, memo={})
    assert of_a(MONDAY, on_monday) == {"closing": 600, "not_yet": 0, "available": 600, "told": False}


def test_as_known_at_a_moment_nothing_changes_that_came_or_was_taken_back_later(db: None) -> None:
    # Stamps are those of the real clock, so the day that lies ahead is ahead of it.
    ahead = max(TODAY, datetime.now(UTC).date()) + timedelta(days=30)
    journal = make_journal(first_day=ahead)
    journal.post(voucher("late", "bank", "a", 100, day=ahead))
    with journal.ctx.open():
        late = Voucher.objects.get(key="late")

    def known(at: datetime, today: date = TODAY) -> list[NotYet]:
        later = replace(journal.ctx, at=at + timedelta(days=60), today=today, memo={})
        with later.open():
            return not_yet_available(later, journal.book, known_at=at)

    before, then = late.recorded_at - timedelta(microseconds=1), late.recorded_at
    told = [NotYet("a", "KRW", 100, ahead), NotYet("bank", "KRW", 100, ahead)]
    assert (known(before), known(then)) == ([], told)
    journal.post(voucher("later", "bank", "b", 7, day=ahead))
    by_two = journal.authority()
    with journal.ctx.open():
        reverse_voucher(journal.ctx, journal.book, late.id, late.period, key="r", authority=by_two)
    assert (known(before), known(then)) == ([], told)
    assert known(then, today=ahead + timedelta(days=1)) == told
    with journal.ctx.open():
        assert [one.account for one in not_yet_available(journal.ctx, journal.book)] == ["b", "bank"]
