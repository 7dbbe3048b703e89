"""The seals of a book and how each left the house."""

from __future__ import annotations

import json
from dataclasses import dataclass

from moa.control.models import Mail
from moa.ledger.models import Book, Seal, SealDispatch


@dataclass(frozen=True, slots=True)
class Left:
    """One way out. Shape: `state` sent, waiting or failed; `problem` why not yet."""

    way: str
    target: str
    state: str
    problem: str
    dispatch: SealDispatch


@dataclass(frozen=True, slots=True)
class SealRow:
    seal: Seal
    ways: list[Left]


def list_seals(book: Book, *, limit: int = 50, before: int | None = None) -> list[SealRow]:
    """The newest first; `before` is the number of the last one that was shown."""
    found = Seal.objects.filter(book_id=book.id).order_by("-id").select_related("closed_by")
    if before is not None:
        found = found.filter(id__lt=before)
    seals = list(found.prefetch_related("dispatches")[:limit])
    mails = _mails([one for seal in seals for one in seal.dispatches.all()])
    return [SealRow(seal, [_left(one, mails) for one in seal.dispatches.all()]) for seal in seals]


def _mails(dispatches: list[SealDispatch]) -> dict[int, Mail]:
    wanted = {n for one in dispatches if one.way == SealDispatch.MAIL for n in json.loads(one.answer or "[]")}
    return {mail.id: mail for mail in Mail.objects.filter(id__in=wanted)}


def _left(one: SealDispatch, mails: dict[int, Mail]) -> Left:
    if one.way == SealDispatch.TIMESTAMP:
        return Left(one.way, one.target, "sent" if one.sent_at else "waiting", one.problem, one)
    found = [mails[n] for n in json.loads(one.answer or "[]") if n in mails]
    states = {mail.state for mail in found}
    state = "failed" if "failed" in states else "sent" if states <= {"sent"} else "waiting"
    return Left(one.way, one.target, state, "", one)
