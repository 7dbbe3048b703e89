"""Identifiers: they sort by their moment, come back from text, and refuse what is none."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.kernel.ids import (
    IdentifierInvalid,
    from_short_text,
    made_at,
    reference,
    request_id,
    short_text,
    time_ordered_id,
)

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))
RANDOMNESS = st.binary(min_size=10, max_size=10)


def test_the_example_of_the_standard_comes_out():
    # RFC 9562, appendix A.6: 2022-02-22 14:22:22.00 -05:00, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
    at = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    randomness = bytes.fromhex("0cc318c4dc0c0c07398f")
    assert time_ordered_id(at, randomness) == UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


@given(MOMENTS, RANDOMNESS)
def test_it_keeps_its_millisecond_version_and_variant(at, randomness):
    identifier = time_ordered_id(at, randomness)
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"
    assert made_at(identifier) == at - timedelta(microseconds=at.microsecond % 1000)


@given(MOMENTS, RANDOMNESS, RANDOMNESS, st.integers(1, 10**9))
def test_the_later_millisecond_sorts_last_in_every_form(at, one, other, later_ms):
    first, second = time_ordered_id(at, one), time_ordered_id(at + timedelta(milliseconds=later_ms), other)
    assert first < second
    assert str(first) < str(second)
    assert short_text(first) < short_text(second)


@given(st.uuids())
def test_the_short_text_comes_back_even_when_misread(identifier):
    text = short_text(identifier)
    assert len(text) == 26
    assert from_short_text(text) == identifier
    assert from_short_text(text.lower().replace("0", "o").replace("1", "l")) == identifier


@pytest.mark.parametrize("text", ["", "0" * 25, "0" * 27, "8" + "0" * 25, "U" * 26, "0" * 25 + "가"])
def test_it_refuses_text_that_is_no_identifier(text):
    with pytest.raises(IdentifierInvalid):
        from_short_text(text)


def test_it_refuses_a_moment_without_zone_and_too_little_randomness():
    with pytest.raises(IdentifierInvalid):
        time_ordered_id(datetime(2026, 6, 24, 10, 0), b"0123456789")
    with pytest.raises(IdentifierInvalid):
        request_id(datetime(2026, 6, 24, tzinfo=UTC), b"short")
    with pytest.raises(IdentifierInvalid):
        made_at(uuid4())


def test_a_reference_is_what_people_quote():
    assert reference("PO", date(2026, 6, 24), 31) == "PO-260624-0031"
    assert reference("PO", date(2026, 6, 24), 12_345) == "PO-260624-12345"


@pytest.mark.parametrize(("prefix", "number"), [("P", 1), ("po", 1), ("PO", 0), ("ORDERS", 1)])
def test_it_refuses_a_reference_of_another_shape(prefix, number):
    with pytest.raises(IdentifierInvalid):
        reference(prefix, date(2026, 6, 24), number)
