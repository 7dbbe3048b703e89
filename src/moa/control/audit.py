"""The audit line of an operation, in the operation's own transaction."""

from __future__ import annotations

from typing import Any

from moa.control.context import Context
from moa.control.masked_facts import masked
from moa.control.models import AuditLine


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
    AuditLine.objects.create(
        group_id=ctx.group_id, person_id=ctx.actor.person_id, actor_name=ctx.actor.name, channel=ctx.channel,
        request_id=ctx.request_id, code=code, subject_type=subject_type, subject_id=str(subject_id),
        before=masked(before), after=masked(after),
    )  # fmt: skip
