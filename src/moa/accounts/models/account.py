"""Bank accounts, the newest known balance of each, and the clock that orders what is recorded."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.accounts.lifecycle import AccountKind
from moa.control.models.columns import group_reference


class BankAccount(models.Model):
    """One account at one bank in one currency. `number_key` is the number without separators, for finding it.

    `closed_on` is the first day without the account, `closed_at` the moment this became known here.
    """

    group_id = models.BigIntegerField()
    unit = group_reference("control.Unit")
    bank_country = models.CharField(max_length=2)
    bank_code = models.CharField(max_length=11)
    number = models.CharField(max_length=40)
    number_key = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=16, default=AccountKind.OPERATING)
    holder = models.CharField(max_length=200, default="", blank=True)
    nickname = models.CharField(max_length=100, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    is_simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "bank_country", "bank_code", "number_key", "currency"],
                name="account_once_per_group",
            ),
            models.CheckConstraint(condition=~Q(number_key=""), name="account_number_not_empty"),
            models.CheckConstraint(condition=Q(kind__in=list(AccountKind)), name="account_kind_known"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(opened_on=None) | Q(closed_on__gte=F("opened_on")),
                name="account_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_at=None)
                | Q(closed_on__isnull=False, closed_at__isnull=False),
                name="account_closing_says_when_known",
            ),
        ]
        indexes = [
            models.Index(fields=["group_id", "number_key"], name="account_by_number"),
            models.Index(fields=["group_id", "currency"], name="account_by_currency"),
            models.Index(fields=["group_id", "unit"], name="account_by_unit"),
        ]

    def __str__(self) -> str:
        return self.number


class CurrentBalance(models.Model):
    """The newest known closing balance of an account: what the position of today adds up.

    An account that was only ever fed files without a balance has a row without one; `covered_until` and
    `received_at` are the bank's word, so figures by hand leave them as they are.
    """

    account = models.OneToOneField(
        BankAccount,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="current",
    )
    group_id = models.BigIntegerField()
    day = models.DateField(null=True)
    balance_minor = models.BigIntegerField(null=True)
    covered_until = models.DateField(null=True)
    received_at = models.DateTimeField(null=True)


class ImportClock(models.Model):
    """The last recorded moment of a group. Its row lock is the order in which statements are recorded.

    Whoever records takes the lock and a stamp that is never before the last one; whoever asks "as known at" a
    recent moment waits for the lock once, so the answer cannot change afterwards.
    """

    group_id = models.BigIntegerField(primary_key=True)
    last_at = models.DateTimeField()
