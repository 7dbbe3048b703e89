"""A person's own profile: pointed out in a sample, recognised by its header, read exactly, and guessed from cells."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.spreadsheets.guess import account_places, guess, guess_without_header
from moa.formats.spreadsheets.pointing import Pointing, faults, from_json, profile_of, same_signature
from moa.formats.spreadsheets.preview import preview
from moa.formats.spreadsheets.reader import read
from moa.formats.spreadsheets.trial import try_profile
from moa.formats.statements import Entry, FileFacts, ReadOptions
from moa.kernel.errors import Problem

NAMES = ("Tag", "Text", "Soll", "Haben", "Stand")
POINTED = Pointing(
    3, NAMES, ("date", "summary", "withdrawal", "deposit", "balance"), date_order="dmy", figures="1.234,56",
    currency="EUR", account_at=(1, 1),
)  # fmt: skip
SAMPLE = (
    b"Konto;DE02120300000000202051\n;\nTag;Text;Soll;Haben;Stand\n03.11.2026;Miete;1.200,00;;3.800,00\n"
    b"04.11.2026;Kunde A;;250,50;4.050,50\n05.11.2026;Kunde B;;1.000,00;5.050,50\n"
)


def entries(content: bytes, *profiles, **options) -> tuple[list[Entry], list[Problem], FileFacts]:
    facts = FileFacts()
    events = list(read(io.BytesIO(content), ReadOptions(own_profiles=profiles, **options), facts))
    return (
        [one for one in events if isinstance(one, Entry)],
        [one for one in events if isinstance(one, Problem)],
        facts,
    )


def tried(content: bytes, asked: Pointing):
    return try_profile(io.BytesIO(content), ReadOptions(), profile_of(asked, name="own"))


def test_a_table_that_nobody_knew_is_read_as_it_was_pointed_out():
    assert entries(SAMPLE)[1][0].code == "header_not_found"
    lines, problems, facts = entries(SAMPLE, profile_of(POINTED, name="Sparkasse v1"))
    assert [one.code for one in problems if one.severity == "error"] == []
    assert facts.profile == "Sparkasse v1"
    assert [(one.date.isoformat(), one.direction, one.amount_minor, one.balance_minor) for one in lines] == [
        ("2026-11-03", "debit", 120_000, 380_000),
        ("2026-11-04", "credit", 25_050, 405_050),
        ("2026-11-05", "credit", 100_000, 505_050),
    ]


def test_the_account_comes_from_the_cell_that_was_pointed_at():
    (end,) = tried(SAMPLE, POINTED).ends
    assert (end.account, end.currency, end.closing_minor) == ("DE02120300000000202051", "EUR", 505_050)


def test_a_profile_that_would_add_up_wrongly_shows_the_balances_that_do_not_run():
    turned = replace(POINTED, fields=("date", "summary", "deposit", "withdrawal", "balance"))
    trial = tried(SAMPLE, turned)
    assert (trial.is_sound, trial.error_count, trial.unlike_count) == (False, 0, 2)
    assert [one.place for one in trial.unlike] == ["row 5", "row 6"]
    assert trial.unlike[0].value == "4050.50 ≠ 3549.50"


def test_it_goes_before_a_shipped_profile_that_knows_the_same_words():
    table = "거래일시,출금액,입금액,잔액,메모\n2026-11-02,,500,500,A\n2026-11-03,200,,300,B\n".encode()
    turned = Pointing(
        1,
        ("거래일시", "출금액", "입금액", "잔액", "메모"),
        ("date", "deposit", "withdrawal", "sequence", "memo"),
        currency="KRW",
    )
    assert [one.direction for one in entries(table)[0]] == ["credit", "debit"]
    lines, _, facts = entries(table, profile_of(turned, name="turned"))
    assert ([one.direction for one in lines], facts.profile) == (["debit", "credit"], "turned")


def test_a_file_with_another_header_is_left_to_the_shipped_profiles():
    table = "거래일시,출금액,입금액,잔액\n2026-11-02,,500,500\n".encode()
    lines, _, facts = entries(table, profile_of(POINTED, name="own"))
    assert (len(lines), facts.profile) == (1, "kr")


def test_two_columns_of_one_name_are_told_apart_by_their_order():
    asked = Pointing(
        1, ("Day", "Sum", "Sum", "Left"), ("date", "withdrawal", "deposit", "balance"), currency="USD"
    )
    content = b"Day,Sum,Sum,Left\n2026-11-02,,5.00,5.00\n2026-11-03,2.00,,3.00\n"
    lines, problems, _ = entries(content, profile_of(asked, name="own"))
    assert not [one for one in problems if one.severity == "error"]
    assert [one.direction for one in lines] == ["credit", "debit"]


def test_a_header_of_two_rows_takes_the_lower_word():
    content = b"Day,Moved,,Left\n,Paid,Got,\n2026-11-02,,5.00,5.00\n2026-11-03,2.00,,3.00\n"
    asked = Pointing(
        1,
        ("Day", "Paid", "Got", "Left"),
        ("date", "withdrawal", "deposit", "balance"),
        header_rows=2,
        currency="USD",
    )
    assert tried(content, asked).is_sound


def test_words_for_the_side_are_the_persons_own():
    content = "일자,구분코드,금액,잔액\n2026-11-02,1,500,500\n2026-11-03,2,200,300\n".encode()
    asked = Pointing(
        1, ("일자", "구분코드", "금액", "잔액"), ("date", "side", "amount", "balance"), currency="KRW",
        credit_words=("1",), debit_words=("2",),
    )  # fmt: skip
    assert tried(content, asked).is_sound
    unknown = tried(content, replace(asked, credit_words=(), debit_words=()))
    assert [one.code for one in unknown.errors] == ["direction_unknown", "direction_unknown"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (("summary", "summary", "withdrawal", "deposit", "balance"), "profile_date_missing"),
        (("date", "summary", "code", "code", "balance"), "profile_amount_missing"),
        (("date", "amount", "withdrawal", "deposit", "balance"), "profile_amount_twice"),
        (("date", "date", "withdrawal", "deposit", "balance"), "profile_field_twice"),
        (("date", "side", "withdrawal", "deposit", "balance"), "profile_side_alone"),
    ],
)
def test_what_cannot_be_read_makes_no_profile(fields: tuple[str, ...], code: str):
    assert code in {found for found, _ in faults(replace(POINTED, fields=fields))}


def test_a_column_of_persons_numbers_cannot_be_pointed_out_as_another():
    asked = Pointing(1, ("거래일자", "금액", "주민등록번호"), ("date", "amount", "memo"), currency="KRW")
    content = "거래일자,금액,주민등록번호\n2026-11-02,500,9001011234568\n".encode()
    assert tried(content, asked).holds_persons


@pytest.mark.parametrize(
    ("figures", "text", "minor"),
    [("1.234,56", "1.234,56", 123_456), ("1 234,56", "1 234,56", 123_456), ("1'234.56", "1'234.56", 123_456)],
)
def test_figures_are_read_as_they_are_written_and_no_other_way(figures: str, text: str, minor: int):
    asked = Pointing(1, ("Day", "Sum"), ("date", "amount"), figures=figures, currency="EUR")
    content = f"Day;Sum\n2026-11-02;{text}\n".encode()
    assert [one.amount_minor for one in tried(content, asked).lines] == [minor]
    other = replace(asked, figures="1,234.56" if figures != "1'234.56" else "1.234,56")
    assert [one.code for one in tried(content, other).errors] == ["amount_unreadable"]


@given(
    st.integers(min_value=-(10**12), max_value=10**12).filter(bool),
    st.sampled_from(["1,234.56", "1.234,56", "1 234,56"]),
)
def test_every_amount_comes_back_whatever_its_marks(minor: int, figures: str):
    written = f"{abs(minor) // 100:,}.{abs(minor) % 100:02}"
    marks = {"1.234,56": ".,", "1 234,56": " ,"}.get(figures, ",.")
    written = written.translate(str.maketrans({",": marks[0], ".": marks[1]}))
    asked = Pointing(1, ("Day", "Sum"), ("date", "amount"), figures=figures, currency="EUR")
    content = f"Day;Sum\n2026-11-02;{'-' if minor < 0 else ''}{written}\n2026-11-03;1\n".encode()
    first = tried(content, asked).lines[0]
    assert (first.amount_minor if first.direction == "credit" else -first.amount_minor) == minor


def test_days_without_marks_are_read_year_last_only_where_that_was_said():
    asked = Pointing(1, ("Day", "Sum"), ("date", "amount"), date_order="dmy", currency="EUR")
    content = b"Day;Sum\n03112026;1,00\n20201120;2,00\n".replace(b",", b".")
    assert [one.date.isoformat() for one in tried(content, asked).lines] == ["2026-11-03", "2020-11-20"]
    refused = tried(content, replace(asked, date_order="ymd"))
    assert [one.code for one in refused.errors] == ["date_unreadable"]


def test_it_comes_back_from_what_is_kept():
    assert from_json(POINTED.as_json()) == POINTED


def test_profiles_of_the_same_header_are_told():
    one = profile_of(POINTED, name="one")
    assert same_signature(one, profile_of(replace(POINTED, date_order="mdy"), name="two"))
    assert not same_signature(
        one, profile_of(replace(POINTED, fields=("date", "code", *POINTED.fields[2:])), name="x")
    )


def test_a_table_of_unknown_words_is_guessed_from_its_cells():
    head = preview(io.BytesIO(SAMPLE), ReadOptions(), 30).sheets[0].head
    found = guess(head)
    assert (found.header_row, found.names) == (3, NAMES)
    assert (found.fields, found.date_order, found.figures) == (POINTED.fields, "dmy", "1.234,56")
    assert found.account_at == (1, 1)
    assert account_places(head, 3) == [(1, 1, "DE02120300000000202051")]


def test_words_of_the_side_are_guessed_from_the_balances():
    content = (
        b"D,K,S,B\n2026-11-02,1,500,500\n2026-11-03,2,200,300\n2026-11-04,2,100,200\n2026-11-05,1,50,250\n"
    )
    found = guess(preview(io.BytesIO(content), ReadOptions(), 30).sheets[0].head)
    assert found.fields == ("date", "side", "amount", "balance")
    assert (found.credit_words, found.debit_words) == (("1",), ("2",))


def test_a_known_table_is_guessed_by_its_words():
    content = "거래일시,적요,출금액,입금액,잔액\n2026-11-02,A,,500,500\n".encode()
    found = guess(preview(io.BytesIO(content), ReadOptions(), 30).sheets[0].head)
    assert found.fields == ("date", "summary", "withdrawal", "deposit", "balance")


def test_a_long_sample_is_read_in_part_and_says_so():
    rows = "".join(f"2026-11-02,1.00,{number}.00\n" for number in range(1, 60))
    asked = Pointing(1, ("Day", "Sum", "Left"), ("date", "amount", "balance"), currency="USD")
    trial = try_profile(
        io.BytesIO(b"Day,Sum,Left\n" + rows.encode()), ReadOptions(), profile_of(asked, name="own"), 20
    )
    assert (trial.is_cut, trial.count, trial.is_sound) == (True, 19, True)


BARE = b"03.11.2026;Miete;1.200,00;;3.800,00\n04.11.2026;Kunde A;;250,50;4.050,50\n05.11.2026;Kunde B;;1.000,00;5.050,50\n"


def test_a_table_without_a_header_is_pointed_at_by_letters_and_read_where_it_is_asked_for():
    (sheet,) = preview(io.BytesIO(BARE), ReadOptions(), 100).sheets
    assert not guess(sheet.head).names
    found = guess_without_header(sheet.head)
    assert (found.header_row, found.header_rows, found.names) == (1, 0, ("A", "B", "C", "D", "E"))
    assert found.fields == ("date", "summary", "withdrawal", "deposit", "balance")
    assert (found.date_order, found.figures) == ("dmy", "1.234,56")
    assert from_json(found.as_json()) == found and faults(found) == []
    profile = profile_of(replace(found, currency="EUR"), name="bare v1")
    lines, problems, facts = entries(BARE, profile, profile="bare v1")
    assert [one.code for one in problems] == ["account_missing"] and facts.profile == "bare v1"
    assert [(one.date.day, one.direction, one.amount_minor, one.balance_minor) for one in lines] == [
        (3, "debit", 120000, 380000), (4, "credit", 25050, 405050), (5, "credit", 100000, 505050),
    ]  # fmt: skip


def test_a_table_without_a_header_is_never_recognised_by_itself():
    profile = profile_of(replace(POINTED, header_rows=0, names=tuple("ABCDE")), name="bare v1")
    lines, problems, _ = entries(BARE, profile)
    assert lines == [] and problems[0].code == "header_not_found"
    # Beside it, a header that is known is read as ever.
    assert entries(SAMPLE, profile, profile_of(POINTED, name="own v1"))[2].profile == "own v1"


def test_faults_of_a_table_without_a_header_name_the_column_by_its_letter():
    profile = profile_of(
        replace(POINTED, header_rows=0, names=tuple("ABCDE"), account_at=None), name="bare v1"
    )
    wrong = BARE.replace(b"1.200,00", b"1.2OO,00")
    _, problems, _ = entries(wrong, profile, profile="bare v1")
    assert ("amount_unreadable", "row 1", "C") in [(one.code, one.place, one.field) for one in problems]
