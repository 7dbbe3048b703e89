"""The tables of reconciliation: links, rules by version, bank lines on their way, suspense items."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference
from moa.reconciliation.lifecycle import LineState, SuspenseState


class BankLink(models.Model):
    """A bank account and its account of a book. It stays: the proof passes no linked account over.

    Shape: lines from `from_booked_on` on are reconciled, the first of them under the business day `since`; `name` is
    how the proof calls it for ever; a receipt after `business_ends` is one of the next business day.
    """

    group_id = models.BigIntegerField()
    book = group_reference("ledger.Book")
    account = group_reference("accounts.BankAccount")
    ledger_account = group_reference("ledger.LedgerAccount")
    suspense = group_reference("ledger.LedgerAccount")
    unit = group_reference("control.Unit", null=True)
    name = models.CharField(max_length=100)
    since = models.DateField()
    from_booked_on = models.DateField()
    opening_minor = models.BigIntegerField()
    business_ends = models.TimeField(null=True)
    linked_by = group_reference("control.Person")
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "account"], name="bank_account_linked_once"),
            models.UniqueConstraint(fields=["group_id", "ledger_account"], name="ledger_account_linked_once"),
            models.UniqueConstraint(fields=["group_id", "book", "name"], name="link_name_once_per_book"),
            models.CheckConstraint(condition=Q(from_booked_on__lte=F("since")), name="link_begins_in_order"),
            models.CheckConstraint(
                condition=~Q(ledger_account=F("suspense")), name="link_suspense_is_another_account"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """One version of a rule, made from an approved request alone. Append-only.

    Shape: `content` what was approved, of which the other columns are parts; `counter` an account of the book.
    """

    group_id = models.BigIntegerField()
    book = group_reference("ledger.Book")
    code = models.CharField(max_length=40)
    number = models.IntegerField()
    title = models.CharField(max_length=200)
    position = models.IntegerField()
    valid_from = models.DateField()
    is_on = models.BooleanField()
    mode = models.CharField(max_length=8)
    counter = models.CharField(max_length=40)
    unit = group_reference("control.Unit", null=True)
    content = models.JSONField()
    maker = group_reference("control.Person")
    checker = group_reference("control.Person")
    request = group_reference("control.ApprovalRequest")
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "book", "code", "number"], name="rule_version_once"),
            models.UniqueConstraint(fields=["group_id", "request"], name="rule_version_once_per_request"),
            models.CheckConstraint(condition=~Q(maker=F("checker")), name="rule_agreed_by_two"),
            models.CheckConstraint(condition=Q(mode__in=["post", "confirm"]), name="rule_mode_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="rule_counts_from_one"),
        ]


# What may change of a bank line and of a suspense item after it was made; the database grants no more.
LINE_CHANGES = (
    "state", "state_at", "rule", "unit", "attempt", "problem", "problem_account", "business_date", "voucher_id", "period",
    "explained", "match", "confirmed_by", "confirmed_at", "request", "reason",
)  # fmt: skip
ITEM_CHANGES = (
    "state", "owner", "unit", "due_on", "cleared_on", "counter", "voucher_id", "period", "rule", "request",
)  # fmt: skip


class LineMatch(models.Model):
    """Bank lines and vouchers that a person found to be the same money. It stays when it is undone, with the reason.

    Shape: the lines name it; the database holds that both sides come to the same while it is not undone.
    """

    group_id = models.BigIntegerField()
    link = group_reference("BankLink")
    person = group_reference("control.Person", db_index=False)
    made_at = models.DateTimeField()
    note = models.CharField(max_length=500, default="", blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.BigIntegerField(null=True)
    undone_reason = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undone_reason="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_reason="")),
                name="undone_match_says_why",
            ),
        ]


class MatchedVoucher(models.Model):
    """A voucher of a match. Shape: `amount_minor` as it moves the bank's account in the book, debits positive."""

    group_id = models.BigIntegerField()
    match = group_reference("LineMatch", related_name="vouchers")
    link = group_reference("BankLink", db_index=False)
    voucher_id = models.BigIntegerField()
    period = models.IntegerField()
    amount_minor = models.BigIntegerField()
    is_undone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "link", "voucher_id"],
                condition=Q(is_undone=False),
                name="voucher_in_one_match",
            ),
        ]


class BankLine(models.Model):
    """A line of a linked bank account on its way into the books: one row for one stored transaction.

    Shape: `amount_minor` signed as the bank says it, receipts positive; `bank_day` the business day of the bank's side,
    `due_on` the first that may book it, `business_date` the one that did; `problem` the code of what hinders it;
    `attempt` the number of the posting key that is next; `explained` where a voucher that was booked without it answers
    for it, by `match` together with others.
    """

    group_id = models.BigIntegerField()
    link = group_reference("BankLink", related_name="lines", db_index=False)
    book = group_reference("ledger.Book", db_index=False)
    line_id = models.BigIntegerField()
    booked_on = models.DateField()
    amount_minor = models.BigIntegerField()
    bank_day = models.DateField()
    due_on = models.DateField()
    value_date = models.DateField()
    state = models.CharField(max_length=10, default=LineState.UNPOSTED)
    state_at = models.DateTimeField(null=True)
    rule = group_reference("RuleVersion", null=True, db_index=False)
    unit = group_reference("control.Unit", null=True, db_index=False)
    attempt = models.IntegerField(default=1)
    problem = models.CharField(max_length=40, default="", blank=True)
    problem_account = models.CharField(max_length=40, default="", blank=True)
    business_date = models.DateField(null=True)
    voucher_id = models.BigIntegerField(null=True)
    period = models.IntegerField(null=True)
    explained = models.BooleanField(default=False)
    match = group_reference("LineMatch", null=True, related_name="lines")
    confirmed_by = group_reference("control.Person", null=True, db_index=False)
    confirmed_at = models.DateTimeField(null=True)
    request = group_reference("control.ApprovalRequest", null=True, db_index=False)
    reason = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "line_id"], name="bank_line_once"),
            models.UniqueConstraint(
                fields=["group_id", "link", "voucher_id"],
                condition=Q(state__in=["posted", "suspense", "cleared"], match=None),
                name="voucher_answers_for_one_line",
            ),
            models.CheckConstraint(condition=Q(state__in=list(LineState)), name="bank_line_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["posted", "suspense", "cleared"])
                | Q(voucher_id__isnull=False, period__isnull=False, business_date__isnull=False),
                name="booked_bank_line_has_its_voucher",
            ),
            models.CheckConstraint(
                condition=~Q(state="ignored") | (Q(request__isnull=False) & ~Q(reason="")),
                name="ignored_bank_line_says_why",
            ),
            models.CheckConstraint(
                condition=Q(business_date=None) | Q(business_date__gte=F("due_on")),
                name="bank_line_booked_when_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["group_id", "book", "due_on", "id"], name="bank_line_under_way",
                condition=Q(state__in=["unposted", "waiting"]),
            ),
            models.Index(fields=["group_id", "link", "bank_day"], name="bank_line_by_day"),
            models.Index(fields=["group_id", "voucher_id"], name="bank_line_by_voucher"),
        ]  # fmt: skip


class SuspenseItem(models.Model):
    """Money that nobody knew at business end (가수금), until it is cleared. Source: KAMCO-036.

    Shape: `amount_minor` as the bank says it, receipts positive; `opened_on` the business date of its voucher.
    """

    group_id = models.BigIntegerField()
    line = group_reference("BankLine", related_name="suspense")
    book = group_reference("ledger.Book", db_index=False)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=40)
    unit = group_reference("control.Unit", null=True, db_index=False)
    owner = group_reference("control.Person", null=True, db_index=False)
    opened_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, default=SuspenseState.OPEN)
    cleared_on = models.DateField(null=True)
    counter = models.CharField(max_length=40, default="", blank=True)
    voucher_id = models.BigIntegerField(null=True)
    period = models.IntegerField(null=True)
    rule = group_reference("RuleVersion", null=True, db_index=False)
    request = group_reference("control.ApprovalRequest", null=True, db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(SuspenseState)), name="suspense_state_known"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opened_on")), name="suspense_due_after_it_opens"
            ),
            models.CheckConstraint(
                condition=~Q(state="cleared")
                | (
                    Q(voucher_id__isnull=False, cleared_on__isnull=False)
                    & (Q(rule__isnull=False) | Q(request__isnull=False))
                ),
                name="suspense_cleared_by_two_or_by_rule",
            ),
            models.UniqueConstraint(
                fields=["group_id", "line"], condition=~Q(state="reversed"), name="one_suspense_item_per_line"
            ),
        ]
        indexes = [
            models.Index(
                fields=["group_id", "book", "due_on"], name="suspense_open", condition=Q(state="open")
            )
        ]  # fmt: skip
