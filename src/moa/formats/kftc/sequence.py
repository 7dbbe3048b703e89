"""The numbers of the data records: each one more than the last, and one slip is one error.

After a wrong number both counts are followed, the old one and the new, and the next record says which of them holds.
"""

from __future__ import annotations

from collections import abc
from typing import TYPE_CHECKING

from moa.formats.fixed_width.finding import Finding, error

if TYPE_CHECKING:  # a file of evidence is read without numpy, in half the memory
    from moa.formats.fixed_width.block import Numbers

_MOST_COUNTS = 4


class Sequence:
    """Shape: `expected` are the numbers that the next record may carry."""

    def __init__(self) -> None:
        self.expected: tuple[int, ...] = (1,)

    def follow(self, raw: bytes) -> bool:
        """Take the next record's eight bytes; whether its number is one that was expected.

        A number that can't be read is another check's finding; after it the count may or may not have gone on.
        """
        return self._follow(int(raw) if raw.isdigit() else None)

    def follow_many(self, numbers: Numbers, unreadable: abc.Sequence[int]) -> list[int]:
        """Take many records' numbers; the places of those that were not expected.

        Shape: `unreadable` are the places, in order, whose number means nothing. A number that is one more than the
        readable one before it is always expected, so only the others need a look.
        """
        steps = numbers[1:] - numbers[:-1] == 1
        if not unreadable and steps.all() and self.expected == (numbers[0],):
            self.expected = (int(numbers[-1]) + 1,)
            return []
        lost = set(unreadable)
        jumps = (~steps).nonzero()[0] + 1
        looks = {0, *jumps.tolist(), *lost, *(at + 1 for at in lost)}
        wrong = []
        for at in sorted(looks - {len(numbers)}):
            if at and at - 1 not in looks:
                self.expected = (int(numbers[at - 1]) + 1,)
            if not self._follow(None if at in lost else int(numbers[at])):
                wrong.append(at)
        if len(numbers) - 1 not in looks:
            self.expected = (int(numbers[-1]) + 1,)
        return wrong

    def _follow(self, number: int | None) -> bool:
        if number is None:
            both = (*(n + 1 for n in self.expected), *self.expected)
            self.expected = tuple(dict.fromkeys(both))[:_MOST_COUNTS]
            return True
        if number in self.expected:
            self.expected = (number + 1,)
            return True
        self.expected = (number + 1, *(n + 1 for n in self.expected))[:_MOST_COUNTS]
        return False


def sequence_error(number: int, raw: bytes) -> Finding:
    return error("0081", number, "seq", raw.decode("latin-1").lstrip("0") or "0")
