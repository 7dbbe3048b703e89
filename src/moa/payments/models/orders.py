"""The tables of payments: orders, attempts at a bank, what moved them, what is known of them, limits."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference
from moa.payments.lifecycle import OPEN_ATTEMPT, AttemptState, OrderState
from moa.payments.rules.limits import LimitScope

INTERNAL, BANK = "internal", "bank"
KINDS = (INTERNAL, BANK)
NOW = models.Func(function="clock_timestamp")


class PaymentOrder(models.Model):
    """An order to pay. What was decided on never changes afterwards; its state changes by `moves.move_order` alone.

    Shape: `form` the texts as they were typed; the columns after it what was understood, None until it is submitted;
    `payer` and `payee` accounts of the book; `request` the last one for approval; `voucher_id` of the outcome;
    `problem` the code of why it failed or is held up; `version` counts the savings. A payment over a bank has no `payee` but
    `to_bank`, `to_account` and `to_name`; it leaves from the bank account of `via` and is charged to `charge`, which is the
    payer itself unless the payer is the bank's own account in the book.
    One of several that were decided on together has its `bundle`, one of a series its `series`: `place` is the row of the one
    or the number in the other, `part` from 1 where a row is more than its bank takes in one transfer; in a series None where
    it is not.
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
    via = group_reference("reconciliation.BankLink", null=True, db_index=False)
    charge = group_reference("ledger.LedgerAccount", null=True, db_index=False)
    to_bank = models.CharField(max_length=3, default="", blank=True)
    to_account = models.CharField(max_length=15, default="", blank=True)
    to_name = models.CharField(max_length=100, default="", blank=True)
    name_verdict = models.CharField(max_length=12, default="", blank=True)
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
    bundle = group_reference("PaymentBundle", null=True, db_index=False, related_name="orders")
    series = group_reference("PaymentSeries", null=True, db_index=False, related_name="orders")
    place = models.IntegerField(null=True)
    part = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(bundle=None, series=None, place=None, part=None)
                | Q(bundle__isnull=False, series=None, place__gte=1, part__gte=1)
                | Q(bundle=None, series__isnull=False, place__gte=1, part=None)
                | Q(bundle=None, series__isnull=False, place__gte=1, part__gte=1),
                name="payment_place_in_one_plan",
            ),
            models.UniqueConstraint(
                fields=["group_id", "bundle", "place", "part"],
                condition=Q(bundle__isnull=False),
                name="payment_once_in_bundle",
            ),
            # A whole payment or the first part of one that is split: a number of a series has one of the two, once.
            models.UniqueConstraint(
                fields=["group_id", "series", "place"],
                condition=Q(series__isnull=False) & (Q(part=None) | Q(part=1)),
                name="payment_once_in_series",
            ),
            models.UniqueConstraint(
                fields=["group_id", "series", "place", "part"],
                condition=Q(series__isnull=False),
                name="payment_part_once_in_series",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="payment_kind_known"),
            models.CheckConstraint(condition=Q(state__in=list(OrderState)), name="payment_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(
                    payer__isnull=False,
                    amount_minor__gt=0,
                    pay_on__isnull=False,
                    request__isnull=False,
                ),
                name="submitted_payment_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(kind="internal", payee__isnull=False, via=None)
                | (
                    Q(kind="bank", payee=None, via__isnull=False, charge__isnull=False)
                    & ~Q(to_bank="")
                    & ~Q(to_account="")
                    & ~Q(name_verdict="")
                ),
                name="submitted_payment_has_its_payee",
            ),
            models.CheckConstraint(
                condition=Q(payer=None) | Q(payee=None) | ~Q(payer=F("payee")),
                name="payment_to_another_account",
            ),
            models.CheckConstraint(
                condition=Q(voucher_id=None, period=None)
                | Q(
                    voucher_id__isnull=False,
                    period__isnull=False,
                    state__in=["paid", "reconciled", "returned_by_bank"],
                ),
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
            models.Index(
                fields=["group_id", "state", "state_at"], name="payment_under_way",
                condition=Q(state__in=["approved", "ready", "sent", "processing", "unknown"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"P{self.id}"


# What may change of an order after it was made; the database grants no more.
ORDER_CHANGES = (
    "unit", "state", "state_at", "saved_at", "version", "form", "payer", "payee", "amount_minor", "currency", "pay_on",
    "purpose", "memo", "document_no", "document_key", "request", "voucher_id", "period", "problem", "via", "charge", "to_bank",
    "to_account", "to_name", "name_verdict",
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


class PaymentAttempt(models.Model):
    """One try to pay an order over a bank. An order has one open try at most, and a next one after a proven failure alone.

    Shape: `number` from 1 within its order; `reference` what comes back on the statement; `day`, `msg_no` and `message` of
    the request, None until it is stored, which is when it may leave; `code` what the bank said last; `ask_at` when the bank is
    asked next, None when there is nothing to ask; `line`, `fee_line` and `return_line` of the bank's statement.
    """

    group_id = models.BigIntegerField()
    order = group_reference("PaymentOrder", related_name="attempts")
    number = models.IntegerField(default=1)
    state = models.CharField(max_length=12, default=AttemptState.PREPARED)
    state_at = models.DateTimeField()
    connection = group_reference("channels.Connection", db_index=False)
    amount_minor = models.BigIntegerField()
    reference = models.CharField(max_length=16)
    day = models.DateField(null=True)
    msg_no = models.IntegerField(null=True)
    message = group_reference("channels.ChannelMessage", null=True, db_index=False)
    fee_minor = models.BigIntegerField(null=True)
    code = models.CharField(max_length=4, default="", blank=True)
    problem = models.CharField(max_length=40, default="", blank=True)
    inquiries = models.IntegerField(default=0)
    ask_at = models.DateTimeField(null=True)
    line = group_reference("reconciliation.BankLine", null=True, db_index=False)
    fee_line = group_reference("reconciliation.BankLine", null=True, db_index=False)
    return_line = group_reference("reconciliation.BankLine", null=True, db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "order", "number"], name="attempt_number_once_per_order"
            ),
            models.UniqueConstraint(
                fields=["group_id", "order"],
                condition=Q(state__in=list(OPEN_ATTEMPT)),
                name="one_open_attempt_per_order",
            ),
            models.UniqueConstraint(fields=["group_id", "reference"], name="attempt_reference_once"),
            models.UniqueConstraint(
                fields=["group_id", "message"],
                condition=Q(message__isnull=False),
                name="attempt_message_once",
            ),
            models.UniqueConstraint(
                fields=["group_id", "line"], condition=Q(line__isnull=False), name="line_closes_one_attempt"
            ),
            models.CheckConstraint(condition=Q(state__in=list(AttemptState)), name="attempt_state_known"),
            models.CheckConstraint(
                condition=Q(number__gte=1, amount_minor__gt=0), name="attempt_counts_from_one"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "failed"])
                | Q(day__isnull=False, msg_no__isnull=False, message__isnull=False),
                name="attempt_that_left_has_its_message",
            ),
        ]
        indexes = [
            models.Index(fields=["group_id", "ask_at"], condition=Q(ask_at__isnull=False), name="attempt_to_ask"),
            models.Index(fields=["group_id", "connection", "day"], name="attempt_by_bank_day"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference


# What may change of an attempt after it was made; the database grants no more.
ATTEMPT_CHANGES = (
    "state", "state_at", "day", "msg_no", "message", "fee_minor", "code", "problem", "inquiries", "ask_at", "line", "fee_line",
    "return_line",
)  # fmt: skip


class Evidence(models.Model):
    """What is known of an order, and from where; a final state rests on one. Append-only.

    Shape: `kind` below; `attempt` it speaks of, for a payment over a bank; `message` that said it; `says` the move of the
    attempt that it proves, empty where it proves none; `facts` by name, as texts.
    """

    VOUCHER, BOOKS_REFUSED = "voucher", "books_refused"
    ANSWER, INQUIRY, NOTICE, STATEMENT, OUTSIDE, NOT_SENT = (
        "answer", "inquiry", "notice", "statement", "outside", "not_sent",
    )  # fmt: skip
    KINDS = (VOUCHER, BOOKS_REFUSED, ANSWER, INQUIRY, NOTICE, STATEMENT, OUTSIDE, NOT_SENT)

    group_id = models.BigIntegerField()
    order = group_reference("PaymentOrder", related_name="evidence")
    attempt = group_reference("PaymentAttempt", null=True, related_name="evidence")
    message = group_reference("channels.ChannelMessage", null=True, db_index=False)
    says = models.CharField(max_length=16, default="", blank=True)
    kind = models.CharField(max_length=16)
    facts = models.JSONField()
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[
                    "voucher", "books_refused", "answer", "inquiry", "notice", "statement", "outside", "not_sent",
                ]),
                name="evidence_kind_known",
            ),
            models.UniqueConstraint(
                fields=["group_id", "message", "kind"], condition=Q(message__isnull=False), name="message_proves_once"
            ),
        ]  # fmt: skip


class PayeeInquiry(models.Model):
    """What a bank said of who holds an account, when somebody wanted to pay to it. Append-only.

    Shape: `answered` as a channel says it; `name` as the bank has it, empty where it said none; `message` of the request.
    """

    group_id = models.BigIntegerField()
    connection = group_reference("channels.Connection", db_index=False)
    bank_code = models.CharField(max_length=3)
    account = models.CharField(max_length=15)
    answered = models.CharField(max_length=12)
    code = models.CharField(max_length=4, default="", blank=True)
    name = models.CharField(max_length=40, default="", blank=True)
    is_closed = models.BooleanField(default=False)
    message = group_reference("channels.ChannelMessage", null=True, db_index=False)
    person = group_reference("control.Person", db_index=False)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["group_id", "bank_code", "account", "-asked_at"], name="payee_by_account"),
        ]  # fmt: skip


class BankDayTotals(models.Model):
    """A bank's totals of a day's transfers out of one account beside ours, as they were at that moment. Append-only.

    Shape: counts and amounts of transfers that were debited, returned later or not; `items` those of which the bank says
    another thing than we know.
    """

    group_id = models.BigIntegerField()
    via = group_reference("reconciliation.BankLink", db_index=False)
    day = models.DateField()
    asked_at = models.DateTimeField()
    agrees = models.BooleanField()
    bank_count = models.IntegerField()
    bank_minor = models.BigIntegerField()
    bank_fee_minor = models.BigIntegerField()
    our_count = models.IntegerField()
    our_minor = models.BigIntegerField()
    items = models.JSONField(default=list)
    message = group_reference("channels.ChannelMessage", null=True, db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["group_id", "via", "day", "-id"], name="totals_by_bank_day"),
        ]  # fmt: skip


class PaymentAccounts(models.Model):
    """Where a book keeps money that is under way to a bank's payee, and the banks' fees. One row a book."""

    group_id = models.BigIntegerField()
    book = group_reference("ledger.Book", db_index=False)
    transit = group_reference("ledger.LedgerAccount", db_index=False)
    fees = group_reference("ledger.LedgerAccount", db_index=False)
    named_by = group_reference("control.Person", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "book"], name="payment_accounts_once_per_book"),
            models.CheckConstraint(condition=~Q(transit=F("fees")), name="transit_and_fees_are_two"),
        ]


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
