"""Carry out a closing that was asked for: wholly or not at all, and its end is written with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import hold_book
from moa.ledger.closing_runs import tell_step
from moa.ledger.closing_steps import Tell
from moa.ledger.models import Book, ClosingRun
from moa.ledger.operations.ask_closing import target_of
from moa.ledger.operations.close_day import CloseRefused, ClosingOvertaken, close_day
from moa.ledger.operations.close_month import PeriodCloseRefused, close_month
from moa.ledger.operations.close_year import close_year


def run_closing(ctx: Context, run_id: int) -> None:
    """Its own transactions: one that takes it up, one that closes and ends it, and one for each step that is told.

    Killed anywhere, it is under way and nothing is closed, or it is done and all is; done again it goes on from there.
    A refusal is its end too, with the checks that do not hold.
    """
    with ctx.open():
        run = ClosingRun.objects.select_for_update().select_related("book").get(id=run_id)
        if run.state not in ClosingRun.UNDER_WAY:
            return
        _set(run, ClosingRun.UNDER_WAY, state=ClosingRun.RUNNING, started_at=ctx.at, step="")
    try:
        with ctx.open():
            result = _close(ctx, run, lambda step: tell_step(ctx, run.id, step))
            if not _set(run, [ClosingRun.RUNNING], state=ClosingRun.DONE, ended_at=ctx.at, result=result):
                raise ClosingOvertaken(target=run.target, now="")
    except DomainError as refusal:
        checks = refusal.findings if isinstance(refusal, CloseRefused | PeriodCloseRefused) else []
        failed = [(one.name, dict(one.facts)) for one in checks if not one.ok]
        with ctx.open():
            _set(
                run, [ClosingRun.RUNNING], state=ClosingRun.REFUSED, ended_at=ctx.at, code=refusal.code, findings=failed,
            )  # fmt: skip


def _set(run: ClosingRun, states: Any, **values: Any) -> int:
    return ClosingRun.objects.filter(id=run.id, state__in=states).update(**values)


def _close(ctx: Context, run: ClosingRun, tell: Tell) -> dict[str, Any]:
    """What was asked for and nothing else: with the book held alone it is still what would be closed now."""
    tell("hold")
    hold_book(run.book_id)
    now = target_of(ctx, run.book, run.kind)
    if now != run.target:
        raise ClosingOvertaken(target=run.target, now=now)
    return _CLOSES[run.kind](ctx, run.book, tell)


def _day(ctx: Context, book: Book, tell: Tell) -> dict[str, Any]:
    closed = close_day(ctx, book, tell=tell)
    return {
        "seal": closed.hex, "vouchers": closed.vouchers, "entries": closed.entries, "next_day": str(closed.next_day),
        "next_is_open": closed.next_is_open,
    }  # fmt: skip


def _month(ctx: Context, book: Book, tell: Tell) -> dict[str, Any]:
    return {"seal": close_month(ctx, book, tell=tell).hex}


def _year(ctx: Context, book: Book, tell: Tell) -> dict[str, Any]:
    return {"seal": close_year(ctx, book, tell=tell).hex}


_CLOSES: dict[str, Callable[[Context, Book, Tell], dict[str, Any]]] = {
    "day": _day, "month": _month, "year": _year,
}  # fmt: skip
