"""Set what a person wants to be told of, for oneself or, with the right, for others; and end it."""

from __future__ import annotations

from collections.abc import Iterable

from moa.accounts.models import Watch
from moa.accounts.permissions import VIEW, WATCH_OTHERS
from moa.accounts.queries import access_account
from moa.accounts.watch_rules import Condition, WatchKind
from moa.control.access import permitted_units, require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Person
from moa.kernel.errors import DomainError, NotFound


class WatchIncomplete(DomainError):
    """The kind of watch needs an amount with its currency, a factor of two or more, or hours; facts: `kind`."""

    code = "watch_incomplete"


def set_watch(
    ctx: Context, *, condition: Condition, persons: Iterable[int], account_id: int | None = None,
    unit_id: int | None = None, bank_key: str = "",
) -> list[Watch]:  # fmt: skip
    """One watch for each of the persons. They are told only of accounts that they may see then.

    Raises: forbidden, not_found (account, unit or person), watch_incomplete.
    """
    chosen = set(persons)
    units = permitted_units(ctx, VIEW)
    if chosen != {ctx.actor.person_id}:
        require_below(ctx, WATCH_OTHERS, None)
    if account_id is not None:
        access_account(ctx, account_id, VIEW)
    if unit_id is not None and units is not None and unit_id not in units:
        raise NotFound(unit=unit_id)
    known = set(Person.objects.filter(id__in=chosen, kind=Person.PERSON).values_list("id", flat=True))
    if chosen - known or not chosen:
        raise NotFound(person=next(iter(chosen - known), 0))
    check_complete(condition)
    made = [
        Watch.objects.create(
            group_id=ctx.group_id, person_id=person, maker_id=ctx.actor.person_id, kind=condition.kind,
            account_id=account_id, unit_id=unit_id, bank_key=bank_key, currency=condition.currency,
            amount_minor=condition.amount_minor, factor=condition.factor, from_time=condition.from_time,
            until_time=condition.until_time, made_at=ctx.at,
        )
        for person in sorted(chosen)
    ]  # fmt: skip
    for watch in made:
        record(
            ctx,
            "accounts.watch.set",
            "person",
            watch.person_id,
            after={"watch": watch.id, "kind": watch.kind},
        )
    return made


def check_complete(asked: Condition) -> None:
    """Raises: watch_incomplete."""
    amount = asked.amount_minor is not None and asked.amount_minor >= 0 and bool(asked.currency)
    hours = (
        asked.from_time is not None and asked.until_time is not None and asked.from_time < asked.until_time
    )
    needs = {
        WatchKind.UNUSUAL: asked.factor is not None and 2 <= asked.factor <= 1000,
        WatchKind.NIGHT: hours,
        WatchKind.SILENT: asked.until_time is not None,
    }
    loose = asked.amount_minor is not None and not asked.currency
    if loose or not needs.get(asked.kind, amount):
        raise WatchIncomplete(kind=str(asked.kind))


def end_watch(ctx: Context, *, watch_id: int) -> None:
    """One's own, or with the right any. Raises: forbidden, not_found."""
    watch = Watch.objects.filter(id=watch_id).first()
    if watch is None:
        raise NotFound(watch=watch_id)
    if watch.person_id != ctx.actor.person_id:
        require_below(ctx, WATCH_OTHERS, None)
    record(
        ctx, "accounts.watch.ended", "person", watch.person_id, before={"watch": watch.id, "kind": watch.kind}
    )
    watch.delete()
