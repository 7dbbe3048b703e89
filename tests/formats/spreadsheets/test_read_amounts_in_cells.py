"""Amounts are read exactly or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.spreadsheets.amounts import AmountUnreadable, read_minor
from moa.kernel.money import to_decimal


@pytest.mark.parametrize(
    ("cell", "currency", "minor"),
    [
        ("1,234,567", "KRW", 1_234_567),
        ("1234567", "KRW", 1_234_567),
        ("0", "KRW", 0),
        (" 1,000 ", "KRW", 1000),
        ("₩1,234", "KRW", 1234),
        ("￦1,234", "KRW", 1234),
        ("\\1,234", "KRW", 1234),
        ("1,234원", "KRW", 1234),
        ("￥1,234.50", "CNY", 123_450),
        ("1234.5元", "CNY", 123_450),
        ("１，２３４", "KRW", 1234),
        ("(1,000)", "KRW", -1000),
        ("△1,000", "KRW", -1000),
        ("▲1,000", "KRW", -1000),
        ("−1,000", "KRW", -1000),
        ("-₩1,000", "KRW", -1000),
        ("₩-1,000", "KRW", -1000),
        ("1,000-", "KRW", -1000),
        ("+1,000", "KRW", 1000),
        ("1000.00", "KRW", 1000),
        ("USD 12.5", "USD", 1250),
        ("12.50 USD", "USD", 1250),
        ('="1,000"', "KRW", 1000),
        (1500, "KRW", 1500),
        (Decimal("0.30000000000000004"), "CNY", 30),
        (Decimal("1234567.8900000012"), "USD", 123_456_789),
        (9_000_000_000_000_000, "KRW", 9_000_000_000_000_000),
    ],
)
def test_it_reads_what_banks_write(cell, currency, minor):
    assert read_minor(cell, currency) == minor


@pytest.mark.parametrize("cell", ["", None, "-", "–", "  "])
def test_it_takes_an_empty_cell_for_no_amount(cell):
    assert read_minor(cell, "KRW") is None


@pytest.mark.parametrize(
    ("cell", "currency"),
    [
        ("1O0", "KRW"),
        ("l00", "KRW"),
        ("1,23", "KRW"),
        ("1,2345", "KRW"),
        ("12만원", "KRW"),
        ("1.5", "KRW"),
        ("1.005", "USD"),
        ("$10", "KRW"),
        ("10원", "CNY"),
        ("10 USD", "EUR"),
        ("1 000", "KRW"),
        ("--5", "KRW"),
        ("원", "KRW"),
        ("#VALUE!", "KRW"),
        ("9" * 25, "KRW"),
        ("9223372036854775808", "KRW"),
        ("१२३", "KRW"),
        (True, "KRW"),
        (2**53, "KRW"),
        (Decimal("1E+300"), "KRW"),
        (Decimal("NaN"), "KRW"),
        (Decimal("1.005"), "USD"),
        (Decimal("100000000000000.5"), "USD"),
    ],
)
def test_it_refuses_what_is_not_plainly_an_amount(cell, currency):
    with pytest.raises(AmountUnreadable):
        read_minor(cell, currency)


@given(st.integers(-(10**15), 10**15), st.sampled_from(["KRW", "USD", "KWD"]))
def test_every_amount_survives_being_written_with_commas(minor, currency):
    assert read_minor(f"{to_decimal(minor, currency):,}", currency) == minor


@given(st.integers(-(10**13), 10**13))
def test_every_amount_of_cents_survives_a_binary_cell(minor):
    """What Excel stores for 0.07 × 100 and its like: the nearest binary number, written with 17 digits."""
    assert read_minor(Decimal(repr(minor / 100)), "USD") == minor
