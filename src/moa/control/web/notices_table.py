"""The inbox as a list: a person's own notices, with what can be done with the chosen ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from markupsafe import escape

from moa.control.access import rights
from moa.control.context import Context
from moa.control.notice_kinds import kind_of, registered_kinds, sentence_of
from moa.control.queries import group_zone
from moa.ui.environment import page_address, state
from moa.ui.formatting import named
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import CHOICE, MOMENT, STATE, Batch, Column, Empty, Row, Table

# What the page shows of them. The address says `tab=`.
VIEWS: dict[str, str] = {
    "open": "n.state <> 'done'",
    "unread": "n.state = 'unread'",
    "done": "n.state = 'done'",
}


def _own(ctx: Context) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """As `notice_inbox.visible`: her own, of which she holds the right now, where it is asked for."""
    held = rights(ctx)
    pairs = [(unit, code) for unit, codes in held.by_unit.items() for code in codes]
    facts = {
        "person": ctx.actor.person_id, "everywhere": list(held.everywhere), "held_units": [unit for unit, _ in pairs],
        "held_codes": [code for _, code in pairs],
    }  # fmt: skip
    predicate = (
        """n.person_id = %(person)s and n.in_app and (n."right" = '' or n."right" = any(%(everywhere)s)"""
        """ or (n.unit_id, n."right") in (select unnest(%(held_units)s::bigint[]), unnest(%(held_codes)s::text[])))"""
    )
    return [(predicate, facts)]


def _kinds(ctx: Context) -> Sequence[tuple[str, Any]]:
    return [(kind.code, kind.title) for kind in registered_kinds()]


def _kind(facts: PageFacts) -> Callable[[Row], str]:
    # Outside of the braces: the catalogues are not gathered from within them.
    word = gettext("new")
    new = f' <span class="mo-s mo-b">{escape(word)}</span>'

    def kind(row: Row) -> str:
        known = kind_of(row.kind)
        shown = state(known.tone, known.title) if known is not None else state("draft", row.kind)
        return f"{shown}{new if row.state == 'unread' else ''}"

    return kind


def _plain_kind(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: str(known.title) if (known := kind_of(row.kind)) is not None else row.kind


def _plain_sentence(facts: PageFacts) -> Callable[[Row], str]:
    """Said three times a row, worked out once: the sentence, its box, its buttons."""
    zone, language = group_zone(facts.ctx), facts.ctx.language
    said: dict[int, str] = facts.memo.setdefault("notices.said", {})

    def sentence(row: Row) -> str:
        if row.id not in said:
            said[row.id] = sentence_of(row.kind, json.loads(row.facts), language=language, zone=zone)
        return said[row.id]

    return sentence


def _sentence(facts: PageFacts) -> Callable[[Row], str]:
    plain = _plain_sentence(facts)
    return lambda row: named(plain(row))


def _acts(facts: PageFacts) -> Callable[[Row], str]:
    """Buttons of the form that stands below the list; one of them speaks of its own row only."""
    plain = _plain_sentence(facts)
    ground, done, again = map(
        escape, (gettext("See the ground"), gettext("Done"), gettext("Take it up again"))
    )
    finish, take_up = page_address("control:notices_finish"), page_address("control:notices_take_up")
    inbox = page_address("control:notices")

    def acts(row: Row) -> str:
        about = escape(plain(row))
        see = (
            f'<button class="mo-btn is-small" type="submit" form="batch" formaction="{inbox}/{row.id}/open"'
            f' aria-label="{ground}: {about}">{ground}</button> '
            if row.link else ""
        )  # fmt: skip
        where, word = (take_up, again) if row.state == "done" else (finish, done)
        return (
            f'{see}<button class="mo-btn is-quiet" type="submit" form="batch" formaction="{where}" name="only"'
            f' value="{row.id}" aria-label="{word}: {about}">{word}</button>'
        )

    return acts


NOTICES = Table(
    name="control.notices",
    label=_("Notices"),
    right="",
    source="control_notice n",
    key="n.id",
    order="-made_at",
    further=("tab",),
    fields={"facts": "n.facts", "link": "n.link"},
    limits=_own,
    search=("n.facts::text",),
    row_class=lambda row: "mo-b" if row.state == "unread" else "",
    batch=(
        Batch("read", _("Mark as read"), "control:notices_read"),
        Batch("finish", _("Done"), "control:notices_finish"),
        Batch("take_up", _("Take it up again"), "control:notices_take_up"),
    ),
    empty=Empty(
        _("No notice waits"), _("Under Notice settings you choose what you are told, and how."),
        "control:notice_settings", _("Notice settings"), "bell",
    ),
    columns=(
        Column("made_at", _("Since"), MOMENT, "n.made_at", sortable=True, not_null=True, filterable=True),
        Column("kind", _("About"), CHOICE, "n.kind", choices=_kinds, filterable=True, sortable=True, cell=_kind,
               plain=_plain_kind, css="mo-nw"),
        Column("sentence", pgettext_lazy("notice", "What happened"), link=True, cell=_sentence, plain=_plain_sentence, css="w-who", width=70),
        Column("state", _("State"), STATE, "n.state", shown=False,
               states={"unread": ("sent", _("Unread")), "read": ("draft", _("Read")), "done": ("paid", _("Done"))}),
        Column("acts", _("To do"), cell=_acts, plain=lambda facts: lambda row: row.link, css="mo-n mo-nw"),
    ),
)  # fmt: skip
