"""Damaged camt files: cut, with flipped bits, with changed digits. Every one gets an answer, no lie passes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.statements import Entry, StatementEnd
from moa.kernel.errors import Problem
from tests.formats.iso20022.camt_files import events

GOLDEN = Path(__file__).parents[2] / "golden" / "camt"
FILES = {path.stem: path.read_bytes() for path in sorted(GOLDEN.glob("*.xml"))}
BALANCED = {
    name: content for name, content in FILES.items() if "interim" not in name and "notification" not in name
}
_AMOUNT = re.compile(
    rb"<(?:\w+:)?Ntry>\s*(?:<(?:\w+:)?NtryRef>[^<]*</(?:\w+:)?NtryRef>\s*)?<(?:\w+:)?Amt Ccy=\"...\">([0-9.]+)<"
)


def has_error(content: bytes) -> bool:
    return any(isinstance(event, Problem) and event.severity == "error" for event in events(content))


def check_sums(content: bytes) -> None:
    """A file without an error keeps the one promise: opening + booked entries = closing."""
    found = events(content)
    if any(isinstance(event, Problem) and event.severity == "error" for event in found):
        return
    booked = 0
    for event in found:
        if isinstance(event, Entry) and event.status == "booked":
            booked += event.amount_minor if event.direction == "credit" else -event.amount_minor
        elif isinstance(event, StatementEnd):
            if event.opening_minor is not None and event.closing_minor is not None:
                assert event.opening_minor + booked == event.closing_minor
            booked = 0


def booked_digits() -> list[tuple[str, int]]:
    """Every digit of every booked amount in the golden files."""
    places: list[tuple[str, int]] = []
    for name, content in BALANCED.items():
        expected = json.loads((GOLDEN / f"{name}.json").read_text())
        statuses = [line["status"] for one in expected["statements"] for line in one["entries"]]
        for status, match in zip(statuses, _AMOUNT.finditer(content), strict=True):
            if status == "booked":
                places += [(name, at) for at in range(*match.span(1)) if content[at : at + 1].isdigit()]
    return places


DIGITS = booked_digits()


def test_the_goldens_have_enough_digits_to_change() -> None:
    assert len(DIGITS) > 50
    assert {name for name, _ in DIGITS} == set(BALANCED)


@pytest.mark.parametrize("step", range(1, 10))
def test_a_changed_digit_of_a_booked_amount_is_always_an_error(step: int) -> None:
    for name, at in DIGITS:
        content = bytearray(FILES[name])
        content[at] = ord("0") + (content[at] - ord("0") + step) % 10
        assert has_error(bytes(content)), (name, at, chr(content[at]))


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), share=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_is_an_error_and_keeps_what_came_before(name: str, share: float) -> None:
    content = FILES[name].rstrip()
    cut = content[: int(len(content) * share)]
    whole = [event for event in events(content) if isinstance(event, Entry)]
    kept = [event for event in events(cut) if isinstance(event, Entry)]
    assert has_error(cut)
    assert kept == whole[: len(kept)]
    assert len(kept) >= cut.count(b"</Ntry>\n") + cut.count(b"</ns2:Ntry>\n") + cut.count(b"</c:Ntry>\n")


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), flips=st.lists(st.integers(0, 10**6), min_size=1, max_size=4))
def test_flipped_bits_raise_nothing_and_break_no_sum(name: str, flips: list[int]) -> None:
    content = bytearray(FILES[name])
    for flip in flips:
        at = flip % (len(content) * 8)
        content[at // 8] ^= 1 << at % 8
    check_sums(bytes(content))


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(FILES)),
    start=st.integers(0, 10**5),
    length=st.integers(1, 400),
    at=st.integers(0, 10**5),
)
def test_pieces_that_are_lost_or_doubled_break_no_sum(name: str, start: int, length: int, at: int) -> None:
    content = FILES[name]
    start, at = start % len(content), at % len(content)
    piece = content[start : start + length]
    check_sums(content[:start] + content[start + length :])
    check_sums(content[:at] + piece + content[at:])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_that_are_no_xml_are_an_error(content: bytes) -> None:
    assert has_error(content)
    assert has_error(b"<?xml version='1.0'?><Document><BkToCstmrStmt><Stmt>" + content)
