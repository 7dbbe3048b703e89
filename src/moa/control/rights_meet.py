"""Pairs of rights that must not meet in one person: which are in force, and in whom they would meet.

A person is not a login: logins with one e-mail address are one person, for links go there, and a deputy decides with
the right of whoever is away.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from moa.control.context import Context
from moa.control.models import Assignment, Delegation, Person, RightsPair
from moa.control.operations.give_role import RolesIncompatible
from moa.control.permissions import DECIDE, INCOMPATIBLE
from moa.control.rules_of_meeting import Holding, Meeting, Pair, Span, grown, meetings


class MeetGuard:
    """Registered in entry/wiring.py: no change of roles, deputies, addresses or leavings brings a pair together
    anew, nor for longer."""

    def before(self, ctx: Context) -> dict[Meeting, list[Span]]:
        return who_holds_both(ctx, _in_force(ctx.today))

    def after(self, ctx: Context, seen: dict[Meeting, list[Span]]) -> None:
        """Raises: roles_incompatible, with the person."""
        new = grown(seen, who_holds_both(ctx, _in_force(ctx.today)))
        if new:
            raise RolesIncompatible(one=new[0].one, other=new[0].other, person=names_of(new))


def who_holds_both(ctx: Context, pairs: Iterable[Pair]) -> dict[Meeting, list[Span]]:
    """In whom the pairs meet and when, today or on a later day that is agreed on already; the Context is open."""
    return meetings(_holdings(ctx), pairs)


def names_of(found: Iterable[Meeting]) -> str:
    """The persons by name, each once."""
    logins = {login for meeting in found for login in (meeting.with_one, meeting.with_other)}
    names = Person.objects.filter(id__in=logins).order_by("name", "id").values_list("name", flat=True)
    return ", ".join(dict.fromkeys(names))


def _in_force(today: date) -> list[Pair]:
    own = RightsPair.objects.filter(ended_on=None).values_list("one", "other", "valid_from")
    return [Pair(one, other, today) for one, other in INCOMPATIBLE] + [Pair(*row) for row in own]


def _holdings(ctx: Context) -> list[Holding]:
    hands: dict[str, int] = {}
    persons: dict[int, tuple[int, date | None]] = {}
    rows = Person.objects.filter(kind=Person.PERSON).order_by("id").values_list("id", "email", "left_on")
    for login, email, left_on in rows:
        if left_on is None or left_on > ctx.today:
            address = email.strip().casefold()
            persons[login] = (hands.setdefault(address, login) if address else login, left_on)
    found: list[Holding] = []

    def add(login: int, rights: Iterable[str], first: date, end: date | None) -> None:
        if login in persons:
            person, left_on = persons[login]
            last = min((day for day in (end, left_on) if day is not None), default=None)
            found.append(Holding(person, login, frozenset(rights), first, last))

    for login, rights, first, end in Assignment.objects.values_list(
        "person_id", "role__permissions", "valid_from", "valid_until"
    ):
        if end is None or end > ctx.today:
            add(login, rights, first, end)
    deputies = Delegation.objects.filter(valid_until__gt=ctx.today)
    for login, first, end, ended in deputies.values_list(
        "deputy_id", "valid_from", "valid_until", "ended_on"
    ):
        add(login, {DECIDE}, first, end if ended is None else min(ended, end))
    return found
