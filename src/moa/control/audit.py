"""The audit line of an operation, in the operation's own transaction."""

from __future__ import annotations

import json
from typing import Any

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
        "before": _json(before), "after": _json(after),
    }  # fmt: skip


def _json(facts: dict[str, Any] | None) -> str | None:
    return None if facts is None else json.dumps(masked(facts), ensure_ascii=False)
