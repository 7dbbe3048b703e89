"""Telling persons of a fact, once each, in the inbox and by mail as each of them wants it.

    tell(ctx, "accounts.import_refused", key=str(file.id), facts={"file": file.name}, link=f"/imports/{file.id}")

Called in the transaction of the fact: what is rolled back was never told. `docs/notices.md` says more.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from moa.control.context import Context
from moa.control.mail import address_fits, send
from moa.control.masked_facts import masked
from moa.control.models import NoticePreference, Person
from moa.control.notice_kinds import NoticeKind, kind_of, register_kind, sentence_of
from moa.control.queries import group_zone
from moa.control.right_holders import holders_of

register_kind(
    NoticeKind(
        "control.mail_failed", gettext_lazy("A mail was not delivered"),
        gettext_lazy("The mail “%(subject)s” to %(address)s could not be delivered."),
        right="control.users.change", tone="failed",
    )
)  # fmt: skip

_TELL = """
insert into control_notice (group_id, person_id, kind, key, facts, link, "right", unit_id, in_app, mail, state, state_at, made_at)
select %(group)s, who.person, %(kind)s, who.key, who.facts::jsonb, who.link, %(right)s, %(unit)s, who.in_app, who.mail,
       'unread', %(at)s, %(at)s
  from unnest(%(persons)s::bigint[], %(in_app)s::boolean[], %(mails)s::text[], %(keys)s::text[], %(facts)s::text[],
              %(links)s::text[]) with ordinality as who (person, in_app, mail, key, facts, link, place)
 order by who.place
on conflict (group_id, person_id, kind, key) do nothing
returning person_id, mail, key
"""


class Telling(NamedTuple):
    """One fact of many of a kind. Shape: as `tell` takes them; `persons` None for whoever holds the right."""

    key: str
    facts: Mapping[str, Any]
    link: str = ""
    persons: Collection[int] | None = None


def tell(
    ctx: Context, kind: str, *, key: str, facts: Mapping[str, Any] | None = None, persons: Iterable[int] | None = None,
    right: str | None = None, unit_id: int | None = None, link: str = "",
) -> int:  # fmt: skip
    """Tell `persons`, or whoever holds the right, of one fact; returns how many were told who had not been before.

    Only those are told who may know: of named persons too, those who lack the right (`right`, else the kind's own)
    in `unit_id` are left out, without a unit those who lack it in the whole group. The same `key` tells nobody twice.

    Shape: `facts` what JSON can hold, named as `notice_kinds.shown_facts` reads them; `link` a path of this site.
    """
    telling = Telling(key, facts or {}, link, None if persons is None else set(persons))
    return tell_all(ctx, kind, [telling], right=right, unit_id=unit_id)


def tell_all(
    ctx: Context,
    kind: str,
    tellings: Sequence[Telling],
    *,
    right: str | None = None,
    unit_id: int | None = None,
) -> int:
    """The same of many facts of a kind, in one place, each by itself."""
    known = kind_of(kind)
    if known is None:
        raise KeyError(f"no kind of notice is named {kind}")
    if any(one.link and (not one.link.startswith("/") or one.link.startswith("//")) for one in tellings):
        raise ValueError("a notice links to a page of this site")
    needed = known.right if right is None else right
    named = [one.persons for one in tellings]
    everybody = (
        None if any(one is None for one in named) else {person for one in named for person in one or ()}
    )
    people = _who(ctx, everybody, needed, unit_id)
    told = [
        (one, person)
        for one in tellings
        for person in people
        if one.persons is None or person.id in one.persons
    ]
    if not told:
        return 0
    rows = _told(ctx, known, told, right=needed, unit_id=unit_id)
    facts = {one.key: one for one in tellings}
    by_id = {person.id: person for person in people}
    for person_id, mail, key in rows:
        if mail == "sent":
            _mail_now(ctx, known, by_id[person_id], dict(facts[key].facts), facts[key].link)
    return len(rows)


def _who(ctx: Context, persons: Iterable[int] | None, right: str, unit_id: int | None) -> list[Person]:
    if persons is None and not right:
        raise ValueError("a notice names persons or a right")
    wanted = None if persons is None else set(persons)
    if right:
        holders = holders_of(ctx, right, unit_id)
        wanted = holders if wanted is None else wanted & holders
    people = Person.objects.filter(id__in=wanted or (), kind=Person.PERSON).order_by("id")
    return [person for person in people if person.left_on is None or person.left_on > ctx.today]


def _told(
    ctx: Context, kind: NoticeKind, told: Sequence[tuple[Telling, Person]], *, right: str, unit_id: int | None
) -> list[tuple[int, str, str]]:
    """Shape: the person, its mail and the key, of those who had not been told before."""
    people = list({person.id: person for _, person in told}.values())
    ways = {person.id: ways_of(kind, person, chosen) for person, chosen in _preferences(kind, people)}
    wanted = [(one, person, *ways[person.id]) for one, person in told if any(ways[person.id])]
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL,
            {
                "group": ctx.group_id, "kind": kind.code, "right": right, "unit": unit_id, "at": ctx.at,
                "persons": [person.id for _, person, _, _ in wanted], "in_app": [in_app for _, _, in_app, _ in wanted],
                "mails": [mail for _, _, _, mail in wanted], "keys": [one.key for one, _, _, _ in wanted],
                "facts": [json.dumps(masked(dict(one.facts)), ensure_ascii=False) for one, _, _, _ in wanted],
                "links": [one.link for one, _, _, _ in wanted],
            },
        )  # fmt: skip
        return [(int(person), str(mail), str(key)) for person, mail, key in cursor.fetchall()]


def _preferences(kind: NoticeKind, people: list[Person]) -> list[tuple[Person, NoticePreference | None]]:
    rows = NoticePreference.objects.filter(kind=kind.code, person_id__in=[person.id for person in people])
    chosen = {row.person_id: row for row in rows}
    return [(person, chosen.get(person.id)) for person in people]


def ways_of(kind: NoticeKind, person: Person, chosen: NoticePreference | None) -> tuple[bool, str]:
    """Whether the person reads it in the inbox, and its mail: "" none, "digest" or "sent" (at once).

    A person without an address reads it in the inbox, whatever was chosen, except nothing at all.
    """
    if kind.always:
        # Also of who chose otherwise in an earlier version.
        chosen = None
    channel = chosen.channel if chosen else kind.channel
    pace = chosen.pace if chosen else kind.pace
    if channel == "none":
        return False, ""
    by_mail = channel in {"mail", "both"} and address_fits(person.email)
    mail = ("sent" if pace == "now" else "digest") if by_mail else ""
    return channel != "mail" or not by_mail, mail


def _mail_now(ctx: Context, kind: NoticeKind, person: Person, facts: dict[str, Any], link: str) -> None:
    with override(person.language):
        text = sentence_of(kind.code, facts, language=person.language, zone=group_zone(ctx))
        send(ctx, person.email, f"[Moa] {kind.title}", mail_text([(text, link)], may_choose=not kind.always))


def mail_text(told: list[tuple[str, str]], *, may_choose: bool = True) -> str:
    """The text of a mail that tells of these, each a sentence and its page. Shape: `may_choose` that there is one that can be turned off."""
    lines = []
    for sentence, link in told:
        lines += [f"- {sentence}"] + (
            [f"  {settings.PUBLIC_URL}{link}"] if link and settings.PUBLIC_URL else []
        )
    ending = f" · {_('You choose what comes by mail under Settings, Notices.')}" if may_choose else ""
    return "\n".join([*lines, "", "--", f"Moa{ending}", ""])
