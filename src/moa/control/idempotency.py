"""A key, the hash of its content, and the one result that it gives for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from moa.control.content_hash import content_hash
from moa.control.context import Context
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
    """Run `run` for the first call with `key`; later calls get its stored result, a refusal included.

    Shape: the result is a JSON object. Raises: in_progress, key_conflict, and whatever refusal `run` raised.
    """
    digest = content_hash(content)
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_try_advisory_xact_lock(hashtextextended(%s, %s))",
            [f"once:{scope}:{key}", ctx.group_id],
        )
        if not cursor.fetchone()[0]:
            raise KeyInProgress(key=key)
    stored = IdempotencyKey.objects.filter(scope=scope, key=key).first()
    if stored is not None:
        return _replay(stored, digest)
    refused = False
    try:
        with transaction.atomic():
            result = run()
    except DomainError as refusal:
        refused, result = True, {"code": refusal.code, "facts": {k: str(v) for k, v in refusal.facts.items()}}
    stored = IdempotencyKey.objects.create(
        group_id=ctx.group_id, scope=scope, key=key, content_hash=digest, refused=refused, result=result
    )
    return _replay(stored, digest)


def _replay(stored: IdempotencyKey, digest: str) -> dict[str, Any]:
    if stored.content_hash != digest:
        raise KeyConflict(key=stored.key)
    if stored.refused:
        raise StoredRefusal(stored.result["code"], **stored.result["facts"])
    return dict(stored.result)
