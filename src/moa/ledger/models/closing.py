"""What closings leave behind: where each account that moved stood, the seal of the day, and the bank's lines under it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference


class DailyClosing(models.Model):
    """An account at the closing of a day. An account that did not move since has no row: its last one stands.

    Shape: `debit_minor` and `credit_minor` what the entries of this closing moved in each column, signed; `n` the
    number of the last entry; `product` the interest product (积数) over all days to `business_date`, itself
    included; `name` as it was; `is_stated` when the proof states the account with this day, because it is new or
    has another name.
    """

    pk = models.CompositePrimaryKey("account", "business_date", "revision")
    account = group_reference("LedgerAccount", db_index=False)
    business_date = models.DateField()
    revision = models.IntegerField()
    group_id = models.BigIntegerField()
    book = group_reference("Book", db_index=False)
    name = models.CharField(max_length=200)
    is_stated = models.BooleanField()
    opening_minor = models.BigIntegerField()
    debit_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    n = models.BigIntegerField()
    product = models.DecimalField(max_digits=38, decimal_places=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closing_minor=F("opening_minor") + F("debit_minor") + F("credit_minor")),
                name="daily_closing_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(n__gte=0, revision__gte=1), name="daily_closing_counts_from_one"
            ),
        ]
        indexes = [
            models.Index(fields=["book", "business_date", "revision"], name="daily_closing_by_day"),
        ]


class Seal(models.Model):
    """What a closing pinned: `facts` is the JSON object as the proof writes it, `hex` the SHA-256 over its bytes.

    Append-only and chained: `previous` is the hex of the book's seal before, so no book has two histories.
    """

    group_id = models.BigIntegerField()
    book = group_reference("Book", related_name="seals", db_index=False)
    business_date = models.DateField()
    revision = models.IntegerField()
    previous = models.CharField(max_length=64, null=True)
    hex = models.CharField(max_length=64)
    facts = models.TextField()
    closed_at = models.DateTimeField()
    closed_by = group_reference("control.Person", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "book", "business_date", "revision"], name="seal_once_per_closing"
            ),
            models.UniqueConstraint(
                fields=["group_id", "book", "previous"], nulls_distinct=False, name="one_seal_follows_another"
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="seal_counts_from_one"),
        ]

    def __str__(self) -> str:
        return self.hex


class SealedLine(models.Model):
    """A line of the bank side as it was sealed; statements may be corrected later, what was sealed stays."""

    group_id = models.BigIntegerField()
    book = group_reference("Book", db_index=False)
    business_date = models.DateField()
    revision = models.IntegerField()
    place = models.IntegerField()
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "book", "business_date", "revision", "place"], name="sealed_line_once"
            ),
        ]
