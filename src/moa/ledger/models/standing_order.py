"""What a machine may book without a checker, because two persons agreed to it beforehand."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference


class StandingOrder(models.Model):
    """Leave for acts of a machine on one book, from a day until another. Made from an approved request alone.

    Shape: `acts` a list of act codes (rules/acts.py); the period is half-open; `ended_on` ends it earlier.
    """

    group_id = models.BigIntegerField()
    book = group_reference("Book", related_name="standing_orders", db_index=False)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    acts = models.JSONField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = group_reference("control.Person", null=True, db_index=False)
    maker = group_reference("control.Person", db_index=False)
    checker = group_reference("control.Person", db_index=False)
    request = group_reference("control.ApprovalRequest", db_index=False)
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "book", "code"], name="standing_order_once_per_book"),
            models.UniqueConstraint(fields=["group_id", "request"], name="standing_order_once_per_request"),
            models.CheckConstraint(
                condition=~Q(maker=F("checker")), name="standing_order_maker_is_not_checker"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="standing_order_period_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_by=None) | Q(ended_on__isnull=False, ended_by__isnull=False),
                name="standing_order_end_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.code
