"""The approval matrix on plain values: the band, the order of its steps, and whether the persons suffice."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.control.approval_rules import (
    Band,
    PolicyKey,
    StepRule,
    choose_policy,
    differing_fields,
    policy_problem,
    steps_for,
    totals,
    unfilled_step,
)

RANKS = {"team": 1, "head": 2, "ceo": 3}
# 위임전결: up to 100 million the team head, up to 500 million the division head, above it the president.
MATRIX = (
    Band(100_000_000, (StepRule("team"),)),
    Band(500_000_000, (StepRule("head"),)),
    Band(None, (StepRule("ceo", "rekey"),)),
)


@pytest.mark.parametrize(
    ("amount", "grades"),
    [
        (0, ["team"]), (100_000_000, ["team"]), (100_000_001, ["team", "head"]), (500_000_000, ["team", "head"]),
        (500_000_001, ["team", "head", "ceo"]), (-600_000_000, ["team", "head", "ceo"]), (None, ["team", "head", "ceo"]),
    ],
)  # fmt: skip
def test_the_band_names_the_last_approver_and_includes_the_lower(
    amount: int | None, grades: list[str]
) -> None:
    assert [step.grade for step in steps_for(MATRIX, amount, RANKS, includes_lower=True)] == grades
    assert [step.grade for step in steps_for(MATRIX, amount, RANKS, includes_lower=False)] == grades[-1:]


bands = st.lists(
    st.tuples(st.integers(1, 10**12), st.sampled_from(sorted(RANKS)), st.sampled_from(["visual", "rekey"])),
    min_size=1, max_size=5, unique_by=lambda one: one[0],
).map(
    lambda rows: [
        Band(end if n < len(rows) - 1 else None, (StepRule(grade, review),))
        for n, ((end, _, review), grade) in enumerate(
            zip(sorted(rows), sorted((row[1] for row in rows), key=RANKS.__getitem__), strict=True)
        )
    ]
)  # fmt: skip


@given(bands, st.integers(-(10**13), 10**13), st.integers(0, 10**13), st.booleans())
def test_more_money_never_asks_less(some: list[Band], amount: int, more: int, includes_lower: bool) -> None:
    assert policy_problem(some, RANKS, "KRW") == ""
    smaller = steps_for(some, amount, RANKS, includes_lower=includes_lower)
    larger = steps_for(some, abs(amount) + more, RANKS, includes_lower=includes_lower)
    ranks = [RANKS[step.grade] for step in larger]
    assert ranks == sorted(set(ranks)), "each grade once, the highest last"
    assert RANKS[smaller[-1].grade] <= ranks[-1]
    chosen = next(band for band in some if band.up_to_minor is None or abs(amount) <= band.up_to_minor)
    assert smaller[-1].grade == chosen.steps[-1].grade
    if includes_lower:
        assert {step.grade for step in smaller} <= {step.grade for step in larger}
        below = [band for band in some if band is chosen or some.index(band) < some.index(chosen)]
        rekeyed = {step.grade for band in below for step in band.steps if step.review == "rekey"}
        assert {step.grade for step in smaller if step.review == "rekey"} == rekeyed


@given(st.lists(st.frozensets(st.integers(1, 4), max_size=3), min_size=1, max_size=4))
def test_a_step_is_unfilled_when_no_choice_of_different_persons_fits(
    candidates: list[frozenset[int]],
) -> None:
    fits = any(len(set(choice)) == len(choice) for choice in product(*candidates))
    assert (unfilled_step(candidates) is None) is fits


def test_a_nearer_unit_and_the_own_currency_come_first() -> None:
    versions = {
        PolicyKey(None, ""): "all", PolicyKey(None, "KRW"): "group", PolicyKey(7, "USD"): "near usd", PolicyKey(7, ""): "near",
    }  # fmt: skip
    found = [name for _, name in choose_policy(versions, path=[7, 3], currency="KRW")]
    assert found == ["near", "near usd", "group", "all"]
    assert [name for _, name in choose_policy(versions, path=[3], currency="EUR")] == ["all", "group"]


@pytest.mark.parametrize(
    ("some", "currency", "problem"),
    [
        ([], "KRW", ""),
        ([Band(None, ())], "KRW", "band_without_step"),
        ([Band(None, (StepRule("boss"),))], "KRW", "grade_unknown"),
        ([Band(None, (StepRule("team", "look"),))], "KRW", "review_unknown"),
        ([Band(5, (StepRule("team"),))], "KRW", "last_band_has_no_end"),
        ([Band(-5, (StepRule("team"),)), Band(None, (StepRule("team"),))], "KRW", "band_negative"),
        ([Band(5, (StepRule("team"),)), Band(5, (StepRule("team"),)), Band(None, (StepRule("ceo"),))], "KRW",
         "bands_not_ascending"),
        ([Band(5, (StepRule("team"),)), Band(None, (StepRule("ceo"),))], "", "bands_without_currency"),
        ([Band(5, (StepRule("ceo"),)), Band(None, (StepRule("team"),))], "KRW", "higher_band_lower_grade"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_policy_is_named(some: list[Band], currency: str, problem: str) -> None:
    assert policy_problem(some, RANKS, currency) == problem


@pytest.mark.parametrize(
    ("expected", "typed", "same"),
    [
        ("184800000", "184,800,000", True), ("1234.50", "1234.5", True), ("−1,234", "-1234", True),
        ("478201-04-114182", "47820104114182", True), ("184800000", "184800001", False),
        ("0123", "123", False), ("-5", "5", False), ("12.34", "1234", False),
        ("서진테크놀로지", " 서진테크놀로지 ", True), ("서진테크놀로지", "서진테크놀러지", False), ("x", "", False),
    ],
)  # fmt: skip
def test_digits_must_be_the_same_and_separators_need_not(expected: str, typed: str, same: bool) -> None:
    assert (differing_fields({"amount": expected}, {"amount": typed}) == []) is same


@given(st.lists(st.tuples(st.sampled_from(["KRW", "USD"]), st.integers(-(10**12), 10**12))))
def test_sums_per_currency_do_not_depend_on_the_order(amounts: list[tuple[str, int]]) -> None:
    assert totals(amounts) == totals(reversed(amounts))
    assert sum(totals(amounts).values()) == sum(minor for _, minor in amounts)
