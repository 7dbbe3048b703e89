"""The seal of a month or a year: over its sheet, the seal of its last day, and the closing of its kind before."""

from __future__ import annotations

from typing import Any

from moa.control.context import Context
from moa.ledger.models import Book, PeriodClosing, Seal
from moa.ledger.period_state import latest_closing
from moa.ledger.periods import PeriodStatus
from moa.ledger.proof_lines import moment_text
from moa.ledger.rules.seals import hex_of, text_of
from moa.ledger.sealing import closing_moment


def seal_period(ctx: Context, book: Book, asked: PeriodStatus, said: dict[str, Any]) -> PeriodClosing:
    """The row of the closing, not yet stored. Shape: `said` what this kind says besides; the book is held alone."""
    former = latest_closing(book, asked.kind)
    again = former is not None and former.period == asked.period
    revision = former.revision + 1 if former and again else 1
    closed_at = closing_moment(book)
    day_seal = (
        Seal.objects.filter(book_id=book.id, business_date=asked.last_day).order_by("-revision").first()
    )
    assert day_seal is not None, "a closed day has a seal"
    facts = {
        "book": book.code, "kind": asked.kind, "period": asked.period, "revision": revision,
        "previous": former.hex if former else None, "closed_at": moment_text(closed_at),
        "last_day": str(asked.last_day), "seal": day_seal.hex, **said,
    }  # fmt: skip
    text = text_of(facts)
    return PeriodClosing(
        group_id=ctx.group_id, book_id=book.id, kind=asked.kind, period=asked.period, revision=revision,
        last_day=asked.last_day, seal=day_seal.hex, previous=facts["previous"], hex=hex_of(text), facts=text,
        closed_at=closed_at, closed_by_id=ctx.actor.person_id,
    )  # fmt: skip
