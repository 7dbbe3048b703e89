"""Statements and their lines, day-end balances, and what was superseded. All append-only but provisional lines."""

from __future__ import annotations

from django.db import models

from moa.control.models.columns import group_reference


class Statement(models.Model):
    """What one file, or two persons by hand, said of one account over a period. Both dates are inside it.

    Shape: the balances are those that were stated, or follow from one that was; both None where none was;
    `goes_on` says that it is a page and that its last day is told to its end by another.
    """

    group_id = models.BigIntegerField()
    account = group_reference("BankAccount", related_name="statements")
    file = group_reference("StatementFile", null=True, related_name="statements")
    request = group_reference("control.ApprovalRequest", null=True)
    index = models.IntegerField(default=1)
    provisional = models.BooleanField(default=False)
    goes_on = models.BooleanField(db_default=False)
    reference = models.TextField(default="", blank=True)
    from_date = models.DateField()
    to_date = models.DateField()
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    entry_count = models.BigIntegerField()
    entries_new = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_date__gte=models.F("from_date")), name="statement_period_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(file__isnull=True) ^ models.Q(request__isnull=True),
                name="statement_from_file_or_by_hand",
            ),
        ]
        indexes = [models.Index(fields=["group_id", "account", "-to_date"], name="statement_by_account")]


class Transaction(models.Model):
    """One booked line of an account; partitioned by the month of `booked_on`, one leaf a month.

    Shape: `amount_minor` signed, credits positive; `balance_minor` the balance after the line; `fingerprint` a
    128-bit hash of what the line says, `occurrence` its number among identical lines of the account.
    """

    pk = models.CompositePrimaryKey("id", "booked_on")
    id = models.BigIntegerField()
    booked_on = models.DateField()
    group_id = models.BigIntegerField()
    account = group_reference("BankAccount")
    value_date = models.DateField(null=True)
    booked_time = models.TimeField(null=True)
    amount_minor = models.BigIntegerField()
    balance_minor = models.BigIntegerField(null=True)
    balance_stated = models.BooleanField(default=False)
    fingerprint = models.UUIDField()
    occurrence = models.IntegerField()
    statement = group_reference("Statement")
    place = models.CharField(max_length=80)
    reference = models.TextField()
    bank_reference = models.TextField()
    description = models.TextField()
    counterparty = models.TextField()
    counterparty_account = models.TextField()
    details = models.JSONField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "accounts_transaction"


class Supersession(models.Model):
    """A stored line that counts no more, because a person decided for the re-issued statement."""

    group_id = models.BigIntegerField()
    account = group_reference("BankAccount")
    transaction_id = models.BigIntegerField()
    booked_on = models.DateField()
    amount_minor = models.BigIntegerField()
    conflict = group_reference("Conflict")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "transaction_id"], name="line_superseded_once"),
        ]
        indexes = [models.Index(fields=["group_id", "account", "booked_on"], name="superseded_by_account")]


class ProvisionalEntry(models.Model):
    """An intraday line (MT942, camt.052, camt.054): shown apart, in no balance, gone when the day is booked."""

    group_id = models.BigIntegerField()
    account = group_reference("BankAccount")
    statement = group_reference("Statement")
    booked_on = models.DateField()
    value_date = models.DateField(null=True)
    booked_time = models.TimeField(null=True)
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=8)
    fingerprint = models.UUIDField()
    occurrence = models.IntegerField()
    place = models.CharField(max_length=80)
    reference = models.TextField()
    bank_reference = models.TextField()
    description = models.TextField()
    counterparty = models.TextField()
    counterparty_account = models.TextField()
    recorded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "booked_on", "fingerprint", "occurrence"], name="provisional_line_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["group_id", "account", "booked_on"],
                name="provisional_open",
                condition=models.Q(replaced_at=None),
            )
        ]


class BalancePoint(models.Model):
    """The balance of an account at the end of a day, as known from a moment on. Append-only: the newest counts.

    `derived` ones follow from the last stated balance and the lines since; nobody stated them.
    """

    group_id = models.BigIntegerField()
    account = group_reference("BankAccount")
    day = models.DateField()
    balance_minor = models.BigIntegerField()
    derived = models.BooleanField(db_default=False)
    statement = group_reference("Statement")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["group_id", "account", "-day", "-recorded_at", "-id"], name="balance_by_day")
        ]
