"""Ask the time stamping authority for the seals that have no time stamp yet; no transaction is open meanwhile."""

from __future__ import annotations

import base64
import secrets
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings

from moa.control.audit import record
from moa.control.context import Context
from moa.control.notices import tell
from moa.formats.timestamps import REQUEST_TYPE, Stamp, StampRefused, read_reply, request_for
from moa.ledger.models import Book, SealDispatch
from moa.ledger.notices import SEAL_OUTSTANDING

_TIMEOUT_SECONDS, _LARGEST_REPLY = 10, 200_000
# While an authority is down, each run tries a few and none of them twice at once.
_MOST_AT_ONCE = 20
_TOLD_AFTER = 3


def stamp_seals(ctx: Context) -> int:
    """Try every outstanding time stamp once, in the order of the closings; gives how many came.

    An authority that was changed since is asked at its new address. Safe to run twice: a second stamp of a seal is not taken. The Context must be closed.
    """
    with ctx.open():
        waiting = list(
            SealDispatch.objects.filter(way=SealDispatch.TIMESTAMP, sent_at=None)
            .select_related("seal")
            .order_by("attempts", "id")[:_MOST_AT_ONCE]
        )
    count = 0
    for dispatch in waiting:
        try:
            stamp = _ask(settings.TSA_URL or dispatch.target, bytes.fromhex(dispatch.seal.hex))
        except (StampRefused, OSError, HTTPException, ValueError) as fault:
            _note_failure(ctx, dispatch, f"{fault}" or type(fault).__name__)
            continue
        with ctx.open():
            locked = SealDispatch.objects.select_for_update().get(id=dispatch.id)
            if locked.sent_at is None:
                _keep(ctx, locked, stamp)
                count += 1
    return count


def _ask(url: str, digest: bytes) -> Stamp:
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("MOA_TSA_URL begins with http:// or https://")
    nonce = secrets.randbits(63) | 1
    asked = Request(url, data=request_for(digest, nonce), headers={"Content-Type": REQUEST_TYPE})
    with urlopen(asked, timeout=_TIMEOUT_SECONDS) as reply:
        data = reply.read(_LARGEST_REPLY + 1)
    if len(data) > _LARGEST_REPLY:
        raise StampRefused("the answer is too long for a time stamp")
    trusted = Path(settings.TSA_CERTIFICATE).read_bytes() if settings.TSA_CERTIFICATE else b""
    return read_reply(data, digest, nonce, trusted)


def _keep(ctx: Context, dispatch: SealDispatch, stamp: Stamp) -> None:
    SealDispatch.objects.filter(id=dispatch.id).update(
        attempts=dispatch.attempts + 1, tried_at=ctx.at, sent_at=ctx.at, problem="", stamped_at=stamp.moment,
        answer=base64.b64encode(stamp.token).decode(),
    )  # fmt: skip
    record(
        ctx, "ledger.seal.stamped", "seal", dispatch.seal_id,
        after={"authority": settings.TSA_URL or dispatch.target, "moment": stamp.moment.isoformat()},
    )  # fmt: skip


def _note_failure(ctx: Context, dispatch: SealDispatch, problem: str) -> None:
    with ctx.open():
        attempts = dispatch.attempts + 1
        SealDispatch.objects.filter(id=dispatch.id, sent_at=None).update(
            attempts=attempts, tried_at=ctx.at, problem=problem[:500]
        )
        if attempts != _TOLD_AFTER:
            return
        book = Book.objects.get(id=dispatch.seal.book_id)
        tell(
            ctx, SEAL_OUTSTANDING, key=str(dispatch.id), unit_id=book.unit_id, link=f"/books/closing?book={book.code}",
            facts={"book": {"": book.name} | book.names, "day": str(dispatch.seal.business_date), "problem": problem[:200]},
        )  # fmt: skip
