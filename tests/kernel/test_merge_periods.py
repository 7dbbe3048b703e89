"""Periods of days: which days count, and that joining and cutting lose none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.kernel.periods import Period, PeriodInvalid, gaps, merge, overlaps

NEW_YEAR = date(2026, 1, 1)
# A short stretch, so that drawn periods really meet.
PERIODS = st.builds(
    lambda start, length: Period(NEW_YEAR + timedelta(start), NEW_YEAR + timedelta(start + length)),
    st.integers(0, 60),
    st.integers(1, 15),
)


def period(first: str, last: str) -> Period:
    return Period.inclusive(date.fromisoformat(first), date.fromisoformat(last))


def days_of(periods) -> list[date]:
    return sorted(day for each in periods for day in each.days())


def test_the_first_day_counts_and_the_end_does_not():
    march = Period(date(2026, 3, 1), date(2026, 4, 1))
    assert march == Period.inclusive(date(2026, 3, 1), date(2026, 3, 31)) == Period.of_month(2026, 3)
    assert date(2026, 3, 1) in march
    assert date(2026, 3, 31) in march
    assert date(2026, 4, 1) not in march
    assert (march.last, march.day_count) == (date(2026, 3, 31), 31)


@pytest.mark.parametrize(("start", "end"), [("2026-03-02", "2026-03-02"), ("2026-03-03", "2026-03-02")])
def test_it_refuses_an_empty_or_backward_period(start, end):
    with pytest.raises(PeriodInvalid):
        Period(date.fromisoformat(start), date.fromisoformat(end))


def test_it_refuses_a_last_day_after_which_there_is_no_day():
    with pytest.raises(PeriodInvalid):
        Period.inclusive(NEW_YEAR, date.max)


def test_neighbours_share_no_day_but_merge_into_one():
    first, second = period("2026-03-01", "2026-03-10"), period("2026-03-11", "2026-03-31")
    assert first.overlap(second) is None
    assert merge([second, first]) == (Period.of_month(2026, 3),)
    assert overlaps([first, second]) == ()


def test_gaps_are_the_days_no_statement_covers():
    statements = [
        period("2026-02-25", "2026-03-04"),
        period("2026-03-06", "2026-03-06"),
        period("2026-03-30", "2026-04-02"),
    ]
    assert gaps(Period.of_month(2026, 3), statements) == (
        period("2026-03-05", "2026-03-05"),
        period("2026-03-07", "2026-03-29"),
    )
    assert gaps(Period.of_month(2026, 3), []) == (Period.of_month(2026, 3),)
    assert gaps(Period.of_month(2026, 3), [period("2026-01-01", "2026-12-31")]) == ()


def test_overlaps_are_the_days_covered_twice():
    files = [
        period("2026-03-01", "2026-03-10"),
        period("2026-03-08", "2026-03-20"),
        period("2026-03-09", "2026-03-09"),
    ]
    assert overlaps(files) == (period("2026-03-08", "2026-03-10"),)


def test_it_is_cut_at_the_first_of_each_month():
    winter = period("2026-11-16", "2027-01-02")
    assert list(winter.months()) == [
        period("2026-11-16", "2026-11-30"),
        Period.of_month(2026, 12),
        period("2027-01-01", "2027-01-02"),
    ]


@given(st.lists(PERIODS, max_size=12))
def test_merging_keeps_each_day_once_and_leaves_space_between(periods):
    merged = merge(periods)
    assert days_of(merged) == sorted({day for each in periods for day in each.days()})
    assert all(left.end < right.start for left, right in zip(merged, merged[1:], strict=False))


@given(PERIODS, st.lists(PERIODS, max_size=12))
def test_gaps_and_covered_days_make_up_the_whole(whole, periods):
    covered = {day for each in periods for day in each.days()}
    assert days_of(gaps(whole, periods)) == [day for day in whole.days() if day not in covered]


@given(st.lists(PERIODS, max_size=8), st.randoms())
def test_the_order_of_the_periods_does_not_matter(periods, chance):
    shuffled = list(periods)
    chance.shuffle(shuffled)
    assert (merge(shuffled), overlaps(shuffled)) == (merge(periods), overlaps(periods))


@given(st.lists(PERIODS, max_size=8))
def test_overlaps_are_exactly_the_days_in_two_or_more(periods):
    counted = [day for each in periods for day in each.days()]
    assert days_of(overlaps(periods)) == sorted({day for day in counted if counted.count(day) > 1})


@given(PERIODS, PERIODS)
def test_an_overlap_is_the_same_from_both_sides_and_inside_both(one, other):
    shared = one.overlap(other)
    assert shared == other.overlap(one)
    assert set(shared.days() if shared else ()) == set(one.days()) & set(other.days())
    assert shared is None or (one.covers(shared) and other.covers(shared))
