"""The numbers of the data records: each one more than the last, and one slip is one error.

After a wrong number both counts are followed, the old one and the new, and the next record says which of them holds.
Results may keep the numbers of the requests that they answer (reference kftc.md, not verified): there a number may skip
others, as long as it rises, and the whole file has one warning. A number that skips and is taken back by the next record
is a slip all the same.
"""

from __future__ import annotations

from collections import abc
from typing import TYPE_CHECKING, NamedTuple

from moa.formats.fixed_width.finding import Finding, error, warning

if TYPE_CHECKING:  # a file of evidence is read without numpy, in half the memory
    from moa.formats.fixed_width.block import Numbers

KEEP_NUMBERS = frozenset(("EB12", "EB14", "EB22", "EC22"))
_MOST_COUNTS = 4


class WrongNumber(NamedTuple):
    """A number out of order.

    Shape: `seen_at` is the place, among the records taken together, of the one that shows it; `place` is that of the
    record with the number, which may be the one before.
    """

    place: int
    number: int
    seen_at: int


class Sequence:
    """Shape: `expected` are the numbers that the next record may carry; `gaps` counts numbers that skip others, which
    they `may_skip` in some kinds."""

    def __init__(self, kind_name: str = "") -> None:
        self.expected: tuple[int, ...] = (1,)
        self.gaps = 0
        self.may_skip = kind_name in KEEP_NUMBERS
        self._last = 0
        self._skipped_to: int | None = None

    def follow(self, raw: bytes) -> list[WrongNumber]:
        """Take the next record's eight bytes; which number was not expected, when there is one.

        A number that can't be read is another check's finding; after it the count may or may not have gone on.
        """
        return self._follow(int(raw) if raw.isdigit() else None, 0)

    def follow_misshapen(self, raw: bytes) -> None:
        """Take the number of a record that is wrong as a whole: it may be any bytes, and nothing is said about it."""
        gaps, last = self.gaps, self._last
        known = raw.isdigit() and int(raw) in self.expected
        self.follow(raw)
        self.gaps, self._skipped_to = gaps, None
        self._last = self._last if known else last

    def follow_many(self, numbers: Numbers, unreadable: abc.Sequence[int]) -> list[WrongNumber]:
        """Take many records' numbers; those that were not expected.

        Shape: `unreadable` are the places, in order, whose number means nothing.
        """
        steps = numbers[1:] - numbers[:-1]
        if not unreadable and (steps == 1).all() and self.expected == (numbers[0],):
            self._go_to(int(numbers[-1]))
            return []
        if not self.may_skip:
            return self._follow_jumps(numbers, steps != 1, unreadable)
        if unreadable or (steps <= 0).any() or numbers[0] <= self._last:
            lost = set(unreadable)
            taken = (self._follow(None if at in lost else n, at) for at, n in enumerate(numbers.tolist()))
            return [wrong for found in taken for wrong in found]
        return self._follow_rising(numbers, steps)

    def may_be(self, number: int) -> bool:
        """Whether the next record may carry this number."""
        return number in self.expected or (self.may_skip and number > self._last)

    def finish(self) -> list[Finding]:
        """What is said about the file as a whole."""
        return [warning("sequence_of_requests")] if self.gaps > 0 else []

    def _follow_jumps(
        self, numbers: Numbers, jumps: Numbers, unreadable: abc.Sequence[int]
    ) -> list[WrongNumber]:
        """A number that is one more than the readable one before it is always expected, so only others need a look."""
        lost = set(unreadable)
        looks = {0, *(jumps.nonzero()[0] + 1).tolist(), *lost, *(at + 1 for at in lost)}
        wrong = []
        for at in sorted(looks - {len(numbers)}):
            if at and at - 1 not in looks:
                self._go_to(int(numbers[at - 1]))
            wrong += self._follow(None if at in lost else int(numbers[at]), at)
        if len(numbers) - 1 not in looks:
            self._go_to(int(numbers[-1]))
        return wrong

    def _follow_rising(self, numbers: Numbers, steps: Numbers) -> list[WrongNumber]:
        """Only the first and the last ones need a look, for what comes next depends on no more of them."""
        wrong = self._follow(int(numbers[0]), 0)
        middle = max(len(numbers) - 1 - _MOST_COUNTS, 0)
        if middle:
            self.gaps += int((steps[:middle] != 1).sum())
            self._go_to(int(numbers[middle]))
        for at in range(middle + 1, len(numbers)):
            wrong += self._follow(int(numbers[at]), at)
        return wrong

    def _go_to(self, number: int) -> None:
        self.expected, self._last, self._skipped_to = (number + 1,), number, None

    def _follow(self, number: int | None, place: int) -> list[WrongNumber]:
        skipped_to, self._skipped_to = self._skipped_to, None
        if number is None:
            both = (*(n + 1 for n in self.expected), *self.expected)
            self.expected = tuple(dict.fromkeys(both))[:_MOST_COUNTS]
            return []
        if number in self.expected:
            self._go_to(number)
            if skipped_to is None or number > skipped_to:
                return []
            self.gaps -= 1
            return [WrongNumber(place - 1, skipped_to, place)]
        rises = self.may_skip and number > self._last
        self.expected = (number + 1, *(n + 1 for n in self.expected))[:_MOST_COUNTS]
        self._last = number
        if not rises:
            self.gaps -= skipped_to is not None  # what skipped was out of order too
            return [WrongNumber(place, number, place)]
        self.gaps += 1
        self._skipped_to = number
        return []


def sequence_error(number: int, told: int) -> Finding:
    return error("0081", number, "seq", str(told))
