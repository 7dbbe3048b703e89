"""The audit line of an operation, in the operation's own transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.control.masked_facts import masked

# Written by every operation, so it is a prepared statement. A bulk write that has one of its own takes the values of
# `line_of` along.
_LINE = """
insert into control_auditline (group_id, person_id, actor_name, channel, request_id, code, subject_type, subject_id,
    before, after)
values (%(group)s, %(person)s, %(actor)s, %(channel)s, %(request)s, %(code)s, %(subject_type)s, %(subject_id)s,
    %(before)s, %(after)s)
"""

_LINES = """
insert into control_auditline (group_id, person_id, actor_name, channel, request_id, code, subject_type, subject_id,
    before, after)
select %(group)s, %(person)s, %(actor)s, %(channel)s, %(request)s, l.code, l.subject_type, l.subject_id, l.before, l.after
  from json_to_recordset(%(lines)s::json) l (code text, subject_type text, subject_id text, before jsonb, after jsonb)
"""


class Fact(NamedTuple):
    """One line of many that an operation writes at once. Shape: as `record` takes them."""

    code: str
    subject_type: str
    subject_id: object
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


def record(
    ctx: Context,
    code: str,
    subject_type: str,
    subject_id: object,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one line: who did what to which subject, and how it was before and after.

    Shape: `code` is dotted ("accounts.file.imported"); before and after hold only what JSON can, amounts as
    decimal strings; persons' numbers in their texts are masked here.
    """
    with driver_cursor() as cursor:
        cursor.execute(_LINE, line_of(ctx, code, subject_type, subject_id, before, after))


def record_all(ctx: Context, facts: Iterable[Fact]) -> None:
    """The lines of an operation on many subjects, in their order, by one statement."""
    lines = [
        {
            "code": one.code, "subject_type": one.subject_type, "subject_id": str(one.subject_id),
            "before": masked(one.before),
            "after": masked(_with_token(ctx, one.after)),
        }
        for one in facts
    ]  # fmt: skip
    if not lines:
        return
    values = {
        "group": ctx.group_id, "person": ctx.actor.person_id, "actor": ctx.actor.name, "channel": ctx.channel,
        "request": ctx.request_id, "lines": json.dumps(lines, ensure_ascii=False),
    }  # fmt: skip
    with driver_cursor() as cursor:
        cursor.execute(_LINES, values)


def line_of(
    ctx: Context,
    code: str,
    subject_type: str,
    subject_id: object,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The values of one line, as `record` writes them, for a statement that writes more than the line."""
    return {
        "group": ctx.group_id, "person": ctx.actor.person_id, "actor": ctx.actor.name, "channel": ctx.channel,
        "request": ctx.request_id, "code": code, "subject_type": subject_type, "subject_id": str(subject_id),
        "before": _json(before), "after": _json(_with_token(ctx, after)),
    }  # fmt: skip


def _with_token(ctx: Context, after: dict[str, Any] | None) -> dict[str, Any] | None:
    """A person may have many tokens, and one of them may be stolen: what was done with which is in its line."""
    return {**(after or {}), "by_token": ctx.token} if ctx.token else after


def _json(facts: dict[str, Any] | None) -> str | None:
    return None if facts is None else json.dumps(masked(facts), ensure_ascii=False)
