"""What a payment would lead to, before it is submitted: who decides, what the account holds then, which limit is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from moa.control.approval_route import find_route
from moa.control.approvers import list_approvers
from moa.control.context import Context
from moa.control.models import ApprovalGrade
from moa.control.queries import person_names
from moa.kernel.errors import DomainError
from moa.ledger.models import Book
from moa.ledger.queries import day_under_way
from moa.payments.account_then import AccountThen, Outgoing, accounts_then
from moa.payments.bundle_reading import BundleReading, common_unit, read_bundle, unit_of
from moa.payments.operations.save_order import SUBJECT
from moa.payments.operations.submit_order import twins_of, uses_for
from moa.payments.reading import Reading, read_order
from moa.payments.rules.duplicates import Duplicate
from moa.payments.rules.limits import LimitUse
from moa.payments.rules.typed_orders import TypedOrder
from moa.payments.rules.typed_series import TypedSeries
from moa.payments.series_reading import SeriesReading, read_series


@dataclass(frozen=True, slots=True)
class StepSeen:
    """One step of the decision. Shape: `grade` the lowest that may give it, "" for any; `names` who could."""

    grade: str
    review: str
    names: list[str]


@dataclass(slots=True)
class Preview:
    """Shape: empty where the form does not say enough yet; `nobody` the code of why nobody could decide."""

    reading: Reading
    steps: list[StepSeen] = field(default_factory=list)
    nobody: str = ""
    accounts: list[AccountThen] = field(default_factory=list)
    uses: list[LimitUse] = field(default_factory=list)
    twins: list[Duplicate] = field(default_factory=list)
    waits_for_day: bool = False


def preview(ctx: Context, book: Book, typed: TypedOrder, *, order_id: int = 0) -> Preview:
    """Nothing is locked: what others do meanwhile may change it until it is approved."""
    seen = Preview(read_order(ctx, book, typed))
    reading = seen.reading
    if reading.payer is None or reading.amount_minor is None:
        return seen
    see_route(ctx, seen, unit_of(book, reading.payer), reading.amount_minor, reading.currency)
    seen.accounts = accounts_then(
        book, [Outgoing(reading.payer.id, reading.amount_minor, reading.pay_on)], but=[order_id]
    )
    seen.uses = uses_for(ctx, book, order_id, reading)
    seen.twins = twins_of(book, order_id, typed, reading)
    day = day_under_way(book)
    seen.waits_for_day = day is None or (reading.pay_on is not None and day.business_date < reading.pay_on)
    return seen


def preview_series(ctx: Context, book: Book, typed: TypedSeries) -> tuple[SeriesReading, Preview]:
    """A series as of its first day, account and limits too; who decides is found by the total."""
    series = read_series(ctx, book, typed)
    seen = Preview(series.order)
    if series.order.payer is not None and series.total_minor:
        see_route(ctx, seen, unit_of(book, series.order.payer), series.total_minor, series.order.currency)
        if series.order.amount_minor is not None:
            first = Outgoing(series.order.payer.id, series.order.amount_minor, series.order.pay_on)
            seen.accounts = accounts_then(book, [first])
        seen.uses = uses_for(ctx, book, 0, series.order)
        seen.twins = twins_of(book, 0, typed.order, series.order)
    return series, seen


def preview_bundle(ctx: Context, book: Book, rows: Sequence[TypedOrder]) -> tuple[BundleReading, Preview]:
    """Several payments; who decides is found by their total in the unit above all that pay."""
    bundle = read_bundle(ctx, book, rows, with_names=False)
    seen = Preview(bundle.rows[0].reading if bundle.rows else Reading())
    if bundle.total_minor and bundle.currency:
        see_route(ctx, seen, common_unit(book, bundle), bundle.total_minor, bundle.currency)
        seen.accounts = accounts_then(book, _outgoing(bundle))
        seen.uses = bundle.uses
    return bundle, seen


def _outgoing(bundle: BundleReading) -> list[Outgoing]:
    read = [row.reading for row in bundle.rows]
    return [
        Outgoing(one.payer.id, one.amount_minor, one.pay_on) for one in read if one.payer and one.amount_minor
    ]


def see_route(
    ctx: Context, seen: Preview, unit_id: int | None, amount_minor: int | None, currency: str
) -> None:
    """Who decides on so much."""
    try:
        route = find_route(ctx, SUBJECT, unit_id, amount_minor, currency)
    except DomainError as refusal:
        seen.nobody = refusal.code
        return
    if not route.steps:
        able = sorted(person for person in list_approvers(ctx, unit_id) if person != ctx.actor.person_id)
        seen.nobody = "" if able else "nobody_can_approve"
        seen.steps = [StepSeen("", "visual", _names(ctx, able))] if able else []
        return
    grades = {one.code: one.names.get(ctx.language) or one.name for one in ApprovalGrade.objects.all()}
    seen.steps = [
        StepSeen(str(grades.get(step.grade, step.grade)), step.review, _names(ctx, sorted(persons)))
        for step, persons in zip(route.steps, route.candidates, strict=True)
    ]


def _names(ctx: Context, persons: list[int]) -> list[str]:
    names = person_names(ctx, set(persons))
    return [names[person] for person in persons if person in names]
