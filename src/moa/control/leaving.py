"""What waits on a person who leaves, and who has it afterwards.

Each kind of thing is a matter, which its context registers; `entry/wiring.py` lists the modules. A matter either ends
with the person, goes on under others, or is handed over to one person who may have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from moa.control.audit import record
from moa.control.context import Context
from moa.control.jobs import job
from moa.control.models import HandOver, Identity, Person
from moa.control.notice_kinds import NoticeKind, in_each_language, register_kind
from moa.control.notices import tell
from moa.control.one_time_links import withdraw_links
from moa.control.queries import person_names
from moa.control.sessions import remove_all_sessions
from moa.kernel.errors import DomainError

# So long after the leaving what comes back, such as a voucher that an approver returns, is still handed on.
FOLLOWED = timedelta(days=366)
LEFT_BEHIND = "control.left_behind"
register_kind(
    NoticeKind(
        LEFT_BEHIND, gettext_lazy("Something waits on a person who has left"),
        gettext_lazy("%(person)s has left, and nobody has taken over: %(count)s × %(matter)s."),
        right="control.users.change", channel="both", tone="pending",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits of one matter. Shape: `heirs` who could take it over; `url` where it is seen, or ""; `goes` what
    becomes of how many, as sentences, where that is known beforehand."""

    count: int
    heirs: frozenset[int] = frozenset()
    url: str = ""
    goes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind of thing that waits on persons. Shape: `code` a slug; `label` and `outcome` lazy translations: what it is,
    and what becomes of it. With `hand_over(ctx, person_id, heir_id)` it needs an heir, `end(ctx, person_id)` it does
    not; both return how many it were and may run again."""

    code: str
    label: Any
    outcome: Any
    ask: Callable[[Context, int], Waiting]
    hand_over: Callable[[Context, int, int], int] | None = None
    end: Callable[[Context, int], int] | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A matter with what waits of it. Shape: `heirs` by number, those who leave themselves not among them; `heir` who
    was chosen, if somebody was."""

    matter: Matter
    waiting: Waiting
    heirs: dict[int, str] = field(default_factory=dict)
    heir: int | None = None

    @property
    def needs_heir(self) -> bool:
        return self.matter.hand_over is not None and bool(self.heirs)

    @property
    def is_orphan(self) -> bool:
        """Nobody who could take it over is there, so somebody must be given the right."""
        return self.matter.hand_over is not None and not self.heirs


class SuccessorMissing(DomainError):
    """Something that waits on the person has no successor yet; facts: `matter` its code."""

    code = "successor_missing"


class SuccessorUnfit(DomainError):
    """The person chosen may not have what is handed over, or leaves too; facts: `matter`, `person`."""

    code = "successor_unfit"


_matters: dict[str, Matter] = {}


def register_matter(matter: Matter) -> None:
    """Once per code, when the context's module is imported."""
    _matters[matter.code] = matter


def matter_called(code: str) -> str | None:
    """What a kind of thing is called in the language that holds now; None where no context has one of this code."""
    matter = _matters.get(code)
    return None if matter is None else str(matter.label)


def waiting_on(ctx: Context, person_id: int) -> list[Left]:
    """All that waits on the person now, each with those who could take it over, by name."""
    chosen = successors_of(person_id)
    staying = dict(
        Person.objects.filter(kind=Person.PERSON, left_on=None)
        .exclude(id=person_id)
        .values_list("id", "name")
    )
    found = []
    for matter in _matters.values():
        waiting = matter.ask(ctx, person_id)
        if waiting.count:
            heirs = {one: staying[one] for one in waiting.heirs if one in staying}
            by_name = dict(sorted(heirs.items(), key=lambda one: one[1]))
            found.append(Left(matter, waiting, by_name, chosen.get(matter.code)))
    return found


def successors_of(person_id: int) -> dict[str, int]:
    """Who was chosen for each matter, by its code; the last choice counts."""
    return dict(HandOver.objects.filter(person_id=person_id).order_by("id").values_list("matter", "heir_id"))


def choose_successors(
    ctx: Context, person_id: int, heirs: Mapping[str, int], *, all_of_it: bool = True
) -> dict[str, str]:
    """Keep who takes over what; returns the heirs' names by matter. With `all_of_it` nothing may be left out that
    somebody could take.

    Raises: successor_missing, successor_unfit.
    """
    chosen: dict[str, int] = {}
    for left in waiting_on(ctx, person_id):
        code = left.matter.code
        heir = heirs.get(code, left.heir)
        if not left.needs_heir:
            continue
        if heir is None:
            if all_of_it:
                raise SuccessorMissing(matter=code)
            continue
        if heir not in left.heirs:
            raise SuccessorUnfit(matter=code, person=heir)
        chosen[code] = heir
    HandOver.objects.bulk_create(
        HandOver(
            group_id=ctx.group_id, person_id=person_id, matter=code, heir_id=heir, maker_id=ctx.actor.person_id
        )
        for code, heir in sorted(chosen.items())
    )  # fmt: skip
    names = person_names(ctx, set(chosen.values()))
    return {code: names[heir] for code, heir in sorted(chosen.items())}


def end_of(ctx: Context, person_id: int) -> dict[str, int]:
    """On the day that the person is gone: the login, sessions and links end, every matter ends or is handed over.

    Safe to run again: what came back meanwhile is handed on, and what nobody can have is told to the administrators.
    Returns how many it were, by name; what was nothing is not in it.
    """
    logins = Identity.objects.filter(group_id=ctx.group_id, person_id=person_id, is_active=True)
    counts = {"logins": logins.update(is_active=False)}
    withdraw_links(ctx, person_id)
    counts["sessions"] = remove_all_sessions(person_id)
    chosen = successors_of(person_id)
    for matter in _matters.values():
        if matter.end is not None:
            counts[matter.code] = matter.end(ctx, person_id)
            continue
        heir = chosen.get(matter.code)
        if matter.hand_over is not None and heir in matter.ask(ctx, person_id).heirs and heir is not None:
            counts[matter.code] = matter.hand_over(ctx, person_id, heir)
    _tell_of_orphans(ctx, person_id)
    return {name: count for name, count in counts.items() if count}


def _tell_of_orphans(ctx: Context, person_id: int) -> None:
    for left in waiting_on(ctx, person_id):
        if left.matter.hand_over is not None:
            names = person_names(ctx, {person_id})
            tell(
                ctx, LEFT_BEHIND, key=f"{person_id}:{left.matter.code}", link=f"/people/{person_id}",
                facts={"person": names.get(person_id, ""), "count": left.waiting.count, "matter": in_each_language(left.matter.label)},
            )  # fmt: skip


@job("control.finish_leavings", frequent=True)
def finish_leavings(ctx: Context) -> int:
    """For persons whose last day is over, and who left within a year; returns for how many there was something."""
    with ctx.open():
        gone = Person.objects.filter(
            kind=Person.PERSON, left_on__lte=ctx.today, left_on__gt=ctx.today - FOLLOWED
        )
        persons: Iterable[int] = list(gone.order_by("id").values_list("id", flat=True))
    count = 0
    for person_id in persons:
        with ctx.open():
            # One after the other with an administrator who hands over at this moment.
            Person.objects.select_for_update().get(id=person_id)
            counts = end_of(ctx, person_id)
            if counts:
                record(ctx, "control.person.left_behind", "person", person_id, after=counts)
                count += 1
    return count
