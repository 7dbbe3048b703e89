"""Payments: entered and sent for approval once for each key, shown with state and evidence, and listed."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict

from moa.control.context import Context
from moa.entry.api.paging import Paged, read_cursor, write_cursor
from moa.entry.api.problems import ValuesUnfit, unfit
from moa.entry.api.routes import IdempotencyKey, reads, writes
from moa.entry.api.values import AmountText, CurrencyCode, Day, MomentText, Number, Words
from moa.kernel.errors import DomainError
from moa.payments.facts import order_facts, order_lines
from moa.payments.lifecycle import OrderState
from moa.payments.operations.create_order import create_order
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.permissions import ENTER, VIEW
from moa.payments.queries import access_order, list_orders
from moa.payments.rules.pay_days import HOLIDAY_RULES
from moa.payments.rules.typed_orders import LONGEST, PURPOSES, TypedOrder

router = Router(tags=["payments"])
# What a program calls the fields of the form.
_FIELDS = {"payer": "from", "payee": "to_account", "name_reason": "name_reason"}
_NO_CONTROL = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[str, Field(max_length=200, pattern=_NO_CONTROL)]


class PaymentGiven(Schema):
    model_config = ConfigDict(extra="forbid", populate_by_name=False)

    payer: Line = Field(alias="from", min_length=1, description="The paying account, by code or name")
    to_account: Line = Field(
        min_length=1,
        description="The payee's account: in the books by code or name, with to_bank its number there",
    )
    to_bank: Annotated[str, Field(max_length=LONGEST["to_bank"], pattern=_NO_CONTROL)] = Field(
        "", description="The payee's bank by code or name, for a payment over a bank"
    )
    to_name: Annotated[str, Field(max_length=LONGEST["to_name"], pattern=_NO_CONTROL)] = Field(
        "", description="Whose the account should be; the bank is asked before anything is submitted"
    )
    name_reason: Annotated[str, Field(max_length=500, pattern=_NO_CONTROL)] = Field(
        "", description="Why it is paid although the bank says another name"
    )
    via: Line = Field("", description="The bank account of ours that it leaves from")
    charge: Line = Field(
        "", description="The account it is charged to, where it leaves from the payer itself"
    )
    amount: AmountText = Field(description="Above zero, in the currency of the paying account")
    pay_on: Day | None = Field(None, description="Today if left out; a later day waits for it")
    purpose: Literal[("", *PURPOSES)] = Field("", description="What for; needed within the books")  # type: ignore[valid-type]
    memo: Line = ""
    document_no: Annotated[str, Field(max_length=LONGEST["document_no"], pattern=_NO_CONTROL)] = ""
    duplicate_reason: Annotated[str, Field(max_length=500, pattern=_NO_CONTROL)] = Field(
        "", description="Why it is another payment than one that looks the same"
    )
    holiday_rule: Literal[("", *HOLIDAY_RULES)] = Field(  # type: ignore[valid-type]
        "", description="Where a day of payment goes on which banks rest; without one it waits for them"
    )
    book: Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x20\x7f]*$")] = Field(
        "", description="The default book if left out"
    )


class PaymentLine(Schema):
    id: int
    kind: str
    state: str
    since: MomentText = Field(description="Of the state")
    from_: str = Field(alias="from")
    to: str
    to_bank: str | None = Field(None, description="The following are of payments over a bank")
    to_account: str | None = None
    to_name: str | None = None
    name_verdict: str | None = None
    via: str | None = None
    charge: str | None = None
    amount: str = Field(description="In major units; as it was typed while it is not submitted")
    currency: str
    pay_on: str
    purpose: str
    memo: str
    document_no: str
    maker: str
    bundle: int | None = Field(None, description="Of several payments that were decided on as one")
    series: int | None = Field(None, description="Of a series")


class VoucherNamed(Schema):
    id: int
    period: int


class ApprovalItem(Schema):
    step: int
    approved: bool
    by: str
    at: MomentText
    reason: str


class MoveItem(Schema):
    move: str
    state: str
    by: str
    at: MomentText
    note: str


class Payment(PaymentLine):
    request: int | None = Field(description="The request for approval")
    held: bool = Field(description="Whether its amount is set aside")
    problem: str = Field(description="Why it failed, as a code")
    voucher: VoucherNamed | None
    evidence: list[dict[str, Any]] = Field(
        description="What is known of it, and from where: kind, at, what it says, the message that it came in, and its own facts"
    )
    attempts: list[dict[str, Any]] = Field(description="Tries to pay it through a bank")
    messages: list[dict[str, Any]]
    approvals: list[ApprovalItem]
    history: list[MoveItem]


class PaymentPage(Schema):
    items: list[PaymentLine]
    next: str | None


class PaymentsAsked(Paged):
    state: OrderState | None = None
    currency: CurrencyCode | None = None
    from_: Day | None = Field(None, alias="from", description="First day of payment")
    to: Day | None = Field(None, description="Last day of payment")
    text: Words = Field("", description="Part of the memo or the document number")


_LINE = {
    "id": 41, "kind": "internal", "state": "paid", "since": "2026-11-20T18:12:03+09:00", "from": "201101-FOOD",
    "to": "201101-BIO", "amount": "1200000", "currency": "KRW", "pay_on": "2026-11-20", "purpose": "funding",
    "memo": "November", "document_no": "HO-2026-11", "maker": "윤가람",
}  # fmt: skip
_WHOLE = _LINE | {
    "request": 310, "held": False, "problem": "", "voucher": {"id": 90211, "period": 202611},
    "evidence": [{"kind": "voucher", "at": "2026-11-20T18:12:03+09:00", "book": "SC", "voucher": "90211", "period": "202611",
                  "business_date": "2026-11-20"}],
    "attempts": [], "messages": [],
    "approvals": [{"step": 1, "approved": True, "by": "한도윤", "at": "2026-11-20T18:12:03+09:00", "reason": ""}],
    "history": [{"move": "submit", "state": "pending", "by": "윤가람", "at": "2026-11-20T18:01:40+09:00", "note": ""}],
}  # fmt: skip


class PaymentFlawed(ValuesUnfit):
    """It cannot be submitted as it stands: each flaw with its field."""

    code = OrderFlawed.code


@writes(
    router, "/payments", scope=ENTER, takes="application/json", status=201, answer=Payment, summary="Enter a payment",
    sends={"from": "201101-FOOD", "to_account": "201101-BIO", "amount": "1200000", "purpose": "funding", "memo": "November"},
    example=_WHOLE | {"state": "pending", "evidence": [], "voucher": None, "approvals": []},
)  # fmt: skip
def create_payment(
    request: HttpRequest, ctx: Context, response: HttpResponse, key: IdempotencyKey, given: PaymentGiven
) -> Status:
    """Enters it and sends it for approval in one act. It is paid when other persons have agreed to it, never by this call.
    What is refused leaves nothing behind, and the key gives that refusal for ever, but where the bank did not say whose account
    it is: then the same key asks again."""
    try:
        made = create_order(ctx, typed_of(given), book=given.book, key=key)
    except DomainError as refusal:
        if refusal.code != OrderFlawed.code:
            raise
        raise PaymentFlawed(*flaws_said(str(refusal.facts["all"]))) from None
    response["Location"] = f"/api/v1/payments/{made['id']}"
    return Status(201, made)


@reads(
    router, "/payments", scope=VIEW, answer=PaymentPage, summary="Payments", example={"items": [_LINE], "next": None},
)  # fmt: skip
def list_payments(request: HttpRequest, ctx: Context, asked: Query[PaymentsAsked]) -> dict[str, Any]:
    """Those of the token's units, the newest first; a draft that was never submitted is its maker's alone."""
    question = asked.dict(exclude={"cursor", "limit"})
    place = read_cursor(question, asked.cursor, int)
    found = list_orders(
        ctx, state=asked.state or "", currency=asked.currency or "", first=asked.from_, last=asked.to, text=asked.text,
        before=place[0] if place else None, most=asked.limit + 1,
    )  # fmt: skip
    shown = found[: asked.limit]
    more = write_cursor(question, [shown[-1].id]) if len(found) > len(shown) else None
    return {"items": order_lines(ctx, shown), "next": more}


@reads(
    router, "/payments/{int:payment_id}", scope=VIEW, answer=Payment, summary="One payment", example=_WHOLE,
)  # fmt: skip
def read_payment(request: HttpRequest, ctx: Context, payment_id: Number) -> dict[str, Any]:
    """Its state and since when, the evidence that it rests on, attempts, messages, approvals and what moved it."""
    return order_facts(ctx, access_order(ctx, payment_id))


def flaws_said(said: str) -> list[dict[str, str]]:
    """Shape: `said` as OrderFlawed keeps it: a JSON list of field, code and value; of several payments the row behind the field.
    Refusals that an earlier version kept for their keys are field:code, one after the other."""
    flaws = []
    for field, code, value in json.loads(said) if said.startswith("[") else _as_kept_before(said):
        name, dot, row = field.partition(".")
        flaws.append(unfit("body", _FIELDS.get(name, name) + dot + row, code, value))
    return flaws


def _as_kept_before(said: str) -> list[tuple[str, str, str]]:
    return [(one.partition(":")[0], one.partition(":")[2], "") for one in said.split()]


def typed_of(given: PaymentGiven) -> TypedOrder:
    return TypedOrder(
        given.payer, given.to_account, given.amount, given.pay_on.isoformat() if given.pay_on else "", given.purpose,
        given.memo, given.document_no, given.duplicate_reason, given.to_bank, given.to_name, given.via, given.charge,
        given.name_reason, given.holiday_rule,
    )  # fmt: skip
