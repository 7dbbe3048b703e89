"""Stored lines and those of a contradicting statement, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection

from moa.accounts.incoming import fetched_on, incoming
from moa.accounts.lifecycle import ConflictState
from moa.accounts.models import BalancePoint, Conflict, Statement, StatementFile
from moa.accounts.overlap import find_overlap
from moa.accounts.reading import Reading, stage_again
from moa.accounts.surroundings import FOREVER
from moa.control.context import Context


@dataclass(frozen=True, slots=True)
class Comparison:
    """Shape: `pairs` as the page shows them; closings in minor units at the statement's last day."""

    pairs: list[dict[str, Any]]
    stored_file: StatementFile | None
    closing_stored_minor: int | None
    closing_incoming_minor: int | None


@dataclass(frozen=True, slots=True)
class _Line:
    booked_on: date
    time: time | None
    description: str
    counterparty: str
    amount_minor: int
    balance_minor: int | None
    place: str

    def shown(self) -> dict[str, Any]:
        out = self.amount_minor < 0
        return {
            "booked_on": self.booked_on, "time": self.time, "description": self.description,
            "counterparty": self.counterparty, "debit_minor": -self.amount_minor if out else None,
            "credit_minor": None if out else self.amount_minor, "balance_minor": self.balance_minor,
            "place": self.place,
        }  # fmt: skip


_ONLY_STORED = """
select t.booked_on, t.booked_time, t.description, t.counterparty, t.amount_minor, t.balance_minor, t.place
  from accounts_transaction t where t.account_id = %s and t.id = any(%s) order by t.booked_on, t.id limit 500
"""
_ONLY_INCOMING = """
select l.booked_on, l.booked_time, l.description, l.counterparty, l.amount_minor, l.balance_minor, l.place
  from import_line l
 where l.index = %s and l.status = 'booked' and not l.known order by l.booked_on, l.n limit 500
"""


def compare_with_stored(ctx: Context, conflict: Conflict, *, password: str = "") -> Comparison:
    """Read the file again and pair the lines that only one side has: same day and amount, else same day.

    A conflict that was decided is shown as it was before the decision. Raises: file_unreadable.
    """
    staged = stage_again(ctx, conflict.file, Reading(password))
    one = incoming(staged, conflict.index, fetched_on=fetched_on(ctx, conflict.file))
    if one is None:
        return Comparison([], None, None, None)
    until = _decided(conflict)
    overlap = find_overlap(conflict.account_id, one, until=until)
    with connection.cursor() as cursor:
        cursor.execute(_ONLY_STORED, [conflict.account_id, overlap.absent])
        stored = [_Line(*row) for row in cursor.fetchall()]
        cursor.execute(_ONLY_INCOMING, [conflict.index])
        incoming_lines = [_Line(*row) for row in cursor.fetchall()]
    point = (
        BalancePoint.objects.filter(
            account_id=conflict.account_id, day__lte=conflict.to_date, recorded_at__lt=until
        )
        .order_by("-day", "-recorded_at", "-id")
        .first()
    )
    before = (
        Statement.objects.filter(
            account_id=conflict.account_id, provisional=False, file__isnull=False,
            from_date__lte=conflict.to_date, to_date__gte=conflict.from_date, recorded_at__lt=until,
        )
        .exclude(file_id=conflict.file_id)
        .select_related("file")
        .order_by("-recorded_at", "-id")
        .first()
    )  # fmt: skip
    return Comparison(
        _pairs(stored, incoming_lines), before.file if before else None, point.balance_minor if point else None,
        one.closing_minor,
    )  # fmt: skip


def _decided(conflict: Conflict) -> datetime:
    """Until when what is stored was as the decision found it."""
    if conflict.state == ConflictState.OPEN:
        return FOREVER
    stored = Statement.objects.filter(file_id=conflict.file_id, index=conflict.index).order_by("id").first()
    return (stored.recorded_at if stored else conflict.decided_at) or FOREVER


def _pairs(stored: list[_Line], incoming: list[_Line]) -> list[dict[str, Any]]:
    left = list(incoming)
    pairs: list[dict[str, Any]] = []
    for line in stored:
        twin = next(
            (one for one in left if (one.booked_on, one.amount_minor) == (line.booked_on, line.amount_minor)),
            None,
        )
        twin = twin or next((one for one in left if one.booked_on == line.booked_on), None)
        if twin is not None:
            left.remove(twin)
        pairs.append(_pair(line, twin))
    pairs.extend(_pair(None, line) for line in left)
    return sorted(pairs, key=lambda pair: pair["date"])


def _pair(stored: _Line | None, incoming: _Line | None) -> dict[str, Any]:
    if stored is None or incoming is None:
        differs = ["absent"]
    else:
        differs = [
            name
            for name, same in (
                ("amount", abs(stored.amount_minor) == abs(incoming.amount_minor)),
                ("direction", (stored.amount_minor < 0) == (incoming.amount_minor < 0)),
                (
                    "description",
                    (stored.description, stored.counterparty)
                    == (incoming.description, incoming.counterparty),
                ),
            )
            if not same
        ]
    one = stored or incoming
    assert one is not None
    return {
        "date": one.booked_on, "stored": stored.shown() if stored else None,
        "incoming": incoming.shown() if incoming else None, "differs": differs,
    }  # fmt: skip
