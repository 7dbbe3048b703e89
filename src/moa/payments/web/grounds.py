"""Where the amount of a payment comes from and what it rests on; and of which payments what is set aside is made."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from moa.control.access import may, require
from moa.control.context import Context
from moa.control.grounds import AskedFor, provide_ground
from moa.control.models import ApprovalDecision
from moa.control.queries import person_names
from moa.kernel.errors import NotFound
from moa.ledger.models import Book, Hold, LedgerAccount
from moa.ledger.permissions import VIEW as VIEW_BOOKS
from moa.payments.bank_booking import TRANSIT_HOLD
from moa.payments.models import PaymentAttempt, PaymentOrder
from moa.payments.moves import SOURCE
from moa.payments.permissions import VIEW
from moa.payments.queries import access_order, evidence_of, state_of
from moa.payments.web.bank_parts import known_of
from moa.payments.web.order_words import STATES
from moa.ui.ground import Fact, Ground, Part, Step, adding_up, why_address


def explain_payment(ctx: Context, asked: AskedFor) -> Ground:
    """Shape: `order` its number. Raises: not_found."""
    order = access_order(ctx, asked.number("order"))
    if order.amount_minor is None:
        raise NotFound(order=order.id)
    steps = [_decided(ctx, order), *_known(ctx, order)]
    return Ground(
        f"P{order.id} {_payee(order)}", order.currency, steps, minor=order.amount_minor, on=order.pay_on,
        about=str(STATES[state_of(order)][1]), url=reverse("payments:order", args=[order.id]),
    )  # fmt: skip


def _payee(order: PaymentOrder) -> str:
    return order.payee.name if order.payee else order.to_name


def _decided(ctx: Context, order: PaymentOrder) -> Step:
    """Who entered it and who agreed to exactly this."""
    signed = list(
        ApprovalDecision.objects.filter(request_id=order.request_id or 0, approved=True).order_by("step")
    )
    names = person_names(ctx, {order.maker_id, *(one.checker_id for one in signed)})
    facts = [
        Fact(_("Maker"), "text", names.get(order.maker_id, "")),
        Fact(_("Entered at"), "moment", order.made_at),
    ]
    for one in signed:
        facts.append(Fact(_("Approver"), "text", names.get(one.checker_id, "")))
        facts.append(Fact(_("Approved at"), "moment", one.recorded_at))
    if order.document_no:
        facts.append(Fact(_("Document number"), "mono", order.document_no))
    return Step("inbox", _("Who decided"), facts=facts)


def _known(ctx: Context, order: PaymentOrder) -> list[Step]:
    """What is known of its outcome, in the order in which it became known."""
    found = evidence_of(order)
    if not found:
        return [Step("clock", _("Nothing is known of an outcome yet"))]
    reads_books = may(ctx, VIEW_BOOKS, order.book.unit_id)
    steps = []
    for one, said in zip(found, known_of(found, ctx.language), strict=True):
        facts = [
            Fact(_("What it says"), "text", ", ".join([str(said["proves"]), *said["parts"]]).strip(", "))
        ]
        facts.append(Fact(_("Known since"), "moment", one.recorded_at))
        voucher, period = one.facts.get("voucher"), one.facts.get("period")
        if voucher and period and reads_books:
            address = why_address(
                "voucher", book=one.facts.get("book", order.book.code), period=period, voucher=voucher
            )
            facts.append(Fact(_("Voucher"), "why", str(voucher), url=address))
        steps.append(Step("rec", str(said["what"]), facts=facts))
    return steps


def explain_set_aside(ctx: Context, asked: AskedFor) -> Ground:
    """What is set aside of an account. Shape: `book`, `account` their codes. Raises: forbidden, not_found."""
    book = Book.objects.filter(code=asked.text("book")).first()
    account = LedgerAccount.objects.filter(book=book, code=asked.text("account")).first() if book else None
    if book is None or account is None:
        raise NotFound(account=asked.text("account"))
    require(ctx, VIEW, account.unit_id or book.unit_id)
    holds = list(Hold.objects.filter(account_id=account.id, ended_at=None).order_by("id"))
    if not holds:
        raise NotFound(account=account.code)
    parts = [_part(one, account.currency, order) for one, order in _with_orders(holds)]
    return Ground(
        f"{account.code} {account.name}", account.currency,
        [adding_up("match", _("Set aside for approved payments"), parts, account.currency)],
        minor=sum(one.amount_minor for one in holds), about=book.name, url=reverse("payments:orders"),
    )  # fmt: skip


def _with_orders(holds: list[Hold]) -> list[tuple[Hold, PaymentOrder | None]]:
    """Each with its payment: until the outcome, or of the try that stands in transit."""
    tries = [int(one.source_id) for one in holds if one.source_kind == TRANSIT_HOLD]
    order_of = dict(PaymentAttempt.objects.filter(id__in=tries).values_list("id", "order_id"))
    numbers = {
        one.id: order_of.get(int(one.source_id)) if one.source_kind == TRANSIT_HOLD else int(one.source_id)
        for one in holds
        if one.source_kind in (SOURCE, TRANSIT_HOLD)
    }
    orders = PaymentOrder.objects.select_related("payee").in_bulk([one for one in numbers.values() if one])
    return [(one, orders.get(numbers.get(one.id) or 0)) for one in holds]


def _part(one: Hold, currency: str, order: PaymentOrder | None) -> Part:
    if order is None:
        return Part(f"{one.source_kind} {one.source_id}", one.amount_minor, currency)
    return Part(
        f"P{order.id} {_payee(order)}", one.amount_minor, currency, str(order.pay_on or ""),
        url=reverse("payments:order", args=[order.id]), why=why_address("payment", order=order.id),
    )  # fmt: skip


provide_ground("payment", explain_payment)
provide_ground("set-aside", explain_set_aside)
