"""What a typed series means: the payment, its days, and what is wrong where."""

from __future__ import annotations

from dataclasses import dataclass, field

from moa.control.context import Context
from moa.directory.queries import calendar_for
from moa.ledger.models import Book
from moa.ledger.rules.vouchers import MOST_MINOR
from moa.payments.bank_reading import COUNTRY
from moa.payments.lifecycle import SeriesState
from moa.payments.models import PaymentSeries
from moa.payments.reading import ABOVE_LIMIT, Flaw, Reading, read_order
from moa.payments.rules.pay_days import HOLIDAY_RULES, MOST_OCCURRENCES, Day, SeriesPlan, plan_days
from moa.payments.rules.several import MOST_TRANSFERS
from moa.payments.rules.typed_series import TypedSeries, read_plan


@dataclass(slots=True)
class SeriesReading:
    """Shape: `order` the payment as of its first day; `days` empty while the plan cannot be read."""

    order: Reading
    plan: SeriesPlan | None = None
    days: list[Day] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def total_minor(self) -> int:
        return (self.order.amount_minor or 0) * len(self.days)


def read_series(ctx: Context, book: Book, typed: TypedSeries) -> SeriesReading:
    """Everything that can be understood, and every flaw with its field."""
    plan, wrong = read_plan(typed, ctx.today)
    rule = typed.order.holiday_rule.strip()
    days: list[Day] = []
    flaws = [Flaw(name, code, str(getattr(typed, name))) for name, code in wrong]
    if plan is not None and rule in ("", *HOLIDAY_RULES):
        days = plan_days(plan, rule, calendar_for(ctx, COUNTRY if typed.order.is_of_bank else book.calendar))
        if not days:
            flaws.append(Flaw("until", "series_without_days"))
        elif len(days) > MOST_OCCURRENCES:
            flaws.append(
                Flaw("times" if typed.times.strip() else "until", "series_too_long", str(MOST_OCCURRENCES))
            )
        elif days[0].pay_on < ctx.today:
            flaws.append(Flaw("first", "pay_day_over", str(days[0].pay_on)))
    first = str(days[0].planned_on) if days else ""
    reading = SeriesReading(read_order(ctx, book, typed.order._replace(pay_on=first)), plan, days, flaws)
    reading.flaws += [
        flaw for flaw in reading.order.flaws if not _is_no_hindrance(flaw, reading) and (flaw.field != "pay_on" or not flaws)
    ]  # fmt: skip
    if reading.total_minor > MOST_MINOR:
        reading.flaws.append(Flaw("amount", "amount_invalid", typed.order.amount))
    return reading


def _is_no_hindrance(flaw: Flaw, reading: SeriesReading) -> bool:
    """What is over the bank's limit leaves in several transfers each time, as many as one decision may cover."""
    return flaw.code == ABOVE_LIMIT and len(reading.order.parts) <= MOST_TRANSFERS


def series_alike(book: Book, reading: SeriesReading) -> list[PaymentSeries]:
    """Other series in force or waiting that pay the same amount from the same account to the same payee."""
    payer, payee, amount = reading.order.payer, reading.order.paid, reading.order.amount_minor
    if payer is None or payee is None or amount is None:
        return []
    others = PaymentSeries.objects.filter(
        book_id=book.id, payer_id=payer.id, amount_minor=amount, state__in=[SeriesState.PENDING, SeriesState.ACTIVE]
    ).select_related("request")  # fmt: skip
    return [one for one in others.order_by("id") if one.request is not None and _pays(one, payee.key)]


def _pays(series: PaymentSeries, key: str) -> bool:
    assert series.request is not None
    said = series.request.content
    return f"{said.get('to_bank', '')} {said['payee']}".strip() == key
