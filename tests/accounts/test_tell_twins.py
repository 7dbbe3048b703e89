"""Lines that read the same: two of one day both stay, and one line told twice stays one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from moa.accounts.models import Transaction
from tests.accounts.bank_files import Line, mt940, nov, table
from tests.accounts.books import Books

DAY = nov(17)
FEE = Line(DAY, -500, "FEE")
SALE = Line(DAY, 9000, "SALE")
# Opening 10,000; balances 9,500, 18,500, 18,000, 27,000, 26,500.
WHOLE = [FEE, SALE, FEE, SALE, FEE]


def page(begin: int, end: int, marks: str = "FF") -> bytes:
    """The lines of the day from one place to another, as a statement of its own."""
    opening = 10_000 + sum(line.amount for line in WHOLE[:begin])
    return mt940(WHOLE[begin:end], opening=opening, first=DAY, last=DAY, marks=marks, reference=f"P{begin}")


def download(end: int, **more: object) -> bytes:
    """What a bank's page gives of the day until the line at `end`."""
    return table(WHOLE[:end], opening=10_000, **more)  # type: ignore[arg-type]


def is_whole(books: Books, account: object) -> None:
    assert sorted(books.amounts(account)) == sorted(line.amount for line in WHOLE)  # type: ignore[arg-type]
    assert books.points(account) == {DAY: 26_500}  # type: ignore[arg-type]
    assert books.current(account) == (DAY, 26_500)  # type: ignore[arg-type]


def test_twins_in_one_file_both_stay(books: Books) -> None:
    account = books.open()
    books.bring(page(0, 5))
    is_whole(books, account)
    with books.ctx.open():
        fees = Transaction.objects.filter(account_id=account.id, amount_minor=-500).order_by("occurrence")
        assert list(fees.values_list("occurrence", flat=True)) == [1, 2, 3]
        assert len(set(fees.values_list("fingerprint", flat=True))) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_overlapping_files_keep_twins_once(books: Books, order: tuple[int, ...]) -> None:
    account = books.open()
    before, after = Line(nov(16), -500, "FEE"), Line(nov(18), -500, "FEE")
    files = [
        mt940([before, *WHOLE], opening=10_500, reference="A"),
        mt940(WHOLE, opening=10_000, reference="B"),
        mt940([*WHOLE, after], opening=10_000, reference="C"),
    ]
    for number in order:
        assert books.bring(files[number]).conflicts == 0
    assert sorted(books.amounts(account)) == sorted(line.amount for line in [before, *WHOLE, after])
    assert books.points(account) == {nov(16): 10_000, DAY: 26_500, nov(18): 26_000}


def test_pages_of_one_file_keep_twins(books: Books) -> None:
    account = books.open()
    assert books.bring(page(0, 2, "FM") + page(2, 3, "MM") + page(3, 5, "MF")).entries_new == 5
    is_whole(books, account)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_pages_in_files_of_their_own_keep_twins_in_any_order(books: Books, order: tuple[int, ...]) -> None:
    account = books.open()
    pages = [page(0, 2, "FM"), page(2, 3, "MM"), page(3, 5, "MF")]
    for number in order:
        result = books.bring(pages[number])
        assert (result.conflicts, result.entries_known) == (0, 0)
    is_whole(books, account)
    before = books.what_accounts_say()
    for again in pages:
        assert books.bring(again, account="1002003004005").duplicate
    assert books.what_accounts_say() == before


@pytest.mark.parametrize("order", list(permutations(["morning", "afternoon", "evening"])))
def test_downloads_of_a_day_give_the_evenings_balance_in_any_order(
    books: Books, order: tuple[str, ...]
) -> None:
    account = books.open()
    ends = {"morning": 2, "afternoon": 3, "evening": 5}
    for name in order:
        result = books.bring(download(ends[name]), name)
        assert (result.stored, result.conflicts) == (True, 0)
    is_whole(books, account)


@pytest.mark.parametrize("morning_first", [True, False])
def test_an_afternoon_that_goes_on_from_the_morning_is_not_taken_for_it(
    books: Books, morning_first: bool
) -> None:
    account = books.open()
    files = [page(0, 3), page(3, 5)]
    for data in files if morning_first else reversed(files):
        assert books.bring(data).entries_known == 0
    is_whole(books, account)


def test_a_file_of_a_morning_without_a_line_leaves_the_evenings_balance(books: Books) -> None:
    account = books.open()
    books.bring(page(0, 5))
    early = mt940([], opening=10_000, first=nov(16), last=DAY, reference="EARLY")
    that_morning = replace(books.ctx, at=datetime(2026, 11, 17, 0, 30, tzinfo=UTC))
    assert books.bring(early, ctx=that_morning).conflicts == 0
    assert books.current(account) == (DAY, 26_500)


def test_a_day_without_a_line_told_after_it_was_over_contradicts_its_lines(books: Books) -> None:
    books.open()
    books.bring(page(0, 5))
    assert books.bring(mt940([], opening=10_000, first=nov(16), last=DAY, reference="NONE")).conflicts == 1


def test_a_whole_day_after_its_afternoon_adds_the_morning_only(books: Books) -> None:
    account = books.open()
    books.bring(page(2, 5))
    result = books.bring(page(0, 5))
    assert (result.entries_new, result.entries_known) == (2, 3)
    is_whole(books, account)


def test_a_download_without_balances_adds_only_more_of_the_same(books: Books) -> None:
    account = books.open()
    books.bring(table(WHOLE[:2], opening=None))
    result = books.bring(table(WHOLE, opening=None))
    assert (result.entries_new, result.entries_known) == (3, 2)
    assert sorted(books.amounts(account)) == sorted(line.amount for line in WHOLE)
    assert books.current(account) == (None, None)


def test_times_and_references_make_two_lines_of_what_reads_the_same(books: Books) -> None:
    account = books.open()
    first = mt940([Line(DAY, -500, "FEE", "REF1")], opening=10_000, first=DAY, last=DAY)
    second = mt940([Line(DAY, -500, "FEE", "REF2")], opening=9_500, first=DAY, last=DAY, reference="S2")
    assert books.bring(first).entries_new == books.bring(second).entries_new == 1
    assert books.amounts(account) == [-500, -500]
    assert books.points(account) == {DAY: 9_000}
