"""The printed balances, checked row by row without knowing yet whether the newest row or the oldest came first."""

from __future__ import annotations

from datetime import date, time
from typing import NamedTuple

# A wrong guess of the direction mismatches on every row; beyond this many the list is not kept for it.
KEPT_MISMATCHES = 10_000


class Mismatch(NamedTuple):
    """A row whose printed balance is not what its movements give. Shape: minor units."""

    place: str
    printed: int
    expected: int


class _Direction:
    """The check for one direction of time: how often it failed, and where."""

    __slots__ = ("count", "found")

    def __init__(self) -> None:
        self.count = 0
        self.found: list[Mismatch] = []

    def check(self, place: str, printed: int, expected: int) -> None:
        if printed != expected:
            self.count += 1
            if self.count <= KEPT_MISMATCHES:
                self.found.append(Mismatch(place, printed, expected))


class RunningBalance:
    """Follows the balance column in both directions at once and decides at the end which one holds."""

    def __init__(self) -> None:
        self._oldest_first = _Direction()
        self._newest_first = _Direction()
        self._first_balance: int | None = None
        self._last_balance: int | None = None
        # Movements of the rows before the first balance, of the balanced rows at both ends, and since the last one.
        self._before_first = 0
        self._first_movement = 0
        self._last_movement = 0
        self._since_last = 0
        self._steps_later = self._steps_earlier = 0
        self._moment: tuple[date, time] | None = None
        self._interrupted = False
        self._start_lost = False

    def add(self, place: str, movement: int, balance: int | None, moment: tuple[date, time]) -> None:
        """A row with its signed movement and its printed balance, if it has one."""
        if self._moment is not None and moment != self._moment:
            if moment > self._moment:
                self._steps_later += 1
            else:
                self._steps_earlier += 1
        self._moment = moment
        if balance is None:
            self._since_last += movement
            return
        if self._last_balance is None:
            self._first_balance, self._first_movement = balance, movement
            self._before_first = self._since_last
            self._start_lost = self._interrupted
        elif not self._interrupted:
            self._oldest_first.check(place, balance, self._last_balance + self._since_last + movement)
            self._newest_first.check(
                place, balance, self._last_balance - self._last_movement - self._since_last
            )
        self._interrupted = False
        self._last_balance, self._last_movement = balance, movement
        self._since_last = 0

    def interrupt(self) -> None:
        """A row could not be read: the next balance follows from an unknown one and is not held against the file."""
        self._interrupted = True

    @property
    def newest_first(self) -> bool:
        """Whether the rows run backwards: by the dates where they agree, else by the direction that adds up."""
        later, earlier = self._steps_later, self._steps_earlier
        if later and earlier and self._newest_first.count != self._oldest_first.count:
            return self._newest_first.count < self._oldest_first.count
        if later != earlier:
            return earlier > later
        return self._newest_first.count < self._oldest_first.count

    def mismatches(self) -> list[Mismatch]:
        return (self._newest_first if self.newest_first else self._oldest_first).found

    def opening(self) -> int | None:
        """The balance before the oldest row, or None where no balance was printed or a row at that end was lost."""
        return self._at_file_end() if self.newest_first else self._at_file_start()

    def closing(self) -> int | None:
        """The balance after the newest row, or None as above."""
        return self._at_file_start() if self.newest_first else self._at_file_end()

    def _at_file_start(self) -> int | None:
        if self._first_balance is None or self._start_lost:
            return None
        if self.newest_first:
            return self._first_balance + self._before_first
        return self._first_balance - self._first_movement - self._before_first

    def _at_file_end(self) -> int | None:
        if self._last_balance is None or self._interrupted:
            return None
        if self.newest_first:
            return self._last_balance - self._last_movement - self._since_last
        return self._last_balance + self._since_last
