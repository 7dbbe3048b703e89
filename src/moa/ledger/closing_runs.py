"""Closings on their way: the one of a book, whether its worker is gone, and its steps told while it is under way."""

from __future__ import annotations

import logging
import threading

from django.db import connection

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.control.jobs import STALLED_AFTER_SECONDS
from moa.kernel.errors import NotFound
from moa.ledger.models import Book, ClosingRun
from moa.ledger.queries import access_book

logger = logging.getLogger("moa.ledger")
CLOSE_JOB = "ledger.close"

# A job that is gone from the queue, ended without ending the run, or whose worker gives no sign of life.
_GONE = """
select coalesce((
    select j.status in ('failed', 'succeeded', 'cancelled', 'aborted')
           or (j.status = 'doing' and (w.id is null or w.last_heartbeat < now() - make_interval(secs => %s)))
      from procrastinate_jobs j left join procrastinate_workers w on w.id = j.worker_id
     where j.id = %s), true)
"""


def run_under_way(book: Book) -> ClosingRun | None:
    """The closing of the book that waits or runs."""
    return ClosingRun.objects.filter(book_id=book.id, state__in=ClosingRun.UNDER_WAY).first()


def access_run(ctx: Context, run_id: int) -> ClosingRun:
    """A closing of a book that the actor may see. Raises: not_found."""
    run = ClosingRun.objects.select_related("book", "person").filter(id=run_id).first()
    if run is None:
        raise NotFound(run=run_id)
    access_book(ctx, run.book.code)
    return run


def is_abandoned(run: ClosingRun) -> bool:
    """Whether nobody works on it any more although it has not ended. What it had begun was undone with its transaction."""
    if run.state not in ClosingRun.UNDER_WAY:
        return False
    with driver_cursor() as cursor:
        cursor.execute(_GONE, [STALLED_AFTER_SECONDS, run.job_id])
        row = cursor.fetchone()
    return bool(row and row[0])


def tell_step(ctx: Context, run_id: int, step: str) -> None:
    """Write the step where others see it at once: the closing's own transaction is seen only when it has ended.

    A thread has a connection of its own. A closing never fails because its step could not be told.
    """

    def write() -> None:
        try:
            with ctx.open():
                ClosingRun.objects.filter(id=run_id, state=ClosingRun.RUNNING).update(step=step)
        except Exception:
            logger.exception("the step %s of closing %s was not told", step, run_id)
        finally:
            connection.close()

    thread = threading.Thread(target=write, name="moa-closing-step")
    thread.start()
    thread.join()
