"""How much may still be paid, and what was perhaps entered before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.payments.rules.duplicates import SAME_DOCUMENT, SAME_PAYMENT, Asked, find_duplicates
from moa.payments.rules.limits import Limit, LimitScope, next_limit, weigh

DAY = date(2026, 11, 20)


def test_the_limit_with_the_least_room_comes_first():
    limits = [
        Limit(LimitScope.SINGLE, 500_000_000),
        Limit(LimitScope.DAILY, 1_000_000_000, 700_000_000),
        Limit(LimitScope.UNIT, 600_000_000, 100_000_000),
    ]
    uses = weigh(184_800_000, limits)
    assert [(one.limit.scope, one.after_minor, one.rest_minor) for one in uses] == [
        (LimitScope.DAILY, 884_800_000, 115_200_000),
        (LimitScope.SINGLE, 184_800_000, 315_200_000),
        (LimitScope.UNIT, 284_800_000, 315_200_000),
    ]
    assert next_limit(uses) == uses[0]
    assert not any(one.is_passed for one in uses)


def test_up_to_the_limit_is_within_it_and_one_more_is_not():
    limit = Limit(LimitScope.DAILY, 1_000, 400)
    assert not weigh(600, [limit])[0].is_passed
    assert weigh(601, [limit])[0].is_passed


def test_a_single_limit_counts_this_payment_alone():
    assert weigh(100, [Limit(LimitScope.SINGLE, 100, used_minor=90)])[0].after_minor == 100


def test_without_limits_there_is_no_next_one():
    assert next_limit(weigh(1, [])) is None


def test_a_payment_of_nothing_is_a_fault():
    with pytest.raises(ValueError, match="above zero"):
        weigh(0, [])


AMOUNTS = st.lists(st.integers(1, 10**12), min_size=1, max_size=8)


@given(AMOUNTS, st.integers(0, 10**13))
def test_payments_within_the_limit_one_by_one_are_within_it_together(amounts, most):
    used = 0
    for amount in amounts:
        if not weigh(amount, [Limit(LimitScope.DAILY, most, used)])[0].is_passed:
            used += amount
    assert used <= most


PAID = Asked("1002", "088:110123", 5_000, "KRW", DAY, "세금 2026-11-7", order_id=1)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"document": ""}, SAME_PAYMENT),
        ({"document": "", "day": DAY + timedelta(days=7)}, SAME_PAYMENT),
        ({"document": "", "day": DAY - timedelta(days=7)}, SAME_PAYMENT),
        ({"document": "", "day": DAY + timedelta(days=8)}, None),
        ({"document": "", "payee": "088:110124"}, None),
        ({"document": "", "payer": "1003"}, None),
        ({"document": "", "amount_minor": 5_001}, None),
        ({"document": "", "currency": "USD"}, None),
        ({"document": "세금２０２６１１７", "amount_minor": 1, "day": DAY + timedelta(days=300)}, SAME_DOCUMENT),
        ({"order_id": 1}, None),
    ],
)  # fmt: skip
def test_it_finds_what_may_be_the_same_payment(changed, why):
    found = find_duplicates(PAID._replace(order_id=2)._replace(**changed), [PAID])
    assert [one.why for one in found] == ([why] if why else [])
