"""MT942, the bank's report within the day: what came so far, with counts and sums, without balances.

Source: SWIFT User Handbook, category 9, MT942, fields 34F, 13D, 90D and 90C.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from moa_world.lines import Statement
from moa_world.writers.mt940 import enclosed, entry, figure

_FLOOR_MINOR = 0


def write_mt942(statements: Iterable[Statement], *, reported_at: datetime, encoding: str) -> bytes:
    """One file with a message per account. Shape: `reported_at` aware; the statements' balances are not printed."""
    rows: list[str] = []
    for statement in statements:
        rows.extend(enclosed(statement.account, "942", list(_report(statement, reported_at))))
    return ("\r\n".join(rows) + "\r\n").encode(encoding)


def _report(statement: Statement, reported_at: datetime) -> Iterator[str]:
    account = statement.account
    yield f":20:I{account.tail}{reported_at:%y%m%d%H%M}"
    yield f":25:{account.number}"
    yield f":28C:{statement.number}/1"
    yield f":34F:{account.currency}{figure(_FLOOR_MINOR, account.currency)}"
    yield f":13D:{reported_at:%y%m%d%H%M%z}"
    for posted in statement.lines:
        yield from entry(account, posted)
    amounts = [posted.line.amount_minor for posted in statement.lines]
    debits = [-amount for amount in amounts if amount < 0]
    credits_ = [amount for amount in amounts if amount > 0]
    yield f":90D:{len(debits)}{account.currency}{figure(sum(debits), account.currency)}"
    yield f":90C:{len(credits_)}{account.currency}{figure(sum(credits_), account.currency)}"
