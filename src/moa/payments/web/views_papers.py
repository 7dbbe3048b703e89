"""A payment on paper: the order with who decided on it, and the confirmation with the evidence that it was paid."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moa.control.context import Context
from moa.control.models import ApprovalDecision, Person
from moa.control.queries import group_zone, person_names, the_group_of
from moa.control.web.page import page
from moa.directory.queries import find_bank
from moa.kernel.errors import NotFound
from moa.kernel.words import in_words
from moa.payments.bank_reading import COUNTRY
from moa.payments.lifecycle import AttemptState
from moa.payments.models import Evidence, PaymentOrder
from moa.payments.permissions import VIEW
from moa.payments.queries import access_order, attempts_of, evidence_of, is_confirmed, state_of
from moa.payments.rules.evidence import PROVE_PAID
from moa.payments.web.bank_parts import known_of
from moa.payments.web.order_words import PURPOSES, STATES
from moa.payments.web.views_order import is_reversed
from moa.ui import printing


@require_GET
@page(VIEW)
def order_paper(request: HttpRequest, ctx: Context, order_id: int) -> HttpResponse:
    """What was submitted, as it stands. A draft is nothing that could be signed."""
    found = access_order(ctx, order_id)
    if found.amount_minor is None or found.request_id is None:
        raise NotFound(order=order_id)
    zone = group_zone(ctx)
    pairs = [
        *_facts(ctx, found),
        (_("State"), f"{STATES[state_of(found)][1]}, {found.state_at.astimezone(zone):%Y-%m-%d %H:%M}"),
    ]
    blocks = [printing.stamps(_signed(ctx, found, zone)), printing.pairs(pairs)]
    return _answer(ctx, found, _("Payment order"), blocks)


@require_GET
@page(VIEW)
def confirmation(request: HttpRequest, ctx: Context, order_id: int) -> HttpResponse:
    """Of what is proven to be paid alone; anything else has none."""
    found = access_order(ctx, order_id)
    if not is_confirmed(found):
        raise NotFound(order=order_id)
    zone = group_zone(ctx)
    proving = [
        one
        for one in evidence_of(found)
        if one.says == PROVE_PAID or one.kind in (Evidence.VOUCHER, Evidence.STATEMENT)
    ]
    rows: list[list[printing.Cell]] = [
        [
            str(one["what"]), {"text": ", ".join([*one["parts"], *_voucher(one)]), "exact": True},
            f"{one['at'].astimezone(zone):%Y-%m-%d %H:%M:%S}",
        ]
        for one in known_of(proving, ctx.language)
    ]  # fmt: skip
    heads = [
        printing.column(_("Evidence")),
        printing.column(_("What it says"), width=1),
        printing.column(_("Known since")),
    ]
    pairs = [
        *_facts(ctx, found),
        (_("Paid at"), f"{found.state_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"),
        *_of_bank(found),
    ]
    blocks = [
        printing.text(_("It is confirmed that this payment was carried out.")), printing.pairs(pairs),
        printing.table(heads, rows, title=_("What proves it")),
    ]  # fmt: skip
    if is_reversed(found):
        blocks.insert(1, printing.text(_("The voucher was taken back in the books afterwards.")))
    return _answer(ctx, found, _("Transfer confirmation"), blocks)


def _facts(ctx: Context, found: PaymentOrder) -> list[tuple[str, printing.Cell]]:
    assert found.payer and found.amount_minor is not None
    unit = found.unit
    words = in_words(found.amount_minor, found.currency, get_language() or "ko")
    pairs: list[tuple[str, printing.Cell]] = [
        (_("Number"), f"P{found.id}"), (_("Unit"), (unit.names.get(ctx.language) or unit.name) if unit else ""),
        (_("Paid from"), found.payer.name), (_("Paying account"), printing.account(found.payer.code)),
        *_payee(ctx, found),
        (_("Amount"), f"{found.currency} {printing.amount(found.amount_minor, found.currency)}"), (_("Amount in words"), words),
        (_("Day of payment"), str(found.pay_on)), (_("Purpose"), str(PURPOSES.get(found.purpose, found.purpose))),
        (_("Memo"), found.memo), (_("Document number"), found.document_no),
    ]  # fmt: skip
    return pairs


def _payee(ctx: Context, found: PaymentOrder) -> list[tuple[str, printing.Cell]]:
    if found.payee is not None:
        return [(_("Payee"), found.payee.name), (_("Payee's account"), printing.account(found.payee.code))]
    bank = find_bank(ctx, country=COUNTRY, code=found.to_bank)
    name = str(bank.name(ctx.language)) if bank else found.to_bank
    account = printing.account(found.to_account)
    via = found.via.account.number if found.via else ""
    return [
        (_("Payee"), found.to_name), (_("Payee's account"), account), (_("Payee's bank"), name),
        (_("Leaves from"), printing.account(via)),
    ]  # fmt: skip


def _voucher(known: dict[str, Any]) -> list[str]:
    return [_("voucher %(number)s") % {"number": known["voucher"]}] if known["voucher"] else []


def _of_bank(found: PaymentOrder) -> list[tuple[str, printing.Cell]]:
    """How the bank knows the payment that was carried out."""
    paid = next((one for one in reversed(attempts_of(found)) if one.state == AttemptState.PAID), None)
    if paid is None:
        return []
    pairs: list[tuple[str, printing.Cell]] = [
        (pgettext("payment", "Reference"), {"text": paid.reference, "exact": True}),
        (_("Day and number of the message"), {"text": f"{paid.day} {paid.msg_no:06d}", "exact": True}),
    ]
    if paid.fee_minor is not None:
        pairs.append((_("Fee"), f"{found.currency} {printing.amount(paid.fee_minor, found.currency)}"))
    return pairs


def _signed(ctx: Context, found: PaymentOrder, zone: ZoneInfo) -> list[tuple[str, str, str]]:
    """The maker, and who approved it so far; an empty box where nobody has."""
    maker = Person.objects.get(id=found.maker_id)
    decisions = list(
        ApprovalDecision.objects.filter(request_id=found.request_id, approved=True).order_by("step")
    )
    names = person_names(ctx, {one.checker_id for one in decisions})
    boxes = [(_("Maker"), maker.name, f"{found.made_at.astimezone(zone):%m-%d %H:%M}")]
    boxes += [
        (_("Approver"), names.get(one.checker_id, ""), f"{one.recorded_at.astimezone(zone):%m-%d %H:%M}")
        for one in decisions
    ]
    return boxes if decisions else [*boxes, (_("Approver"), "", "")]


def _answer(ctx: Context, found: PaymentOrder, title: str, blocks: list[dict[str, object]]) -> HttpResponse:
    group = the_group_of(ctx)
    data = printing.document(
        title=title, scope=found.book.names.get(ctx.language.lower()) or found.book.name, blocks=blocks,
        printed_by=ctx.actor.name, printed_at=ctx.at.astimezone(group_zone(ctx)), as_of=ctx.at,
        group=group.names.get(ctx.language) or group.name,
    )  # fmt: skip
    response = HttpResponse(printing.pdf("document", data), content_type="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(title)}-P{found.id}.pdf"
    return response
