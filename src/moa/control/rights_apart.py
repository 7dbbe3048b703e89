"""Which rights are kept apart, and who holds both sides of a pair all the same."""

from __future__ import annotations

from dataclasses import dataclass

from moa.control.people import Matrix
from moa.control.permissions import APART, Apart


@dataclass(frozen=True, slots=True)
class ApartLine:
    """Shape: `holders` (person id, name) of those who hold both today, through whichever roles and in whichever units."""

    pair: Apart
    holders: tuple[tuple[int, str], ...]


def apart_lines(matrix: Matrix) -> list[ApartLine]:
    """Of a matrix of the whole group: the refused pairs first, in the order in which they are declared."""
    lines = [
        ApartLine(
            pair,
            tuple(
                (person, name)
                for person, name in matrix.people
                if (person, pair.one) in matrix.grants and (person, pair.other) in matrix.grants
            ),
        )
        for pair in APART
    ]
    return sorted(lines, key=lambda line: not line.pair.is_refused)
