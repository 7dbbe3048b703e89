"""Months and years are closed once their days are; the profit goes to equity, and the days stay as they were sealed."""

from __future__ import annotations

import json
import threading
import zipfile
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections
from hypothesis import given
from hypothesis import strategies as st

from moa.control.context import Context
from moa.control.documents import open_document
from moa.control.models import AuditLine
from moa.kernel.errors import DomainError
from moa.ledger.models import Book, PeriodClosing, PeriodFigure, Voucher
from moa.ledger.operations.close_day import close_day
from moa.ledger.operations.close_month import MonthClosed, PeriodCloseRefused, close_month
from moa.ledger.operations.close_year import YearClosed, close_year
from moa.ledger.operations.open_business_day import open_business_day
from moa.ledger.operations.reopen_day import YearIsClosed, decide_reopening, request_reopening
from moa.ledger.period_figures import profits_of
from moa.ledger.periods import _steps as steps_of_months
from moa.ledger.periods import period_status, register_month_step
from moa.ledger.rules.carrying import Profit, carrying_vouchers
from moa.ledger.rules.periods import month_bounds, next_month, period_name
from moa.ledger.verification import verify_books
from tests.ledger.journal import FIRST, LAST, Journal, make_journal, voucher, year_end
from tests.ledger.proofs import check, close, reopen


def month(journal: Journal) -> MonthClosed:
    with journal.ctx.open():
        return close_month(journal.ctx, journal.book)


def year(journal: Journal) -> YearClosed:
    with journal.ctx.open():
        return close_year(journal.ctx, journal.book)


def refused(work: Any) -> dict[str, Any]:
    with pytest.raises(PeriodCloseRefused) as caught:
        work()
    return {one.name: dict(one.facts) for one in caught.value.findings if not one.ok}


def figures(journal: Journal, kind: str) -> dict[str, tuple[int, ...]]:
    """By code: opening, debit, credit, carried, closing."""
    with journal.ctx.open():
        rows = PeriodFigure.objects.filter(kind=kind).values_list(
            "code", "opening_minor", "debit_minor", "credit_minor", "carried_minor", "closing_minor"
        )
        return {code: tuple(rest) for code, *rest in rows}


def no_difference(journal: Journal) -> bool:
    with journal.ctx.open():
        return all(not book.differences for book in verify_books(journal.ctx))


def test_a_month_is_closed_when_all_its_days_are_and_keeps_its_sheet(db: None) -> None:
    journal = year_end()
    assert refused(lambda: month(journal)) == {"days_closed": {"day": LAST}}
    close(journal)
    closed = month(journal)
    assert (closed.period, closed.revision) == (202612, 1)
    assert figures(journal, "month") == {
        "1002": (0, 1000, -40, 0, 960), "201101": (0, 0, -300, 0, -300), "6011": (0, 0, -1000, 0, -1000),
        "6411": (0, 300, 0, 0, 300), "6602": (0, 40, 0, 0, 40),
    }  # fmt: skip
    with journal.ctx.open():
        row = PeriodClosing.objects.get()
    assert row.hex == sha256(row.facts.encode()).hexdigest() == closed.hex
    assert json.loads(row.facts)["seal"] == row.seal
    assert no_difference(journal)


def test_a_month_with_business_days_to_come_is_not_closed(journal: Journal) -> None:
    close(journal, open_next=False)
    assert refused(lambda: month(journal)) == {"days_closed": {"day": date(2026, 11, 23)}}


def test_days_of_closed_months_and_years_refuse_postings_by_name(db: None) -> None:
    journal = year_end()
    close(journal)
    assert journal.codes(voucher("d", "bank", "a", 1, day=LAST)) == ["closed_day"]
    month(journal)
    assert journal.codes(voucher("m", "bank", "a", 1, day=LAST)) == ["closed_month"]
    year(journal)
    assert journal.codes(voucher("y", "bank", "a", 1, day=LAST), voucher("n", "bank", "a", 1, day=FIRST)) == [
        "closed_year", "booked",
    ]  # fmt: skip


def test_a_year_carries_its_profit_to_equity_on_the_open_day_and_leaves_its_days_alone(db: None) -> None:
    journal = year_end()
    sealed = close(journal)
    month(journal)
    journal.post(voucher("new", "6602", "bank", 5, day=FIRST))
    closed = year(journal)
    assert closed.carried_on is not None and closed.carried_on.business_date == FIRST
    # The new year's own cost stays; 1,000 - 300 - 40 is what equity takes, gross on both its sides.
    assert {code: journal.balance(code) for code in ("6011", "6411", "6602", "4103")} == {
        "6011": 0, "6411": 0, "6602": 5, "4103": 660,
    }  # fmt: skip
    with journal.ctx.open():
        carried = Voucher.objects.get(id=closed.vouchers[0][0])
    assert (carried.business_date, carried.value_date, carried.origin) == (FIRST, LAST, "close")
    assert carried.memo == "2026년 손익 마감"
    assert figures(journal, "year") == {
        "4103": (0, 0, 0, -660, 0), "6011": (0, 0, -1000, 1000, -1000), "6411": (0, 300, 0, -300, 300),
        "6602": (0, 40, 0, -40, 40), "a": (0, 0, -300, 0, -300), "bank": (0, 1000, -40, 0, 960),
    }  # fmt: skip
    with journal.ctx.open():
        assert journal.book.seals.get().hex == sealed.hex
    assert no_difference(journal)


def test_the_new_years_sheets_show_the_carrying_apart_from_the_turnover(db: None) -> None:
    journal = year_end()
    close(journal)
    month(journal)
    year(journal)
    journal.post(voucher("new", "bank", "6011", 70, day=FIRST))
    with journal.ctx.open():
        while close_day(journal.ctx, journal.book).next_day.month == 1:
            pass
        close_month(journal.ctx, journal.book)
        january = PeriodFigure.objects.get(period=202701, code="6011")
        equity = PeriodFigure.objects.get(period=202701, code="4103")
    assert (january.opening_minor, january.carried_minor, january.credit_minor, january.closing_minor) == (
        -1000, 1000, -70, -70,
    )  # fmt: skip
    assert (january.year_debit_minor, january.year_credit_minor) == (0, -70)
    assert (equity.carried_minor, equity.year_credit_minor) == (-660, 0)
    assert no_difference(journal)


def test_the_annual_file_holds_the_proof_and_the_tables_and_the_trail_its_hash(
    db: None, tmp_path: Path
) -> None:
    journal = year_end()
    sealed = close(journal)
    month(journal)
    closed = year(journal)
    with journal.ctx.open(), open_document(journal.ctx, closed.document_id) as document:
        data = document.read()
        line = AuditLine.objects.get(code="ledger.year.closed")
    assert sha256(data).hexdigest() == closed.backup == line.after["backup"]
    path = tmp_path / "year.zip"
    path.write_bytes(data)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        proof = Path(archive.extract("proof.txt", tmp_path))
        tables = {
            name: archive.read(name).decode().splitlines() for name in archive.namelist() if ".csv" in name
        }
    assert check(proof, f"{LAST}={sealed.hex}").holds
    assert [len(tables[name]) - 1 for name in ("vouchers.csv", "entries.csv", "accounts.csv")] == [3, 6, 8]
    assert "6011,KRW,1,0,0,-1000,1000,-1000" in [line.replace('"', "") for line in tables["year.csv"]]


def test_a_year_is_refused_with_each_reason_by_name(db: None) -> None:
    journal = make_journal(first_day=LAST)
    journal.load(("6011", "6011", "KRW", None))
    journal.post(voucher("1", "bank", "6011", 1000, day=LAST))
    close(journal, open_next=False)
    assert refused(lambda: year(journal)) == {
        "months_closed": {"month": "2026-12"}, "profit_account": {"currency": "KRW"}, "day_to_carry": {"year": 2026},
    }  # fmt: skip
    month(journal)
    journal.load(("4103", "4103", "KRW", None))
    with journal.ctx.open():
        open_business_day(journal.ctx, journal.book, FIRST)
    assert refused(lambda: year(journal)) == {"leave_to_carry": {"day": FIRST}}
    assert journal.balance("6011") == 1000


def test_a_year_without_profit_needs_no_leave_and_none_of_its_days_is_reopened(db: None) -> None:
    journal = make_journal(first_day=LAST)
    close(journal)
    month(journal)
    assert year(journal).vouchers == []
    with journal.ctx.open(), pytest.raises(YearIsClosed):
        request_reopening(journal.ctx, journal.book)


def test_the_database_too_keeps_the_days_of_a_closed_year_closed(db: None) -> None:
    journal = make_journal(first_day=LAST)
    close(journal)
    with journal.ctx.open():
        request = request_reopening(journal.ctx, journal.book)
    month(journal)
    year(journal)
    with pytest.raises(DomainError):
        _agree(journal, request.id, request.content_hash)
    for statement in (
        "update ledger_periodclosing set facts = '{}'", "delete from ledger_periodfigure",
        "insert into ledger_periodclosing (group_id, book_id, kind, period, revision, last_day, seal, previous, hex, facts,"
        " closed_at, closed_by_id) select group_id, book_id, kind, 2027, 1, last_day, seal, hex, hex, facts, closed_at,"
        " closed_by_id from ledger_periodclosing where kind = 'year'",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), journal.ctx.open(), connection.cursor() as cursor:
            cursor.execute(statement)


def _agree(journal: Journal, request_id: int, seen: str) -> None:
    with journal.second.open():
        decide_reopening(journal.second, request_id, approve=True, seen_hash=seen)


def test_a_closed_month_whose_last_day_is_reopened_is_closed_again_as_revision_two(db: None) -> None:
    journal = year_end()
    close(journal)
    first = month(journal)
    reopen(journal)
    assert refused(lambda: month(journal)) == {"days_closed": {"day": LAST}}
    assert journal.codes(voucher("4", "bank", "6011", 9, day=LAST)) == ["booked"]
    close(journal)
    assert refused(lambda: year(journal))["months_closed"] == {"month": "2026-12"}
    again = month(journal)
    assert (again.revision, again.hex != first.hex) == (2, True)
    with journal.ctx.open():
        sheet = PeriodFigure.objects.get(period=202612, revision=2, code="6011")
    assert sheet.closing_minor == -1009
    year(journal)
    assert no_difference(journal)


def test_what_a_month_has_to_do_first_is_done_or_stands_in_the_way(db: None) -> None:
    journal = year_end()
    close(journal)
    asked: list[tuple[date, date]] = []

    def accrue(ctx: Context, book: Book, first: date, last: date) -> dict[str, Any] | None:
        asked.append((first, last))
        return {"account": "a"} if len(asked) == 1 else None

    register_month_step("interest_accrued", accrue)
    try:
        assert refused(lambda: month(journal)) == {"interest_accrued": {"account": "a"}}
        assert month(journal).period == 202612
    finally:
        del steps_of_months["interest_accrued"]  # type: ignore[attr-defined]
    assert asked == [(date(2026, 12, 1), LAST)] * 2


def test_months_follow_one_another_and_the_next_is_named(journal: Journal) -> None:
    with journal.ctx.open():
        asked = period_status(journal.ctx, journal.book, "month")
    assert asked is not None and (asked.period, asked.ready) == (202611, False)


def test_money_of_another_currency_is_carried_at_what_it_was_worth(db: None) -> None:
    journal = year_end()
    journal.load(
        ("usd", "1002", "USD", None), ("6011 usd", "6011", "USD", None), ("4103 usd", "4103", "USD", None)
    )
    given = voucher("u", "usd", "6011 usd", 500, day=LAST, currency="USD")
    journal.post(
        given._replace(legs=tuple(leg._replace(functional_minor=leg.minor * 14) for leg in given.legs))
    )
    close(journal)
    month(journal)
    assert len(year(journal).vouchers) == 2
    assert journal.rows(
        "select e.amount_minor, e.functional_minor from ledger_entry e join ledger_account a on a.id = e.account_id"
        " where a.code = '4103 usd'"
    ) == [(-500, -7000)]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_two_year_closings_at_once_one_carries_the_profit(transactional_db: None) -> None:
    journal = year_end()
    close(journal)
    month(journal)
    found: list[str] = []

    def act(ctx: Context) -> None:
        try:
            with ctx.open():
                close_year(ctx, journal.book)
            found.append("closed")
        except DomainError as refusal:
            found.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(ctx,)) for ctx in (journal.ctx, journal.second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == ["closed", "period_close_refused"] or sorted(found) == [
        "closed",
        "no_period_to_close",
    ]
    assert (journal.balance("4103"), no_difference(journal)) == (660, True)


MINOR = st.integers(-(10**12), 10**12)


@given(st.lists(st.tuples(st.sampled_from(("KRW", "USD")), MINOR, st.none() | MINOR), max_size=12))
def test_every_profit_account_goes_to_nothing_and_equity_takes_the_sum(
    rows: list[tuple[str, int, int | None]],
) -> None:
    profits = [Profit(f"p{n}", currency, minor, worth) for n, (currency, minor, worth) in enumerate(rows)]
    made = list(
        carrying_vouchers(
            profits, {"KRW": "e", "USD": "f"}, year=2026, last_day=LAST, day=FIRST, memo="", key="k"
        )
    )
    left = {one.account: one.minor for one in profits}
    equity: dict[str, int] = {}
    for one in made:
        assert sum(leg.minor for leg in one.legs) == 0 and one.value_date == LAST
        assert len({leg.currency for leg in one.legs}) == 1
        worths = [leg.functional_minor for leg in one.legs]
        assert None not in worths and sum(w or 0 for w in worths) == 0 or set(worths) == {None}
        for leg in one.legs:
            assert leg.minor * leg.side > 0
            if leg.account in left:
                left[leg.account] += leg.minor
            else:
                equity[leg.currency] = equity.get(leg.currency, 0) + leg.minor
    assert not any(left.values())
    for currency in ("KRW", "USD"):
        assert equity.get(currency, 0) == sum(one.minor for one in profits if one.currency == currency)


def test_months_as_numbers() -> None:
    assert month_bounds(202402) == (date(2024, 2, 1), date(2024, 2, 29))
    assert (next_month(202612), period_name(202612), period_name(2026)) == (202701, "2026-12", "2026")


def test_profits_are_those_of_the_years_end(db: None) -> None:
    journal = year_end()
    close(journal)
    journal.post(voucher("new", "6602", "bank", 5, day=FIRST))
    with journal.ctx.open():
        assert [(one.account, one.minor) for one in profits_of(journal.book, LAST)] == [
            ("6011", -1000), ("6411", 300), ("6602", 40),
        ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_verify_names_a_figure_that_was_changed_behind_our_back(
    transactional_db: None, as_owner: Any
) -> None:
    journal = year_end()
    close(journal)
    month(journal)
    as_owner.execute("alter table ledger_periodfigure disable trigger user")
    as_owner.execute(
        "update ledger_periodfigure set debit_minor = debit_minor + 1, closing_minor = closing_minor + 1"
        " where code = '6411'"
    )
    as_owner.execute("alter table ledger_periodfigure enable trigger user")
    with journal.ctx.open():
        found = [one for book in verify_books(journal.ctx) for one in book.differences]
    assert {one.check for one in found} == {"period"}
    assert any("6411 KRW" in one.subject for one in found)
