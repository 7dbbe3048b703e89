"""How the ways to pay money out together are told: what each person does, and which rules are changed first."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.context import Context
from moa.control.queries import person_names
from moa.payments.distance import INVENT, LIMIT, POLICY, RESET
from moa.payments.rules.distance import Coalition, Deed

ACTS: dict[str, str | Promise] = {
    "enter": gettext_lazy("enters the payment"),
    "approve": gettext_lazy("approves"),
    "propose_policy": gettext_lazy("proposes a laxer policy"),
    "propose_limit": gettext_lazy("proposes a higher limit"),
    "ask_reset": gettext_lazy("asks for the reset of other persons' logins"),
    "invite": gettext_lazy("invites persons that do not exist"),
    "give_role": gettext_lazy("gives them roles"),
}
WAYS: dict[str, str | Promise] = {
    POLICY: gettext_lazy("Change who approves"),
    LIMIT: gettext_lazy("Raise the limit"),
    RESET: gettext_lazy("Take over logins by reset"),
    INVENT: gettext_lazy("Invent persons"),
}


def way_word(way: str) -> str:
    return str(WAYS.get(way, way))


def told(ctx: Context, coalitions: Sequence[Coalition]) -> dict[Coalition, list[str]]:
    """Each coalition as lines: a person and what that person does."""
    deeds = [deed for one in coalitions for deed in one.deeds]
    numbers = {number for deed in deeds for number in (deed.person, deed.login, deed.authority) if number > 0}
    names = person_names(ctx, numbers)
    return {one: [_line(person, one.deeds, names) for person in one.persons] for one in coalitions}


def _line(person: int, deeds: Sequence[Deed], names: dict[int, str]) -> str:
    done = [_deed(deed, names) for deed in deeds if deed.person == person]
    return f"{names.get(person, '')}: {', '.join(dict.fromkeys(done))}"


def _deed(deed: Deed, names: dict[int, str]) -> str:
    act = str(ACTS.get(deed.name, deed.name))
    if deed.login < 0:
        return _("%(act)s with a login that was invented or reset") % {"act": act}
    if deed.login != deed.person:
        return _("%(act)s with the login of %(name)s") % {"act": act, "name": names.get(deed.login, "")}
    if deed.authority != deed.login:
        return _("%(act)s as deputy of %(name)s") % {"act": act, "name": names.get(deed.authority, "")}
    return act
