"""A day is closed when all holds: balances are set down, the seal is taken, and the next business day follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from moa.control.models import AuditLine
from moa.directory.operations.override_calendar_day import override_calendar_day
from moa.entry.close_check_sentences import detail_of
from moa.kernel.errors import DomainError, Forbidden
from moa.ledger.check_sentences import OF_DAYS as SENTENCES
from moa.ledger.close_checks import Finding, register_check, registered_checks, run_checks
from moa.ledger.day_status import day_status
from moa.ledger.models import BusinessDay, DailyClosing, Seal
from moa.ledger.operations.close_day import CloseRefused, NoDayOpen, close_day
from moa.ledger.operations.open_business_day import open_business_day
from tests.control.factories import TODAY, make_person
from tests.ledger.journal import Journal, voucher
from tests.ledger.proofs import close

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
CLOSINGS = """
    select a.code, opening_minor, debit_minor, credit_minor, closing_minor, n, product from ledger_dailyclosing c
      join ledger_account a on a.id = c.account_id where business_date = %s order by a.code
"""


def holiday(journal: Journal, day: date) -> None:
    with journal.ctx.open():
        override_calendar_day(
            journal.ctx, country="KR", day=day, is_business_day=False, name="임시공휴일", reason="관보"
        )


def days(journal: Journal) -> list[tuple[date, str]]:
    with journal.ctx.open():
        return list(BusinessDay.objects.order_by("business_date").values_list("business_date", "state"))


def test_a_closing_sets_down_the_balances_and_opens_the_next_business_day(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1000), voucher("2", "a", "b", 300))
    closed = close(journal)
    assert (closed.day, closed.revision, closed.vouchers, closed.entries) == (TODAY, 1, 2, 4)
    assert (closed.next_day, closed.next_is_open) == (MONDAY, True)
    assert journal.rows(CLOSINGS, [TODAY]) == [
        ("a", 0, 300, -1000, -700, 2, -700), ("b", 0, 0, -300, -300, 1, -300), ("bank", 0, 1000, 0, 1000, 1, 1000),
        ("free", 0, 0, 0, 0, 0, 0),
    ]  # fmt: skip
    assert days(journal) == [(TODAY, "closed"), (MONDAY, "open")]
    with journal.ctx.open():
        assert Seal.objects.get().hex == closed.hex


def test_an_account_that_does_not_move_is_carried_forward_by_its_last_closing(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1000))
    close(journal)
    journal.load(("a", "201101", "KRW", 5))
    journal.post(voucher("2", "bank", "b", 10, day=MONDAY))
    close(journal)
    assert [(row[0], row[1], row[4]) for row in journal.rows(CLOSINGS, [MONDAY])] == [
        ("b", 0, -10), ("bank", 1000, 1010),
    ]  # fmt: skip


def test_the_interest_product_is_rolled_over_all_days_to_the_closed_one(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1000, value=date(2026, 11, 18)))
    close(journal)
    journal.post(voucher("2", "a", "b", 400, day=MONDAY))
    close(journal)
    with journal.ctx.open():
        of_a = list(
            DailyClosing.objects.filter(account__code="a")
            .order_by("business_date")
            .values_list("product", flat=True)
        )
    # 18, 19 and 20 November count; then 21, 22 at 1,000 and Monday, whose voucher is of that value date, at 600.
    assert of_a == [-3000, -3000 - 2000 - 600]


def test_the_next_day_is_the_next_one_of_the_books_calendar(journal: Journal) -> None:
    holiday(journal, MONDAY)
    assert close(journal).next_day == TUESDAY
    assert journal.codes(voucher("1", "bank", "a", 1, day=MONDAY)) == ["closed_day"]
    assert journal.codes(voucher("2", "bank", "a", 1, day=TUESDAY)) == ["booked"]


def test_a_closed_day_takes_no_voucher(journal: Journal) -> None:
    close(journal)
    assert journal.codes(voucher("1", "bank", "a", 1), voucher("2", "bank", "a", 1, day=MONDAY)) == [
        "closed_day", "booked",
    ]  # fmt: skip


def test_the_next_day_can_be_left_waiting_until_it_is_opened(journal: Journal) -> None:
    close(journal, open_next=False)
    assert days(journal) == [(TODAY, "closed"), (MONDAY, "waiting")]
    assert journal.codes(voucher("1", "bank", "a", 1, day=MONDAY)) == ["day_not_open"]
    with pytest.raises(NoDayOpen) as refused:
        close(journal)
    assert refused.value.facts["waiting"] == MONDAY
    with journal.ctx.open():
        open_business_day(journal.ctx, journal.book, MONDAY)
    assert journal.codes(voucher("2", "bank", "a", 1, day=MONDAY)) == ["booked"]


def test_who_may_not_close_closes_nothing(journal: Journal) -> None:
    auditor = make_person(journal.machine, roles=["auditor"])
    with pytest.raises(Forbidden), auditor.open():
        close_day(auditor, journal.book)
    assert days(journal) == [(TODAY, "open")]


def test_a_day_that_is_no_business_day_any_more_is_not_closed_and_says_how_to_mend_it(
    journal: Journal,
) -> None:
    close(journal)
    holiday(journal, MONDAY)
    with pytest.raises(CloseRefused) as refused:
        close(journal)
    (failed,) = [one for one in refused.value.findings if not one.ok]
    assert failed.name == "business_day" and "calendar page" in detail_of(failed)
    assert days(journal)[-1] == (MONDAY, "open")


def test_a_business_day_without_books_stands_in_the_way(journal: Journal) -> None:
    holiday(journal, MONDAY)
    close(journal)
    with journal.ctx.open():
        override_calendar_day(
            journal.ctx, country="KR", day=MONDAY, is_business_day=True, name="영업일", reason="정정"
        )
    with pytest.raises(CloseRefused) as refused:
        close(journal)
    assert refused.value.facts["checks"] == "no_day_passed_over"


def test_a_provided_check_refuses_the_closing(journal: Journal, monkeypatch: Any) -> None:
    def reconciled(ctx: object, book: object, day: date) -> dict[str, Any]:
        return {"bank": "KB"}

    monkeypatch.setattr("moa.ledger.close_checks._checks", {"reconciled": reconciled})
    with pytest.raises(CloseRefused) as refused:
        close(journal)
    assert refused.value.facts["checks"] == "reconciled"
    assert detail_of(refused.value.findings[0]) == "bank KB"


def test_two_checks_of_one_name_are_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="trial_balance"):
        register_check("trial_balance", lambda ctx, book, day: None)


BROKEN: dict[str, Callable[[Any], object]] = {
    "trial_balance": lambda sql: sql(
        "update ledger_balance set current_minor = current_minor + 1 where version = 2"
    ),
    "balances_are_last_entries": lambda sql: sql("update ledger_balance set version = 3 where version = 2"),
    "subjects_add_up": lambda sql: sql(
        "update ledger_balance set current_minor = current_minor + 1 where version = 2"
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", list(BROKEN))
def test_a_balance_that_somebody_changed_stands_in_the_way(as_owner: Any, name: str) -> None:
    from tests.ledger.journal import make_journal

    journal = make_journal()
    journal.post(voucher("1", "bank", "a", 1000), voucher("2", "a", "b", 300))
    BROKEN[name](as_owner.execute)
    with journal.ctx.open():
        found = run_checks(journal.ctx, journal.book, TODAY)
    failed = {one.name: detail_of(one) for one in found if not one.ok}
    assert "moa verify" in failed[name] and "{" not in failed[name]
    with pytest.raises(CloseRefused):
        close(journal)


def test_every_check_of_the_books_says_that_it_holds_and_how_to_mend_it() -> None:
    assert set(registered_checks()) == set(SENTENCES)
    assert all(words.name and words.well and words.mend for words in SENTENCES.values())
    assert detail_of(Finding("business_day", True)) == "The calendar has it as a business day."


def test_the_status_names_the_day_under_way_the_last_closed_one_and_every_check(journal: Journal) -> None:
    with journal.ctx.open():
        status = day_status(journal.ctx, journal.book)
    assert (status.business_date, status.state, status.last_closed, status.seal) == (
        TODAY,
        "open",
        None,
        None,
    )
    closed = close(journal, open_next=False)
    with journal.ctx.open():
        status = day_status(journal.ctx, journal.book)
    assert (status.business_date, status.state, status.last_closed) == (MONDAY, "waiting", TODAY)
    assert status.seal is not None and status.seal.hex == closed.hex
    assert [one.name for one in status.findings if one.ok] == registered_checks()


def test_the_trail_says_who_closed_the_day_under_which_seal(journal: Journal) -> None:
    closed = close(journal)
    with journal.ctx.open():
        line = AuditLine.objects.get(code="ledger.day.closed")
    assert (line.person_id, line.after["seal"], line.after["revision"]) == (
        journal.ctx.actor.person_id, closed.hex, 1,
    )  # fmt: skip


def test_nothing_is_recorded_before_the_seal_of_a_day_that_is_closed(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1))
    closed = close(journal)
    journal.post(voucher("2", "bank", "a", 1, day=MONDAY))
    moments = [at for (at,) in journal.rows("select recorded_at from ledger_voucher order by id")]
    assert moments[0] < closed.closed_at < moments[1]


def test_a_day_cannot_be_opened_while_another_is_under_way(journal: Journal) -> None:
    close(journal, open_next=False)
    with journal.ctx.open():
        open_business_day(journal.ctx, journal.book, MONDAY)
    with pytest.raises(DomainError, match="move_not_allowed"), journal.ctx.open():
        open_business_day(journal.ctx, journal.book, MONDAY)
