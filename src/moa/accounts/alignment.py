"""Where a statement lies against the stored lines of its first and last day.

A statement may begin or end in the middle of a day: a second page, a download of the morning. Then the stored lines
before its beginning and after its end are not in it, and a line of its own that reads the same as one of those is a
twin, not that line. Where it lies is told by balances: its opening is the balance after a stored line, its closing
the balance before one.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

# On an account that is swept to nought all day every line is a place where a statement could begin.
_MOST_PLACES = 50


class StoredLine(NamedTuple):
    """A stored line in the order of storing. Shape: `printed` its fingerprint; balances None where unknown."""

    id: int
    day: date
    printed: str
    before_minor: int | None
    after_minor: int | None


class StatedLine(NamedTuple):
    """A line of the statement. Shape: as StoredLine."""

    day: date
    printed: str
    after_minor: int | None


@dataclass(frozen=True, slots=True)
class Edges:
    """What a statement says of its two ends.

    Shape: `first` and `last` its period, `begins` and `ends` the days of its first and last line (both None without
    lines); `fetched_on` the day on which it came; `continues` and `goes_on` that by the bank's own word pages come
    before it or after it.
    """

    first: date
    last: date
    begins: date | None
    ends: date | None
    opening_minor: int | None
    closing_minor: int | None
    fetched_on: date
    continues: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Alignment:
    """Ids of the stored lines that lie before the statement and after it; all others of its days are to be in it.

    `later_from` is the first day on which stored lines lie after it: from there on its balance is not the day's.
    """

    before: frozenset[int] = frozenset()
    after: frozenset[int] = frozenset()
    later_from: date | None = None

    @property
    def outside(self) -> list[int]:
        return sorted(self.before | self.after)


class _Fit(NamedTuple):
    """How well a place fits, best lowest: stored lines that would be missing, equal lines with another balance,
    and stored lines left outside."""

    absent: int
    disagreeing: int
    outside: int


def align(stored: Sequence[StoredLine], stated: Sequence[StatedLine], edges: Edges) -> Alignment:
    """The likeliest place of the statement among the stored lines of its first and last day.

    Of equally good places the one with the fewest lines outside wins, so that nothing is ever stored twice; where
    none fits, the lines that contradict stay inside and are found as absent.
    """
    lines = in_order(stored)
    said = Counter((line.day, line.printed) for line in stated)
    said_at = Counter(stated)
    best, place = _fit(lines, said, said_at, 0), (0, len(lines))
    for begin in _beginnings(lines, edges):
        for end in _endings(lines, edges):
            if (begin, end) != (0, len(lines)) and begin <= end:
                fit = _fit(lines[begin:end], said, said_at, begin + len(lines) - end)
                if fit < best:
                    best, place = fit, (begin, end)
    if best.absent and (edges.continues or edges.goes_on):
        return _apart(lines, said_at, edges)
    before, after = lines[: place[0]], lines[place[1] :]
    return Alignment(
        frozenset(line.id for line in before),
        frozenset(line.id for line in after),
        min((line.day for line in after), default=None),
    )


def _fit(
    inside: Sequence[StoredLine], said: Counter[tuple[date, str]], said_at: Counter[StatedLine], outside: int
) -> _Fit:
    held = Counter((line.day, line.printed) for line in inside)
    known = Counter(
        StatedLine(line.day, line.printed, line.after_minor)
        for line in inside
        if line.after_minor is not None
    )
    unknown = sum(line.after_minor is None for line in inside)
    common = (held & said).total()
    agreeing = min(common, (known & said_at).total() + unknown)
    return _Fit(held.total() - common, common - agreeing, outside)


def _beginnings(lines: Sequence[StoredLine], edges: Edges) -> list[int]:
    """How many stored lines may lie before the statement.

    A balance that is also the one the stored day began with tells nothing: the statement begins with the day.
    """
    found = [0]
    if not lines or edges.opening_minor is None:
        return found
    if lines[0].before_minor == edges.opening_minor and not edges.continues:
        return found
    latest = edges.begins or edges.last
    for place, line in enumerate(lines, 1):
        if line.after_minor == edges.opening_minor and line.day <= latest:
            found.append(place)
    return found[:_MOST_PLACES]


def _endings(lines: Sequence[StoredLine], edges: Edges) -> list[int]:
    """Before how many stored lines the statement may end; the whole of them first."""
    found = [len(lines)]
    if not lines or edges.closing_minor is None:
        return found
    ends_with_them = lines[-1].after_minor == edges.closing_minor and not edges.goes_on
    earliest = edges.ends or edges.first
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if line.before_minor != edges.closing_minor or line.day < earliest:
            continue
        # A file that came during a day without lines on it says nothing of the lines that came later that day.
        came_early = line.day >= edges.fetched_on and (edges.ends is None or line.day > edges.ends)
        if not ends_with_them or came_early:
            found.append(place)
    return found[:_MOST_PLACES]


def _apart(lines: Sequence[StoredLine], said_at: Counter[StatedLine], edges: Edges) -> Alignment:
    """A page between others that are stored without its neighbours: only what it holds itself is in it."""
    left = Counter(said_at)
    outside = []
    for line in lines:
        key = StatedLine(line.day, line.printed, line.after_minor)
        if left[key]:
            left[key] -= 1
        else:
            outside.append(line)
    ids = frozenset(line.id for line in outside)
    if not edges.goes_on:
        return Alignment(before=ids)
    return Alignment(after=ids, later_from=min((line.day for line in outside), default=None))


def in_order(stored: Sequence[StoredLine]) -> list[StoredLine]:
    """The lines in the order of their balances, day by day: files may have come in another order than they follow."""
    found: list[StoredLine] = []
    days: dict[date, list[StoredLine]] = {}
    for line in stored:
        days.setdefault(line.day, []).append(line)
    for day in sorted(days):
        for piece in _chained(list(_pieces(days[day])), found[-1].after_minor if found else None):
            found.extend(piece)
    return found


def _pieces(lines: list[StoredLine]) -> Iterator[list[StoredLine]]:
    """Runs of lines that follow from one another as they were stored."""
    piece = [lines[0]]
    for line in lines[1:]:
        if line.before_minor == piece[-1].after_minor:
            piece.append(line)
        else:
            yield piece
            piece = [line]
    yield piece


def _chained(pieces: list[list[StoredLine]], at: int | None) -> Iterator[list[StoredLine]]:
    """The pieces one after the other: next the one that goes on from `at`, else one that follows from no other."""
    if len(pieces) == 1:
        yield pieces[0]
        return
    waiting: dict[int | None, deque[int]] = {}
    for place, piece in enumerate(pieces):
        waiting.setdefault(piece[0].before_minor, deque()).append(place)
    ends = {piece[-1].after_minor for piece in pieces}
    starts = sorted(range(len(pieces)), key=lambda place: (pieces[place][0].before_minor in ends, place))
    used: set[int] = set()
    for start in (_next(waiting, at, used), *starts):
        number: int | None = start
        while number is not None and number not in used:
            used.add(number)
            yield pieces[number]
            at = pieces[number][-1].after_minor
            number = _next(waiting, at, used)


def _next(waiting: dict[int | None, deque[int]], at: int | None, used: set[int]) -> int | None:
    """The first piece not used yet that begins with the balance `at`."""
    numbers = waiting.get(at) if at is not None else None
    while numbers:
        number = numbers.popleft()
        if number not in used:
            return number
    return None
