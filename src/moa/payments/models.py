"""The tables of payments: orders, what moved them, what is known of them, limits."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference
from moa.payments.lifecycle import OrderState
from moa.payments.rules.limits import LimitScope

INTERNAL = "internal"
KINDS = (INTERNAL,)
NOW = models.Func(function="clock_timestamp")


class PaymentOrder(models.Model):
    """An order to pay. What was decided on never changes afterwards; its state changes by `moves.move_order` alone.

    Shape: `form` the texts as they were typed; the columns after it what was understood, None until it is submitted;
    `payer` and `payee` accounts of the book; `request` the last one for approval; `voucher_id` of the outcome;
    `problem` the code of why it failed; `version` counts the savings.
    """

    group_id = models.BigIntegerField()
    book = group_reference("ledger.Book", db_index=False)
    unit = group_reference("control.Unit", null=True, db_index=False)
    kind = models.CharField(max_length=8, default=INTERNAL)
    state = models.CharField(max_length=16, default=OrderState.DRAFT)
    state_at = models.DateTimeField()
    maker = group_reference("control.Person", db_index=False)
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    form = models.JSONField(default=dict)
    payer = group_reference("ledger.LedgerAccount", null=True)
    payee = group_reference("ledger.LedgerAccount", null=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    pay_on = models.DateField(null=True)
    purpose = models.CharField(max_length=20, default="", blank=True)
    memo = models.CharField(max_length=200, default="", blank=True)
    document_no = models.CharField(max_length=60, default="", blank=True)
    document_key = models.CharField(max_length=60, default="", blank=True)
    request = group_reference("control.ApprovalRequest", null=True)
    voucher_id = models.BigIntegerField(null=True)
    period = models.IntegerField(null=True)
    problem = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="payment_kind_known"),
            models.CheckConstraint(condition=Q(state__in=list(OrderState)), name="payment_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(
                    payer__isnull=False,
                    payee__isnull=False,
                    amount_minor__gt=0,
                    pay_on__isnull=False,
                    request__isnull=False,
                ),
                name="submitted_payment_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(payer=None) | Q(payee=None) | ~Q(payer=F("payee")),
                name="payment_to_another_account",
            ),
            models.CheckConstraint(
                condition=Q(voucher_id=None, period=None)
                | Q(voucher_id__isnull=False, period__isnull=False, state__in=["paid", "reconciled"]),
                name="payment_booked_when_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["group_id", "-made_at", "-id"], name="payment_by_time"),
            models.Index(fields=["group_id", "pay_on", "id"], name="payment_by_day"),
            models.Index(
                fields=["group_id", "book", "pay_on"], condition=Q(state="approved"), name="payment_due"
            ),
            models.Index(
                fields=["group_id", "document_key"], condition=~Q(document_key=""), name="payment_by_document"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"P{self.id}"


# What may change of an order after it was made; the database grants no more.
ORDER_CHANGES = (
    "unit", "state", "state_at", "saved_at", "version", "form", "payer", "payee", "amount_minor", "currency", "pay_on",
    "purpose", "memo", "document_no", "document_key", "request", "voucher_id", "period", "problem",
)  # fmt: skip


class OrderMove(models.Model):
    """One change of an order's state: who, when, why. Append-only.

    Shape: `note` a person's words or a code.
    """

    group_id = models.BigIntegerField()
    order = group_reference("PaymentOrder", related_name="moves")
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    person = group_reference("control.Person", db_index=False)
    note = models.CharField(max_length=500, default="", blank=True)
    recorded_at = models.DateTimeField(db_default=NOW)


class Evidence(models.Model):
    """What is known of an order, and from where; a final state rests on one. Append-only.

    Shape: `kind` voucher or books_refused; `facts` by name, as texts.
    """

    VOUCHER, BOOKS_REFUSED = "voucher", "books_refused"

    group_id = models.BigIntegerField()
    order = group_reference("PaymentOrder", related_name="evidence")
    kind = models.CharField(max_length=16)
    facts = models.JSONField()
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["voucher", "books_refused"]), name="evidence_kind_known")
        ]  # fmt: skip


class PaymentLimit(models.Model):
    """One version of a limit, made from an approved request alone; the newest in force counts. Append-only.

    Shape: `unit` None for the whole group; `most_minor` None ends the limit from the day on.
    """

    group_id = models.BigIntegerField()
    scope = models.CharField(max_length=8)
    unit = group_reference("control.Unit", null=True, db_index=False)
    currency = models.CharField(max_length=3)
    most_minor = models.BigIntegerField(null=True)
    valid_from = models.DateField()
    maker = group_reference("control.Person", db_index=False)
    checker = group_reference("control.Person", db_index=False)
    request = group_reference("control.ApprovalRequest", db_index=False)
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=list(LimitScope)), name="payment_limit_scope_known"),
            models.CheckConstraint(
                condition=Q(most_minor=None) | Q(most_minor__gte=0), name="payment_limit_not_negative"
            ),
            models.CheckConstraint(condition=~Q(maker=F("checker")), name="payment_limit_agreed_by_two"),
            models.UniqueConstraint(fields=["group_id", "request"], name="payment_limit_once_per_request"),
        ]
