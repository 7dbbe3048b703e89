"""The proof of closed days, line by line: which closings it holds, and every line of the file. docs/proof/format.md specifies it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from moa.control.context import Context
from moa.directory.queries import calendar_for
from moa.kernel.calendars import Convention
from moa.kernel.errors import DomainError
from moa.ledger.lifecycle import DayState
from moa.ledger.models import Book, BusinessDay, Seal, SealedLine
from moa.ledger.proof_lines import Closing, Sums, day_lines, moved_accounts, standing_at, sums_of
from moa.ledger.reading_by_keys import by_keys
from moa.ledger.rules.seals import VERSION, Chain, body_of


class DayNotClosed(DomainError):
    """A business day of the range is not closed; facts: `day`."""

    code = "day_not_closed"


class NothingClosed(DomainError):
    """No day of the range is closed; facts: `first`, `last`."""

    code = "nothing_closed"


def proof_of(book: Book, seals: list[Seal]) -> Iterator[bytes]:
    """Every line of the file, the last one with their number. Only what is sealed is read, so it is the same at any time."""
    chain = Chain()
    with by_keys():
        for body in _bodies(book, seals):
            yield chain.line(body)
        yield chain.line(body_of(["end", chain.lines]))


def seals_of(ctx: Context, book: Book, first: date, last: date) -> list[Seal]:
    """The closings from `first` to `last`, both included, the oldest first. Raises: day_not_closed, nothing_closed."""
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
