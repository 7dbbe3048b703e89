"""Who could sign what on a day: logins, those who have them in hand, and the signatures that each act could get."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet

from moa.control.approval_route import bands_of, policies_in_force
from moa.control.approval_rules import PolicyKey, StepRule, choose_policy, steps_for
from moa.control.approvers import AmountUnknown, Approver, held_to_decide, in_base, limits_in, ranks_of
from moa.control.context import Context
from moa.control.models import (
    ApprovalGrade,
    ApprovalPolicy,
    Assignment,
    Delegation,
    MachineToken,
    Person,
    Unit,
)
from moa.control.tokens import MANAGE_TOKENS, grantable_scopes
from moa.payments.permissions import ENTER
from moa.payments.rules.distance import Act, Coalition, Hands, Signature, Way, fewest


class Rights:
    """The rights of a group as they are on one day. Shape: a login is named by the number of its person in the tables; a
    unit None is the whole group."""

    def __init__(self, ctx: Context, day: date) -> None:
        self.ctx = replace(ctx, today=day, memo={})
        self._approvers: dict[int | None, dict[int, Approver]] = {}
        self._paths: dict[int | None, list[int]] = {}
        self._by_right: dict[str, list[tuple[int, int | None]]] = {}
        self._limits: dict[str, set[int]] = {}
        self._versions: dict[str, dict[PolicyKey, ApprovalPolicy]] = {}
        self._more: dict[tuple[frozenset[int], frozenset[int]], Hands] = {}
        self._found: dict[tuple[Way, int, int | None], Coalition | None] = {}

    @cached_property
    def _held(self) -> list[tuple[int, int | None, frozenset[str]]]:
        rows = self._present(Assignment.objects.all()).select_related("role").order_by("id")
        gone = Person.objects.filter(left_on__lte=self.ctx.today).values_list("id", flat=True)
        left = set(gone)
        return [
            (one.person_id, one.unit_id, frozenset(one.role.permissions))
            for one in rows
            if one.person_id not in left
        ]

    def _present(self, rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
        day = self.ctx.today
        return rows.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)

    @cached_property
    def _people(self) -> list[Person]:
        return list(Person.objects.filter(Q(left_on=None) | Q(left_on__gt=self.ctx.today)).order_by("id"))

    @cached_property
    def _deputies(self) -> dict[int, list[int]]:
        """Principal → who stands in."""
        day = self.ctx.today
        found: dict[int, list[int]] = {}
        current = Delegation.objects.filter(
            Q(ended_on=None) | Q(ended_on__gt=day), valid_from__lte=day, valid_until__gt=day
        )
        for principal, deputy in current.order_by("id").values_list("principal_id", "deputy_id"):
            found.setdefault(principal, []).append(deputy)
        return found

    @cached_property
    def ranks(self) -> dict[str, int]:
        return dict(ApprovalGrade.objects.values_list("code", "rank"))

    @cached_property
    def hands(self) -> Hands:
        """Persons with the logins they have in hand: their own, those with the same e-mail address, and the machine
        user's where they have or can make a token that may enter payments."""
        first: dict[str, int] = {}
        found: dict[int, set[int]] = {}
        for one in self._people:
            if one.kind == Person.PERSON:
                address = one.email.strip().casefold()
                person = first.setdefault(address, one.id) if address else one.id
                found.setdefault(person, set()).add(one.id)
        owners = {login: person for person, logins in found.items() for login in logins}
        for maker, machine in self._machine_in_hand():
            if maker in owners:
                found[owners[maker]].add(machine)
        return Hands({person: frozenset(logins) for person, logins in found.items()})

    def hands_with(self, logins: set[int], more: frozenset[int]) -> Hands:
        """As if whoever has one of these logins had more."""
        key = (frozenset(logins), more)
        if key not in self._more:
            persons = {person for login in logins for person in self.hands.persons.get(login, ())}
            self._more[key] = self.hands.with_more(persons, more)
        return self._more[key]

    def fewest(self, way: Way, hands: Hands | None = None, *, most: int | None = None) -> Coalition | None:
        """Units whose persons are the same are asked about once."""
        held = hands or self.hands
        key = (way, id(held), most)
        if key not in self._found:
            self._found[key] = fewest(way, held, most=most)
        return self._found[key]

    def _machine_in_hand(self) -> Iterator[tuple[int, int]]:
        for one in self._people:
            if one.kind != Person.MACHINE or one.id not in self.holders(ENTER, None):
                continue
            tokens = MachineToken.objects.filter(
                person_id=one.id,
                revoked_at=None,
                expires_at__date__gte=self.ctx.today,
                scopes__contains=[ENTER],
            )
            for maker in tokens.values_list("made_by_id", flat=True):
                yield maker, one.id
            if ENTER in grantable_scopes() and one.id in self.everywhere(ENTER):
                for maker in self.everywhere(MANAGE_TOKENS) & self.everywhere(ENTER):
                    yield maker, one.id

    def holders(self, right: str, unit_id: int | None) -> set[int]:
        """Logins with the right in the unit; without a unit, with the right anywhere, as it is asked for there."""
        places = {None, *self._path(unit_id)}
        return {person for person, unit in self._with(right) if unit_id is None or unit in places}

    def everywhere(self, right: str) -> set[int]:
        """Logins with the right in the whole group."""
        return {person for person, unit in self._with(right) if unit is None}

    def _with(self, right: str) -> list[tuple[int, int | None]]:
        if right not in self._by_right:
            self._by_right[right] = [(person, unit) for person, unit, rights in self._held if right in rights]
        return self._by_right[right]

    def below(self, right: str, unit_id: int | None) -> set[int]:
        """Logins that may change what stands below the unit, or below the group."""
        return self.everywhere(right) if unit_id is None else self.holders(right, unit_id)

    def policy(self, subject: str, unit_id: int | None, currency: str) -> ApprovalPolicy | None:
        if subject not in self._versions:
            self._versions[subject] = policies_in_force(self.ctx, subject)
        found = choose_policy(self._versions[subject], path=self._path(unit_id), currency=currency)
        return next((one for _, one in found if one.bands), None)

    def steps(
        self, subject: str, unit_id: int | None, minor: int | None = None, currency: str = "", *, needs: str = "",
        without_policy: bool = False,
    ) -> tuple[Act, ...]:  # fmt: skip
        """The approvals that a request takes. Shape: `needs` a right beside that to decide; `without_policy` as if there
        were none: one approval of anybody."""
        policy = None if without_policy else self.policy(subject, unit_id, currency)
        rules: tuple[StepRule, ...] = (StepRule(""),)
        if policy is not None:
            measured = minor if policy.currency in ("", currency) else None
            rules = steps_for(bands_of(policy), measured, self.ranks, includes_lower=policy.includes_lower)
        approvers = self._approvers_in(unit_id)
        logins = approvers.keys() & self.holders(needs, unit_id) if needs else approvers.keys()
        return tuple(
            Act(
                "approve",
                frozenset(self._signatures(approvers, set(logins), self.ranks.get(rule.grade, 0), base)),
            )
            for number, rule in enumerate(rules, 1)
            for base in (self._base(minor, currency) if number == len(rules) else None,)
        )

    def _signatures(
        self, approvers: dict[int, Approver], logins: set[int], rank: int, base: int | None
    ) -> Iterator[Signature]:
        for authority, one in approvers.items():
            if one.reaches(rank, base):
                for login in (authority, *self._deputies.get(authority, ())):
                    if login in logins:
                        yield login, authority

    def _base(self, minor: int | None, currency: str) -> int | None:
        """What the amount is against the limits of roles; above every limit where no rate says."""
        try:
            return in_base(self.ctx, minor, currency)
        except AmountUnknown:
            return 1 << 62

    def role_limits(self, currency: str) -> set[int]:
        """The greatest amounts in the currency that somebody's roles let that person approve."""
        if currency not in self._limits:
            limited = self._present(Assignment.objects.exclude(limit_minor=None))
            limits = set(limited.values_list("limit_minor", flat=True)) - {0}
            found = {self._greatest(limit, currency) for limit in limits if limit is not None}
            self._limits[currency] = {minor for minor in found if minor is not None}
        return self._limits[currency]

    def _greatest(self, limit: int, currency: str) -> int | None:
        probe = 10**12
        size = self._base(probe, currency)
        if size is None or size <= 0 or size == 1 << 62:
            return None
        minor = limit * probe // size
        while minor > 0 and (self._base(minor, currency) or 0) > limit:
            minor -= 1
        while (self._base(minor + 1, currency) or 0) <= limit:
            minor += 1
        return minor

    def _approvers_in(self, unit_id: int | None) -> dict[int, Approver]:
        if unit_id not in self._approvers:
            limits = limits_in(self._deciders, unit_id, self._path(unit_id))
            self._approvers[unit_id] = {
                person: Approver(person, self._ranks.get(person, 0), limit)
                for person, limit in limits.items()
            }
        return self._approvers[unit_id]

    @cached_property
    def _deciders(self) -> list[tuple[int, int | None, int | None]]:
        return held_to_decide(self.ctx)

    @cached_property
    def _ranks(self) -> dict[int, int]:
        return ranks_of(self.ctx, {person for person, _, _ in self._deciders})

    def _path(self, unit_id: int | None) -> list[int]:
        if unit_id not in self._paths:
            path: list[int] = []
            here = unit_id
            while here is not None and here not in path:
                path.append(here)
                here = self._parents.get(here)
            self._paths[unit_id] = path
        return self._paths[unit_id]

    @cached_property
    def _parents(self) -> dict[int, int | None]:
        return dict(Unit.objects.values_list("id", "parent_id"))


def own(logins: Iterable[int]) -> frozenset[Signature]:
    """Each by its own authority."""
    return frozenset((login, login) for login in logins)
