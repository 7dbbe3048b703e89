"""Ask for the closing of a day, month or year by a job, whose steps are then seen."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.jobs import enqueue
from moa.kernel.errors import DomainError
from moa.ledger.closing_runs import CLOSE_JOB, is_abandoned, run_under_way
from moa.ledger.models import Book, BusinessDay, ClosingRun
from moa.ledger.models.closing_run import DAY
from moa.ledger.operations.close_day import ClosingOvertaken, NoDayOpen
from moa.ledger.operations.close_month import NothingToClose
from moa.ledger.periods import period_status
from moa.ledger.permissions import CLOSE_DAY, CLOSE_PERIOD
from moa.ledger.queries import day_under_way, last_closed_day, waiting_day
from moa.ledger.rules.periods import period_name


class DayNotCome(DomainError):
    """The day that would be closed lies ahead, and nobody said that this is meant. Facts: `day`, `today`."""

    code = "day_not_come"


def ask_closing(ctx: Context, book: Book, kind: str, target: str = "", *, early: bool = False) -> ClosingRun:
    """A new closing; while one of the book is under way, that one, whoever asked for it. One that lost its worker is ended.

    With `target` that day, month or year and no other, for a page may have stood open while it was closed. A day that
    has not come is closed only with `early`: the next day opens with a closing, and who presses twice means one day.
    Raises: forbidden, no_day_open, no_period_to_close, closing_overtaken, day_not_come.
    """
    require(ctx, CLOSE_DAY if kind == DAY else CLOSE_PERIOD, book.unit_id)
    found = (
        ClosingRun.objects.select_for_update().filter(book_id=book.id, state__in=ClosingRun.UNDER_WAY).first()
    )
    if found is not None:
        if not is_abandoned(found):
            return found
        ended = {"state": ClosingRun.FAILED, "code": "worker_lost", "ended_at": ctx.at}
        ClosingRun.objects.filter(id=found.id).update(**ended)
    now = target_of(ctx, book, kind)
    if target and target != now:
        raise ClosingOvertaken(target=target, now=now)
    target = now
    if kind == DAY:
        check_day_has_come(ctx, date.fromisoformat(target), early=early)
    try:
        with transaction.atomic():
            run = ClosingRun.objects.create(
                group_id=ctx.group_id, book_id=book.id, kind=kind, target=target, person_id=ctx.actor.person_id,
                asked_at=ctx.at,
            )  # fmt: skip
    except IntegrityError:
        other = run_under_way(book)
        if other is None:
            raise
        return other
    run.job_id = enqueue(ctx, CLOSE_JOB, run=run.id)
    run.save(update_fields=["job_id"])
    record(
        ctx, "ledger.closing.asked", "book", book.id, after={"kind": kind, "target": target, "run": run.id}
    )
    return run


def check_day_has_come(ctx: Context, day: date, *, early: bool) -> None:
    """Raises: day_not_come, when it lies ahead and nobody said (`early`) that this is meant."""
    if day > ctx.today and not early:
        raise DayNotCome(day=str(day), today=ctx.today)


def check_day_was_meant(book: Book, under_way: BusinessDay, *, asked_at: datetime, now: datetime) -> None:
    """Who asked at a moment for the closing of the day under way meant the day of then: one that another closing opened
    since is not it. Raises: closing_overtaken.
    """
    last = last_closed_day(book)
    if last is not None and last.closed_at is not None and asked_at < last.closed_at <= now:
        raise ClosingOvertaken(target=str(last.business_date), now=str(under_way.business_date))


def target_of(ctx: Context, book: Book, kind: str) -> str:
    """What would be closed now. Raises: no_day_open, no_period_to_close."""
    if kind == DAY:
        day = day_under_way(book)
        if day is None:
            waiting = waiting_day(book)
            raise NoDayOpen(book=book.code, waiting=waiting.business_date if waiting else "")
        return str(day.business_date)
    status = period_status(ctx, book, kind)
    if status is None:
        raise NothingToClose(book=book.code, kind=kind)
    return period_name(status.period)
