"""A staged statement with all that follows from it alone, before it is held against what is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from moa.accounts.models import StatementFile
from moa.accounts.rules import BalanceSteps, DayMovement, statement_period, within_period
from moa.accounts.staging import Staged
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.formats.statements import StatementEnd


@dataclass(frozen=True)
class Incoming:
    """Shape: `first` and `last` its period, both inside; `least` and `greatest` the span of that and of its lines;
    `opening_minor` stated, or what a stated closing leaves; None where neither was.
    """

    index: int
    end: StatementEnd
    first: date
    last: date
    least: date
    greatest: date
    fetched_on: date
    movements: tuple[DayMovement, ...]
    opening_minor: int | None
    moved_minor: int
    not_booked: int

    @property
    def closing_minor(self) -> int | None:
        return None if self.opening_minor is None else self.opening_minor + self.moved_minor

    @property
    def booked(self) -> int:
        """How many booked lines it has."""
        return sum(movement.count for movement in self.movements)

    def by_day(self, counts: Iterable[tuple[date, int]]) -> dict[date, int]:
        """Counts of lines by the days on which they count for the balance."""
        found: dict[date, int] = {}
        for day, count in counts:
            inside = min(max(day, self.first), self.last)
            found[inside] = found.get(inside, 0) + count
        return found

    @property
    def is_stated(self) -> bool:
        """Whether anybody stated a balance."""
        return self.opening_minor is not None

    @cached_property
    def balance(self) -> BalanceSteps | None:
        if self.opening_minor is None:
            return None
        return BalanceSteps.over(self.opening_minor, self.movements, self.first, self.last)


def incoming(staged: Staged, index: int, *, fetched_on: date) -> Incoming | None:
    """The staged statement of that index; None when it has neither a line nor a date, and so says nothing."""
    end, sums = staged.ends[index], staged.sums[index]
    line_days = tuple(sorted(sums.days))
    period = statement_period((end.from_date, end.to_date), line_days, fetched_on)
    if period is None:
        return None
    first, last = period
    opening = end.opening_minor
    if opening is None and end.closing_minor is not None and not end.provisional:
        opening = end.closing_minor - sums.moved_minor
    return Incoming(
        index=index, end=end, first=first, last=last, least=min((first, *line_days)),
        greatest=max((last, *line_days)), fetched_on=fetched_on,
        movements=tuple(within_period(sums.days, first, last)),
        opening_minor=None if end.provisional else opening, moved_minor=sums.moved_minor, not_booked=sums.not_booked,
    )  # fmt: skip


def fetched_on(ctx: Context, file: StatementFile) -> date:
    """The day in the group's time zone on which a file came."""
    return local_day(ctx, file.received_at)


def local_day(ctx: Context, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(the_group_of(ctx).time_zone)).date()
