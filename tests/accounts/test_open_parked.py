"""Statements of an account that nobody has opened here wait, and are stored once somebody opens it."""

from __future__ import annotations

from pathlib import Path

import pytest

from moa.accounts.lifecycle import FileState, ParkedState
from moa.accounts.models import BankAccount, ParkedStatement, StatementFile
from moa.accounts.operations.open_account import AccountExists, AccountNumberEmpty, NewAccount, open_account
from moa.accounts.operations.open_parked import ParkedCurrencyDiffers, dismiss_parked, open_parked
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from tests.accounts.bank_files import NUMBER, Line, mt940, mt942, nov, table
from tests.accounts.books import Books, make_books
from tests.control.factories import make_person, signed_in

FIRST = [Line(nov(16), 1000, "ONE")]
SECOND = [Line(nov(17), -300, "TWO")]
KNOWN = "777788889999"


def parked(books: Books) -> list[ParkedStatement]:
    with books.ctx.open():
        return list(ParkedStatement.objects.order_by("id"))


def open_it(books: Books, *, currency: str = "KRW", number: str = NUMBER) -> BankAccount:
    new = NewAccount(books.company.id, "KR", "004", number, currency)
    with books.ctx.open():
        return open_parked(books.ctx, parked_id=parked(books)[0].id, new=new)


def test_the_other_statements_of_the_file_are_stored(books: Books) -> None:
    account = books.open(KNOWN)
    result = books.bring(mt940(FIRST) + mt940(SECOND, account=KNOWN))
    assert (result.stored, result.parked, result.entries_new, result.errors) == (True, [NUMBER], 1, [])
    assert books.amounts(account) == [-300]
    (waiting,) = parked(books)
    assert (waiting.account_number, waiting.currency, waiting.entry_count) == (NUMBER, "KRW", 1)
    assert (waiting.opening_minor, waiting.closing_minor, waiting.state) == (0, 1000, ParkedState.WAITING)


def test_a_file_of_unknown_accounts_only_is_kept_and_not_called_stored(books: Books) -> None:
    result = books.bring(mt940(FIRST))
    assert (result.stored, result.parked) == (False, [NUMBER])
    with books.ctx.open():
        assert StatementFile.objects.get().state == FileState.STORED


def test_opening_the_account_stores_every_waiting_file_in_the_order_of_days(books: Books) -> None:
    books.bring(mt940(SECOND, opening=1000))
    books.bring(mt940(FIRST, account="1002-003-004005"))
    books.bring(mt942([Line(nov(18), 7)]))
    account = open_it(books)
    assert books.amounts(account) == [1000, -300]
    assert books.current(account) == (nov(17), 700)
    assert books.intraday(account) == {(7, "booked"): 1}
    assert {one.state for one in parked(books)} == {ParkedState.OPENED}
    with books.ctx.open():
        assert [file.entries_new for file in StatementFile.objects.order_by("id")] == [1, 1, 1]


def test_opening_it_by_the_form_stores_what_waited_too(books: Books) -> None:
    books.bring(mt940(FIRST))
    account = books.open("1002-003-004005")
    assert books.amounts(account) == [1000]
    assert books.bring(mt940(FIRST)).duplicate


def test_a_file_with_many_waiting_statements_is_stored_whole(books: Books) -> None:
    pages = [mt940([Line(nov(day), 10)], opening=10 * (day - 1), reference=f"S{day}") for day in range(1, 19)]
    assert books.bring(b"".join(pages)).parked == [NUMBER]
    account = open_it(books)
    assert books.amounts(account) == [10] * 18
    assert books.current(account) == (nov(18), 180)


def test_a_file_without_its_number_waits_under_the_one_that_was_named(books: Books) -> None:
    books.bring(table(FIRST, account=""), account=NUMBER)
    assert parked(books)[0].account_number == NUMBER
    assert books.amounts(open_it(books)) == [1000]


def test_an_account_in_another_currency_takes_nothing(books: Books) -> None:
    books.bring(mt940(FIRST))
    with pytest.raises(ParkedCurrencyDiffers):
        open_it(books, currency="USD")
    account = books.open(currency="USD")
    assert books.all_lines(account) == 0
    assert parked(books)[0].state == ParkedState.WAITING


def test_it_is_opened_once(books: Books) -> None:
    books.bring(mt940(FIRST))
    open_it(books)
    with pytest.raises(MoveNotAllowed):
        open_it(books, number="555566667777")


def test_a_dismissed_statement_waits_no_more(books: Books) -> None:
    books.bring(mt940(FIRST))
    with books.ctx.open():
        dismiss_parked(books.ctx, parked_id=parked(books)[0].id)
    assert parked(books)[0].state == ParkedState.DISMISSED
    account = books.open()
    assert books.all_lines(account) == 0
    assert books.bring(mt940(FIRST), "again").duplicate is False
    assert books.amounts(account) == [1000]


def test_only_who_may_open_accounts_does(books: Books) -> None:
    books.bring(mt940(FIRST))
    teller, stranger = make_person(books.machine, roles=["teller"]), make_books().ctx
    new = NewAccount(books.company.id, "KR", "004", NUMBER, "KRW")
    number = parked(books)[0].id
    with pytest.raises(Forbidden), teller.open():
        open_parked(teller, parked_id=number, new=new)
    with pytest.raises(NotFound), stranger.open():
        open_parked(stranger, parked_id=number, new=new)


def test_a_number_is_filed_once_per_bank_and_currency(books: Books) -> None:
    books.open("100-200")
    with pytest.raises(AccountExists):
        books.open("100 200")
    with pytest.raises(AccountNumberEmpty), books.ctx.open():
        open_account(books.ctx, new=NewAccount(books.company.id, "KR", "004", "--", "KRW"))
    assert books.open("100200", currency="USD").id


def test_the_form_offers_the_bank_that_the_file_names(books: Books) -> None:
    shinhan = (Path(__file__).parents[1] / "golden/spreadsheets/shinhan.csv").read_bytes()
    books.bring(shinhan, "거래내역.csv")
    (waiting,) = parked(books)
    page = signed_in(books.ctx).get(f"/accounts/open?parked={waiting.id}").content.decode()
    assert '<option value="KR-088" selected>' in page
