"""The audit trail as a list: who did what to what, what it was before, and changes that came beside the application."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from markupsafe import escape

from moa.control.access import may, require_below
from moa.control.context import Context
from moa.control.trail import VIEW_TRAIL
from moa.control.web.page import right_of
from moa.control.web.tables import table_view
from moa.control.web.trail_values import (
    NAMED,
    TrailReader,
    all_operations,
    field_words,
    operation_words,
    side_by_side,
    subject_named,
)
from moa.ui.environment import page_address
from moa.ui.formatting import exact_moment, named
from moa.ui.tables.cells import PageFacts, remembered
from moa.ui.tables.spec import CHOICE, MOMENT, Column, Empty, Row, Table

# Subject type → name of the page that shows it by its number; upper contexts add theirs in `entry/wiring.py`.
SUBJECT_PAGES: dict[str, str] = {}
# Changes of rows stand above every number that a line can have, so that one key tells both apart.
OUTSIDE_FROM = 2**62
# Stands in for the numbers of subjects; no word holds it.
_SAMPLE = "987654321012345678"
# What the database writes has no space around it.
_read = json.JSONDecoder().raw_decode
_NUMBER = re.compile("[1-9][0-9]*")
# Written out, for the index of changes that other database users made is kept for this very name.
_APPLICATION = str(settings.DATABASES["default"]["USER"]).replace("'", "''").replace("%", "%%")
_SOURCE = f"""(
 select l.id, l.group_id, l.recorded_at, l.actor_name::text as who, l.person_id, l.code::text as code,
        l.subject_type::text as subject_type, l.subject_id::text as subject_id, l.before, l.after, l.channel::text as channel,
        l.request_id::text as request_id, ''::text as beside
   from control_auditline l
 union all
 select r.id + {OUTSIDE_FROM}, r.group_id, r.recorded_at, r.database_user::text, null::bigint, 'database.' || lower(r.change),
        r.table_name::text, r.row_id::text, r.before, r.after, 'sql', r.request_id::text, r.database_user::text
   from control_rowchange r
) v"""
# Said of both at once, and the group once more than the policies do: then the planner reads them in turns by their indexes.
_BOTH = f"v.beside <> '{_APPLICATION}' and v.group_id = %(own_group)s"
_KIND = f"""case when v.id >= {OUTSIDE_FROM} then 'system'
    else coalesce((select p.kind from control_person p where p.group_id = v.group_id and p.id = v.person_id), 'machine') end"""
_CHANNELS = (
    ("web", pgettext_lazy("channel", "Pages")), ("api", pgettext_lazy("channel", "API")),
    ("command", pgettext_lazy("channel", "Command")), ("job", pgettext_lazy("channel", "Job")),
    ("sql", pgettext_lazy("channel", "Database")),
)  # fmt: skip


def _limits(ctx: Context) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """A line carries no unit, so the right must hold in the whole group."""
    require_below(ctx, VIEW_TRAIL, None)
    return [(_BOTH, {"own_group": ctx.group_id})]


def _at(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: exact_moment(row.at, facts.now)


def _who(facts: PageFacts) -> Callable[[Row], str]:
    channels = {code: str(word) for code, word in _CHANNELS}
    kinds = {"machine": escape(gettext("machine")), "system": escape(gettext("system"))}

    def who(asked: tuple[str, str, str]) -> str:
        name, kind, channel = asked
        said = f' <span class="mo-s mo-3">{kinds[kind]}</span>' if kind in kinds else ""
        return f'{named(name)}{said} <span class="mo-s mo-3">{escape(channels.get(channel, channel))}</span>'

    return remembered(attrgetter("who", "kind", "channel"), who)


def _subject(facts: PageFacts) -> Callable[[Row], str]:
    """What it was done to, as a link where a page shows it, and the way to all lines about the same thing."""
    history, trail = escape(gettext("history")), page_address("control:audit")
    by_number: dict[str, str] = {}
    reader = _reader(facts)

    def around(kind: str, number: str) -> tuple[str, str]:
        """What stands before the name and between it and its plain form."""
        opening = closing = ""
        page = _page_of(settings.ROOT_URLCONF, SUBJECT_PAGES[kind]) if kind in SUBJECT_PAGES else None
        if page is not None and number.isascii() and number.isdigit() and page.may_open(facts.ctx):
            opening, closing = f'<a href="{page.before}{int(number)}{page.after}">', "</a>"
        about = escape(urlencode({"subject": kind, "number": number}))
        link = f'<a class="mo-s mo-3" href="{trail}?{about}">{history}<span class="mo-vh"> '
        return opening, f"{closing} {link}"

    @cache
    def around_any(kind: str) -> tuple[str, str]:
        return around(kind, _SAMPLE)

    @cache
    def written(kind: str, number: str) -> str:
        name = subject_named(kind, number, reader)
        if number == _SAMPLE or not _NUMBER.fullmatch(number):
            before, between = around(kind, number)
        else:
            before, between = (part.replace(_SAMPLE, number) for part in around_any(kind))
        return f"{before}{named(name)}{between}{escape(name)}</span></a>"

    def subject(row: Row) -> str:
        kind, number = row.subject_type, row.subject_id
        if kind in NAMED or not _NUMBER.fullmatch(number):
            return written(kind, number)
        # A number needs no escaping anywhere, so the cells of one kind differ by it alone.
        if kind not in by_number:
            by_number[kind] = written(kind, _SAMPLE)
        return by_number[kind].replace(_SAMPLE, number)

    return subject


def _plain_subject(facts: PageFacts) -> Callable[[Row], str]:
    reader = _reader(facts).read_names()
    return lambda row: subject_named(row.subject_type, row.subject_id, reader)


def _reader(facts: PageFacts) -> TrailReader:
    """One for all columns of a page, so that names are read once."""
    reader: TrailReader = facts.ctx.memo.setdefault("trail.reader", TrailReader(facts.ctx, facts.now))
    return reader


class _SubjectPage(NamedTuple):
    """An address before and after its number, and the right that opens it."""

    before: str
    after: str
    right: str

    def may_open(self, ctx: Context) -> bool:
        return not self.right or may(ctx, self.right)


# Finding the right costs a walk through all addresses, which the page would do for each kind of subject.
@cache
def _page_of(_urlconf: str, name: str) -> _SubjectPage | None:
    """None where no page of the name is."""
    try:
        address = reverse(name, args=[int(_SAMPLE)])
    except NoReverseMatch:
        return None
    before, _number, after = address.partition(_SAMPLE)
    return _SubjectPage(str(escape(before)), str(escape(after)), right_of(address))


def changes_of(row: Row) -> tuple[list[tuple[str, Any, Any]], Mapping[str, Any]]:
    """What differs: the field, what it was and what it is, None where it was not or is no more. Beside it all fields of
    the line, for what one says of another."""
    before = _read(row.before)[0] if row.before else {}
    after = _read(row.after)[0] if row.after else {}
    both = {**before, **after}
    found = [
        (name, before.get(name), after.get(name)) for name in both if before.get(name) != after.get(name)
    ]
    return found, both


def _changes(facts: PageFacts) -> Callable[[Row], str]:
    reader = _reader(facts)

    def changes(row: Row) -> str:
        found, beside = changes_of(row)
        return side_by_side(found, reader, beside) if found else ""

    return changes


def _plain_changes(facts: PageFacts) -> Callable[[Row], str]:
    reader = _reader(facts).read_names()

    def plain(row: Row) -> str:
        found, beside = changes_of(row)
        said = [
            f"{field_words(name)}: {reader.said(name, was, beside)} → {reader.said(name, now, beside)}"
            for name, was, now in found
        ]
        return "\n".join(said)

    return plain


def _operation(facts: PageFacts) -> Callable[[Row], str]:
    return remembered(
        attrgetter("code"),
        lambda code: f'<span data-code="{escape(code)}">{escape(operation_words(code))}</span>',
    )


def _plain_operation(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: operation_words(row.code)


def _operations(ctx: Context) -> Sequence[tuple[str, str]]:
    return all_operations()


TRAIL = Table(
    name="control.trail",
    label=_("Audit trail"),
    scope=_("One line per operation, written with it. No line can be changed or removed."),
    right=VIEW_TRAIL,
    here="audit",
    source=_SOURCE,
    key="v.id",
    order="-at",
    fields={"kind": _KIND, "subject_type": "v.subject_type", "subject_id": "v.subject_id", "before": "v.before::text",
            "after": "v.after::text"},
    limits=_limits,
    search=("v.who", "v.code", "v.subject_id"),
    css="mo-list is-tall",
    empty=Empty(_("Nothing was done yet"), picture="shield"),
    columns=(
        Column("at", _("When"), MOMENT, "v.recorded_at", sortable=True, not_null=True, filterable=True, cell=_at, asks=("from", "to")),
        Column("who", _("Who"), sql="v.who", filterable=True, cell=_who, css="mo-nw", width=24),
        Column("operation", _("Operation"), CHOICE, choices=_operations, filterable=True, condition="v.code = %(value)s",
               cell=_operation, plain=_plain_operation, css="mo-nw w-who", width=32),
        Column("code", _("Code of the operation"), sql="v.code", filterable=True, condition="starts_with(v.code, %(value)s)",
               css="mo-mono mo-nw", shown=False, in_files=True, width=32),
        Column("about", _("On what"), cell=_subject, plain=_plain_subject,
               css="", width=28),
        Column("changes", _("What changed"), cell=_changes, plain=_plain_changes, css="mo-s", width=70),
        Column("channel", _("Channel"), CHOICE, "v.channel", choices=_CHANNELS, filterable=True, shown=False),
        Column("request", _("Request number"), sql="v.request_id", filterable=True, condition="v.request_id = %(value)s", shown=False,
               css="mo-mono mo-s", width=24),
        Column("subject", _("Kind of subject"), only_condition=True, filterable=True, condition="v.subject_type = %(value)s"),
        Column("number", _("Number of the subject"), only_condition=True, filterable=True, condition="v.subject_id = %(value)s"),
    ),
)  # fmt: skip

audit = table_view(TRAIL)
