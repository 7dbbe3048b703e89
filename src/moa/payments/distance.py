"""How many persons together could pay money out, where, up to what amount, and who: with the rights as they are, and when
they change the rules first. What is counted and what is not: ADR 79."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from moa.control.administrators import ADMINISTER
from moa.control.approval_route import bands_of
from moa.control.context import Context
from moa.control.models import ApprovalPolicy, Assignment, Delegation, PersonGrade, Unit
from moa.control.operations import add_person, change_policy, give_role, request_reset
from moa.control.queries import the_group_of
from moa.directory.currencies_in_use import currencies_in_use
from moa.ledger.models import Book
from moa.payments.models import PaymentLimit
from moa.payments.operations import propose_limit
from moa.payments.operations.save_order import SUBJECT
from moa.payments.permissions import ENTER, PROPOSE_LIMIT, VIEW
from moa.payments.rules.distance import Act, Coalition, Hands, Request, Way, edges
from moa.payments.rules.limits import LimitScope
from moa.payments.standing_rights import Rights, own

# The ways to change the rules first.
POLICY, LIMIT, RESET, INVENT = "policy", "limit", "reset", "invent"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose money. Shape: `cap_minor` what one payment cannot pass, `day_minor` what those of a day cannot; None: no limit."""

    unit_id: int | None
    currency: str
    cap_minor: int | None = None
    day_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Amounts above one and up to another. Shape: `now` None: nobody; `first` with the rules changed first, by the way that
    takes the fewest persons; `is_beyond` above the limit of payments."""

    above_minor: int
    up_to_minor: int | None
    now: Coalition | None
    first: Coalition | None
    way: str
    is_beyond: bool = False

    @property
    def persons(self) -> int | None:
        counts = [len(one.persons) for one in (self.now, self.first) if one is not None]
        return min(counts, default=None)


@dataclass(slots=True)
class Distance:
    """One answer and the units that have it alike."""

    place: Place
    spans: tuple[Span, ...]
    units: list[int | None] = field(default_factory=list)


def distances(ctx: Context, *, unit_id: int | None = None, companies_alone: bool = False) -> list[Distance]:
    """For every unit and currency, those alike together; with `unit_id` of that unit alone."""
    rights = Rights(ctx, ctx.today)
    found: dict[tuple[object, ...], Distance] = {}
    for place in places(ctx, unit_id=unit_id, companies_alone=companies_alone):
        spans = tuple(_spans(rights, place))
        key = (place.currency, place.cap_minor, place.day_minor, spans)
        found.setdefault(key, Distance(place, spans)).units.append(place.unit_id)
    return list(found.values())


def places(ctx: Context, *, unit_id: int | None = None, companies_alone: bool = False) -> Iterator[Place]:
    """Units and currencies, each with its limits; the whole group where a book belongs to no unit."""
    there = Unit.objects.filter(kind=Unit.COMPANY) if companies_alone else Unit.objects.all()
    units: list[int | None] = list(there.order_by("kind", "code").values_list("id", flat=True))
    if Book.objects.filter(unit=None).exists():
        units.insert(0, None)
    if unit_id is not None:
        units = [one for one in units if one == unit_id]
    base = the_group_of(ctx).base_currency
    currencies = sorted({base, *currencies_in_use(ctx)}, key=lambda one: (one != base, one))
    parents = dict(Unit.objects.values_list("id", "parent_id"))
    newest = (
        PaymentLimit.objects.filter(valid_from__lte=ctx.today)
        .order_by("scope", "unit_id", "currency", "-valid_from", "-id")
        .distinct("scope", "unit_id", "currency")
    )
    limits = [one for one in newest if one.most_minor is not None]
    for currency in currencies:
        for unit in units:
            above: set[int | None] = {None}
            at = unit
            while at is not None:
                above.add(at)
                at = parents.get(at)
            mine = [one for one in limits if one.currency == currency and one.unit_id in above]
            day = [one.most_minor for one in mine if one.scope in (LimitScope.DAILY, LimitScope.UNIT)]
            yield Place(unit, currency, _least([one.most_minor for one in mine]), _least(day))


def _least(limits: Iterable[int | None]) -> int | None:
    return min((one for one in limits if one is not None), default=None)


def _spans(rights: Rights, place: Place) -> Iterator[Span]:
    for above, up_to in edges(_points(rights, place), place.cap_minor):
        yield _span(rights, place, above, up_to)
    if place.cap_minor is not None:
        yield _span(rights, place, place.cap_minor, None)


def _points(rights: Rights, place: Place) -> set[int]:
    """Amounts at which other persons may decide."""
    policy = rights.policy(SUBJECT, place.unit_id, place.currency)
    ends: set[int] = set()
    if policy is not None and policy.currency == place.currency:
        ends = {band.up_to_minor for band in bands_of(policy) if band.up_to_minor is not None}
    return ends | rights.role_limits(place.currency)


def _span(rights: Rights, place: Place, above: int, up_to: int | None) -> Span:
    minor = up_to if up_to is not None else above + 1
    is_beyond = place.cap_minor is not None and minor > place.cap_minor
    now = None if is_beyond else rights.fewest((pay(rights, place, minor),))
    first, way = _changed_first(rights, place, minor, is_beyond)
    if now is not None and first is not None and len(first.persons) >= len(now.persons):
        first, way = None, ""
    return Span(above, up_to, now, first, way, is_beyond)


def pay(rights: Rights, place: Place, minor: int, *, by_policy: bool = True) -> Request:
    """One payment: entered by one, approved by as many others as it takes."""
    enter = Act("enter", own(rights.holders(ENTER, place.unit_id)))
    return (
        enter,
        *rights.steps(
            SUBJECT, place.unit_id, minor, place.currency, needs=VIEW, without_policy=not by_policy
        ),
    )


def _changed_first(
    rights: Rights, place: Place, minor: int, is_beyond: bool, *, most: int | None = None
) -> tuple[Coalition | None, str]:
    best: Coalition | None = None
    chosen = ""
    for name, way, hands in changing_ways(rights, place, minor, is_beyond):
        found = rights.fewest(way, hands, most=most)
        if found is not None and (best is None or len(found.persons) < len(best.persons)):
            best, chosen = found, name
    return best, chosen


def changing_ways(
    rights: Rights, place: Place, minor: int, is_beyond: bool
) -> Iterator[tuple[str, Way, Hands]]:
    """Each way to change the rules and pay then, the plainest first."""
    raise_limit: Way = (_raise_limit(rights, place),) if is_beyond else ()
    paying = pay(rights, place, minor)
    if is_beyond:
        yield LIMIT, (*raise_limit, paying), rights.hands
    change = (
        Act("propose_policy", own(rights.below(change_policy.CHANGE, place.unit_id))),
        *rights.steps(change_policy.SUBJECT, place.unit_id),
    )
    yield POLICY, (change, *raise_limit, pay(rights, place, minor, by_policy=False)), rights.hands
    admins = own(rights.everywhere(ADMINISTER))
    reset = (Act("ask_reset", admins), *rights.steps(request_reset.SUBJECT, None))
    taken, hands = _taken_over(rights, (*raise_limit, paying))
    yield RESET, (reset, *taken), hands
    yield INVENT, *_invented(rights, (*raise_limit, paying))


def _raise_limit(rights: Rights, place: Place) -> Request:
    proposers = own(rights.holders(PROPOSE_LIMIT, place.unit_id))
    return (
        Act("propose_limit", proposers),
        *rights.steps(propose_limit.SUBJECT, place.unit_id, None, place.currency, needs=VIEW),
    )


def _taken_over(rights: Rights, way: Way) -> tuple[Way, Hands]:
    """The way with logins that were reset, in the hands of administrators: of each sort that could do the same no more than
    there are acts. They are worth nothing for the reset itself."""
    acts = [act for request in way for act in request]
    does: dict[int, set[int]] = {}
    for number, act in enumerate(acts):
        for login, authority in act.able:
            if login == authority:
                does.setdefault(login, set()).add(number)
    sorts: Counter[tuple[int, ...]] = Counter(tuple(sorted(numbers)) for numbers in does.values())
    taken = [sort for sort, count in sorted(sorts.items()) for _ in range(min(count, len(acts)))]
    more = [
        frozenset((-at, -at) for at, sort in enumerate(taken, 1) if number in sort)
        for number in range(len(acts))
    ]
    extended = iter(Act(act.name, act.able | one) for act, one in zip(acts, more, strict=True))
    way = tuple(tuple(next(extended) for _ in request) for request in way)
    return way, _with(rights, frozenset(range(-len(taken), 0)))


def _invented(rights: Rights, way: Way) -> tuple[Way, Hands]:
    """Persons who are none, invited with roles: as many logins as the way takes, each able to do every act of it."""
    admins = own(rights.everywhere(ADMINISTER))
    made: list[Request] = []
    for subject, name in ((add_person.SUBJECT, "invite"), (give_role.SUBJECT, "give_role")):
        steps = rights.steps(subject, None) if rights.policy(subject, None, "") is not None else ()
        made.append((Act(name, admins), *steps))
    nobody = frozenset(range(-max(len(request) for request in way), 0))
    more = own(nobody)
    paid = tuple(tuple(Act(act.name, act.able | more) for act in request) for request in way)
    return (*made, *paid), _with(rights, nobody)


def _with(rights: Rights, more: frozenset[int]) -> Hands:
    return rights.hands_with(rights.everywhere(ADMINISTER), more)


def days_of_change(ctx: Context) -> list[date]:
    """Today, and every later day from which somebody may do more or less."""
    tables = (Assignment, Delegation, ApprovalPolicy, PersonGrade, PaymentLimit)
    later = {
        day
        for table in tables
        for day in table.objects.filter(valid_from__gt=ctx.today).values_list("valid_from", flat=True)
    }
    return [ctx.today, *sorted(later)]


@dataclass(frozen=True, slots=True)
class Alone:
    """That one person could do it. Shape: `way` empty with the rights as they are."""

    place: Place
    way: str
    coalition: Coalition


def alone(ctx: Context) -> dict[str, Alone]:
    """The first way by which one person alone could pay, with the rights as they are ("") and with the rules changed
    first ("changed"), today or on a later day for which rights are given already."""
    found: dict[str, Alone] = {}
    for day in days_of_change(ctx):
        rights = Rights(ctx, day)
        if all(len(logins) < 2 for logins in rights.hands.logins.values()):
            # Whoever has one login signs once in a request, so only what a person can make alone is left.
            way, hands = _invented(rights, ((Act("enter", frozenset()), Act("approve", frozenset())),))
            coalition = rights.fewest(way, hands, most=1)
            if coalition is not None:
                found.setdefault("changed", Alone(Place(None, ""), INVENT, coalition))
            continue
        for place in places(ctx):
            for above, up_to in edges(_points(rights, place), place.cap_minor):
                minor = up_to if up_to is not None else above + 1
                coalition = rights.fewest((pay(rights, place, minor),), most=1)
                if coalition is not None:
                    found.setdefault("", Alone(place, "", coalition))
                changed, name = _changed_first(rights, place, minor, False, most=1)
                if changed is not None:
                    found.setdefault("changed", Alone(place, name, changed))
    return found
