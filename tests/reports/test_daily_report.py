"""The daily fund report: previous + in − out = balance per row and sum, and what is not known is never a zero."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from moa.accounts.models import BankAccount
from moa.accounts.operations.close_account import close_account
from moa.accounts.permissions import VIEW
from moa.control.context import Context
from moa.reports.daily import DailyReport, ReportRow, daily_report
from moa.reports.daily_rows import stream_rows
from moa.reports.daily_rules import Movement, sum_movements
from moa.reports.daily_words import report_pdf
from moa.reports.daily_workbook import report_workbook
from moa.reports.permissions import VIEW_POSITION
from moa.reports.position import position
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books
from tests.control.factories import make_person, make_role, make_unit, signed_in
from tests.reports.asking import bring_lines
from tests.reports.daily_scene import DOLLAR, FRIDAY, MONDAY, SILENT, WON


def _report(ctx: Context, day: date = MONDAY) -> DailyReport:
    with ctx.open():
        return daily_report(ctx, day=day)


def _workbook(ctx: Context) -> bytes:
    with ctx.open():
        return b"".join(report_workbook(ctx, day=MONDAY))


def _row(report: DailyReport, number: str) -> ReportRow:
    return next(row for row in report.rows if row.account.number == number)


def _figures(row: ReportRow) -> tuple[int | None, ...]:
    moved = row.moved
    return moved.previous_minor, moved.in_minor, moved.out_minor, moved.balance_minor


def test_the_worked_example(worked: Books) -> None:
    report = _report(worked.ctx)
    assert report.previous_day == FRIDAY
    assert _figures(_row(report, WON)) == (1_000_000, 500_000, 50_000, 1_450_000)
    assert _figures(_row(report, DOLLAR)) == (50_000, 0, 12_000, 38_000)
    assert _row(report, DOLLAR).base_minor == 532_190, "380.00 × 1,400.50"
    assert report.gaps == []
    assert report.total_base_minor == 1_450_000 + 532_190 + 70_000
    won = next(total for total in report.totals("currency") if total.key == "KRW").sums
    assert (won.previous_minor, won.in_minor, won.out_minor, won.balance_minor) == (
        1_070_000,
        500_000,
        50_000,
        1_520_000,
    )


def test_a_bank_that_sent_nothing_is_named_and_its_movements_are_not_known(worked: Books) -> None:
    report = _report(worked.ctx)
    silent = _row(report, SILENT)
    assert _figures(silent) == (70_000, None, None, 70_000)
    assert (silent.missing, silent.balance_on) == ((MONDAY,), FRIDAY)
    assert [(late.accounts, late.days) for late in report.late] == [(1, (MONDAY,))]
    assert sum_movements(row.moved for row in report.rows).unknown == 1


def test_sums_counted_by_the_server_are_those_of_the_rows(worked: Books) -> None:
    """With two banks, a company and a unit more, a gap, a closed account and one in a currency without a rate."""
    other = make_unit(worked.machine)
    unit = make_unit(worked.machine, kind="unit", parent=other)
    for number, bank, currency, of in (
        ("200000000001", "088", "KRW", other), ("200000000002", "088", "EUR", unit), ("200000000003", "004", "KRW", unit),
        ("200000000004", "088", "KRW", worked.company),
    ):  # fmt: skip
        account = worked.open(number, currency, bank=bank, unit_id=of.id)
        bring_lines(worked, number, Line(FRIDAY, 900), currency=currency, reference=f"A{number}")
    with worked.ctx.open():
        close_account(worked.ctx, account_id=account.id, closed_on=MONDAY)
    for number, opening in (("200000000001", 905), ("200000000003", 900)):
        more = mt940(
            [Line(MONDAY, 30), Line(MONDAY, -4)], opening=opening, account=number, reference=f"B{number}"
        )
        assert worked.bring(more).errors == []
    for day in (FRIDAY, nov(14), MONDAY, nov(17), nov(18)):
        whole = _report(worked.ctx, day)
        with worked.ctx.open():
            first = daily_report(worked.ctx, day=day, most=2)
            alone = daily_report(worked.ctx, day=day, most=0)
            streamed = tuple(stream_rows(worked.ctx, alone))
        assert (len(first.rows), first.rows) == (2, whole.rows[:2])
        assert (alone.rows, alone.parts, streamed) == ((), first.parts, whole.rows)
        for by in ("currency", "bank", "company"):
            assert first.totals(by) == whole.totals(by)
        assert (first.late, first.accounts, first.missing_rates) == (
            whole.late,
            len(whole.rows),
            whole.missing_rates,
        )
        assert first.gap_count == len(whole.gaps) == whole.gap_count
        assert first.total_base_minor == sum(row.base_minor or 0 for row in whole.rows)
    assert whole.late and _report(worked.ctx).gaps and whole.missing_rates == ["EUR"]


def test_the_first_rows_are_those_of_accounts_that_stand_in_the_report(worked: Books) -> None:
    """Before them, by number, one that is closed, one that opens later, and one that the reader's position does not count."""
    elsewhere = make_unit(worked.machine, kind="unit", parent=worked.company)
    closed = worked.open("000000000001")
    worked.open("000000000002", opened_on=nov(17))
    worked.open("000000000003", unit_id=elsewhere.id)
    unseen = worked.open("000000000004")
    with worked.ctx.open():
        close_account(worked.ctx, account_id=closed.id, closed_on=MONDAY)
        BankAccount.objects.filter(unit_id=worked.company.id).exclude(id=unseen.id).update(
            unit_id=elsewhere.id
        )
    roles = [make_role(worked.machine, VIEW), (make_role(worked.machine, VIEW_POSITION), elsewhere.id)]
    for ctx in (worked.ctx, make_person(worked.machine, roles=roles)):
        with ctx.open():
            whole, first = (daily_report(ctx, day=MONDAY, most=most) for most in (None, 2))
        expected = ["000000000003", "000000000004", WON] if ctx is worked.ctx else ["000000000003", WON]
        assert [row.account.number for row in whole.rows][: len(expected)] == expected
        assert (len(first.rows), first.rows) == (2, whole.rows[:2])
        assert first.totals("currency") == whole.totals("currency")


def test_its_total_is_that_of_the_position(worked: Books) -> None:
    with worked.ctx.open():
        assert _report(worked.ctx).total_base_minor == position(worked.ctx, day=MONDAY).total_base_minor


def test_a_balance_that_does_not_follow_from_its_movements_shows_its_gap(books: Books) -> None:
    books.open(WON)
    bring_lines(books, WON, Line(FRIDAY, 1_000_000))
    late = books.bring(mt940([Line(MONDAY, 10_000)], opening=1_002_500, account=WON, reference="N"), "next")
    assert late.errors == []
    row = _row(_report(books.ctx), WON)
    assert (row.gap_minor, _report(books.ctx).gaps) == (2_500, [row])


def test_a_balance_without_a_rate_is_named_and_not_in_the_total(books: Books) -> None:
    books.open(DOLLAR, currency="USD")
    bring_lines(books, DOLLAR, Line(MONDAY, 500), currency="USD")
    report = _report(books.ctx)
    assert (report.missing_rates, report.total_base_minor) == (["USD"], 0)
    assert _row(report, DOLLAR).base_minor is None


def test_nobody_reads_of_an_account_elsewhere(worked: Books) -> None:
    elsewhere = make_unit(worked.machine)
    clerk = make_person(worked.machine, roles=[("clerk", elsewhere.id)])
    assert _report(clerk).rows == ()


amounts = st.one_of(st.none(), st.integers(-(10**15), 10**15))
sizes = st.one_of(st.none(), st.integers(0, 10**15))
movements = st.builds(Movement, amounts, sizes, sizes, amounts)


def test_a_sum_of_nothing_known_is_none_and_of_something_is_that() -> None:
    nothing, some = Movement(None, None, None, None), Movement(5, None, 0, 5)
    assert sum_movements([nothing, nothing]).known("balance") is None
    assert sum_movements([nothing, some]).known("balance") == 5
    assert sum_movements([nothing, some]).known("in") is None
    assert sum_movements([]).known("balance") == 0


@given(st.lists(movements, max_size=20))
def test_sums_lose_nothing(rows: list[Movement]) -> None:
    sums = sum_movements(rows)
    explained = sums.previous_minor + sums.in_minor - sums.out_minor + sums.gap_minor + sums.begun_minor
    assert explained == sums.balance_minor
    assert sum_movements(list(reversed(rows))) == sums


@given(movements)
def test_a_row_adds_up_with_its_gap_or_a_balance_is_not_known(row: Movement) -> None:
    if row.gap_minor is None:
        assert row.previous_minor is None or row.balance_minor is None
    else:
        assert row.previous_minor is not None
        assert (
            row.previous_minor + (row.in_minor or 0) - (row.out_minor or 0) + row.gap_minor
            == row.balance_minor
        )


def test_the_workbook_says_the_same_figures(worked: Books) -> None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(_workbook(worked.ctx)))
    rows = book.get_sheet_by_index(0).to_python()
    line = next(row for row in rows if WON in row)
    assert [value for value in line if isinstance(value, float)][:4] == [
        1_000_000,
        500_000,
        50_000,
        1_450_000,
    ]
    silent = next(row for row in rows if SILENT in row)
    assert (silent[5], silent[6]) == ("자료 없음", "자료 없음"), "not known is said, and is no zero"


def test_totals_of_one_bank_stand_together(books: Books) -> None:
    books.open(WON, bank="088")
    books.open(SILENT, bank="011")
    books.open(DOLLAR, bank="088", currency="USD")
    keys = [total.key for total in _report(books.ctx).totals("bank")]
    assert len(keys) == 3 and (keys[0] == keys[1] or keys[1] == keys[2])


def test_what_nobody_told_of_is_no_zero_in_any_sum(books: Books) -> None:
    """One bank sent its statement, of the other nothing ever came: its sums are not known, and the others say so."""
    from python_calamine import CalamineWorkbook

    books.open(WON)
    bring_lines(books, WON, Line(FRIDAY, 1_000_000), Line(MONDAY, 200_000))
    books.open(SILENT, bank="011")
    report = _report(books.ctx)
    silent, told = sorted(report.totals("bank"), key=lambda total: total.sums.unknown, reverse=True)
    assert [silent.sums.known(what) for what in ("previous", "in", "out", "balance")] == [None] * 4
    assert (told.sums.known("balance"), told.sums.unknown) == (1_200_000, 0)
    (won,) = report.totals("currency")
    assert (won.sums.known("balance"), won.sums.unknown) == (1_200_000, 1)
    book = CalamineWorkbook.from_filelike(io.BytesIO(_workbook(books.ctx)))
    with books.ctx.open():
        assert report_pdf(books.ctx, day=MONDAY).startswith(b"%PDF")
    by_bank = book.get_sheet_by_index(2).to_python()
    head = next(row for row in by_bank if "통화" in row)
    assert head[:4] == ["은행", "통화", "계좌 수", "일부 미확인"]
    line = next(row for row in by_bank if row[0] == silent.name)
    assert line[2:5] == [1, 1, "자료 없음"] and line[8:10] == ["자료 없음", ""]
    page = signed_in(books.ctx).get(f"/reports/daily?date={MONDAY}").content.decode()
    rows = page[page.index('id="by-bank"') : page.index('id="by-company"')]
    assert rows.count("자료 없음") == 4 and "mo-warn" in rows


def test_the_printed_report_is_a_pdf(worked: Books) -> None:
    with worked.ctx.open():
        made = report_pdf(worked.ctx, day=MONDAY)
    assert made.startswith(b"%PDF-")
    assert timedelta(days=3) == MONDAY - FRIDAY


def test_the_page_shows_the_first_accounts_and_says_where_all_are(worked: Books, monkeypatch: Any) -> None:
    monkeypatch.setattr("moa.reports.web.views_daily.SHOWN", 1)
    page = signed_in(worked.ctx).get(f"/reports/daily?date={MONDAY}").content.decode()
    rows = page[page.index('aria-labelledby="rows"') : page.index("<tfoot>")]
    assert rows.count('class="mo-rowa"') == 1
    assert "3계좌" in rows
    assert "앞의 1개만" in rows and "Excel" in rows
