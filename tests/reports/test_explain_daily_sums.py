"""Where the sums of the daily fund report come from: they add up on sight, and read their largest accounts alone."""

from __future__ import annotations

import pytest

from moa.control.grounds import AskedFor
from moa.reports.daily import daily_report
from moa.reports.web import grounds
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books
from tests.control.factories import signed_in
from tests.reports.asking import bring_lines, rate

WON, SILENT = "100000000001", "100000000003"
FRIDAY, MONDAY = nov(13), nov(16)


def test_a_sum_says_what_accounts_add_whose_balance_before_nobody_knows(books: Books) -> None:
    books.open(WON)
    bring_lines(books, WON, Line(FRIDAY, 1_000), Line(MONDAY, 200))
    books.open(SILENT)
    first = mt940([Line(MONDAY, -30)], opening=500, account=SILENT, first=MONDAY, reference="NEW")
    assert books.bring(first).errors == []
    with books.ctx.open():
        report = daily_report(books.ctx, day=MONDAY)
    (won,) = report.totals("currency")
    assert (won.sums.previous_minor, won.sums.in_minor, won.sums.out_minor) == (1_000, 200, 30)
    assert (won.sums.begun_minor, won.sums.balance_minor) == (500, 1_670)
    page = signed_in(books.ctx).get(f"/reports/daily?date={MONDAY}").content.decode()
    assert page.count("처음 확인 +500") == 3 and "KRW 500" in page


def test_the_ground_of_a_sum_reads_its_largest_accounts_and_adds_up(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, bank, currency in (
        ("200000000001", "088", "KRW"),
        ("200000000002", "088", "EUR"),
        ("200000000004", "081", "USD"),
        ("200000000003", "004", "KRW"),
    ):
        books.open(number, currency, bank=bank)
        lines = [Line(FRIDAY, 900 + int(number[-1])), Line(MONDAY, -int(number[-1]))]
        bring_lines(books, number, *lines, currency=currency, reference=f"A{number}")
    monkeypatch.setattr(grounds, "MOST_PARTS", 2)
    books.open(SILENT)
    bring_lines(books, SILENT, Line(FRIDAY, 70_000), reference="S1")
    rate(books.ctx, FRIDAY, "USD", "1400.50")
    with books.ctx.open():
        whole = daily_report(books.ctx, day=MONDAY)
    columns = {"previous": "previous_minor", "in": "in_minor", "out": "out_minor", "balance": "balance_minor"}
    asked = [("", "", one.currency, what) for one in whole.totals("currency") for what in columns]
    asked += [
        (by, one.key, one.currency, "balance") for by in ("bank", "company") for one in whole.totals(by)
    ]
    for by, key, currency, what in [*asked, ("", "", "", "base")]:
        of = {"bank": "bank_key", "company": "company_key"}.get(by)
        rows = [
            row
            for row in whole.rows
            if currency in {"", row.account.currency} and (not of or getattr(row.account, of) == key)
        ]
        figures = [row.base_minor if what == "base" else getattr(row.moved, columns[what]) for row in rows]
        with books.ctx.open():
            said = {"date": str(MONDAY), "by": by, "key": key, "currency": currency, "what": what}
            (*_, step) = grounds.explain_daily(books.ctx, AskedFor(said)).steps
        assert step.sum_minor == sum(one or 0 for one in figures), (by, key, currency, what)
        assert sum(part.minor or 0 for part in step.parts) + step.rest_minor == step.sum_minor
        assert (len(step.parts), step.left_off) == (min(2, len(rows)), max(0, len(rows) - 2))
        largest = sorted((abs(one or 0) for one in figures), reverse=True)[:2]
        assert [abs(part.minor or 0) for part in step.parts] == largest
        assert [fact.value for fact in step.facts] == ([str(figures.count(None))] if None in figures else [])
