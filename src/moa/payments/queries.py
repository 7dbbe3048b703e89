"""Reads of payments: one order with the right to it, limits in force with what is used, what may be a duplicate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Sum

from moa.control.access import may, permitted_units, require
from moa.control.approvers import path_of
from moa.control.context import Context
from moa.control.lifecycle import ApprovalState
from moa.control.models import ApprovalRequest, Unit
from moa.kernel.errors import NotFound
from moa.ledger.models import Book, LedgerAccount
from moa.payments.bank_days import DEBITED
from moa.payments.lifecycle import HOLDING, PROVEN_PAID, OrderState
from moa.payments.models import (
    BANK,
    INTERNAL,
    Evidence,
    PayeeInquiry,
    PaymentAttempt,
    PaymentLimit,
    PaymentOrder,
)
from moa.payments.permissions import ENTER, VIEW
from moa.payments.rules.duplicates import WINDOW_DAYS, Asked, Duplicate, find_duplicates, plain_document
from moa.payments.rules.evidence import CONTRADICTS
from moa.payments.rules.limits import Limit, LimitScope, LimitUse, weigh

# What counts against a day's limits: agreed on and not come to nothing.
COUNTED = (*HOLDING, OrderState.PAID, OrderState.RECONCILED)
_TWINS = 50


def access_order(ctx: Context, order_id: int, permission: str = VIEW) -> PaymentOrder:
    """The order if the actor has the right in its unit; a draft that was never submitted is its maker's alone. Raises: not_found."""
    order = (
        PaymentOrder.objects.select_related(
            "book", "unit", "maker", "payer", "payee", "request", "charge", "via__account"
        )
        .filter(id=order_id)
        .first()
    )
    if order is None or not may(ctx, permission, order.unit_id):
        raise NotFound(order=order_id)
    if order.request_id is None and order.maker_id != ctx.actor.person_id:
        raise NotFound(order=order_id)
    return order


def state_of(order: PaymentOrder) -> OrderState:
    """Where it stands: a request that its maker took back in the inbox leaves a draft, which nobody had to be told."""
    state = OrderState(order.state)
    gone = (
        state is OrderState.PENDING
        and order.request is not None
        and order.request.state != ApprovalState.OPEN
    )
    return OrderState.DRAFT if gone else state


def list_orders(
    ctx: Context, *, most: int, before: int | None = None, state: str = "", currency: str = "", first: date | None = None,
    last: date | None = None, text: str = "",
) -> list[PaymentOrder]:  # fmt: skip
    """Those that the actor may see, the newest first, beginning below `before`; days are of payment. Raises: forbidden."""
    units = permitted_units(ctx, VIEW)
    found = PaymentOrder.objects.select_related("payer", "payee", "request").filter(
        Q(request__isnull=False) | Q(maker_id=ctx.actor.person_id)
    )
    if units is not None:
        found = found.filter(Q(unit_id__in=units) | Q(request=None))
    if before is not None:
        found = found.filter(id__lt=before)
    # A request that its maker took back leaves a draft, as `state_of` says.
    taken_back = Q(state=OrderState.PENDING) & ~Q(request__state=ApprovalState.OPEN)
    if state:
        found = found.filter(
            Q(state=state) | taken_back if state == OrderState.DRAFT else Q(state=state) & ~taken_back
        )
    if currency:
        found = found.filter(currency=currency)
    if first is not None:
        found = found.filter(pay_on__gte=first)
    if last is not None:
        found = found.filter(pay_on__lte=last)
    if text:
        found = found.filter(Q(memo__icontains=text) | Q(document_no__icontains=text))
    return list(found.order_by("-id")[:most])


def evidence_of(order: PaymentOrder) -> list[Evidence]:
    """What is known of it, in the order it became known."""
    return list(Evidence.objects.filter(order_id=order.id).order_by("id"))


def is_confirmed(order: PaymentOrder) -> bool:
    """Proven to be paid, and nothing that was heard later speaks against it."""
    is_doubted = PaymentAttempt.objects.filter(order_id=order.id, problem=CONTRADICTS).exists()
    return state_of(order) in PROVEN_PAID and not is_doubted


def lock_order(order_id: int) -> PaymentOrder:
    """The order until the transaction ends. Raises: not_found."""
    order = lock_orders([order_id]).get(order_id)
    if order is None:
        raise NotFound(order=order_id)
    return order


def lock_orders(order_ids: Collection[int]) -> dict[int, PaymentOrder]:
    """Orders until the transaction ends, by id; their requests first, as a decision locks the two."""
    asked = PaymentOrder.objects.filter(id__in=order_ids)
    requests = ApprovalRequest.objects.filter(
        id__in=[number for number in asked.values_list("request_id", flat=True) if number is not None]
    )
    list(requests.select_for_update().order_by("id").values_list("id"))
    return {
        one.id: one
        for one in asked.select_for_update(of=("self",)).select_related("via__account").order_by("id")
    }


def lock_own_order(ctx: Context, order_id: int) -> PaymentOrder:
    """An order for its maker to change; anybody else's is as if it were not there. Raises: not_found, forbidden."""
    if not PaymentOrder.objects.filter(id=order_id, maker_id=ctx.actor.person_id).exists():
        raise NotFound(order=order_id)
    order = lock_order(order_id)
    # A draft that was never submitted belongs to no unit yet: which account may pay is asked when it is read.
    require(ctx, ENTER, order.unit_id)
    return order


class Payee(NamedTuple):
    """Who is paid. Shape: the code of an account of the book, or with `bank` the account number there."""

    account: str
    bank: str = ""

    @property
    def key(self) -> str:
        return f"{self.bank} {self.account}".strip()

    @property
    def condition(self) -> Q:
        return Q(to_bank=self.bank, to_account=self.account) if self.bank else Q(payee__code=self.account)


def payee_of(order: PaymentOrder) -> Payee:
    """Of a submitted order."""
    return Payee(order.payee.code) if order.payee else Payee(order.to_account, order.to_bank)


# The limits that hold for a unit, a currency and a day, once they were read.
KnownLimits = dict[tuple[int | None, str, date], list[PaymentLimit]]


def _limits_of(unit_id: int | None, currency: str, day: date) -> list[PaymentLimit]:
    newest = (
        PaymentLimit.objects.filter(
            Q(unit_id=None) | Q(unit_id__in=path_of(unit_id)), currency=currency, valid_from__lte=day
        )
        .order_by("scope", "unit_id", "-valid_from", "-id")
        .distinct("scope", "unit_id")
    )  # fmt: skip
    return [limit for limit in newest if limit.most_minor is not None]


def limits_for(
    ctx: Context, *, book: Book, unit_id: int | None, payee: Payee, currency: str, day: date, but: int = 0,
    known: KnownLimits | None = None,
) -> list[Limit]:  # fmt: skip
    """Every limit that a payment of that day meets, with what counts against it already. `but` leaves one order out; `known`
    limits are not read again, for who looks at many payments at once."""
    known = {} if known is None else known
    asked = (unit_id, currency, day)
    if asked not in known:
        known[asked] = _limits_of(*asked)
    counted = PaymentOrder.objects.filter(
        state__in=COUNTED, pay_on=day, currency=currency, book_id=book.id
    ).exclude(id=but)
    found = []
    for limit in known[asked]:
        assert limit.most_minor is not None
        scope = LimitScope(limit.scope)
        used = 0
        if scope is not LimitScope.SINGLE:
            here = counted if limit.unit_id is None else counted.filter(unit_id__in=_below(limit.unit_id))
            here = here.filter(payee.condition) if scope is LimitScope.PAYEE else here
            used = here.aggregate(sum=Sum("amount_minor"))["sum"] or 0
        found.append(Limit(scope, limit.most_minor, int(used), limit.id))
    return found


def uses_of(ctx: Context, order: PaymentOrder, *, known: KnownLimits | None = None) -> list[LimitUse]:
    """What a submitted order does to the limits of its day."""
    assert order.amount_minor is not None and order.pay_on is not None
    limits = limits_for(
        ctx, book=order.book, unit_id=order.unit_id, payee=payee_of(order), currency=order.currency,
        day=order.pay_on, but=order.id, known=known,
    )  # fmt: skip
    return weigh(order.amount_minor, limits)


def hold_limits(ctx: Context) -> None:
    """Until the transaction ends nobody else counts an approval against the group's limits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('payments.limits', %s))", [ctx.group_id]
        )


def hold_duplicates(ctx: Context) -> None:
    """Until the transaction ends nobody else of the group submits a payment: of two alike at the same moment one is told of the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('payments.duplicates', %s))", [ctx.group_id]
        )


def duplicates_of(new: Asked, payee: Payee, book: Book, *, but_series: int | None = None) -> list[Duplicate]:
    """Orders that are not over without a payment, as far as is known, and may be the same as this one, the newest first; not those
    of its series."""
    over = [
        OrderState.WITHDRAWN,
        OrderState.CANCELLED,
        OrderState.FAILED,
        OrderState.RETURNED,
        OrderState.DRAFT,
    ]
    # What failed here may have been carried out by the bank after all.
    disputed = PaymentAttempt.objects.filter(
        Q(problem=CONTRADICTS) | Q(state__in=DEBITED), order_id=OuterRef("id")
    )
    alive = PaymentOrder.objects.filter(book_id=book.id, request__isnull=False).exclude(
        Q(state__in=over) & ~Exists(disputed)
    )
    window = timedelta(days=WINDOW_DAYS)
    alike = payee.condition & Q(
        payer__code=new.payer, amount_minor=new.amount_minor, currency=new.currency,
        pay_on__range=(new.day - window, new.day + window),
    )  # fmt: skip
    if key := plain_document(new.document):
        alike |= Q(document_key=key)
    if but_series is not None:
        alive = alive.exclude(series_id=but_series)
    others = alive.filter(alike).select_related("payer", "payee").order_by("-id")[:_TWINS]
    return find_duplicates(new, [asked_of(one) for one in others])


def duplicates_of_parts(
    new: Asked, amounts: Iterable[int], payee: Payee, book: Book, *, but_series: int | None = None
) -> list[Duplicate]:
    """The same of a payment that leaves in transfers of `amounts`: each of them may have been entered before."""
    found = [
        twin
        for amount in dict.fromkeys(amounts)
        for twin in duplicates_of(new._replace(amount_minor=amount), payee, book, but_series=but_series)
    ]
    return list(dict.fromkeys(found))


def asked_of(order: PaymentOrder) -> Asked:
    assert order.payer is not None and order.amount_minor is not None and order.pay_on is not None
    return Asked(
        order.payer.code, payee_of(order).key, order.amount_minor, order.currency, order.pay_on, order.document_no, order.id
    )  # fmt: skip


def payees_used(ctx: Context, book: Book, *, most: int = 20) -> list[LedgerAccount]:
    """Whom the person's units paid before, the latest first."""
    orders = PaymentOrder.objects.filter(book_id=book.id, request__isnull=False)
    units = permitted_units(ctx, VIEW)
    if units is not None:
        orders = orders.filter(unit_id__in=units)
    latest: dict[int, None] = dict.fromkeys(
        number for number in orders.order_by("-id").values_list("payee_id", flat=True)[:500] if number
    )
    accounts = LedgerAccount.objects.exclude(state="closed").in_bulk(list(latest)[:most])
    return [accounts[number] for number in list(latest)[:most] if number in accounts]


def waiting_minor(book: Book, payer_id: int, day: date, *, but: Sequence[int] = ()) -> int:
    """What was submitted from the account for a day up to this one, and nobody has decided on yet."""
    waiting = PaymentOrder.objects.filter(
        book_id=book.id, payer_id=payer_id, state=OrderState.PENDING, pay_on__lte=day
    ).exclude(id__in=but)
    return int(waiting.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def due_orders(book: Book, day: date) -> Sequence[int]:
    """The approved transfers within the books whose day has come, by number."""
    due = PaymentOrder.objects.filter(
        book_id=book.id, kind=INTERNAL, state=OrderState.APPROVED, pay_on__lte=day
    )
    return list(due.order_by("id").values_list("id", flat=True))


class BankPayee(NamedTuple):
    """An account at a bank that was paid before."""

    bank: str
    account: str
    name: str


def bank_payees_used(ctx: Context, book: Book, *, most: int = 20) -> list[BankPayee]:
    """Whom the person's units paid over banks before, the latest first."""
    orders = PaymentOrder.objects.filter(book_id=book.id, kind=BANK, request__isnull=False)
    units = permitted_units(ctx, VIEW)
    if units is not None:
        orders = orders.filter(unit_id__in=units)
    rows = orders.order_by("-id").values_list("to_bank", "to_account", "to_name")[:500]
    return [BankPayee(*row) for row in dict.fromkeys(rows)][:most]


def last_inquiry(bank_code: str, account: str, since: datetime) -> PayeeInquiry | None:
    """The newest that a bank was asked about the account, not before `since`."""
    found = PayeeInquiry.objects.filter(bank_code=bank_code, account=account, asked_at__gte=since)
    return found.order_by("-asked_at", "-id").first()


def attempts_of(order: PaymentOrder) -> list[PaymentAttempt]:
    return list(
        PaymentAttempt.objects.filter(order_id=order.id).select_related("connection").order_by("number")
    )


def _below(unit_id: int) -> list[int]:
    """The unit and all below it."""
    children: dict[int, list[int]] = {}
    for child, parent in Unit.objects.exclude(parent_id=None).values_list("id", "parent_id"):
        children.setdefault(parent, []).append(child)
    found = [unit_id]
    for one in found:
        found.extend(children.get(one, ()))
    return found
