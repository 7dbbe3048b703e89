"""Which column is what, and what becomes of columns that no profile knows."""

from __future__ import annotations

import pytest

from moa.formats.spreadsheets.cells import Row
from moa.formats.spreadsheets.header import column_letter, find_header
from moa.formats.spreadsheets.profiles import PROFILES, currency_in, currency_named, normal
from tests.formats.spreadsheets.tables import HEADER, ROWS, TITLES, csv_bytes, read_bytes, statement, xlsx


def fields(*names: str, profile: str = "") -> dict[str, str]:
    profiles = [PROFILES[profile]] if profile else list(PROFILES.values())
    header = find_header([Row(1, names)], profiles)
    assert header is not None
    return {column.name: column.field for column in header.columns}


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ("거래일시", "date"), ("거래일자", "date"), ("거래시간", "time"), ("적요", "summary"), ("내용", "content"),
        ("메모", "memo"), ("받는분통장표시", "memo"), ("출금금액", "withdrawal"), ("찾으신금액", "withdrawal"),
        ("지급금액", "withdrawal"), ("입금금액", "deposit"), ("맡기신금액", "deposit"), ("거래후잔액", "balance"),
        ("거래 후 잔액", "balance"), ("거래점", "branch"), ("취급점", "branch"), ("거래처", "counterparty"),
        ("상대예금주", "counterparty"), ("의뢰인/수취인", "counterparty"), ("보낸분/받는분", "counterparty"),
        ("상대계좌번호", "counterparty_account"), ("상대은행", "counterparty_bank"), ("통화", "currency"),
        ("기산일", "value_date"), ("주민등록번호", "identity"), ("摘要", "summary"), ("用途", "content"),
        ("附言", "memo"), ("对方户名", "counterparty"), ("对方账号", "counterparty_account"),
        ("对方开户行", "counterparty_bank"), ("币种", "currency"), ("身份证号", "identity"),
    ],
)  # fmt: skip
def test_it_knows_the_word(word, field):
    known = {meaning for profile in PROFILES.values() for _, meaning in profile.meanings_of(word)}
    assert field in known


def test_spaces_width_and_units_in_a_header_word_do_not_matter():
    assert fields("거래 일시", "출 금 액（원）", "입금액(원)", "거래후 잔액 (원)") == {
        "거래 일시": "date", "출 금 액（원）": "withdrawal", "입금액(원)": "deposit", "거래후 잔액 (원)": "balance",
    }  # fmt: skip


def test_a_moment_column_is_the_time_when_another_holds_the_day():
    assert fields("交易日期", "交易时间", "金额")["交易时间"] == "time"
    assert fields("交易时间", "金额")["交易时间"] == "date"


def test_a_kind_column_gives_the_side_only_beside_one_amount_column():
    header = ("거래일자", "구분", "출금", "입금")
    told = read_bytes(statement(("2026-11-02", "타행", "0", "5"), header=header))
    assert told.entries[0].description == "타행"


def test_a_second_column_of_one_kind_is_text_about_the_entry():
    assert fields("거래일시", "거래일자", "출금액", "입금액")["거래일자"] == ""
    assert fields("거래일시", "구분", "거래구분", "거래금액")["거래구분"] == "content"


def test_an_unknown_column_is_kept_in_the_description_and_told_of_once():
    rows = [(*row, "비밀") for row in ROWS]
    told = read_bytes(statement(*rows, header=(*HEADER, "프로젝트")))
    assert told.warnings == [("column_unknown", "row 3", "프로젝트", "")]
    assert [entry.description for entry in told.entries] == [
        "급여 [거래점] 강남 [프로젝트] 비밀",
        "판매대금 [거래점] 인터넷 [프로젝트] 비밀",
        "전기요금 [거래점] 인터넷 [프로젝트] 비밀",
    ]
    assert told.errors == []


def test_a_column_without_a_name_is_named_by_its_letter():
    rows = [
        TITLES[0],
        HEADER,
        *(row[:5] for row in ROWS),
        (*ROWS[2][:1], "x", "1", "0", "729999", "", "여분"),
    ]
    told = read_bytes(xlsx(rows))
    assert told.warnings == [("column_unknown", "row 6", "column G", "")]
    assert told.entries[3].description == "x [column G] 여분"


def test_a_header_over_two_rows_is_read_as_one():
    head = [("거래일시", "적요", "거래금액", "", "잔액"), ("", "", "출금", "입금", "")]
    told = read_bytes(csv_bytes(TITLES[0], *head, ("2026-11-02", "급여", "1000", "", "9000")))
    assert told.signed == [-1000]
    assert told.ends[0].place == "row 3"


def test_the_rows_above_may_be_many():
    told = read_bytes(csv_bytes(*[(f"안내 {number}",) for number in range(60)], HEADER, *ROWS))
    assert told.ends[0].place == "row 61"
    assert told.signed == [-300_000, 50_000, -20_000]


def test_a_named_profile_is_used_and_an_unknown_one_refused():
    assert read_bytes(statement(*ROWS), profile="kb").facts.profile == "kb"
    told = read_bytes(statement(*ROWS), profile="nobank")
    assert told.errors == [("profile_unknown", "file", "profile", "nobank")]


def test_a_table_without_header_is_refused():
    told = read_bytes(csv_bytes(*ROWS))
    assert told.errors == [("header_not_found", "file", "", "")]
    assert told.ends == []


def test_a_header_repeated_on_every_page_is_no_row():
    told = read_bytes(statement(ROWS[0], HEADER, ROWS[1], HEADER, ROWS[2]))
    assert told.problems == []
    assert len(told.ends) == 1


def test_every_profile_finds_its_own_signature():
    for name, profile in PROFILES.items():
        if profile.signature:
            header = find_header(
                [Row(1, (*profile.signature, "날짜", "日期", "金额"))], list(PROFILES.values())
            )
            assert header is not None, name
            assert header.profile.name == name


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("USD", "USD"),
        ("usd", "USD"),
        ("원", "KRW"),
        ("人民币", "CNY"),
        ("미국달러", "USD"),
        ("日元", "JPY"),
        ("XXX", ""),
    ],
)
def test_it_knows_currencies_by_their_names(text, currency):
    assert currency_named(text) == currency


def test_a_header_may_name_the_currency_in_brackets():
    assert currency_in("출금액(원)") == "KRW"
    assert currency_in("余额[USD]") == "USD"
    assert currency_in("거래일시(KST)") == ""


def test_header_words_are_compared_without_space_width_and_case():
    assert normal(" 거래 후　잔액 ") == normal("거래후잔액")
    assert normal("ＮＯ.") == normal("No.")


def test_columns_are_lettered_as_in_a_sheet():
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
