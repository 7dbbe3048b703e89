"""The audit trail, newest first: lines of operations, and changes of rows that did not come through the application."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from moa.control.access import require_below
from moa.control.context import Context
from moa.control.models import AuditLine

VIEW_TRAIL = "control.audit.view"
PAGE_SIZE = 50
# Microseconds of a stamp: until the year 5138.
MOST_MICROS = 10**17


class Place(NamedTuple):
    """Where a page begins: the stamp and number of the line before it. Shape: written "<microseconds>_<id>"."""

    micros: int
    id: int

    @classmethod
    def read(cls, text: str) -> Place | None:
        micros, _, number = text.partition("_")
        if not (micros.isascii() and micros.isdigit() and number.isascii() and number.isdigit()):
            return None
        if len(micros) > 17 or len(number) > 17:
            return None
        return cls(int(micros), int(number))

    def __str__(self) -> str:
        return f"{self.micros}_{self.id}"


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Shape: the period is half-open; `who` is part of a name, `code` the beginning of an operation's code;
    `subject` the kind of what it was done to, `subject_id` its number."""

    from_at: datetime | None = None
    until_at: datetime | None = None
    who: str = ""
    code: str = ""
    subject: str = ""
    subject_id: str = ""


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One line. Shape: `kind` "person", "machine", or "system" for a change made beside the application."""

    id: str
    at: datetime
    who: str
    kind: str
    code: str
    subject_type: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    channel: str
    place: Place


@dataclass(frozen=True, slots=True)
class TrailPage:
    rows: list[TrailRow]
    has_older: bool
    has_newer: bool


_LINES = """
    select 'l', l.id, l.recorded_at, l.actor_name,
           coalesce((select p.kind from control_person p where p.id = l.person_id), 'machine'), l.code,
           l.subject_type, l.subject_id, l.before, l.after, l.channel
      from control_auditline l where true"""
# The application's own changes of rows stand behind the lines of its operations; only those of other database users
# are shown beside them.
_OUTSIDE = """
    select 'r', l.id, l.recorded_at, l.database_user, 'system', 'database.' || lower(l.change), l.table_name, l.row_id,
           l.before, l.after, 'sql'
      from control_rowchange l where l.database_user <> %s"""
_NAMES = "found (source, id, recorded_at, who, kind, code, subject_type, subject_id, before, after, channel)"


def list_trail(
    ctx: Context, wanted: TrailFilter, *, older: Place | None = None, newer: Place | None = None
) -> TrailPage:
    """One page, newest first: the newest, or the one before `older`, or the one after `newer`.

    A line carries no unit, so the right must hold in the whole group. Raises: forbidden.
    """
    require_below(ctx, VIEW_TRAIL, None)
    backwards = newer is not None and older is None
    rows = _rows(wanted, older or newer, newest_first=not backwards)
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    if backwards:
        rows.reverse()
        return TrailPage(rows, has_older=True, has_newer=more)
    return TrailPage(rows, has_older=more, has_newer=older is not None)


def _rows(wanted: TrailFilter, place: Place | None, *, newest_first: bool) -> list[TrailRow]:
    query, parameters = _union(wanted, place, newest_first=newest_first, limit=PAGE_SIZE + 1)
    order = _order(newest_first)
    with connection.cursor() as cursor:
        cursor.execute(f"select * from ({query}) {_NAMES} order by {order} limit {PAGE_SIZE + 1}", parameters)
        return [_row(*values) for values in cursor.fetchall()]


def _row(source: str, number: int, at: datetime, *rest: Any) -> TrailRow:
    who, kind, code, subject_type, subject_id, before, after, channel = rest
    # In whole numbers: a stamp in microseconds has more digits than a floating point number holds.
    micros = int(at.replace(microsecond=0).timestamp()) * 1_000_000 + at.microsecond
    return TrailRow(
        f"{source}{number}", at, who, kind, code, subject_type, subject_id, _values(before), _values(after),
        channel, Place(micros, number),
    )  # fmt: skip


def _values(stored: str | None) -> dict[str, Any] | None:
    """A cursor of Django's gives JSON as text."""
    return None if stored is None else json.loads(stored)


def _order(newest_first: bool, table: str = "found") -> str:
    direction = "desc" if newest_first else "asc"
    return f"{table}.recorded_at {direction}, {table}.id {direction}"


def _union(
    wanted: TrailFilter, place: Place | None, *, newest_first: bool, limit: int
) -> tuple[str, list[Any]]:
    """Both sources, each read from its index no further than `limit`."""
    texts: list[str] = []
    parameters: list[Any] = []
    application = connection.settings_dict["USER"]
    sources: tuple[tuple[str, list[Any], _Names], ...] = (
        (_LINES, [], _Names("l.actor_name", "l.code", "l.subject_type", "l.subject_id")),
        (
            _OUTSIDE,
            [application],
            _Names("l.database_user", "'database.' || lower(l.change)", "l.table_name", "l.row_id::text"),
        ),
    )
    for select, given, names in sources:
        conditions, values = _conditions(wanted, place, names, newest_first=newest_first)
        texts.append(f"({select}{conditions} order by {_order(newest_first, 'l')} limit {limit})")
        parameters += [*given, *values]
    return " union all ".join(texts), parameters


class _Names(NamedTuple):
    """What a source calls the columns that can be asked for."""

    who: str
    code: str
    subject: str
    subject_id: str


def _conditions(
    wanted: TrailFilter, place: Place | None, names: _Names, *, newest_first: bool
) -> tuple[str, list[Any]]:
    """The conditions as text, each with " and " before it, and their values."""
    before = "<" if newest_first else ">"
    found: list[tuple[str, list[Any]]] = []
    if wanted.from_at is not None:
        found.append(("l.recorded_at >= %s", [wanted.from_at]))
    if wanted.until_at is not None:
        found.append(("l.recorded_at < %s", [wanted.until_at]))
    if wanted.who:
        found.append((f"strpos(lower({names.who}), lower(%s)) > 0", [wanted.who]))
    if wanted.code:
        found.append((f"starts_with({names.code}, %s)", [wanted.code]))
    if wanted.subject:
        found.append((f"{names.subject} = %s", [wanted.subject]))
    if wanted.subject_id:
        found.append((f"{names.subject_id} = %s", [wanted.subject_id]))
    if place is not None:
        stamp = "timestamptz 'epoch' + %s * interval '1 microsecond'"
        found.append((f"(l.recorded_at, l.id) {before} ({stamp}, %s)", [place.micros, place.id]))
    text = "".join(f" and {condition}" for condition, _ in found)
    return text, [value for _, values in found for value in values]


def last_actor(ctx: Context, subject_type: str, subject_id: object, code: str = "") -> str:
    """Who did the last thing to the subject, with `code` the last of that beginning; "" when the trail has none."""
    lines = AuditLine.objects.filter(
        group_id=ctx.group_id, subject_type=subject_type, subject_id=str(subject_id), code__startswith=code
    )
    return lines.order_by("-recorded_at", "-id").values_list("actor_name", flat=True).first() or ""
