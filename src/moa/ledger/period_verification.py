"""Take the sheets and seals of closed months and years again from the daily closings; part of `moa verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from moa.ledger.models import Book, PeriodClosing, Seal
from moa.ledger.models.period import MONTH
from moa.ledger.period_figures import digest_of_figures, figures_of, kept_figures
from moa.ledger.rules.periods import period_name
from moa.ledger.rules.seals import hex_of

Found = tuple[str, str, str]
"""What is looked at, what it should be, what it is."""


def period_differences(book: Book) -> Iterator[Found]:
    """Every closing of a month or a year: its text, its place in the chain, its day's seal, and its sheet."""
    former: dict[str, PeriodClosing] = {}
    for one in PeriodClosing.objects.filter(book_id=book.id).order_by("kind", "period", "revision"):
        name = f"{one.kind} {period_name(one.period)} revision {one.revision}"
        if one.hex != hex_of(one.facts):
            yield f"{name}: hex", hex_of(one.facts), one.hex
        before = former.get(one.kind)
        if one.previous != (before.hex if before else None):
            yield f"{name}: previous", str(before.hex if before else None), str(one.previous)
        if not Seal.objects.filter(book_id=book.id, business_date=one.last_day, hex=one.seal).exists():
            yield f"{name}: seal of {one.last_day}", "a seal of the day", one.seal
        yield from _sheet_differences(book, one, name)
        former[one.kind] = one


def _sheet_differences(book: Book, one: PeriodClosing, name: str) -> Iterator[Found]:
    kept = kept_figures(book, one.kind, one.period, one.revision)
    said = json.loads(one.facts)["sheet"]
    if digest_of_figures(kept) != said:
        yield f"{name}: sheet", digest_of_figures(kept), said
    newest = not PeriodClosing.objects.filter(
        book_id=book.id, kind=one.kind, period=one.period, revision__gt=one.revision
    ).exists()
    day_seal = Seal.objects.filter(book_id=book.id, business_date=one.last_day).order_by("-revision").first()
    if not newest or day_seal is None or day_seal.hex != one.seal:
        # The day was reopened since; the sheet says what was then.
        return
    taken = {
        (line.code, line.currency): line for line in figures_of(book, one.kind, one.period, one.last_day)
    }
    for line in kept:
        again = taken.pop((line.code, line.currency), None)
        shown = line if one.kind == MONTH else line._replace(carried=0)
        if again != shown and (again is not None or any(shown[2:])):
            yield f"{name}: {line.code} {line.currency}", str(again), str(shown)
    for left in taken.values():
        yield f"{name}: {left.code} {left.currency}", str(left), "not in the sheet"
