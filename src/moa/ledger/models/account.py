"""Accounts of a book, and the balance of each, which only entries move."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference
from moa.ledger.lifecycle import AccountState
from moa.ledger.rules.sides import CREDIT, DEBIT


class LedgerAccount(models.Model):
    """One account under a subject, in one currency.

    Shape: `normal_side` 1 debit, -1 credit; `floor_minor` the lowest balance allowed, counted on the normal side,
    None where there is none; `recorded_at` when it was opened, None of those that were there before this was kept. Book, subject,
    currency, side and that moment never change.
    """

    group_id = models.BigIntegerField()
    book = group_reference("Book", related_name="accounts", db_index=False)
    subject = group_reference("Subject", related_name="accounts", db_index=False)
    unit = group_reference("control.Unit", null=True, db_index=False)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    normal_side = models.SmallIntegerField()
    floor_minor = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, default=AccountState.OPEN)
    state_at = models.DateTimeField(null=True)
    opened_on = models.DateField()
    recorded_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        db_table = "ledger_account"
        constraints = [
            models.UniqueConstraint(fields=["group_id", "book", "code"], name="ledger_account_once_per_book"),
            models.CheckConstraint(condition=~Q(code=""), name="ledger_account_code_not_empty"),
            models.CheckConstraint(
                condition=Q(normal_side__in=[DEBIT, CREDIT]), name="ledger_account_side_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(AccountState)), name="ledger_account_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_on=None)),
                name="ledger_account_closed_says_when",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="ledger_account_closes_after_it_opens",
            ),
        ]
        indexes = [
            models.Index(fields=["group_id", "subject"], name="ledger_account_by_subject"),
            models.Index(fields=["group_id", "unit"], name="ledger_account_by_unit"),
            # Whoever does not say that the code is not empty, as no foreign key's check does, cannot take this index.
            models.Index(
                fields=["group_id", "book", "currency"],
                name="ledger_account_currencies",
                condition=~Q(code=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Balance(models.Model):
    """What an account stands at after its last entry. Made with the account, moved by the entries' trigger alone.

    Shape: `current_minor` signed, debits positive; `held_minor` set aside, on the normal side, never negative;
    `version` the number of the last entry; `product` the sum over the days before `product_date` of the balance by
    value date (积数), in minor units × days; `last_at` the stamp of the last entry.
    """

    account = models.OneToOneField(
        LedgerAccount,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="balance",
    )
    group_id = models.BigIntegerField()
    book = group_reference("Book", db_index=False)
    currency = models.CharField(max_length=3)
    current_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    product = models.DecimalField(max_digits=38, decimal_places=0, default=0)
    product_date = models.DateField()
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(held_minor__gte=0), name="held_amount_not_negative"),
            models.CheckConstraint(condition=Q(version__gte=0), name="balance_version_not_negative"),
        ]
