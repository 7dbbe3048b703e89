"""Write the proof of closed days into one file that a stranger can check without us."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.directory.queries import calendar_for
from moa.kernel.calendars import Convention
from moa.kernel.errors import DomainError
from moa.ledger.lifecycle import DayState
from moa.ledger.models import Book, BusinessDay, Seal, SealedLine
from moa.ledger.permissions import EXPORT_PROOF
from moa.ledger.proof_lines import Closing, Sums, day_lines, moved_accounts, standing_at, sums_of
from moa.ledger.reading_by_keys import by_keys
from moa.ledger.rules.seals import VERSION, Chain, body_of


class DayNotClosed(DomainError):
    """A business day of the range is not closed; facts: `day`."""

    code = "day_not_closed"


class NothingClosed(DomainError):
    """No day of the range is closed; facts: `first`, `last`."""

    code = "nothing_closed"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written. Shape: `seals` by date, the last of each day."""

    path: Path
    lines: int
    first: date
    last: date
    seals: dict[date, str]


def export_proof(ctx: Context, book: Book, *, first: date, last: date, path: Path) -> Exported:
    """Write the proof of the days from `first` to `last`, both included, to `path`: whole or not at all.

    Only what is sealed is read, so nothing that happens meanwhile changes the file, and nobody waits for it.
    Raises: forbidden, day_not_closed, nothing_closed.
    """
    require(ctx, EXPORT_PROOF, book.unit_id)
    seals = _seals(ctx, book, first, last)
    chain = Chain()
    beside = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        with beside.open("xb") as file, by_keys():
            for body in _bodies(book, seals):
                file.write(chain.line(body))
            file.write(chain.line(body_of(["end", chain.lines])))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    exported = Exported(
        path, chain.lines, seals[0].business_date, seals[-1].business_date, {one.business_date: one.hex for one in seals}
    )  # fmt: skip
    record(
        ctx, "ledger.proof.exported", "book", book.id,
        after={"first": str(exported.first), "last": str(exported.last), "seal": seals[-1].hex},
    )  # fmt: skip
    return exported


def _seals(ctx: Context, book: Book, first: date, last: date) -> list[Seal]:
    days = BusinessDay.objects.filter(book_id=book.id)
    unclosed = days.filter(business_date__range=(first, last)).exclude(state=DayState.CLOSED)
    for day in unclosed.order_by("business_date"):
        raise DayNotClosed(day=day.business_date)
    newest = days.order_by("-business_date").first()
    if newest is not None:
        without_books = max(newest.business_date + timedelta(days=1), first)
        follows = calendar_for(ctx, book.calendar).adjust(without_books, Convention.FOLLOWING)
        if follows <= last:
            raise DayNotClosed(day=follows)
    seals = list(
        Seal.objects.filter(book_id=book.id, business_date__range=(first, last)).order_by(
            "business_date", "revision"
        )
    )
    if not seals:
        raise NothingClosed(first=first, last=last)
    return seals


def _bodies(book: Book, seals: list[Seal]) -> Iterator[str]:
    """Every line of the file but the last."""
    before = (
        Seal.objects.filter(book_id=book.id, business_date__lt=seals[0].business_date)
        .order_by("-business_date", "-revision")
        .first()
    )
    head = {
        "group": _said(seals[0], "group"), "book": book.code, "currency": _said(seals[0], "currency"),
        "from": str(seals[0].business_date), "to": str(seals[-1].business_date),
    }  # fmt: skip
    yield body_of(["proof", VERSION, head])
    standing = standing_at(book, before.business_date, before.revision) if before else []
    for one in standing:
        yield body_of(["balance", *one])
    yield body_of(["before", None]) if before is None else f'["before",{before.facts}]\n'
    sums = sums_of(standing)
    former: Seal | None = None
    for seal in seals:
        again = former is not None and former.business_date == seal.business_date
        since = former.closed_at if former and again else None
        closing = Closing(book, seal.business_date, seal.revision, since, seal.closed_at)
        yield from _sealed_day(closing, seal, sums)
        former = seal


def _sealed_day(closing: Closing, seal: Seal, sums: Sums) -> Iterator[str]:
    for line in day_lines(closing, moved_accounts(closing), sums):
        yield body_of(line)
    yield from (
        SealedLine.objects.filter(
            book_id=closing.book.id, business_date=closing.day, revision=closing.revision
        )
        .order_by("place")
        .values_list("body", flat=True)
    )
    yield f'["seal",{seal.facts}]\n'


def _said(seal: Seal, name: str) -> Any:
    return json.loads(seal.facts)[name]
