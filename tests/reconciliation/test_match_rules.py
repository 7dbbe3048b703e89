"""Conditions and their order, compared with plain Python; patterns, with the usual matcher."""

from __future__ import annotations

import re
import time as clock
from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from moa.accounts.line_sources import line_of_source, rule_of_source, source_of
from moa.kernel.calendar_data import published_calendar
from moa.reconciliation.lifecycle import LINE, LineState
from moa.reconciliation.rules.ageing import bucket_of
from moa.reconciliation.rules.days import bank_day, business_date, due_day
from moa.reconciliation.rules.matching import (
    Conditions,
    LineFacts,
    Rule,
    first_match,
    fits,
    in_force,
    matches,
)
from moa.reconciliation.rules.vouchers import legs_of, memo_of

SIGNS = st.text("ab*?", max_size=8)
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)


@given(SIGNS, st.text("ab", max_size=12))
def test_a_pattern_fits_as_the_usual_matcher_says(pattern: str, text: str) -> None:
    as_expression = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern)
    assert fits(pattern, text) == (bool(pattern) and re.search(as_expression, text) is not None)


def test_width_case_and_spaces_do_not_count_and_bars_stand_between_alternatives() -> None:
    assert fits("kb 은행|없음", "ＫＢ은 행 이체") and not fits("우리|하나", "KB은행") and not fits("|", "any")


def test_no_pattern_takes_long() -> None:
    began = clock.monotonic()
    assert not fits("*a" * 50 + "b", "a" * 2_000)
    assert clock.monotonic() - began < 2


LINES = st.builds(
    LineFacts, st.integers(1, 3), st.sampled_from(["KR004", "KR088"]), st.integers(-50, 50).filter(bool),
    st.sampled_from(["fee", "sale", "rent"]), st.just(""), st.sampled_from(["lee", "kim", ""]),
)  # fmt: skip
CONDITIONS = st.builds(
    Conditions, bank=st.sampled_from(["", "KR004"]), account_id=st.sampled_from([None, 1]),
    direction=st.sampled_from(["", "in", "out"]), text=st.sampled_from(["", "fee", "sa?e"]),
    counterparty=st.sampled_from(["", "lee"]), least_minor=st.sampled_from([None, 10]),
    most_minor=st.sampled_from([None, 30]),
)  # fmt: skip
RULES = st.builds(
    Rule, st.integers(1, 9), st.sampled_from("ABC"), st.integers(1, 3), st.integers(1, 3),
    st.sampled_from([FRIDAY, SATURDAY, MONDAY]), st.booleans(), CONDITIONS, st.just("post"), st.just("x"),
)  # fmt: skip


@given(st.lists(RULES, max_size=8), LINES, st.sampled_from([FRIDAY, MONDAY]))
def test_the_first_in_order_of_those_in_force_takes_the_line(
    rules: list[Rule], line: LineFacts, day: date
) -> None:
    rules = list({(one.code, one.number): one for one in rules}.values())
    newest = {
        code: max(
            (r for r in rules if r.code == code and r.valid_from <= day),
            key=lambda r: (r.valid_from, r.number),
            default=None,
        )
        for code in "ABC"
    }
    able = [r for r in newest.values() if r and r.is_on and matches(r.conditions, line)]
    taken = first_match(in_force(rules, day), line)
    assert taken == min(able, key=lambda r: (r.position, r.code), default=None)


@given(CONDITIONS, LINES)
def test_every_given_condition_must_hold(asked: Conditions, line: LineFacts) -> None:
    amount = abs(line.amount_minor)
    holds = [
        asked.bank in ("", line.bank), asked.account_id in (None, line.account_id),
        asked.direction in ("", "in" if line.amount_minor > 0 else "out"),
        {"": True, "fee": line.text == "fee", "sa?e": line.text == "sale"}[asked.text],
        asked.counterparty in ("", line.counterparty), amount >= (asked.least_minor or 0),
        amount <= (asked.most_minor or 10**9),
    ]  # fmt: skip
    assert matches(asked, line) == all(holds)


@given(st.integers(-(10**12), 10**12).filter(bool))
def test_a_voucher_of_a_line_balances_and_moves_the_bank_by_its_amount(minor: int) -> None:
    legs = legs_of("bank", "other", minor, "KRW")
    assert sum(leg.minor for leg in legs) == 0
    assert sum(leg.minor for leg in legs if leg.account == "bank") == minor
    assert all(leg.minor * leg.side > 0 for leg in legs)


def test_a_memo_fills_named_places_only_and_a_source_reads_back() -> None:
    facts = {"counterparty": "lee", "text": "a\nb"}
    assert memo_of("{text} {x.__class__}", facts) == "a b {x.__class__}"
    assert line_of_source(source_of(4711, "FEES.2")) == 4711 == line_of_source(source_of(4711))
    assert (rule_of_source(source_of(4711, "FEES.2")), line_of_source("demo"), rule_of_source("4711")) == (
        "FEES.2",
        None,
        "",
    )


def test_days_of_lines() -> None:
    calendar = published_calendar("KR", {})
    assert [bank_day(calendar, day) for day in (FRIDAY, SATURDAY, MONDAY)] == [FRIDAY, MONDAY, MONDAY]
    ends = time(16, 30)
    asked = [(FRIDAY, time(16, 30)), (FRIDAY, time(16, 31)), (SATURDAY, time(20)), (FRIDAY, None)]
    assert [due_day(calendar, day, at, ends) for day, at in asked] == [FRIDAY, MONDAY, MONDAY, FRIDAY]
    assert business_date(MONDAY, FRIDAY) is None and business_date(FRIDAY, MONDAY) == MONDAY
    assert [bucket_of(days) for days in (0, 1, 2, 7, 8, 30, 31, 90, 91)] == [
        "0-1", "0-1", "2-7", "2-7", "8-30", "8-30", "31-90", "31-90", "91+",
    ]  # fmt: skip


def test_a_line_ends_only_by_what_the_bank_or_two_persons_said() -> None:
    ends = {state for state in LineState if LINE.is_terminal(state)}
    assert ends == {LineState.SUPERSEDED}
    for state, move, target in LINE.walk():
        if move == "ignore":
            assert (target is not None) == (state in (LineState.UNPOSTED, LineState.WAITING))
