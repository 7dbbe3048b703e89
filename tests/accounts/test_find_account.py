"""Which account a statement speaks of, however its number is written."""

from __future__ import annotations

import pytest

from moa.accounts.rules import names_account
from tests.accounts.bank_files import Line, camt, mt940, nov, table
from tests.accounts.books import Books

LINES = [Line(nov(16), 1000, "ONE")]
IBAN = "DE89370400440532013000"
WRITTEN = [
    ("1002-003-004005", "1002003004005"),
    ("1002003004005", "1002-003-004005"),
    ("1002003004005", "KOEXKRSE/1002003004005"),
    ("1002003004005", "1002003004005KRW"),
    ("0532013000", IBAN),
    (IBAN, "DE89 3704 0044 0532 0130 00"),
    (IBAN, "0532013000"),
    ("12345678", "000012345678"),
    ("000012345678", "12345678"),
]


@pytest.mark.parametrize(("filed", "stated"), WRITTEN)
def test_one_account_in_many_writings(books: Books, filed: str, stated: str) -> None:
    account = books.open(filed)
    books.open("9999999999")
    currency = "" if stated.endswith("KRW") else "KRW"
    result = books.bring(mt940(LINES, account=stated))
    assert (result.errors, result.parked, result.entries_new) == ([], [], 1), currency
    assert books.amounts(account) == [1000]


def test_a_number_that_fits_two_accounts_is_nobodys(books: Books) -> None:
    books.open("0532013000")
    books.open("370400440532013000")
    assert books.bring(mt940(LINES, account=IBAN)).parked == [IBAN]


def test_the_number_itself_counts_before_what_it_could_also_mean(books: Books) -> None:
    own, short = books.open("0012345678"), books.open("12345678")
    books.bring(mt940(LINES, account="0012345678"))
    assert (books.amounts(own), books.amounts(short)) == ([1000], [])


def test_the_currency_tells_accounts_of_one_number_apart(books: Books) -> None:
    won, dollar = books.open(), books.open(currency="USD")
    books.bring(camt(LINES, kind="053", opening=0, currency="USD"))
    assert (books.amounts(won), books.amounts(dollar)) == ([], [100_000])


def test_a_statement_in_another_currency_is_refused(books: Books) -> None:
    books.open(currency="USD")
    result = books.bring(mt940(LINES))
    assert [(one.code, one.field, one.value) for one in result.errors] == [
        ("currency_mismatch", "currency", "KRW")
    ]


def test_a_table_without_currency_is_in_that_of_its_account(books: Books) -> None:
    account = books.open("6005001234", currency="USD")
    assert books.bring(table(LINES, account="6005001234")).errors == []
    assert books.amounts(account) == [100_000]


def test_the_account_that_was_named_must_be_the_files_own(books: Books) -> None:
    account, other = books.open(), books.open("777788889999")
    result = books.bring(mt940(LINES), account=other.number)
    assert "account_mismatch" in {one.code for one in result.errors}
    result = books.bring(mt940(LINES), account="1002-003-004-005")
    assert result.entries_new == 1
    assert (books.amounts(account), books.amounts(other)) == ([1000], [])


def test_one_number_at_two_banks_is_told_by_the_bank_that_the_file_names(books: Books) -> None:
    from moa.accounts.operations.open_account import NewAccount, open_account

    here = books.open("12345678901")
    with books.ctx.open():
        there = open_account(books.ctx, new=NewAccount(books.company.id, "KR", "081", "12345678901", "KRW"))
    unclear = books.bring(mt940(LINES, account="12345678901"))
    assert [one.code for one in unclear.errors] == ["account_ambiguous"]
    named = books.bring(mt940(LINES, account="KOEXKRSE/12345678901"))
    assert named.entries_new == 1
    assert (books.amounts(here), books.amounts(there)) == ([], [1000])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("123-456", "123456", True),
        ("123456", "123457", False),
        ("", "123456", False),
        ("0", "00", False),
        ("13000", IBAN, False),
        ("AB12", "12", False),
    ],
)
def test_what_names_the_same_account(one: str, other: str, same: bool) -> None:
    assert names_account(one, other) is same
    assert names_account(other, one) is same
