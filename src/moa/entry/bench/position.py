"""`moa bench position`: the group's position against the sum over its transactions."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from django.db import connection

from moa.entry.bench.bulk_group import LAST_DAY, bulk_group
from moa.entry.bench.measure import Result
from moa.reports.position import position

ROUNDS = 5

_SUM = """
select a.currency, sum(t.amount_minor)::bigint from accounts_transaction t
  join accounts_bankaccount a on a.id = t.account_id group by 1 order by 1
"""


def run() -> list[Result]:
    """Shape: ours and reference in milliseconds, median of five after one warm-up, same answer checked."""
    ctx = bulk_group().ctx
    answers: dict[str, dict[str, int]] = {}

    def ours() -> None:
        with ctx.open():
            found = position(ctx, day=LAST_DAY, by="currency")
        answers["ours"] = {row.currency: row.balance_minor for row in found.rows}

    def reference() -> None:
        with ctx.open(), connection.cursor() as cursor:
            cursor.execute(_SUM)
            answers["reference"] = dict(cursor.fetchall())

    mine, theirs = _milliseconds(ours), _milliseconds(reference)
    if answers["ours"] != answers["reference"]:
        raise AssertionError(f"the answers differ: {answers}")
    return [Result("position.total", ours=mine, reference=theirs, ratio=round(theirs / mine, 2), floor=20)]


def _milliseconds(action: Callable[[], None]) -> float | int:
    action()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return round(statistics.median(times) * 1000, 2)
