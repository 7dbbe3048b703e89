"""A group with more accounts than a page shows: the first of them, and sums of all."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.accounts.bank_files import Line, mt940
from tests.accounts.books import Books, make_books
from tests.control.factories import signed_in
from tests.journeys.scene import ago, now

NUMBERS = ("1111111", "1112222", "1113333")


@pytest.fixture
def three(db: None) -> Books:
    """Pages run at the present moment, and so do these accounts; of each, days between its two statements are missing."""
    made = make_books()
    books = replace(made, ctx=now(made.ctx))
    for number in NUMBERS:
        books.open(number)
        for behind, opening in ((13, 0), (4, 1_000)):
            found = books.bring(
                mt940([Line(ago(behind), 1_000)], opening=opening, account=number, reference=f"R{behind}")
            )
            assert found.errors == []
    return books


def _page(books: Books, address: str) -> str:
    return re.sub(r"\s+", " ", signed_in(books.ctx).get(address).content.decode())


def test_the_position_by_account_has_the_first_rows_and_the_total_of_all(
    three: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _page(three, "/position?by=account")
    assert [number for number in NUMBERS if f"···{number[-4:]}" in whole] == list(NUMBERS)
    assert "합계는 전체 기준" not in whole
    monkeypatch.setattr("moa.reports.web.views_position.SHOWN", 2)
    first = _page(three, "/position?by=account")
    assert [number for number in NUMBERS if f"···{number[-4:]}" in first] == list(NUMBERS[:2])
    assert "앞의 2개만 보입니다. 합계는 전체 기준입니다" in first
    assert re.findall(r'class="is-total".*?</tr>', first) == re.findall(r'class="is-total".*?</tr>', whole)
    assert "6,000" in re.findall(r'class="is-total".*?</tr>', first)[0]


def test_the_first_page_has_the_first_accounts_with_missing_days_and_counts_them_all(
    three: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moa.reports.dashboard.MISSING_SHOWN", 1)
    board = re.search(r'<section class="mo-card" aria-labelledby="miss">.*?</section>', _page(three, "/"))
    assert board is not None
    assert (board[0].count('class="mo-rowa'), "3계좌" in board[0]) == (1, True)
    assert "앞의 1개만 보입니다. 합계는 전체 기준입니다" in board[0]


def test_the_daily_report_has_the_first_rows_and_the_sums_of_all(
    three: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moa.reports.web.views_daily.SHOWN", 1)
    shown = _page(three, f"/reports/daily?date={ago(4)}")
    assert shown.count('<tr><th scope="row" class="mo-nw"><a class="mo-rowa"') == 1
    assert "3계좌" in shown
    assert "6,000" in re.findall(r'class="is-total".*?</tr>', shown)[0]
