"""The daily fund report: previous + in − out = balance per row and sum, and what is not known is never a zero."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.accounts.models import BankAccount
from moa.accounts.operations.close_account import close_account
from moa.accounts.permissions import VIEW
from moa.control.context import Context
from moa.control.models import Assignment, Mail, Notice, Person
from moa.control.queries import machine_context
from moa.kernel.errors import Forbidden
from moa.reports.daily import DailyReport, ReportRow, daily_report
from moa.reports.daily_rows import stream_rows
from moa.reports.daily_rules import Movement, sum_movements
from moa.reports.daily_words import report_pdf
from moa.reports.daily_workbook import report_workbook
from moa.reports.jobs import mail_daily
from moa.reports.models import DailyMailing
from moa.reports.operations.set_daily_mailing import MailingNotPossible, set_daily_mailing
from moa.reports.permissions import VIEW_POSITION
from moa.reports.position import position
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books
from tests.control.factories import make_person, make_role, make_unit, signed_in
from tests.reports.asking import bring_lines, rate

WON, DOLLAR, SILENT, HAND = "100000000001", "100000000002", "100000000003", "100000000004"
FRIDAY, MONDAY = nov(13), nov(16)


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


@pytest.fixture
def worked(books: Books) -> Books:
    """Friday to Monday: KRW 1,000,000 + 300,000 (Saturday) + 200,000 − 50,000 (Monday); USD 500.00 − 120.00."""
    books.open(WON)
    books.open(DOLLAR, currency="USD")
    books.open(SILENT)
    bring_lines(books, WON, Line(FRIDAY, 1_000_000))
    bring_lines(
        books, WON, Line(nov(14), 300_000), Line(MONDAY, 200_000), Line(MONDAY, -50_000), opening=1_000_000,
        reference="W2",
    )  # fmt: skip
    bring_lines(books, DOLLAR, Line(FRIDAY, 500), currency="USD", reference="D1")
    bring_lines(books, DOLLAR, Line(MONDAY, -120), opening=500, currency="USD", reference="D2",
                first=nov(14), last=MONDAY)  # fmt: skip
    bring_lines(books, SILENT, Line(FRIDAY, 70_000), reference="S1")
    rate(books.ctx, FRIDAY, "USD", "1400.50")
    return books


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


def _mailing(books: Books, at: str = "08:30") -> None:
    with books.ctx.open():
        Person.objects.filter(id=books.ctx.actor.person_id).update(email="kim@example.org")
        set_daily_mailing(
            books.ctx, person_id=books.ctx.actor.person_id, at=time.fromisoformat(at), form="both"
        )


def _mails(books: Books) -> list[Mail]:
    with books.ctx.open():
        return list(Mail.objects.order_by("id"))


def _at(books: Books, moment: datetime) -> Context:
    return machine_context(books.machine.group_id, at=moment, channel="job")


def test_the_workbook_reads_few_rows_at_once(worked: Books, monkeypatch: Any) -> None:
    """It is sent while it is read: the list of all accounts is never made."""

    def refuse(*_: Any, **more: Any) -> Any:
        assert more.get("most") == 0, "every account at once"
        return []

    monkeypatch.setattr("moa.reports.daily.list_accounts", refuse)
    answer = signed_in(worked.ctx).get(f"/reports/daily.xlsx?date={MONDAY}")
    assert answer.streaming and len(answer.getvalue()) > 1_000


def test_paper_has_the_largest_accounts_the_sums_of_all_and_says_so(worked: Books, monkeypatch: Any) -> None:
    set_in: list[dict[str, Any]] = []

    def keep(template: str, data: dict[str, Any]) -> bytes:
        set_in.append(data)
        return b"%PDF"

    monkeypatch.setattr("moa.reports.daily_words.printing.pdf", keep)
    worked.open("200000000001", bank="088")

    def blocks(printed: int) -> list[dict[str, Any]]:
        monkeypatch.setattr("moa.reports.daily_words.PRINTED", printed)
        with worked.ctx.open():
            report_pdf(worked.ctx, day=MONDAY)
        found: list[dict[str, Any]] = set_in[-1]["blocks"]
        return found

    whole, cut = blocks(4), blocks(2)
    assert not [one for one in whole if "4계좌" in str(one.get("text"))]
    assert [one["text"] for one in cut if "4계좌" in str(one.get("text"))] == [
        "모두 4계좌 가운데 잔액이 큰 2계좌만 인쇄했습니다. 합계는 전체 기준이며, Excel에는 모든 계좌가 있습니다."
    ]
    tables = [one for one in cut if one["kind"] == "table"]
    assert [row[2]["text"] + row[2]["tail"] for row in tables[-1]["rows"]] == [WON, DOLLAR], "by worth"
    assert tables[0]["sums"] == next(one for one in whole if one.get("title") == tables[0]["title"])["sums"]
    said = [one["text"] for one in cut if "인쇄하기에 너무 많" in str(one.get("text"))]
    assert len(said) == 1 and "은행" in said[0], (
        "by bank there are three sums: two currencies and another bank"
    )


def test_one_report_that_fails_stops_no_other(worked: Books, monkeypatch: Any) -> None:
    other = make_person(worked.machine, roles=["treasurer"])
    _mailing(worked)
    with worked.ctx.open():
        Person.objects.filter(id=other.actor.person_id).update(email="lee@example.org")
        set_daily_mailing(worked.ctx, person_id=other.actor.person_id, at=time(8), form="pdf")

    def fail_first(ctx: Context, *, day: date) -> bytes:
        if ctx.actor.person_id == worked.ctx.actor.person_id:
            raise OSError("no paper")
        return b"%PDF"

    monkeypatch.setattr("moa.reports.jobs.report_pdf", fail_first)
    with pytest.raises(OSError):
        mail_daily(_at(worked, datetime(2026, 11, 17, 0, 0, tzinfo=UTC)))
    assert [mail.to_address for mail in _mails(worked)] == ["lee@example.org"]


def test_it_is_mailed_once_at_its_hour_of_a_business_day(worked: Books) -> None:
    _mailing(worked)
    tuesday = datetime(2026, 11, 16, 23, 0, tzinfo=UTC)
    for moment, mails in (
        (tuesday, 0), (tuesday + timedelta(minutes=35), 1), (tuesday + timedelta(hours=2), 1),
        (datetime(2026, 11, 21, 5, 0, tzinfo=UTC), 1),
    ):  # fmt: skip
        mail_daily(_at(worked, moment))
        assert len(_mails(worked)) == mails, moment
    (mail,) = _mails(worked)
    assert (mail.subject, [file["name"] for file in mail.attachments]) == (
        "[Moa] 자금일보 2026-11-16", ["daily-2026-11-16.pdf", "daily-2026-11-16.xlsx"],
    )  # fmt: skip


def test_who_may_not_see_the_position_any_more_is_mailed_nothing_and_that_is_said(worked: Books) -> None:
    other = make_person(worked.machine, roles=["treasurer"])
    _mailing(worked)
    with worked.ctx.open():
        Assignment.objects.filter(person_id=worked.ctx.actor.person_id).update(valid_until=nov(15))
    mail_daily(_at(worked, datetime(2026, 11, 17, 0, 0, tzinfo=UTC)))
    assert _mails(worked) == []
    with worked.machine.open():
        assert Notice.objects.get().person_id == other.actor.person_id


def test_only_who_may_sets_a_mailing_and_only_to_who_may_read_it(worked: Books) -> None:
    clerk = make_person(worked.machine, roles=["clerk"])
    with clerk.open(), pytest.raises(Forbidden):
        set_daily_mailing(clerk, person_id=clerk.actor.person_id, at=time(8), form="pdf")
    with worked.ctx.open(), pytest.raises(MailingNotPossible):
        set_daily_mailing(worked.ctx, person_id=clerk.actor.person_id, at=time(8), form="pdf")


def test_a_mailing_that_another_changed_is_neither_set_nor_ended_unseen(worked: Books) -> None:
    _mailing(worked)
    other = make_person(worked.machine, roles=["treasurer"], name="윤가람")
    with other.open():
        Person.objects.filter(id=other.actor.person_id).update(email="yun@example.org")
    here, there = signed_in(worked.ctx), signed_in(other)
    opened = here.get("/reports/daily").content.decode()
    row, whole = re.findall(r'name="seen" value="([^"]+)"', opened)
    person = str(worked.ctx.actor.person_id)
    given = {"person": person, "at": "07:10", "form": "pdf"}
    assert there.post("/reports/daily/mailings", given | {"seen": whole}).status_code == 302
    late = here.post("/reports/daily/mailings", given | {"at": "09:00", "seen": whole})
    said = late.content.decode()
    assert late.status_code == 422 and "윤가람" in said and "07:10" in said and 'value="09:00"' in said
    ended = here.post("/reports/daily/mailings", {"person": person, "do": "end", "seen": row})
    assert ended.status_code == 422 and "윤가람" in ended.content.decode()
    with worked.ctx.open():
        assert DailyMailing.objects.get().at == time(7, 10)
    # Of a person of whom the page showed nothing there is nothing to overwrite; sent again, it is known.
    mine = {"person": str(other.actor.person_id), "at": "06:00", "form": "xlsx", "seen": whole}
    assert here.post("/reports/daily/mailings", mine).status_code == 302
    assert there.post("/reports/daily/mailings", mine | {"at": "06:30"}).status_code == 422
    row, *_, renewed = re.findall(r'name="seen" value="([^"]+)"', said)
    assert here.post("/reports/daily/mailings", given | {"at": "09:00", "seen": renewed}).status_code == 302


def test_the_pages_and_files_open(worked: Books) -> None:
    _mailing(worked)
    client = signed_in(worked.ctx)
    page = client.get("/reports/daily?date=2026-11-16").content.decode()
    assert "1,450,000" in page
    assert client.get("/reports/daily.pdf?date=2026-11-16").content.startswith(b"%PDF-")
    assert client.get("/reports/daily.xlsx?date=2026-11-16").getvalue().startswith(b"PK")
    for day in ("2030-01-01", "9999-12-31"):
        for kind in ("pdf", "xlsx"):
            assert client.get(f"/reports/daily.{kind}?date={day}").status_code == 404
    for page_of in ("/reports/daily", "/position"):
        assert client.get(f"{page_of}?date=0001-01-01").status_code == 200
    assert client.get("/reports/daily.pdf?date=x").status_code == 404
    person = worked.ctx.actor.person_id
    form = {"person": str(person), "at": "07:10", "form": "pdf"}
    assert client.post("/reports/daily/mailings", form).status_code == 302
    assert client.post("/reports/daily/mailings", form | {"at": "late"}).status_code == 422
    assert client.post("/reports/daily/mailings", form | {"do": "end"}).status_code == 302
    with worked.ctx.open():
        assert not DailyMailing.objects.exists()


def test_the_page_shows_the_first_accounts_and_says_where_all_are(worked: Books, monkeypatch: Any) -> None:
    monkeypatch.setattr("moa.reports.web.views_daily.SHOWN", 1)
    page = signed_in(worked.ctx).get(f"/reports/daily?date={MONDAY}").content.decode()
    rows = page[page.index('aria-labelledby="rows"') : page.index("<tfoot>")]
    assert rows.count('class="mo-rowa"') == 1
    assert "3계좌" in rows
    assert "앞의 1개만" in rows and "Excel" in rows
