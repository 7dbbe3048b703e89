"""No damage to a file makes the reader raise, and no change of a figure goes unnoticed."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.inspection import inspect
from moa.formats.statements import Entry, Event, FileFacts, ReadOptions, StatementEnd, StatementStart
from moa.formats.swift.mt940 import read
from moa.kernel.errors import Problem
from moa.kernel.money import to_text

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = sorted([*GOLDEN.glob("mt940/*.sta"), *GOLDEN.glob("mt942/*.sta")])
CONTENTS = [path.read_bytes() for path in FILES]
# Where amounts stand: behind the mark of a line, behind the currency of a balance or a total.
AMOUNT = re.compile(
    rb":61:\d{6}(?:\d{4}|    )?(?:R?[CD]|E[CD])[A-Z]?([\d,]+)|:(?:6[02][FM]|90[CD]):[CD\d]+[A-Z]{3}([\d,]+)"
)


def _read(content: bytes) -> list[Event]:
    return list(read(io.BytesIO(content), ReadOptions(), FileFacts()))


def _errors(content: bytes) -> list[Problem]:
    return [one for one in _read(content) if isinstance(one, Problem) and one.severity == "error"]


def _figures() -> list[tuple[int, int]]:
    """Every digit of every amount in the golden files: the file, the place in it."""
    found = []
    for number, content in enumerate(CONTENTS):
        for match in AMOUNT.finditer(content):
            start, end = match.span(1 if match[1] else 2)
            found += [(number, at) for at in range(start, end) if content[at : at + 1].isdigit()]
    return found


def test_the_golden_files_have_no_error() -> None:
    assert [_errors(content) for content in CONTENTS] == [[] for _ in CONTENTS]


def test_it_notices_every_changed_digit_of_an_amount() -> None:
    figures = _figures()
    assert len(figures) > 150
    for number, at in figures:
        content = bytearray(CONTENTS[number])
        content[at] = ord("0") + (content[at] - ord("0") + 1) % 10
        assert _errors(bytes(content)), (FILES[number].name, at)


@pytest.mark.parametrize("number", range(len(FILES)), ids=[path.stem for path in FILES])
def test_it_survives_a_cut_anywhere_and_says_so_before_the_end_of_a_statement(number: int) -> None:
    content = CONTENTS[number]
    whole = [one for one in _read(content) if isinstance(one, StatementEnd)]
    for cut in range(len(content)):
        events = _read(content[:cut])
        ends = [one for one in events if isinstance(one, StatementEnd)]
        complete = [end for end in ends if end in whole]
        if len(complete) < len(whole) and not any(isinstance(one, Problem) for one in events):
            # What is left must be whole statements: the figures that it states are all stated in the file too.
            assert [(end.opening_minor, end.closing_minor) for end in ends] == [
                (end.opening_minor, end.closing_minor) for end in whole[: len(ends)]
            ]


@settings(max_examples=300, deadline=None)
@given(
    number=st.integers(0, len(FILES) - 1),
    flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 7)), min_size=1, max_size=8),
)
def test_it_survives_flipped_bits(number: int, flips: list[tuple[int, int]]) -> None:
    content = bytearray(CONTENTS[number])
    for at, bit in flips:
        content[at % len(content)] ^= 1 << bit
    _well_formed(_read(bytes(content)))
    out = io.StringIO()
    errors = inspect(io.BytesIO(content), ReadOptions(), out, format="mt940")
    assert json.loads(out.getvalue())["error_count"] == errors


@settings(max_examples=200, deadline=None)
@given(
    pieces=st.lists(
        st.one_of(
            st.sampled_from(
                [
                    b"\n",
                    b"\r\n",
                    b":",
                    b"\n:61:",
                    b"\n:86:",
                    b"\n:20:X",
                    b"\n-\n",
                    b"{1:F01}",
                    b"\n:60F:C261119KRW1,",
                ]
            ),
            st.sampled_from(
                [b"\n:62F:C261119KRW1,", b"\n:25:1", b"\n:NS:22", b"-}", b"?20", b"\xb0\xa1", b"\x00"]
            ),
            st.binary(max_size=12),
        ),
        max_size=40,
    )
)
def test_it_survives_any_bytes(pieces: list[bytes]) -> None:
    _well_formed(_read(b"".join(pieces)))


def _well_formed(events: list[Event]) -> None:
    """Starts and ends alternate, entries stand between them, and the count of each statement is right."""
    inside, seen = False, 0
    for event in events:
        if isinstance(event, StatementStart):
            assert not inside
            inside, seen = True, 0
        elif isinstance(event, Entry):
            assert inside
            assert event.amount_minor >= 0
            seen += 1
        elif isinstance(event, StatementEnd):
            assert inside
            assert event.entry_count == seen
            inside = False
    assert not inside


LINES = st.lists(st.tuples(st.sampled_from(["C", "D", "RC", "RD"]), st.integers(0, 10**12)), max_size=30)


@settings(max_examples=100, deadline=None)
@given(opening=st.integers(-(10**12), 10**12), lines=LINES, currency=st.sampled_from(["KRW", "EUR", "BHD"]))
def test_it_conserves_money(opening: int, lines: list[tuple[str, int]], currency: str) -> None:
    signs = {"C": 1, "D": -1, "RC": -1, "RD": 1}
    closing = opening + sum(signs[mark] * minor for mark, minor in lines)

    def amount(minor: int) -> str:
        text = to_text(abs(minor), currency).replace(".", ",")
        return text if "," in text else text + ","

    def balance(minor: int) -> str:
        return f"{'D' if minor < 0 else 'C'}261120{currency}{amount(minor)}"

    rows = "".join(f":61:2611201120{mark}{amount(minor)}NTRFX\n:86:text\n" for mark, minor in lines)
    events = _read(
        f":20:R\n:25:1234567\n:60F:{balance(opening)}\n{rows}:62F:{balance(closing)}\n-\n".encode()
    )
    assert not [one for one in events if isinstance(one, Problem)]
    entries = [one for one in events if isinstance(one, Entry)]
    end = next(one for one in events if isinstance(one, StatementEnd))
    assert [one.amount_minor for one in entries] == [minor for _, minor in lines]
    moved = sum(one.amount_minor if one.direction == "credit" else -one.amount_minor for one in entries)
    assert (end.opening_minor, end.closing_minor) == (opening, opening + moved)
