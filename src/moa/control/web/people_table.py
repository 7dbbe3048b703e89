"""The list of persons and machine users: state, roles in force, last sign-in, second factors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from markupsafe import escape

from moa.control.context import Context
from moa.control.people import VIEW_USERS, list_roles, role_name
from moa.control.queries import the_group_of
from moa.ui.environment import glyph, state
from moa.ui.formatting import amount, day, moment, named
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import CHOICE, MOMENT, NUMBER, TEXT, Column, Row, Table

STATES = {
    "active": _("Active"),
    "invited": _("Invited"),
    "expired": _("Invitation ran out"),
    "locked": _("Locked"),
    "leaving": _("Leaving"),
    "left": _("Left"),
    "machine": _("Machine user"),
}
# The look of a state: its kind and, where it differs, its shape.
LOOKS = {
    "active": ("paid", ""), "invited": ("sent", ""), "expired": ("pending", "stale"), "locked": ("failed", ""),
    "leaving": ("pending", "hold"), "left": ("draft", ""), "machine": ("draft", ""),
}  # fmt: skip
_LINK = """(select max(o.expires_at) from control_onetimelink o where o.person_id = p.id and o.used_at is null
    and o.withdrawn_at is null and o.expires_at > %(now)s::timestamptz)"""
_LOCKED = "greatest(i.locked_until, i.second_locked_until)"
# As people._state says it of one person.
_STATE = f"""case when p.kind = 'machine' then 'machine'
    when p.left_on <= %(today)s::date then 'left' when p.left_on is not null then 'leaving'
    when i.id is null or not i.is_active then case when {_LINK} is null then 'expired' else 'invited' end
    when {_LOCKED} > %(now)s::timestamptz then 'locked' else 'active' end"""
_IN_FORCE = "s.valid_from <= %(today)s::date and (s.valid_until is null or s.valid_until > %(today)s::date)"
_ROLES = f"""(select jsonb_agg(jsonb_build_array(coalesce(r.names ->> %(language)s, r.name),
        coalesce(u.names ->> %(language)s, u.name), s.limit_minor) order by s.valid_from desc, s.id)::text
    from control_assignment s join control_role r on r.group_id = s.group_id and r.id = s.role_id
    left join control_unit u on u.group_id = s.group_id and u.id = s.unit_id
   where s.person_id = p.id and {_IN_FORCE})"""


def _limits(ctx: Context) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Everybody of the group; the values that the columns are worked out with."""
    return [("true", {"today": ctx.today, "now": ctx.at, "language": ctx.language})]


def _roles_to_choose(ctx: Context) -> list[tuple[str, str]]:
    return [(str(role.id), role_name(ctx, role)) for role in list_roles(ctx)]


def _login(facts: PageFacts) -> Callable[[Row], str]:
    def login(row: Row) -> str:
        title = str(named(row.title)) if row.title else ""
        return f'{title} <span class="mo-mono mo-s">{escape(row.login or "")}</span>'.strip()

    return login


def _shown_state(facts: PageFacts) -> Callable[[Row], str]:
    until, link = gettext("until %(at)s"), gettext("link until %(at)s")
    since, cannot, now = gettext("from %(day)s"), gettext("cannot sign in"), facts.now

    def shown(row: Row) -> str:
        kind, shape = LOOKS[row.state]
        word = state(kind, STATES[row.state], shape=shape)
        more = {
            "locked": lambda: until % {"at": moment(row.locked_until, now)},
            "invited": lambda: link % {"at": moment(row.link_until, now)},
            "leaving": lambda: since % {"day": day(row.left_on, facts.today)},
            "left": lambda: since % {"day": day(row.left_on, facts.today)},
            "machine": lambda: cannot,
        }.get(row.state)
        return f'{word} <span class="mo-s mo-3">{escape(more())}</span>' if more else str(word)

    return shown


def _plain_roles(facts: PageFacts) -> Callable[[Row], str]:
    base, whole = the_group_of(facts.ctx).base_currency, gettext("the whole group")
    limited = gettext("up to %(currency)s %(amount)s")

    def roles(row: Row) -> str:
        parts = []
        for role, unit, limit in json.loads(row.roles or "[]"):
            words = f"{role} ({unit or whole})"
            if limit is not None:
                words += " " + limited % {"currency": base, "amount": amount(limit, base)}
            parts.append(words)
        return ", ".join(parts)

    return roles


def _shown_roles(facts: PageFacts) -> Callable[[Row], str]:
    plain, none = _plain_roles(facts), escape(gettext("none"))
    return lambda row: str(named(plain(row))) if row.roles else f'<span class="mo-3">{none}</span>'


def _last_sign_in(facts: PageFacts) -> Callable[[Row], str]:
    not_yet = escape(gettext("not yet"))

    def last(row: Row) -> str:
        if row.last_sign_in is not None:
            return str(escape(moment(row.last_sign_in, facts.now)))
        return "" if row.state == "machine" else f'<span class="mo-3">{not_yet}</span>'

    return last


def _plain_factors(facts: PageFacts) -> Callable[[Row], str]:
    app = gettext("app")

    def factors(row: Row) -> str:
        parts = [app] if row.has_app else []
        if row.passkeys:
            parts.append(
                ngettext("%(num)s passkey", "%(num)s passkeys", row.passkeys) % {"num": row.passkeys}
            )
        return " · ".join(parts)

    return factors


def _shown_factors(facts: PageFacts) -> Callable[[Row], str]:
    plain, none, held = _plain_factors(facts), escape(gettext("none")), glyph("paid")

    def shown(row: Row) -> str:
        if row.state == "machine":
            return ""
        words = plain(row)
        return (
            f'<span class="mo-st is-paid">{held}{escape(words)}</span>'
            if words
            else f'<span class="mo-3">{none}</span>'
        )

    return shown


PEOPLE = Table(
    name="control.people",
    label=_("Users and roles"),
    right=VIEW_USERS,
    here="people",
    source="control_person p",
    joins={"i": "left join control_identity i on i.group_id = p.group_id and i.person_id = p.id"},
    key="p.id",
    order="place",
    said=("filed",),
    fields={
        "title": "p.title", "left_on": "p.left_on", "locked_until": _LOCKED, "link_until": _LINK,
        "has_app": "exists (select 1 from control_authenticator x where x.person_id = p.id and x.confirmed_at is not null)",
        "passkeys": "(select count(*) from control_passkey x where x.person_id = p.id)",
    },
    field_needs=("i",),
    limits=_limits,
    search=("p.name", "p.title", "p.email", "i.login"),
    search_needs=("i",),
    row_url="control:person",
    row_class=lambda row: "is-gone" if row.state == "left" else "",
    columns=(
        Column("place", _("Order"), TEXT, "(case when p.kind = 'machine' then '1' when p.left_on <= %(today)s::date then '2'"
               " else '0' end || p.name)", sortable=True, not_null=True, shown=False, cell=lambda facts: lambda row: "",
               plain=lambda facts: lambda row: ""),
        Column("name", _("Name"), TEXT, "p.name", link=True, sortable=True, filterable=True, aside=_login, css="mo-nw w-who",
               width=24),
        Column("login", _("Login"), TEXT, "i.login", ("i",), sortable=True, filterable=True, shown=False, in_files=True),
        Column("state", _("State"), CHOICE, _STATE, ("i",), choices=tuple(STATES.items()), filterable=True, cell=_shown_state,
               plain=lambda facts: lambda row: str(STATES[row.state]), css="mo-nw"),
        Column("roles", _("Roles"), TEXT, _ROLES, cell=_shown_roles, plain=_plain_roles, css="w-who", width=48),
        Column("last_sign_in", _("Last sign-in"), MOMENT, "i.last_login", ("i",), sortable=True, filterable=True,
               cell=_last_sign_in),
        Column("factors", _("Second factor"), cell=_shown_factors, plain=_plain_factors, css="mo-nw"),
        Column("email", _("E-mail"), TEXT, "p.email", filterable=True, shown=False, width=28),
        Column("codes", _("Recovery codes left"), NUMBER, "(select count(*) from control_recoverycode x where x.person_id = p.id"
               " and x.used_at is null)", shown=False, term="recovery_code"),
        Column("role", _("Role"), CHOICE, choices=_roles_to_choose, filterable=True, only_condition=True,
               condition=f"exists (select 1 from control_assignment s where s.person_id = p.id and s.role_id::text = %(value)s"
               f" and {_IN_FORCE})"),
    ),
)  # fmt: skip
