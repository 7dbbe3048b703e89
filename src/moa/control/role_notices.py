"""Tells a person whose rights are changed by another, and the administrators who changed whose."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy

from moa.control.administrators import ADMINISTER
from moa.control.context import Context
from moa.control.models import Person, Role, Unit
from moa.control.notice_kinds import NoticeKind, in_each_language, register_kind
from moa.control.notices import tell
from moa.control.queries import person_names
from moa.control.right_holders import holders_of

OWN_ROLES, ROLES = "control.own_roles_changed", "control.roles_changed"
register_kind(
    NoticeKind(
        OWN_ROLES, gettext_lazy("Your roles were changed"),
        gettext_lazy("%(what)s: “%(role)s”, %(where)s, from %(day)s on. Entered by %(who)s. If you expect nothing of this kind, tell an administrator."),
        channel="both", pace="now", tone="pending", always=True,
    )
)  # fmt: skip
register_kind(
    NoticeKind(
        ROLES, gettext_lazy("Roles were changed by another administrator"),
        gettext_lazy("%(persons)s. %(what)s: “%(role)s”, %(where)s, from %(day)s on. Entered by %(who)s."),
        right=ADMINISTER, channel="both", tone="pending",
    )
)  # fmt: skip

GIVEN, TAKEN, CHANGED = "given", "taken", "changed"
_WHAT = {
    GIVEN: gettext_lazy("A role was given"),
    TAKEN: gettext_lazy("A role was taken away"),
    CHANGED: gettext_lazy("The rights of a role were changed"),
}
# More names than these are a number.
_MOST_NAMES = 5


def tell_of_role(
    ctx: Context, what: str, role: Role, *, persons: Collection[int], day: date, key: str, unit_id: int | None = None,
    newcomer: bool = False,
) -> None:  # fmt: skip
    """Told in the transaction of the change; who made it is told nothing. Shape: `day` the first on which it holds;
    `newcomer`: one who is only just being entered, and learns of it by the invitation."""
    facts = {
        "what": in_each_language(_WHAT[what]), "role": {"ko": role.name, **role.names}, "where": _where(unit_id),
        "day_on": day.isoformat(), "who": ctx.actor.name,
    }  # fmt: skip
    unique = f"{what}:{key}"
    concerned = set() if newcomer else set(persons) - {ctx.actor.person_id}
    if concerned:
        tell(ctx, OWN_ROLES, key=unique, facts=facts, persons=concerned, right="", link="/settings")
    if ctx.actor.kind == Person.MACHINE:
        # A group that is being set up, by whoever holds the machine itself.
        return
    others = holders_of(ctx, ADMINISTER, None) - concerned - {ctx.actor.person_id}
    one = next(iter(persons)) if len(persons) == 1 else None
    link = f"/people/{one}" if one is not None else f"/people/roles/{role.id}"
    tell(ctx, ROLES, key=unique, facts=facts | {"persons": _names(ctx, persons)}, persons=others, link=link)


def _names(ctx: Context, persons: Collection[int]) -> str:
    names = sorted(person_names(ctx, set(persons)).values())
    more = f" +{len(names) - _MOST_NAMES}" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _where(unit_id: int | None) -> dict[str, str]:
    if unit_id is None:
        return in_each_language(gettext_lazy("in the whole group"))
    unit = Unit.objects.get(id=unit_id)
    return {language: unit.names.get(language) or unit.name for language in ("ko", "zh-hans", "en")}
