"""Whose account a table is of, in which currency, and tables of several accounts."""

from __future__ import annotations

import pytest

from tests.formats.spreadsheets.tables import HEADER, ROWS, TITLES, csv_bytes, read_bytes, statement, xlsx


def test_a_file_without_account_is_read_with_a_warning():
    told = read_bytes(csv_bytes(HEADER, *ROWS))
    assert told.warnings == [("account_missing", "row 1", "account", "")]
    assert told.ends[0].account == ""


def test_the_caller_may_name_the_account():
    told = read_bytes(csv_bytes(HEADER, *ROWS), account="402-7701-1008")
    assert told.problems == []
    assert told.ends[0].account == "402-7701-1008"


def test_dashes_do_not_make_another_account():
    assert read_bytes(statement(*ROWS), account="40277011008").problems == []


def test_a_file_of_another_account_is_refused():
    told = read_bytes(statement(*ROWS), account="402-7701-1009")
    assert told.errors == [("account_mismatch", "row 1", "account", "402-7701-1008")]


def test_a_masked_account_gives_way_to_the_one_that_was_named():
    titles = (("계좌번호", "402-****-1008"),)
    assert read_bytes(statement(*ROWS, titles=titles)).ends[0].account == "402-****-1008"
    told = read_bytes(statement(*ROWS, titles=titles), account="402-7701-1008")
    assert told.ends[0].account == "402-7701-1008"
    assert told.problems == []


@pytest.mark.parametrize(
    ("title", "account"),
    [
        (("계좌번호 : 123-456-789012",), "123-456-789012"),
        (("계좌번호", "", "123-456-789012"), "123-456-789012"),
        (("[계좌번호] 123-456-789012",), "123-456-789012"),
        (("조회계좌번호: 123456789012 (보통예금)",), "123456789012"),
        (("账号：6222020200012345678",), "6222020200012345678"),
        (("Account No. 123-456-789012",), "123-456-789012"),
        (("계좌번호", "1234567890123"), "1234567890123"),
    ],
)
def test_it_finds_the_account_in_the_titles(title, account):
    assert read_bytes(csv_bytes(title, HEADER, *ROWS)).ends[0].account == account


def test_a_thirteen_digit_account_is_an_account_whatever_it_looks_like():
    titles = (("계좌번호", "900101-1234568"),)
    assert read_bytes(statement(*ROWS, titles=titles)).ends[0].account == "900101-1234568"


def test_an_account_in_a_number_cell_is_warned_of():
    told = read_bytes(xlsx([("계좌번호", 40277011008), HEADER, *ROWS]))
    assert told.warnings == [("account_number_numeric", "row 1", "account", "40277011008")]


def test_the_profile_gives_the_currency_when_nothing_else_does():
    assert read_bytes(statement(*ROWS)).ends[0].currency == "KRW"


@pytest.mark.parametrize(
    ("titles", "header", "options", "currency"),
    [
        ((), HEADER, {"currency": "USD"}, "USD"),
        ((("통화", "JPY"),), HEADER, {"currency": "USD"}, "JPY"),
        ((("통화 : 미국달러",),), HEADER, {}, "USD"),
        ((("币种", "美元"),), HEADER, {}, "USD"),
        (
            (),
            ("거래일시", "적요", "출금액(EUR)", "입금액(EUR)", "잔액(EUR)", "거래점"),
            {"currency": "USD"},
            "EUR",
        ),
    ],
)
def test_what_the_file_says_wins_over_what_is_asked_and_that_over_the_profile(
    titles, header, options, currency
):
    told = read_bytes(statement(*ROWS, titles=(*TITLES, *titles), header=header), **options)
    assert told.ends[0].currency == currency
    scale = 1 if currency in ("KRW", "JPY") else 100
    assert told.signed == [-300_000 * scale, 50_000 * scale, -20_000 * scale]


def test_an_unknown_currency_in_its_column_is_refused():
    header = ("거래일시", "통화", "출금액", "입금액")
    told = read_bytes(statement(("2026-11-02", "ZZZ", "1", ""), header=header))
    assert told.errors == [("currency_unknown", "row 4", "통화", "ZZZ")]


def test_each_currency_of_a_table_is_a_statement():
    header = ("거래일시", "통화", "출금액", "입금액", "잔액")
    rows = (("2026-11-02", "USD", "1.50", "", "8.50"), ("2026-11-03", "JPY", "", "100", "100"))
    told = read_bytes(statement(*rows, header=header))
    assert [(end.currency, end.opening_minor, end.closing_minor) for end in told.ends] == [
        ("USD", 1000, 850),
        ("JPY", 0, 100),
    ]
    assert told.errors == []


def test_each_account_of_a_table_is_a_statement():
    header = ("账号", "交易日期", "借方", "贷方", "余额")
    rows = (
        ("1102-1", "2026-11-02", "1", "", "9"),
        ("1102-1", "2026-11-03", "1", "", "8"),
        ("1102-2", "2026-11-02", "", "5", "5"),
    )
    told = read_bytes(csv_bytes(header, *rows))
    assert [(end.account, end.entry_count, end.closing_minor) for end in told.ends] == [
        ("1102-1", 2, 800),
        ("1102-2", 1, 500),
    ]


def test_a_column_that_contradicts_the_title_is_a_fault():
    header = ("계좌번호", "거래일시", "출금액", "입금액")
    told = read_bytes(statement(("999-99-99", "2026-11-02", "1", ""), header=header))
    assert told.errors == [("account_mismatch", "row 3", "account", "402-7701-1008 / 999-99-99")]


def test_tables_of_several_accounts_below_one_another_are_statements():
    second = (("계좌번호", "402-7701-2002"), ("예금주", "다라상사"))
    told = read_bytes(
        csv_bytes(
            *TITLES, HEADER, *ROWS, ("합계", "", "320000", "50000", "", ""), (), *second, HEADER, ROWS[0]
        )
    )
    assert [(end.account, end.holder, end.entry_count) for end in told.ends] == [
        ("402-7701-1008", "가나상사", 3),
        ("402-7701-2002", "다라상사", 1),
    ]
    assert told.errors == []


def test_rows_below_another_accounts_titles_need_a_header():
    told = read_bytes(csv_bytes(*TITLES, HEADER, *ROWS, ("계좌번호", "402-7701-2002"), ROWS[0]))
    assert told.errors == [("header_missing", "row 8", "거래일시", "2026.11.02 09:00:00")]
    assert told.ends[0].entry_count == 3


def test_a_foreign_sign_in_an_amount_is_refused():
    told = read_bytes(statement(("2026-11-02", "송금", "$100", "", "", "")))
    assert told.errors == [("amount_unreadable", "row 4", "출금액", "$100")]


ENGLISH = ("Transaction Date", "Description", "Debit", "Credit", "Balance")


def test_a_download_in_english_is_read_in_the_currency_that_it_names():
    row = ("2026-11-02", "Rent", "1,000.50", "", "99.50")
    told = read_bytes(csv_bytes(("Account Number: 123-456789-001",), ("Currency: HKD",), ENGLISH, row))
    assert told.problems == []
    assert (told.facts.profile, told.ends[0].currency, told.signed) == ("en", "HKD", [-100_050])
    assert (
        read_bytes(csv_bytes(("Account: 123-456789-001",), ENGLISH, row), currency="SGD").ends[0].currency
        == "SGD"
    )


def test_a_download_in_english_without_a_currency_is_refused():
    told = read_bytes(csv_bytes(("Account: 123-456789-001",), ENGLISH, ("2026-11-02", "Rent", "1", "", "")))
    assert told.errors == [("currency_missing", "row 2", "", "")]
    assert told.entries == []


def test_a_row_without_a_currency_is_refused_where_nothing_else_gives_one():
    header = (*ENGLISH, "Currency")
    told = read_bytes(
        csv_bytes(header, ("2026-11-02", "Rent", "1", "", "", ""), ("2026-11-03", "Rent", "1", "", "", "EUR"))
    )
    assert told.errors == [("currency_unknown", "row 2", "Currency", "")]
    assert told.ends[0].currency == "EUR"
