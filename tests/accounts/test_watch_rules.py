"""Rules of watches on plain values."""

from __future__ import annotations

from datetime import date, time, timedelta
from statistics import median_low
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.accounts.watch_rules import (
    LEAST_HISTORY,
    Condition,
    History,
    Movement,
    WatchKind,
    is_at_night,
    is_silent,
    is_unusual,
    tells_of_balance,
    tells_of_line,
)

DAY = date(2026, 11, 20)
USUAL = History(20, 1_000, frozenset({"동해제강"}))


def _line(amount: int, **more: Any) -> Movement:
    return Movement(amount, more.pop("currency", "KRW"), DAY, **more)


@pytest.mark.parametrize(
    ("kind", "condition", "line", "told"),
    [
        ("incoming", {"amount_minor": 500}, _line(500), True),
        ("incoming", {"amount_minor": 500}, _line(499), False),
        ("incoming", {"amount_minor": 500}, _line(-500), False),
        ("incoming", {"amount_minor": 500, "currency": "USD"}, _line(500), False),
        ("large", {"amount_minor": 500}, _line(-500), True),
        ("large", {"amount_minor": 500}, _line(-499), False),
        ("night", {"from_time": time(8), "until_time": time(20)}, _line(1, at=time(20)), True),
        ("night", {"from_time": time(8), "until_time": time(20)}, _line(1, at=time(19, 59)), False),
        ("night", {"from_time": time(8), "until_time": time(20)}, _line(1), False),
        ("unusual", {"factor": 3}, _line(-3_001), True),
        ("unusual", {"factor": 3}, _line(3_000), False),
        ("unusual", {"factor": 3, "amount_minor": 5_000}, _line(3_001), False),
        ("newcomer", {"amount_minor": 500}, _line(-500, counterparty="신성물산"), True),
        ("newcomer", {"amount_minor": 500}, _line(-499, counterparty="신성물산"), False),
        ("newcomer", {"amount_minor": 500}, _line(-500, counterparty="동해제강"), False),
        ("newcomer", {"amount_minor": 500}, _line(-500), False),
        ("below", {"amount_minor": 500}, _line(-500), False),
    ],
)  # fmt: skip
def test_a_watch_tells_of_a_line(kind: str, condition: dict[str, Any], line: Movement, told: bool) -> None:
    assert tells_of_line(Condition(WatchKind(kind), **condition), line, USUAL) is told


@pytest.mark.parametrize(
    ("kind", "balance", "told"),
    [("below", 499, True), ("below", 500, False), ("above", 501, True), ("above", 500, False), ("large", 999, False)],
)  # fmt: skip
def test_a_watch_tells_of_a_balance(kind: str, balance: int, told: bool) -> None:
    asked = Condition(WatchKind(kind), "KRW", 500)
    assert tells_of_balance(asked, balance, "KRW") is told
    assert not tells_of_balance(asked, balance, "USD")


def test_with_a_short_history_nothing_is_unusual() -> None:
    assert not is_unusual(10**9, 2, History(LEAST_HISTORY - 1, 1))
    assert is_unusual(10**9, 2, History(LEAST_HISTORY, 1))


sizes = st.lists(st.integers(0, 10**15), min_size=1, max_size=60)


@given(sizes, st.integers(2, 50))
def test_at_most_half_are_unusual_and_more_is_asked_for_with_a_greater_factor(
    found: list[int], factor: int
) -> None:
    history = History(max(len(found), LEAST_HISTORY), median_low(found))
    odd = {size for size in found if is_unusual(size, factor, history)}
    assert sum(size in odd for size in found) * 2 <= len(found)
    assert odd >= {size for size in found if is_unusual(size, factor + 1, history)}


@given(st.times(), st.times(), st.times())
def test_it_is_day_or_night(at: time, begins: time, ends: time) -> None:
    assert is_at_night(at, begins, ends) is not (begins <= at < ends)


def test_a_bank_is_silent_until_its_statement_reaches_the_day() -> None:
    assert [is_silent(until, DAY) for until in (None, DAY - timedelta(days=1), DAY)] == [True, True, False]


def test_no_two_kinds_are_left_without_a_sentence() -> None:
    from moa.accounts.notices import OF_WATCHES

    assert set(OF_WATCHES) == set(WatchKind)
