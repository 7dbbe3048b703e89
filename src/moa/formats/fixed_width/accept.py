"""Which records of many are surely sound, at a glance; the others are left to the reference, one by one.

Derived from the layout: each kind of field gives rules for its bytes and, where bytes alone do not tell, a look at
the columns. Both may doubt a sound record, but never pass one in which `Layout.check` finds something. A kind without
rules is always doubted. Rules are registered by kind, so a package can add those of its own kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, singledispatch
from itertools import pairwise
from typing import Any

import numpy as np

from .block import Block, Bytes, Flags
from .hangul import Hangul, wide_characters
from .kinds import (
    ALPHANUMERICS,
    DIGITS,
    SPACE,
    Blank,
    Choice,
    Date,
    Digits,
    LeftAligned,
    Literal,
    Number,
    Text,
    Zeros,
    as_date,
)
from .layout import Field, Layout
from .texts import shown_together

_RECORDS_A_TILE, _RECORDS_A_LOOK = 64, 2048
# Blocks that are looked at with all that may be, after one that had more than is usual.
_BLOCKS_BEYOND = 8
# The bit that a small letter has and a capital has not; and z, counted from a.
_LOWER, _LETTERS = np.uint8(0x20), np.uint8(25)


@dataclass(frozen=True, slots=True)
class ByteRules:
    """What each byte of a field may be: from `low` to `high`; also a space; not after a space.

    Shape: as long as the field each; `space` and `joined` hold 1 for yes. While no byte is above `usual`, where it is
    given, the field's columns need no look.
    """

    low: bytes
    high: bytes
    space: bytes
    joined: bytes
    usual: bytes | None = None


def ranged(length: int, low: int, high: int) -> ByteRules:
    """Bytes of one range."""
    none = bytes(length)
    return ByteRules(bytes([low]) * length, bytes([high]) * length, none, none)


def literal(value: bytes) -> ByteRules:
    none = bytes(len(value))
    return ByteRules(value, value, none, none)


def left_aligned(length: int, *, letters: bool, optional: bool) -> ByteRules:
    """Digits, perhaps letters and what stands between them and digits, at the left, and spaces after them."""
    first, others = b"\1" if optional else b"\0", b"\1" * (length - 1)
    space, joined, nine = first + others, b"\0" + others, b"9" * length
    return ByteRules(
        b"0" * length, b"z" * length if letters else nine, space, joined, nine if letters else None
    )


@singledispatch
def byte_rules(kind: Any, length: int) -> ByteRules | None:
    """The rules of a kind's bytes; None when it has none, so that every record is doubted."""
    return None


@singledispatch
def doubted(kind: Any, field: Field, block: Block) -> Flags | None:
    """Which records may be faulty in this field although its bytes keep their rules; None for none."""
    return None


def _either(one: Flags | None, other: Flags | None) -> Flags | None:
    if other is None or not other.any():
        return one
    return other if one is None else one | other


def _has_look(kind: Any) -> bool:
    return doubted.dispatch(type(kind)) is not doubted.dispatch(object)


def rows_with(flags: Flags) -> Flags | None:
    """The rows in which any flag is set; None for none, which is much quicker to see."""
    if not flags.any():
        return None
    rows: Flags = np.logical_or.reduce(flags, axis=1)
    return rows


@byte_rules.register
def _(kind: Literal, length: int) -> ByteRules:
    return literal(kind.value)


@byte_rules.register
def _(kind: Blank, length: int) -> ByteRules:
    return literal(b" " * length)


@byte_rules.register
def _(kind: Zeros, length: int) -> ByteRules:
    return literal(b"0" * length)


@byte_rules.register(Number)
@byte_rules.register(Digits)
@byte_rules.register(Date)
def _(kind: Number | Digits | Date, length: int) -> ByteRules:
    return ranged(length, ord("0"), ord("9"))


@byte_rules.register
def _(kind: LeftAligned, length: int) -> ByteRules | None:
    if kind.characters not in (DIGITS, ALPHANUMERICS):
        return None
    return left_aligned(length, letters=kind.characters == ALPHANUMERICS, optional=kind.blank_code is None)


@byte_rules.register
def _(kind: Choice, length: int) -> ByteRules | None:
    return ranged(1, min(kind.values)[0], max(kind.values)[0]) if length == 1 else None


@byte_rules.register
def _(kind: Text, length: int) -> ByteRules:
    return replace(ranged(length, SPACE, 0xFE), usual=b"~" * length)


@byte_rules.register
def _(kind: Hangul, length: int) -> ByteRules:
    return ranged(length, 0xA1, 0xFE)


@doubted.register
def _(kind: LeftAligned, field: Field, block: Block) -> Flags | None:
    """The signs between digits and letters."""
    if kind.characters != ALPHANUMERICS:
        return None
    cells = block.cells(field.start, field.length)
    above = cells > ord("9")
    if not above.any():
        return None
    letter = ((cells | _LOWER) - np.uint8(ord("a"))) <= _LETTERS
    return rows_with(np.greater(above, letter, out=above))


@doubted.register
def _(kind: Text, field: Field, block: Block) -> Flags | None:
    """Korean is sound when the whole column can be read; else whoever has any is doubted."""
    cells = block.cells(field.start, field.length)
    above = rows_with(cells > ord("~"))
    return None if above is None or shown_together(cells) is not None else above


@doubted.register
def _(kind: Choice, field: Field, block: Block) -> Flags | None:
    values = [value[0] for value in kind.values]
    if max(values) - min(values) == len(values) - 1:
        return None
    column = block.byte(field.start)
    wrong = column != values[0]
    for value in values[1:]:
        wrong &= column != value
    return wrong


@doubted.register
def _(kind: Date, field: Field, block: Block) -> Flags | None:
    if field.length != 6:
        return np.ones(block.count, bool)
    return np.take(_absent_days(), block.number(field.start, 6), mode="clip")


@doubted.register
def _(kind: Hangul, field: Field, block: Block) -> Flags | None:
    """Syllables, hanja, full-width letters and the space stand in whole rows of the set; other rows have gaps."""
    if field.length % 2:
        return np.ones(block.count, bool)
    pairs = block.cells(field.start, field.length).view("<u2")
    lead = pairs & np.uint16(0xFF)
    whole = (lead - np.uint16(0xB0)) <= 0xC8 - 0xB0
    whole |= (lead - np.uint16(0xCA)) <= 0xFD - 0xCA
    whole |= lead == 0xA1
    whole |= lead == 0xA3
    if whole.all():
        return None
    wrong: Flags = ~_wide_pairs()[pairs].all(axis=1)
    return wrong


@cache
def _absent_days() -> Flags:
    """For every number of six digits whether no day is written so. In this century every fourth year is a leap year."""
    absent = np.ones((100, 10_000), bool)
    for year in (0, 1):
        for month_day in range(101, 1232):
            absent[year, month_day] = as_date(b"%02d%04d" % (year, month_day)) is None
    absent[2:] = absent[1]
    absent[4::4] = absent[0]
    return absent.reshape(-1)


@cache
def _wide_pairs() -> Flags:
    """For every two bytes, the first as the low one, whether they are a full-width character."""
    known = np.zeros(65_536, bool)
    known[[pair[0] | pair[1] << 8 for pair in wide_characters()]] = True
    return known


class RecordFilter:
    """The rules of a whole record. Shape: `literals` replaces fields by what they must say in this file."""

    def __init__(self, layout: Layout, literals: Mapping[str, bytes] | None = None) -> None:
        self.layout = layout
        given = literals or {}
        rules = {
            field: literal(given[field.name]) if field.name in given else byte_rules(field.kind, field.length)
            for field in layout
        }
        self._rules = [rule for rule in rules.values() if rule is not None]
        self._is_complete = len(self._rules) == len(rules)
        asked = [field for field in layout if field.name not in given and _has_look(field.kind)]
        self._beyond = [
            field for field in asked if (rule := rules[field]) is not None and rule.usual is not None
        ]
        self._always = [field for field in asked if field not in self._beyond]
        self._usual_again = 0
        self._work: tuple[Bytes, Flags, Flags] | None = None
        if self._is_complete:
            low = self._tile([rule.low for rule in self._rules])
            self._low = low
            self._usual = self._tile([rule.usual or rule.high for rule in self._rules]) - low
            self._span = self._tile([rule.high for rule in self._rules]) - low
            self._space = self._tile([rule.space for rule in self._rules]).view(bool)
            self._joined = self._tile([rule.joined for rule in self._rules]).view(bool)

    @staticmethod
    def _tile(parts: list[bytes]) -> Bytes:
        return np.tile(np.frombuffer(b"".join(parts), np.uint8), _RECORDS_A_TILE)

    def doubts(self, block: Block) -> Flags | None:
        """The records that are not surely sound; None when all are."""
        if not self._is_complete:
            return np.ones(block.count, bool)
        if self._usual_again == 0:
            if self._by_bytes(block, self._usual) is None:
                return self._by_columns(block, self._always, None)
            self._usual_again = _BLOCKS_BEYOND
        self._usual_again -= 1
        doubts = self._by_bytes(block, self._span)
        return self._by_columns(block, self._always + self._beyond, doubts)

    @staticmethod
    def _by_columns(block: Block, fields: list[Field], doubts: Flags | None) -> Flags | None:
        for field in fields:
            doubts = _either(doubts, doubted(field.kind, field, block))
        return doubts

    def _by_bytes(self, block: Block, span: Bytes) -> Flags | None:
        """A few tiles at a time, so that the work stays in the nearest cache; what remains is one smaller tile."""
        doubts = None
        whole = block.count - block.count % _RECORDS_A_TILE
        starts = [*range(0, whole, _RECORDS_A_LOOK), whole, block.count]
        for start, end in pairwise(starts):
            wrong = self._against_rules(block.raw[start:end], span) if end > start else None
            if wrong is not None:
                doubts = np.zeros(block.count, bool) if doubts is None else doubts
                doubts[start:end] = wrong
        return doubts

    def _against_rules(self, raw: Bytes, span: Bytes) -> Flags | None:
        """Everything happens in three areas that are used again: fresh ones cost more than the work in them."""
        width = min(len(raw), _RECORDS_A_TILE) * self.layout.length
        flat = raw.reshape(-1, width)
        offset, space, gap = (area[: flat.size].reshape(flat.shape) for area in self._areas(flat.size))
        np.subtract(flat, self._low[:width], out=offset)
        wrong = np.greater(offset, span[:width], out=offset.view(bool))
        np.equal(flat, SPACE, out=space)
        np.greater(space[:, :-1], space[:, 1:], out=gap[:, 1:])
        gap[:, 0] = False
        np.logical_and(gap, self._joined[:width], out=gap)
        np.greater(wrong, np.logical_and(space, self._space[:width], out=space), out=wrong)
        if not np.logical_or(wrong, gap, out=wrong).any():
            return None
        return wrong.reshape(-1, self.layout.length).any(axis=1)

    def _areas(self, size: int) -> tuple[Bytes, Flags, Flags]:
        if self._work is None or len(self._work[0]) < size:
            self._work = np.empty(size, np.uint8), np.empty(size, bool), np.empty(size, bool)
        return self._work
