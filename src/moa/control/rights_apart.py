"""Which rights are kept apart, and who holds both sides of a pair all the same."""

from __future__ import annotations

from dataclasses import dataclass

from moa.control.own_pairs import own_pairs
from moa.control.people import Matrix
from moa.control.permissions import APART


@dataclass(frozen=True, slots=True)
class ApartLine:
    """Shape: `why` of a pair of the group's own is its reason, in the group's words; `holders` (person id, name) of those who hold
    both today, through whichever roles and in whichever units."""

    one: str
    other: str
    why: str
    is_refused: bool
    is_own: bool
    holders: tuple[tuple[int, str], ...]


def apart_lines(matrix: Matrix) -> list[ApartLine]:
    """Of a matrix of the whole group: the group's own first, then the refused pairs in the order in which they are declared."""
    pairs = [(pair.one, pair.other, pair.reason, True, True) for pair in own_pairs()]
    pairs += [(pair.one, pair.other, pair.why, pair.is_refused, False) for pair in APART]
    lines = [
        ApartLine(
            *pair,
            tuple(
                (person, name)
                for person, name in matrix.people
                if (person, pair[0]) in matrix.grants and (person, pair[1]) in matrix.grants
            ),
        )
        for pair in pairs
    ]
    return sorted(lines, key=lambda line: not line.is_refused)
