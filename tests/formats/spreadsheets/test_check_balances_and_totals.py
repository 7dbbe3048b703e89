"""Printed balances, totals and titles are held against the rows."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.spreadsheets.balances import RunningBalance
from tests.formats.spreadsheets.tables import HEADER, ROWS, csv_bytes, read_bytes, statement


def changed(at: int, column: int, value: str) -> bytes:
    rows = [list(row) for row in ROWS]
    rows[at][column] = value
    return statement(*rows)


def test_opening_is_the_oldest_balance_less_its_movement():
    (end,) = read_bytes(statement(*ROWS)).ends
    assert (end.opening_minor, end.closing_minor) == (1_000_000, 730_000)


def test_newest_first_gives_the_same_balances():
    (end,) = read_bytes(statement(*reversed(ROWS))).ends
    assert (end.opening_minor, end.closing_minor, end.newest_first) == (1_000_000, 730_000, True)


def test_a_balance_that_does_not_follow_is_named_with_its_row():
    told = read_bytes(changed(1, 4, "750001"))
    assert told.errors == [
        ("balance_mismatch", "row 5", "잔액", "750001 ≠ 750000"),
        ("balance_mismatch", "row 6", "잔액", "730000 ≠ 730001"),
    ]


def test_a_wrong_closing_balance_is_one_fault():
    assert read_bytes(changed(2, 4, "1730000")).errors == [
        ("balance_mismatch", "row 6", "잔액", "1730000 ≠ 730000")
    ]


def test_a_changed_amount_shows_in_the_balance():
    assert [error[:2] for error in read_bytes(changed(1, 3, "60000")).errors] == [
        ("balance_mismatch", "row 5")
    ]


def test_a_row_that_could_not_be_read_makes_no_second_fault_of_the_next_balance():
    told = read_bytes(changed(1, 3, "5O000"))
    assert [error[0] for error in told.errors] == ["amount_unreadable"]


def test_without_a_balance_column_there_is_no_balance():
    rows = [row[:4] for row in ROWS]
    (end,) = read_bytes(statement(*rows, header=HEADER[:4])).ends
    assert (end.opening_minor, end.closing_minor) == (None, None)


def test_a_balance_may_stand_on_some_rows_only():
    rows = [list(row) for row in ROWS]
    rows[0][4] = rows[1][4] = ""
    (end,) = read_bytes(statement(*rows)).ends
    assert (end.opening_minor, end.closing_minor) == (1_000_000, 730_000)


def test_one_day_only_shows_its_direction_by_the_balances():
    rows = [("2026-11-02", "나", "0", "5", "15", ""), ("2026-11-02", "가", "0", "10", "10", "")]
    (end,) = read_bytes(statement(*rows)).ends
    assert (end.newest_first, end.opening_minor, end.closing_minor) == (True, 0, 15)


def test_an_overdrawn_account_has_negative_balances():
    told = read_bytes(
        statement(
            ("2026-11-02", "급여", "100", "0", "△50", ""), ("2026-11-03", "이자", "10", "0", "(60)", "")
        )
    )
    assert told.problems == []
    assert told.ends[0].closing_minor == -60


@pytest.mark.parametrize("word", ["합계", "총계", "합 계", "총합계", "合计", "总计", "Total"])
def test_a_right_totals_line_is_accepted(word):
    told = read_bytes(statement(*ROWS, (word, "", "320,000", "50,000", "", "")))
    assert told.problems == []


def test_a_wrong_total_is_a_fault():
    told = read_bytes(statement(*ROWS, ("합계", "3건", "320,001", "50,000", "", "")))
    assert told.errors == [("totals_mismatch", "row 7", "출금액", "320,001 ≠ 320000")]


def test_a_total_with_the_count_in_its_cell_is_read():
    told = read_bytes(statement(*ROWS, ("합계", "", "2건 320,000", "1건 50,000", "", "")))
    assert told.problems == []


def test_totals_of_a_part_count_from_the_part_before():
    rows = (
        ROWS[0],
        ("소계", "", "300,000", "0", "", ""),
        ROWS[1],
        ROWS[2],
        ("소계", "", "20,000", "50,000", "", ""),
    )
    assert read_bytes(statement(*rows)).problems == []


def test_a_cancelled_withdrawal_counts_in_the_total_of_its_own_column():
    cancelled = ("2026.11.05", "출금취소", "-20000", "0", "750000", "")
    told = read_bytes(statement(*ROWS, cancelled, ("합계", "", "300,000", "50,000", "", "")))
    assert told.errors == []


def test_the_total_of_one_amount_column_may_be_net_or_gross():
    header = ("거래일시", "입출금구분", "거래금액")
    rows = (("2026-11-02", "입금", "100"), ("2026-11-03", "출금", "30"))
    for printed in ("70", "-70", "130"):
        assert read_bytes(statement(*rows, ("합계", "", printed), header=header)).problems == []
    assert read_bytes(statement(*rows, ("합계", "", "71"), header=header)).codes == ["totals_mismatch"]


def test_no_total_is_held_against_rows_that_could_not_be_read():
    told = read_bytes(statement(*ROWS, ("2026.11.05", "", "x", "", "", ""), ("합계", "", "1", "1", "", "")))
    assert [error[0] for error in told.errors] == ["amount_unreadable"]


def test_a_balance_carried_over_in_the_titles_is_checked():
    titles = (("계좌번호", "402-7701-1008"), ("이월잔액", "1,000,001원"))
    told = read_bytes(statement(*ROWS, titles=titles))
    assert told.errors == [("opening_mismatch", "row 3", "opening", "1000001 ≠ 1000000")]


def test_a_balance_carried_over_stands_in_for_a_missing_column():
    titles = (("计期初余额", ""), ("账号", "1102020109000981247"), ("期初余额", "100.00"))
    told = read_bytes(csv_bytes(*titles, ("交易日期", "借方", "贷方"), ("2026-11-02", "1.50", "")))
    assert (told.ends[0].opening_minor, told.ends[0].closing_minor) == (10_000, 9850)


def test_a_day_outside_the_period_is_warned_of():
    titles = (("계좌번호", "402-7701-1008"), ("조회기간", "2026.11.03 ~ 2026.11.30"))
    told = read_bytes(statement(*ROWS, titles=titles))
    assert told.warnings == [("date_outside_period", "row 3", "period", "2026-11-02")]
    assert told.ends[0].from_date == date(2026, 11, 3)


@given(
    st.lists(
        st.tuples(st.integers(-(10**6), 10**6), st.booleans(), st.integers(0, 3)), min_size=1, max_size=30
    ),
    st.integers(-(10**6), 10**6),
    st.booleans(),
)
def test_sound_balances_are_never_faults_in_either_direction(movements, opening, newest_first):
    """Any run of movements, with balances on some rows only, forwards and backwards."""
    rows, balance, day = [], opening, 1
    for movement, printed, step in movements:
        balance += movement
        day += step
        rows.append((movement, balance if printed else None, (date.fromordinal(730_000 + day), time())))
    seen = RunningBalance()
    for movement, printed, moment in reversed(rows) if newest_first else rows:
        seen.add("row", movement, printed, moment)
    assert seen.mismatches() == []
    moments = {moment for *_, moment in rows}
    if len(moments) > 1 and any(printed is not None for _, printed, _ in rows):
        assert (seen.opening(), seen.closing()) == (opening, balance)
        assert seen.newest_first is newest_first
