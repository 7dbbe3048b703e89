"""Pairs of rights that must not meet in one person: which are in force, and in whom they would meet.

A person is not a login: logins with one e-mail address are one person, for links go there, and a deputy decides with
the right of whoever is away. Whoever made a token of the machine user has seen its secret, and so has the rights that it carries, with
or without the roles; a token of one's own carries no more than one's roles.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet

from moa.control.context import Context
from moa.control.models import Assignment, Delegation, MachineToken, Person, RightsPair
from moa.control.operations.give_role import RolesIncompatible
from moa.control.permissions import DECIDE, INCOMPATIBLE
from moa.control.queries import group_zone
from moa.control.rules_of_meeting import By, Holding, Meeting, Pair, Span, grown, meetings


class MeetGuard:
    """Registered in entry/wiring.py: no change of roles, deputies, addresses or leavings brings a pair together
    anew, nor for longer."""

    def before(self, ctx: Context) -> dict[Meeting, list[Span]]:
        return who_holds_both(ctx, in_force(ctx.today))

    def after(self, ctx: Context, seen: dict[Meeting, list[Span]]) -> None:
        """Raises: roles_incompatible, with the person."""
        new = grown(seen, who_holds_both(ctx, in_force(ctx.today)))
        if new:
            raise RolesIncompatible(
                one=new[0].one, other=new[0].other, person=names_of(new), **tokens_in(ctx, new)
            )


def who_holds_both(ctx: Context, pairs: Iterable[Pair]) -> dict[Meeting, list[Span]]:
    """In whom the pairs meet and when, today or on a later day that is agreed on already; the Context is open."""
    return meetings(holdings_of(ctx), pairs)


def names_of(found: Iterable[Meeting]) -> str:
    """The persons by name, each once."""
    logins = {login for meeting in found for login in (meeting.with_one, meeting.with_other)}
    names = Person.objects.filter(id__in=logins).order_by("name", "id").values_list("name", flat=True)
    return ", ".join(dict.fromkeys(names))


def tokens_in(ctx: Context, found: Iterable[Meeting]) -> dict[str, str]:
    """The fact `tokens`: those of the machine user that carry a side of what meets, by name; nothing where none does."""
    sides = {
        (login, right)
        for one in found
        for login, right in ((one.with_one, one.one), (one.with_other, one.other))
    }
    names = [
        name
        for name, maker, scopes in _machine_tokens(ctx).values_list("name", "made_by_id", "scopes")
        if any((maker, scope) in sides for scope in scopes)
    ]
    return {"tokens": ", ".join(names)} if names else {}


def _machine_tokens(ctx: Context) -> QuerySet[MachineToken]:
    live = MachineToken.objects.filter(revoked_at=None, expires_at__gt=ctx.at)
    return live.filter(person__kind=Person.MACHINE).order_by("id")


def in_force(today: date) -> list[Pair]:
    """The built-in pairs from today on, and the group's own from their day on."""
    own = RightsPair.objects.filter(ended_on=None).values_list("one", "other", "valid_from")
    return [Pair(one, other, today) for one, other in INCOMPATIBLE] + [Pair(*row) for row in own]


def holdings_of(ctx: Context) -> list[Holding]:
    """Who carries which rights by what, today or on a later day that is agreed on already."""
    logins = {
        row.id: row
        for row in Person.objects.filter(kind=Person.PERSON).only("email", "left_on").order_by("id")
    }
    hands = _hands(logins.values(), ctx.today)
    found: list[Holding] = []

    def add(login: int, rights: Iterable[str], first: date, end: date | None, by: By) -> None:
        left_on = logins[login].left_on if login in logins else None
        if login in hands and (left_on is None or left_on > ctx.today):
            last = min((day for day in (end, left_on) if day is not None), default=None)
            found.append(Holding(hands[login], login, frozenset(rights), first, last, by))

    for row in Assignment.objects.select_related("role").order_by("id"):
        if row.valid_until is None or row.valid_until > ctx.today:
            by = By("role", row.role.names.get(ctx.language) or row.role.name)
            add(row.person_id, row.role.permissions, row.valid_from, row.valid_until, by)
    deputies = Delegation.objects.filter(valid_until__gt=ctx.today)
    for login, principal, first, end, ended in deputies.values_list(
        "deputy_id", "principal__name", "valid_from", "valid_until", "ended_on"
    ):
        add(login, {DECIDE}, first, end if ended is None else min(ended, end), By("deputy", principal))
    zone = group_zone(ctx)
    tokens = _machine_tokens(ctx).values_list("made_by_id", "name", "scopes", "made_at", "expires_at")
    for maker, name, scopes, made_at, expires_at in tokens:
        if maker in hands:
            # A secret outlives the login with which it was made, so no leaving ends it.
            first, last_day = made_at.astimezone(zone).date(), expires_at.astimezone(zone).date()
            end = last_day + timedelta(days=1)
            found.append(Holding(hands[maker], maker, frozenset(scopes), first, end, By("token", name)))
    return found


def _hands(logins: Iterable[Person], today: date) -> dict[int, int]:
    """Login → person, of persons who are there with one login at least; a person is named by the first of those."""
    present: dict[str, int] = {}
    found: dict[int, int] = {}
    gone: list[tuple[int, str]] = []
    for login in logins:
        address = login.email.strip().casefold()
        if login.left_on is not None and login.left_on <= today:
            gone.append((login.id, address))
        else:
            found[login.id] = present.setdefault(address, login.id) if address else login.id
    return found | {login: present[address] for login, address in gone if address in present}
