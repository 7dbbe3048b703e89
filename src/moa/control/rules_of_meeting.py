"""When two rights come together in one person: over all logins that the person has, day by day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class By(NamedTuple):
    """What carries a right. Shape: `kind` role, deputy or token; `name` of the role, of the person stood for, of the token."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Holding:
    """That a login carries rights from `first` until before `end`. Shape: `person` whoever has the login in hand."""

    person: int
    login: int
    rights: frozenset[str]
    first: date
    end: date | None
    by: By = By("role", "")


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


class Span(NamedTuple):
    """Days from `first` until before `end`, without an end if that is None."""

    first: date
    end: date | None


def meetings(holdings: Iterable[Holding], pairs: Iterable[Pair]) -> dict[Meeting, list[Span]]:
    """Every pair that meets on a day that counts, and when. Day rule: `since` and `first` are included, `end` is not."""
    by_person: dict[int, list[Holding]] = {}
    for holding in holdings:
        by_person.setdefault(holding.person, []).append(holding)
    found: dict[Meeting, list[Span]] = {}
    for pair in pairs:
        for held in by_person.values():
            for left in (one for one in held if pair.one in one.rights):
                for right in (one for one in held if pair.other in one.rights):
                    span = _shared(left, right, pair.since)
                    if span is not None:
                        met = Meeting(pair.one, pair.other, left.login, right.login)
                        found.setdefault(met, []).append(span)
    return found


def carriers(holdings: Iterable[Holding], right: str, login: int, spans: Iterable[Span]) -> list[By]:
    """What carries `right` for the login on a day of the spans, each once, in the order of the holdings."""
    days = list(spans)
    return list(
        dict.fromkeys(
            one.by
            for one in holdings
            if one.login == login and right in one.rights and any(_touch(one, span) for span in days)
        )
    )


def _touch(holding: Holding, span: Span) -> bool:
    return (span.end is None or holding.first < span.end) and (
        holding.end is None or span.first < holding.end
    )


def grown(before: Mapping[Meeting, list[Span]], after: Mapping[Meeting, list[Span]]) -> list[Meeting]:
    """What meets afterwards on a day on which it did not meet before, in order."""
    return sorted(
        meeting
        for meeting, spans in after.items()
        if not all(_covers(_joined(before.get(meeting, ())), span) for span in spans)
    )


def _shared(left: Holding, right: Holding, since: date) -> Span | None:
    first = max(left.first, right.first, since)
    end = min((one.end for one in (left, right) if one.end is not None), default=None)
    return Span(first, end) if end is None or end > first else None


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The same days in as few spans as can be."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.first):
        last = found[-1] if found else None
        if last is None or (last.end is not None and span.first > last.end):
            found.append(span)
        elif last.end is not None:
            found[-1] = Span(last.first, None if span.end is None else max(last.end, span.end))
    return found


def _covers(spans: Iterable[Span], asked: Span) -> bool:
    return any(
        one.first <= asked.first and (one.end is None or (asked.end is not None and asked.end <= one.end))
        for one in spans
    )
