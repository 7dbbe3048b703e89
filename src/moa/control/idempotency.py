"""A key, the hash of its content, and the one result that it gives for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from moa.control.content_hash import content_hash
from moa.control.context import Context
from moa.control.masked_facts import masked
from moa.control.models import IdempotencyKey
from moa.kernel.errors import DomainError


class KeyInProgress(DomainError):
    """Another call with this key is at work now."""

    code = "in_progress"


class KeyConflict(DomainError):
    """The key was used before with other content; only the first counts."""

    code = "key_conflict"


class StoredRefusal(DomainError):
    """The first call with this key was refused; the same answer again, with its own code."""


def once(
    ctx: Context, scope: str, key: str, content: Any, run: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Run `run` for the first call with `key`; later calls get its stored result, a refusal included. A passing refusal
    (a missing right, a missing standing order) is not kept: nothing was decided, so the same key may be tried again.

    The key belongs to the person who used it first: with it another person reads no result, but has a conflict.
    The Context must be closed: the result is committed before it is given, so that a refusal, which a caller lets
    through as an exception, is not rolled back with it.

    Shape: the result is a JSON object; `scope` names the operation. Raises: in_progress, key_conflict, and for a
    refusal of `run` a StoredRefusal with the refusal's own code, the first time and every time; a passing one as it is.
    """
    digest = content_hash([ctx.actor.person_id, content])
    with transaction.atomic(durable=True), ctx.open():
        stored = _once(ctx, scope, key, digest, run)
    if stored.content_hash != digest:
        raise KeyConflict(key=key)
    if stored.refused:
        raise StoredRefusal(stored.result["code"], **stored.result["facts"])
    return dict(stored.result)


def once_within(
    ctx: Context, scope: str, key: str, run: Callable[[], dict[str, Any] | None]
) -> dict[str, Any]:
    """As `once`, for a form that may be sent twice, in the open Context: the second call waits for the first and gets its
    result. The key stands for the content too. A run that gives None decided nothing, and nothing is kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"once:{scope}:{key}", ctx.group_id]
        )
    stored = IdempotencyKey.objects.filter(scope=scope, key=key).first()
    if stored is not None:
        return dict(stored.result)
    result = run()
    if result is None:
        return {}
    IdempotencyKey.objects.create(
        group_id=ctx.group_id, scope=scope, key=key, content_hash=content_hash([ctx.actor.person_id, key]),
        result=result,
    )  # fmt: skip
    return result


def _once(
    ctx: Context, scope: str, key: str, digest: str, run: Callable[[], dict[str, Any]]
) -> IdempotencyKey:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_try_advisory_xact_lock(hashtextextended(%s, %s))",
            [f"once:{scope}:{key}", ctx.group_id],
        )
        if not cursor.fetchone()[0]:
            raise KeyInProgress(key=key)
    stored = IdempotencyKey.objects.filter(scope=scope, key=key).first()
    if stored is not None:
        return stored
    refused = False
    try:
        with transaction.atomic():
            result = run()
    except DomainError as refusal:
        if refusal.is_passing:
            raise
        facts = masked({name: str(value) for name, value in refusal.facts.items()})
        refused, result = True, {"code": refusal.code, "facts": facts}
    return IdempotencyKey.objects.create(
        group_id=ctx.group_id, scope=scope, key=key, content_hash=digest, refused=refused, result=result
    )
