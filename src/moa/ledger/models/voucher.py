"""Vouchers and their entries, the keys that gave them, and what was reversed. All append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference


class Voucher(models.Model):
    """One balanced posting; partitioned by `period`, the month of its business date (202611).

    Shape: `origin` says what made it (rules/acts.py); `legs` the number of its entries; `reverses` with its period
    the voucher that it takes back. Checked by a person who is not the maker, or made by the machine user under a
    standing order valid on the business date. `after_close`: booked before its business date had come, because the
    day was closed already; what it brings in is not available before that date.
    """

    pk = models.CompositePrimaryKey("id", "period")
    id = models.BigIntegerField()
    group_id = models.BigIntegerField()
    book = group_reference("Book")
    maker = group_reference("control.Person")
    checker = group_reference("control.Person", null=True)
    standing_order = group_reference("StandingOrder", null=True)
    request = group_reference("control.ApprovalRequest", null=True)
    reverses_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()
    period = models.IntegerField()
    reverses_period = models.IntegerField(null=True)
    business_date = models.DateField()
    value_date = models.DateField()
    legs = models.SmallIntegerField()
    origin = models.CharField(max_length=16)
    key = models.CharField(max_length=200)
    source_kind = models.CharField(max_length=32)
    source_id = models.CharField(max_length=200)
    memo = models.TextField()
    after_close = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "ledger_voucher"


class Entry(models.Model):
    """One leg of a voucher, numbered `n` within its account; partitioned like its voucher.

    Shape: `amount_minor` signed, debits positive, in the account's currency; `functional_minor` beside it in the
    book's, None where no rate was known; `side` the column it stands in, so that a negative debit stays a debit.
    """

    pk = models.CompositePrimaryKey("account", "n", "period")
    account = group_reference("LedgerAccount")
    n = models.BigIntegerField()
    group_id = models.BigIntegerField()
    voucher_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    functional_minor = models.BigIntegerField(null=True)
    balance_after = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    period = models.IntegerField()
    business_date = models.DateField()
    value_date = models.DateField()
    leg = models.SmallIntegerField()
    side = models.SmallIntegerField()

    class Meta:
        managed = False
        db_table = "ledger_entry"


class PostingKey(models.Model):
    """A key of one book and the one answer that it gives for ever: a voucher, or the code of a refusal.

    Shape: `content` 128 bits of the SHA-256 over what was asked; `code` is empty for what was booked.
    """

    pk = models.CompositePrimaryKey("book", "key")
    book = group_reference("Book", db_index=False)
    key = models.CharField(max_length=200)
    group_id = models.BigIntegerField()
    content = models.UUIDField()
    code = models.CharField(max_length=40, default="", blank=True)
    account_code = models.CharField(max_length=40, default="", blank=True)
    voucher_id = models.BigIntegerField(null=True)
    period = models.IntegerField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="posting_key_not_empty"),
            models.CheckConstraint(
                condition=Q(code="", voucher_id__isnull=False, period__isnull=False)
                | (~Q(code="") & Q(voucher_id=None, period=None)),
                name="posting_key_booked_or_refused",
            ),
        ]


class Reversal(models.Model):
    """Which voucher took which back: the key makes one reversal per voucher. Written by the vouchers' trigger."""

    voucher_id = models.BigIntegerField(primary_key=True)
    period = models.IntegerField()
    by_id = models.BigIntegerField()
    by_period = models.IntegerField()
    group_id = models.BigIntegerField()
    book = group_reference("Book", db_index=False)
