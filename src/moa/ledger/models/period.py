"""Closed months and years: what they came to, under a seal of their own."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference

MONTH, YEAR = "month", "year"


class PeriodClosing(models.Model):
    """One closing of a month or a year. Append-only; each kind is a chain of its own within a book.

    Shape: `period` 202611 or 2026; `seal` the hex of the day seal that it stands on, that of `last_day`, the last
    business day in it; `facts` the JSON text whose SHA-256 is `hex`. A month whose last day was reopened and closed
    again stands on a seal that is not the newest: it counts as open until it is closed as its next revision.
    """

    group_id = models.BigIntegerField()
    book = group_reference("Book", related_name="periods", db_index=False)
    kind = models.CharField(max_length=5)
    period = models.IntegerField()
    revision = models.IntegerField()
    last_day = models.DateField()
    seal = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, null=True)
    hex = models.CharField(max_length=64)
    facts = models.TextField()
    closed_at = models.DateTimeField()
    closed_by = group_reference("control.Person", db_index=False)
    document = group_reference("control.Document", null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "book", "kind", "period", "revision"], name="period_closed_once"
            ),
            models.UniqueConstraint(
                fields=["group_id", "book", "kind", "previous"], nulls_distinct=False,
                name="one_period_closing_follows_another",
            ),
            models.CheckConstraint(condition=Q(kind__in=[MONTH, YEAR]), name="period_kind_known"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="period_closing_counts_from_one"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.period} revision {self.revision}"


class PeriodFigure(models.Model):
    """One line of the sheet of a closed period: of a month by subject (月计表), of a year by account.

    Shape: amounts signed, debits positive; `debit_minor` and `credit_minor` the turnover of each column without
    what a year's closing carried, which stands in `carried_minor`; the year's two run from its first day. In a year's
    lines `carried_minor` is what its own closing carries to equity, so that the new year begins with
    `closing_minor + carried_minor`.
    """

    group_id = models.BigIntegerField()
    book = group_reference("Book", db_index=False)
    kind = models.CharField(max_length=5)
    period = models.IntegerField()
    revision = models.IntegerField()
    code = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    entries = models.BigIntegerField()
    opening_minor = models.BigIntegerField()
    debit_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField()
    carried_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    year_debit_minor = models.BigIntegerField()
    year_credit_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "book", "kind", "period", "revision", "code", "currency"],
                name="period_figure_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=MONTH,
                    closing_minor=F("opening_minor") + F("debit_minor") + F("credit_minor") + F("carried_minor"),
                )
                | Q(kind=YEAR, closing_minor=F("opening_minor") + F("debit_minor") + F("credit_minor")),
                name="period_figure_adds_up",
            ),
        ]  # fmt: skip
