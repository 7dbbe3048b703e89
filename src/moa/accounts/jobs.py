"""Jobs of accounts: reading an uploaded file, with its progress shown while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections

from moa.accounts.operations.import_file import import_file
from moa.accounts.words_of_lines import read_new_words
from moa.control.context import Context
from moa.control.jobs import enqueue, job
from moa.kernel.lifecycle import MoveNotAllowed

WORDS_JOB = "accounts.read_words"


@contextmanager
def shown_progress(ctx: Context, file_id: int) -> Iterator[Callable[[int], None]]:
    """A function that writes how many entries were read, once a second, outside the importing transaction.

    It has a connection of its own, for the importing one shows nothing before it commits.
    """
    own = connections.create_connection("default")
    own.set_autocommit(False)
    last = time.monotonic()

    def show(done: int) -> None:
        nonlocal last
        if time.monotonic() - last < 1:
            return
        last = time.monotonic()
        with own.cursor() as cursor:
            cursor.execute("select set_config('moa.group_id', %s, true)", [str(ctx.group_id)])
            cursor.execute(
                "update accounts_statementfile set entries_read = %s where id = %s", [done, file_id]
            )
        own.commit()

    try:
        yield show
    finally:
        own.close()


@job("accounts.import_file")
def import_uploaded(ctx: Context, file_id: int) -> None:
    """Import a received file. Run twice (its worker died), the second run finds it done or starts over."""
    try:
        with shown_progress(ctx, file_id) as progress:
            import_file(
                ctx,
                file_id=file_id,
                sheet_limit=settings.SHEET_LIMIT_BYTES,
                progress=progress,
            )
    except MoveNotAllowed:
        return
    with ctx.open():
        enqueue(ctx, WORDS_JOB, lock=f"{WORDS_JOB}:{ctx.group_id}")


@job(WORDS_JOB, frequent=True)
def read_words(ctx: Context) -> None:
    """Put the words of new lines into the index of the search. Until then they are found by reading them."""
    while read_new_words(ctx):
        pass
