"""Which rights are kept apart, and who holds both sides of a pair all the same, and by what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from moa.control.access import require
from moa.control.context import Context
from moa.control.models import Person
from moa.control.own_pairs import own_pairs
from moa.control.people import VIEW_USERS
from moa.control.permissions import APART
from moa.control.rights_meet import holdings_of
from moa.control.rules_of_meeting import By, Holding, Meeting, Pair, Span, carriers, meetings


@dataclass(frozen=True, slots=True)
class Side:
    """One right of a pair: the login that carries it, and by what."""

    login: int
    name: str
    by: tuple[By, ...]


@dataclass(frozen=True, slots=True)
class BothHeld:
    """One person with both sides. Shape: `since` the first day on which they meet, where that is still to come."""

    one: Side
    other: Side
    since: date | None


@dataclass(frozen=True, slots=True)
class ApartLine:
    """Shape: `why` of a pair of the group's own is its reason, in the group's words; `held` by whom both are held, over roles,
    deputies, tokens of the machine user and all logins of one person, today or on a later day."""

    one: str
    other: str
    why: str
    is_refused: bool
    is_own: bool
    held: tuple[BothHeld, ...]


def apart_lines(ctx: Context) -> list[ApartLine]:
    """The group's own first, then the refused pairs in the order in which they are declared. Raises: forbidden."""
    require(ctx, VIEW_USERS)
    pairs = [(pair.one, pair.other, pair.reason, True, True) for pair in own_pairs()]
    pairs += [(pair.one, pair.other, pair.why, pair.is_refused, False) for pair in APART]
    holdings = holdings_of(ctx)
    names = dict(Person.objects.values_list("id", "name"))
    lines = [
        ApartLine(
            *pair, tuple(_held(ctx, meetings(holdings, [Pair(pair[0], pair[1], ctx.today)]), holdings, names))
        )
        for pair in pairs
    ]
    return sorted(lines, key=lambda line: not line.is_refused)


def _held(
    ctx: Context, met: dict[Meeting, list[Span]], holdings: list[Holding], names: dict[int, str]
) -> Iterable[BothHeld]:
    for meeting, spans in sorted(met.items()):
        first = min(span.first for span in spans)
        one, other = (
            Side(login, names[login], tuple(carriers(holdings, right, login, spans)))
            for login, right in ((meeting.with_one, meeting.one), (meeting.with_other, meeting.other))
        )
        yield BothHeld(one, other, first if first > ctx.today else None)
