"""Many records of one length at once: their bytes as columns of numbers.

Digits are read eight at a time within one 64-bit number, so a column costs a few nanoseconds a record.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Bytes = NDArray[np.uint8]

_WORD = 8
_NIBBLES = np.uint64(0x0F0F0F0F0F0F0F0F)
_ONES = np.uint64(0x0101010101010101)
_TOP_BYTE = np.uint64(56)
_DIGIT_BIT = np.uint64(4)
# Two digits, then four, then eight, in one number: multiply, shift down, keep.
_JOINS = (
    (np.uint64(1 + (10 << 8)), np.uint64(8), np.uint64(0x00FF00FF00FF00FF)),
    (np.uint64(1 + (100 << 16)), np.uint64(16), np.uint64(0x0000FFFF0000FFFF)),
    (np.uint64(1 + (10_000 << 32)), np.uint64(32), np.uint64(0xFFFFFFFF)),
)
_SHORT_NIBBLES = np.uint32(0x0F0F0F0F)
_SHORT_JOINS = (
    (np.uint32(1 + (10 << 8)), np.uint32(8), np.uint32(0x00FF00FF)),
    (np.uint32(1 + (100 << 16)), np.uint32(16), np.uint32(0x0000FFFF)),
)


class Block:
    """Shape: `raw` is contiguous, one row a record. Places count from 0. What is asked twice is computed once."""

    def __init__(self, raw: Bytes) -> None:
        self.raw = raw
        self.count, self.length = raw.shape
        self._numbers: dict[tuple[int, int], Numbers] = {}
        self._digits: dict[int, Numbers] = {}
        self._columns: dict[int, Bytes] = {}

    def byte(self, at: int) -> Bytes:
        """One byte of each record. Not to be written into."""
        known = self._columns.get(at)
        if known is None:
            known = self._columns[at] = self.raw[:, at].copy()
        return known

    def cells(self, start: int, length: int) -> Bytes:
        """A field of each record. Shape: (count, length), contiguous."""
        column = self.raw[:, start : start + length].view(f"V{length}")[:, 0].copy()
        return column.view(np.uint8).reshape(self.count, length)

    def number(self, start: int, length: int) -> Numbers:
        """Up to sixteen digits as a number; of bytes that are no digits something that means nothing."""
        known = self._numbers.get((start, length))
        if known is None:
            read = (
                self._long_number
                if length > _WORD
                else self._short_number
                if length <= 4
                else self._word_number
            )
            known = self._numbers[(start, length)] = read(start, length)
        return known

    def _word_number(self, start: int, length: int) -> Numbers:
        word = self._word(start, length)
        word &= _NIBBLES
        for factor, shift, kept in _JOINS:
            word *= factor
            word >>= shift
            word &= kept
        return word.view(np.int64)

    def _short_number(self, start: int, length: int) -> Numbers:
        """As the longer ones with half the bytes; the bytes before and behind are shifted out."""
        base = min(start, self.length - 4)
        word = self.raw[:, base : base + 4].view("<u4")[:, 0].astype(np.uint32)
        word >>= np.uint32(8 * (start - base))
        word <<= np.uint32(8 * (4 - length))
        word &= _SHORT_NIBBLES
        for factor, shift, kept in _SHORT_JOINS:
            word *= factor
            word >>= shift
            word &= kept
        return word.astype(np.int64)

    def _long_number(self, start: int, length: int) -> Numbers:
        """Long fields are mostly zeros at the left, which is seen more quickly than read."""
        low = self.number(start + length - _WORD, _WORD)
        high = self._word(start, length - _WORD)
        if not (high & _NIBBLES).any():
            return low
        return self.number(start, length - _WORD) * 100_000_000 + low

    def digits(self, start: int, length: int) -> Numbers:
        """How many digits a field of digits and spaces has."""
        known = self._digits.get(start)
        if known is None:
            known = self._digits[start] = self._count_digits(start, length)
        return known

    def _count_digits(self, start: int, length: int) -> Numbers:
        total = np.zeros(1, np.uint64)
        for at in range(start, start + length, _WORD):
            word = self._word(at, min(_WORD, start + length - at))
            word >>= _DIGIT_BIT
            word &= _ONES
            total = word if at == start else np.add(total, word, out=total)
        total *= _ONES
        total >>= _TOP_BYTE
        return total.view(np.int64)

    def _word(self, start: int, length: int) -> NDArray[np.uint64]:
        """Up to eight bytes of each record at the top of a 64-bit number, zeros below them."""
        base = min(start, self.length - _WORD)
        word = self.raw[:, base : base + _WORD].view("<u8")[:, 0].astype(np.uint64)
        if above := start - base + length - _WORD:
            word <<= np.uint64(-8 * above)
        if length < _WORD and start > base:
            keep = (1 << 64) - (1 << 8 * (_WORD - length))
            word &= np.uint64(keep)
        return word
