"""When two rights come together in one person: over all logins that the person has, day by day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Holding:
    """That a login carries rights from `first` until before `end`. Shape: `person` whoever has the login in hand."""

    person: int
    login: int
    rights: frozenset[str]
    first: date
    end: date | None


class Pair(NamedTuple):
    """Two rights that must not meet in one person on any day from `since` on."""

    one: str
    other: str
    since: date


class Meeting(NamedTuple):
    """Two rights in one person's hands, and the logins that carry them (often the same one twice)."""

    one: str
    other: str
    with_one: int
    with_other: int


def meetings(holdings: Iterable[Holding], pairs: Iterable[Pair]) -> set[Meeting]:
    """Every pair that meets on a day that counts. Day rule: `since` and `first` are included, `end` is not."""
    by_person: dict[int, list[Holding]] = {}
    for holding in holdings:
        by_person.setdefault(holding.person, []).append(holding)
    return {
        Meeting(pair.one, pair.other, left.login, right.login)
        for pair in pairs
        for held in by_person.values()
        for left in held
        if pair.one in left.rights
        for right in held
        if pair.other in right.rights and _share_a_day(left, right, pair.since)
    }


def _share_a_day(left: Holding, right: Holding, since: date) -> bool:
    first = max(left.first, right.first, since)
    return all(one.end is None or one.end > first for one in (left, right))
