"""What one row says, decided row by row, and everything that can be wrong with it."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from tests.formats.spreadsheets.tables import HEADER, ROWS, TITLES, csv_bytes, read_bytes, statement, xlsx


def one_amount(*rows, header=("거래일시", "구분", "거래금액", "잔액")):
    return read_bytes(statement(*rows, header=header))


def test_one_amount_column_takes_its_side_from_the_word_beside_it():
    told = one_amount(("2026-11-02", "입금", "1,000", "1,000"), ("2026-11-03", "출금", "400", "600"))
    assert told.signed == [1000, -400]
    assert told.problems == []


@pytest.mark.parametrize(
    ("word", "direction"),
    [
        ("입금", "credit"), ("대체입금", "credit"), ("출금", "debit"), ("지급", "debit"), ("贷", "credit"),
        ("借", "debit"), ("收入", "credit"), ("转出", "debit"), ("C", "credit"), ("D", "debit"), ("+", "credit"),
        ("-", "debit"), ("CR", "credit"),
    ],
)  # fmt: skip
def test_it_knows_the_words_for_both_sides(word, direction):
    told = one_amount(("2026-11-02", word, "1000", ""))
    assert told.entries[0].direction == direction


@pytest.mark.parametrize("word", ["입출금", "입금취소", "체크카드", ""])
def test_a_word_that_names_no_side_is_refused(word):
    told = one_amount(("2026-11-02", word, "1000", ""))
    assert told.errors == [("direction_unknown", "row 4", "구분", word)]


def test_a_signed_amount_needs_no_word():
    told = one_amount(
        ("2026-11-02", "1,000", ""), ("2026-11-03", "-400", ""), header=("거래일시", "거래금액", "잔액")
    )
    assert told.signed == [1000, -400]


def test_a_signed_amount_may_repeat_what_the_word_says():
    told = one_amount(("2026-11-02", "출금", "-400", "600"), ("2026-11-03", "체크카드", "-100", "500"))
    assert told.signed == [-400, -100]
    assert told.problems == []


def test_a_negative_withdrawal_is_a_cancelled_one_and_stands_on_the_other_side():
    told = read_bytes(statement(ROWS[0], ("2026.11.03", "출금취소", "-300000", "0", "1000000", "강남")))
    assert told.signed == [-300_000, 300_000]
    assert told.warnings == [("amount_reversed", "row 5", "출금액", "-300000")]
    assert told.errors == []
    assert told.ends[0].closing_minor == 1_000_000


def test_a_negative_deposit_is_a_cancelled_one_too():
    told = read_bytes(statement(("2026.11.03", "입금취소", "", "△500", "", "")))
    assert told.signed == [-500]


def test_a_row_with_both_sides_is_refused():
    told = read_bytes(statement(("2026.11.03", "정정", "40,000", "50,000", "1", "")))
    assert told.errors == [("both_sides", "row 4", "출금액·입금액", "40,000 / 50,000")]
    assert told.entries == []


def test_a_row_without_an_amount_is_information_when_it_says_something():
    told = read_bytes(statement(("2026.11.01", "전월이월", "0", "0", "1,000,000", ""), *ROWS))
    assert told.entries[0].status == "info"
    assert told.entries[0].amount_minor == 0
    assert told.problems == []
    assert told.ends[0].opening_minor == 1_000_000
    assert told.ends[0].entry_count == 4


def test_a_row_with_nothing_but_a_day_is_refused():
    told = read_bytes(statement(("2026.11.01", "", "", "", "", "")))
    assert told.errors == [("amount_missing", "row 4", "출금액·입금액", "")]


def test_a_letter_in_an_amount_is_shown_as_it_stands():
    told = read_bytes(statement(("2026.11.02", "급여", " 3O,000 ", "0", "1", "")))
    assert told.errors == [("amount_unreadable", "row 4", "출금액", " 3O,000 ")]


def test_an_amount_finer_than_its_currency_is_refused():
    told = read_bytes(statement(("2026.11.02", "급여", "10.5", "0", "1", "")))
    assert told.errors == [("amount_unreadable", "row 4", "출금액", "10.5")]


@pytest.mark.parametrize(
    ("day", "code"),
    [("2026-06-31", "date_impossible"), ("2026.1l.02", "date_unreadable"), ("", "date_missing")],
)
def test_a_row_without_a_day_that_exists_is_refused(day, code):
    told = read_bytes(statement((day, "급여", "10", "0", "1", "")))
    assert told.errors == [(code, "row 4", "거래일시", day)]


def test_a_time_that_does_not_exist_is_refused():
    header = ("거래일자", "거래시간", "출금", "입금")
    told = read_bytes(
        statement(("2026-11-02", "25:14:07", "1", ""), ("2026-11-02", "09:00", "", "2"), header=header)
    )
    assert told.errors == [("time_unreadable", "row 4", "거래시간", "25:14:07")]
    assert told.entries[0].time == time(9)


def test_a_value_date_of_30_february_is_the_last_of_february_with_a_warning():
    header = ("거래일자", "기산일", "출금", "입금")
    told = read_bytes(
        statement(("2026-03-02", "2026-02-30", "1", ""), ("2026-03-02", "2026-02-31", "1", ""), header=header)
    )
    assert told.entries[0].value_date == date(2026, 2, 28)
    assert told.warnings == [("date_adjusted", "row 4", "기산일", "2026-02-30")]
    assert told.errors == [("date_impossible", "row 5", "기산일", "2026-02-31")]


def test_all_that_is_wrong_with_a_file_is_told():
    told = read_bytes(
        statement(
            ("2026-02-31", "급여", "1", "0", "1", ""),
            ("2026-03-01", "급여", "x", "y", "z", ""),
            ("2026-03-01", "급여", "5", "0"),
            ("2026-03-01", "급여", "5", "6", "7", ""),
        )
    )
    assert [(code, place, field) for code, place, field, _ in told.errors] == [
        ("date_impossible", "row 4", "거래일시"),
        ("amount_unreadable", "row 5", "잔액"),
        ("amount_unreadable", "row 5", "출금액"),
        ("amount_unreadable", "row 5", "입금액"),
        ("column_count", "row 6", ""),
        ("both_sides", "row 7", "출금액·입금액"),
    ]


def test_a_row_with_more_or_fewer_cells_than_the_header_is_refused():
    told = read_bytes(statement(ROWS[0][:5], (*ROWS[1], "1,000"), (*ROWS[2], "", "")))
    assert told.errors == [("column_count", "row 4", "", "5"), ("column_count", "row 5", "", "7")]
    assert told.signed == [-20_000]


def test_a_row_without_a_day_and_without_figures_is_set_aside_with_a_warning():
    told = read_bytes(statement(*ROWS, ("※ 참고용입니다", "", "", "", "", "")))
    assert told.warnings == [("row_ignored", "row 7", "", "※ 참고용입니다")]


def test_bytes_that_are_no_text_are_shown_with_their_place():
    content = statement(*ROWS, header=HEADER).decode().replace("판매대금", "판매@대금").encode("cp949")
    told = read_bytes(content.replace(b"@", b"\x8f\xff"))
    assert told.errors == [("character_unreadable", "row 5", "적요", "판매\\x8F\\xFF대금")]


def test_a_quoted_field_may_hold_commas_quotes_and_line_ends():
    told = read_bytes(statement(("2026-11-02", '"줄\r\n바꿈, ""인용"""', "1", "0", "", "")))
    assert told.entries[0].description == '줄 바꿈, "인용"'


def test_rows_are_counted_as_a_spreadsheet_shows_them():
    text = (
        csv_bytes(TITLES[0], HEADER, ("2026-11-02", '"한\n줄"', "1", "0", "", ""))
        + b"\r\n"
        + csv_bytes(ROWS[1])
    )
    assert [entry.place for entry in read_bytes(text).entries] == ["row 3", "row 5"]


def test_a_quotation_mark_that_is_never_closed_is_told():
    rows = ["2026-11-02,급여,1,0,,"] * 40
    text = csv_bytes(TITLES[0], HEADER).decode() + '2026-11-02,"급여,1,0,,\r\n' + "\r\n".join(rows)
    told = read_bytes(text.encode())
    assert ("quote_unclosed", "row 3", "", "") in told.errors


def test_an_account_number_in_a_number_cell_is_warned_of_once():
    header = ("거래일시", "출금", "입금", "상대계좌번호")
    told = read_bytes(
        xlsx([TITLES[0], header, ("2026-11-02", 1, None, 11012345678), ("2026-11-02", 1, None, 1)])
    )
    assert told.warnings == [("account_number_numeric", "row 3", "상대계좌번호", "11012345678")]
    assert told.entries[0].counterparty_account == "11012345678"


def test_an_account_number_that_a_spreadsheet_rounded_is_refused():
    header = ("거래일시", "출금", "입금", "상대계좌번호")
    told = read_bytes(xlsx([TITLES[0], header, ("2026-11-02", 1, None, 6_222_020_200_012_345_678)]))
    assert [error[0] for error in told.errors] == ["account_number_inexact"]


def test_a_number_cell_with_binary_noise_is_the_amount_that_is_shown():
    told = read_bytes(
        xlsx(
            [
                ("账号", "1102020109000981247"),
                ("交易日期", "借方", "贷方", "余额"),
                ("2026-11-02", 0.1 + 0.2, None, Decimal("1234567.89")),
            ]
        )
    )
    assert told.entries[0].amount_minor == 30
    assert told.entries[0].balance_minor == 123_456_789


def test_a_fraction_of_the_smallest_unit_in_a_number_cell_is_refused():
    told = read_bytes(
        xlsx([("账号", "1102020109000981247"), ("交易日期", "借方", "贷方"), ("2026-11-02", 1.005, None)])
    )
    assert told.errors == [("amount_unreadable", "row 3", "借方", "1.005")]
