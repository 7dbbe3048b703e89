"""Several payments decided on as one, and series: entered once for each key, and shown."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from moa.control.context import Context
from moa.entry.api.payments import PaymentFlawed, PaymentGiven, PaymentLine, flaws_said, typed_of
from moa.entry.api.routes import IdempotencyKey, reads, writes
from moa.entry.api.values import Day, MomentText, Number
from moa.kernel.errors import DomainError
from moa.payments.bundles import access_bundle, bundle_facts
from moa.payments.operations.submit_bundle import create_bundle
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.operations.submit_series import create_series
from moa.payments.permissions import ENTER, VIEW
from moa.payments.rules.pay_days import MOST_OCCURRENCES
from moa.payments.rules.several import MOST_ROWS
from moa.payments.rules.typed_series import INTERVALS, TypedSeries
from moa.payments.series import access_series
from moa.payments.series_facts import series_facts

router = Router(tags=["payments"])


class BundleGiven(Schema):
    model_config = ConfigDict(extra="forbid")

    payments: list[PaymentGiven] = Field(
        min_length=1,
        max_length=MOST_ROWS,
        description="All of one book; what is over a bank's limit leaves in several transfers",
    )


class BundleRowSaid(Schema):
    row: int
    state: str = Field(description="paid when every transfer is proven, partly_paid when some are")
    amount: str
    paid: str = Field(description="Of the amount, what is proven")
    payments: list[PaymentLine]


class BundleSaid(Schema):
    id: int
    state: str
    request: int | None
    count: int
    currency: str
    total: str
    paid: str
    maker: str
    made_at: MomentText
    rows: list[BundleRowSaid]


class SeriesGiven(PaymentGiven):
    every: Literal[INTERVALS] = Field(description="How often")  # type: ignore[valid-type]
    on_day: int = Field(
        ge=1, le=31, description="Of the month, where 31 is its last day; of the week from 1, Monday"
    )
    first: Day | None = Field(None, description="From then on; today if left out")
    until: Day | None = Field(None, description="The last day that may be planned; this or times")
    times: int | None = Field(None, ge=1, le=MOST_OCCURRENCES, description="How many payments; this or until")


class OccurrenceSaid(Schema):
    number: int
    planned_on: str
    pay_on: str
    state: str = Field(
        description="Of its payment, once there is one; of several transfers as of a row of a bundle"
    )
    payment: int | None = Field(description="The first of its transfers")
    payments: list[int] = Field(description="All of them: several where it is over the bank's limit")
    paid: str = Field(description="Of its amount, what is proven")
    problem: str = Field(description="Why it could not be made so far, as a code")


class SeriesSaid(Schema):
    id: int
    state: str
    since: MomentText
    request: int | None
    from_: str = Field(alias="from")
    to: str
    to_bank: str
    to_name: str
    amount: str
    currency: str
    total: str
    count: int
    every: str
    on_day: int
    holiday_rule: str
    first_on: str
    last_on: str
    memo: str
    maker: str
    occurrences: list[OccurrenceSaid]


@writes(
    router, "/payments/bundles", scope=ENTER, takes="application/json", status=201, answer=BundleSaid,
    summary="Enter several payments to be decided on as one",
    sends={"payments": [{"from": "201101-FOOD", "to_account": "201101-BIO", "amount": "1200000", "purpose": "funding"}]},
)  # fmt: skip
def create_payment_bundle(
    request: HttpRequest, ctx: Context, response: HttpResponse, key: IdempotencyKey, given: BundleGiven
) -> Status:
    """All of them are sent for one decision, or nothing is. Each has an outcome of its own. The book of the first is that of all."""
    rows = [typed_of(one) for one in given.payments]
    made = _made(lambda: create_bundle(ctx, rows, book=given.payments[0].book, key=key))
    response["Location"] = f"/api/v1/payments/bundles/{made['id']}"
    return Status(201, made)


@reads(
    router,
    "/payments/bundles/{int:bundle_id}",
    scope=VIEW,
    answer=BundleSaid,
    summary="Several payments decided on as one",
)
def read_payment_bundle(request: HttpRequest, ctx: Context, bundle_id: Number) -> dict[str, Any]:
    """Where the whole and each of its rows stand, with the payments that they are."""
    return bundle_facts(ctx, access_bundle(ctx, bundle_id))


@writes(
    router, "/payments/series", scope=ENTER, takes="application/json", status=201, answer=SeriesSaid, summary="Enter a series of payments",
    sends={"from": "201101-FOOD", "to_account": "201101-BIO", "amount": "1200000", "purpose": "funding", "every": "monthly", "on_day": 25,
           "times": 12, "holiday_rule": "following"},
)  # fmt: skip
def create_payment_series(
    request: HttpRequest, ctx: Context, response: HttpResponse, key: IdempotencyKey, given: SeriesGiven
) -> Status:
    """It is decided on once with all its days; each payment is made on its day, what is over a bank's limit in several
    transfers. It needs an end: until or times."""
    typed = TypedSeries(
        typed_of(given)._replace(pay_on=""), given.every, str(given.on_day), given.first.isoformat() if given.first else "",
        given.until.isoformat() if given.until else "", str(given.times or ""),
    )  # fmt: skip
    made = _made(lambda: create_series(ctx, typed, book=given.book, key=key))
    response["Location"] = f"/api/v1/payments/series/{made['id']}"
    return Status(201, made)


@reads(
    router,
    "/payments/series/{int:series_id}",
    scope=VIEW,
    answer=SeriesSaid,
    summary="One series of payments",
)
def read_payment_series(request: HttpRequest, ctx: Context, series_id: Number) -> dict[str, Any]:
    """Its days with what became of each."""
    return series_facts(ctx, access_series(ctx, series_id))


def _made(create: Any) -> dict[str, Any]:
    try:
        made: dict[str, Any] = create()
    except DomainError as refusal:
        if refusal.code != OrderFlawed.code:
            raise
        raise PaymentFlawed(*flaws_said(str(refusal.facts["all"]))) from None
    return made
