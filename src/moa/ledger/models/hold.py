"""Amounts that are set aside on an account until what they wait for is over."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference


class Hold(models.Model):
    """An amount that nothing else may use, from `placed_at` until `ended_at`. It alone moves a balance's held amount.

    Shape: `amount_minor` on the account's normal side; `source_kind` and `source_id` what it waits for, which has one
    at a time.
    """

    group_id = models.BigIntegerField()
    book = group_reference("Book", db_index=False)
    account = group_reference("LedgerAccount", related_name="holds")
    amount_minor = models.BigIntegerField()
    source_kind = models.CharField(max_length=20)
    source_id = models.CharField(max_length=40)
    placed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "source_kind", "source_id"], condition=Q(ended_at=None), name="one_hold_per_source"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="hold_above_zero"),
        ]  # fmt: skip
