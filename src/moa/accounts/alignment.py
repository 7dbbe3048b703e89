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


class _Said:
    """The lines of the statement, counted by what they say and by what they say with their balance."""

    def __init__(self, stated: Sequence[StatedLine]) -> None:
        self._words = Counter((line.day, line.printed) for line in stated)
        self._words_at = Counter(stated)

    def fit(self, inside: Sequence[StoredLine], outside: int) -> _Fit:
        held = Counter((line.day, line.printed) for line in inside)
        held_at = Counter(StatedLine(line.day, line.printed, line.after_minor) for line in inside)
        common = (held & self._words).total()
        return _Fit(held.total() - common, common - (held_at & self._words_at).total(), outside)


def align(stored: Sequence[StoredLine], stated: Sequence[StatedLine], edges: Edges) -> Alignment:
    """The likeliest place of the statement among the stored lines of its first and last day.

    Of equally good places the one with the fewest lines outside wins, so that nothing is ever stored twice; where
    none fits, the lines that contradict stay inside and are found as absent.
    """
    said = _Said(stated)
    before: list[StoredLine] = []
    after: list[StoredLine] = []
    for chain in chains(stored):
        begin, end = _place(chain, said, edges)
        if begin == end == len(chain) and _is_apart(chain, edges):
            for line in chain:
                (after if _lies_after(line, edges) else before).append(line)
        else:
            before += chain[:begin]
            after += chain[end:]
    return Alignment(
        frozenset(line.id for line in before),
        frozenset(line.id for line in after),
        min((line.day for line in after), default=None),
    )


def _place(chain: list[StoredLine], said: _Said, edges: Edges) -> tuple[int, int]:
    """Which lines of the chain are inside: from the first number to before the second."""
    whole = (0, len(chain))
    best, place = said.fit(chain, 0), whole
    for begin in _beginnings(chain, edges):
        for end in _endings(chain, edges):
            if begin <= end and (begin, end) != whole:
                fit = said.fit(chain[begin:end], begin + len(chain) - end)
                if fit < best:
                    best, place = fit, (begin, end)
    apart = _Fit(0, 0, len(chain))
    if (edges.continues or edges.goes_on) and apart < best:
        return len(chain), len(chain)
    return place


def _is_apart(chain: list[StoredLine], edges: Edges) -> bool:
    """Whether a chain outside the statement is not its neighbour, so that balances do not tell its side."""
    return chain[-1].after_minor != edges.opening_minor


def _lies_after(line: StoredLine, edges: Edges) -> bool:
    """The side of a line that is no neighbour. A statement that goes over several days has their ends and beginnings;
    within one day a page that goes on leaves the day's last word to others."""
    if line.day < edges.last:
        return False
    return line.day > edges.first or edges.goes_on


def _beginnings(chain: list[StoredLine], edges: Edges) -> list[int]:
    """How many lines of the chain may lie before the statement.

    A balance that is also the one the chain began with tells nothing: the statement begins with it.
    """
    found = [0]
    if edges.opening_minor is None or (chain[0].before_minor == edges.opening_minor and not edges.continues):
        return found
    latest = edges.begins or edges.last
    for place, line in enumerate(chain, 1):
        if line.after_minor == edges.opening_minor and line.day <= latest:
            found.append(place)
    return found[:_MOST_PLACES]


def _endings(chain: list[StoredLine], edges: Edges) -> list[int]:
    """Before how many lines of the chain the statement may end; the whole of it first."""
    found = [len(chain)]
    if edges.closing_minor is None:
        return found
    ends_with_it = chain[-1].after_minor == edges.closing_minor and not edges.goes_on
    earliest = edges.ends or edges.first
    for place in range(len(chain) - 1, -1, -1):
        line = chain[place]
        if line.before_minor != edges.closing_minor or line.day < earliest:
            continue
        is_quiet = edges.ends is None or line.day > edges.ends
        # A statement without lines on a day says that it had none, unless it came during that day.
        came_early = is_quiet and (line.day >= edges.fetched_on or edges.goes_on)
        if came_early or not (is_quiet or ends_with_it):
            found.append(place)
    return found[:_MOST_PLACES]


def chains(stored: Sequence[StoredLine]) -> list[list[StoredLine]]:
    """The lines in runs in which each goes on from the balance of the one before.

    Files may have come in another order than they follow, so what follows is found by balances and days.
    """
    pieces = list(_pieces(sorted(stored, key=lambda line: (line.day, line.id))))
    waiting: dict[int | None, deque[int]] = {}
    for place, piece in enumerate(pieces):
        waiting.setdefault(piece[0].before_minor, deque()).append(place)
    ends = {piece[-1].after_minor for piece in pieces}
    used: set[int] = set()
    found: list[list[StoredLine]] = []
    for start in sorted(range(len(pieces)), key=lambda place: (pieces[place][0].before_minor in ends, place)):
        chain: list[StoredLine] = []
        number: int | None = start
        while number is not None and number not in used:
            used.add(number)
            chain += pieces[number]
            number = _next(waiting, pieces, chain[-1], used)
        if chain:
            found.append(chain)
    return found


def _pieces(lines: list[StoredLine]) -> Iterator[list[StoredLine]]:
    """Runs of lines that follow from one another in the order of their days and of storing."""
    piece: list[StoredLine] = []
    for line in lines:
        if piece and (line.before_minor is None or line.before_minor != piece[-1].after_minor):
            yield piece
            piece = []
        piece.append(line)
    if piece:
        yield piece


def _next(
    waiting: dict[int | None, deque[int]], pieces: list[list[StoredLine]], last: StoredLine, used: set[int]
) -> int | None:
    """The first piece not used yet that goes on from `last`."""
    numbers = waiting.get(last.after_minor) if last.after_minor is not None else None
    while numbers:
        number = numbers.popleft()
        if number not in used and pieces[number][0].day >= last.day:
            return number
    return None
