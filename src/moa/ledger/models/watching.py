"""What is kept beside the books to watch over them: seals on their way out, and what each count found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference


class SealDispatch(models.Model):
    """A seal that leaves the house, written with the closing and sent after it; what failed is tried again.

    Shape: `way` mail or timestamp; `target` the recipients, comma separated, or the address of the authority;
    `answer` the time stamp token as base64; `stamped_at` the moment that it states.
    """

    MAIL, TIMESTAMP = "mail", "timestamp"

    group_id = models.BigIntegerField()
    seal = group_reference("Seal", related_name="dispatches")
    way = models.CharField(max_length=10)
    target = models.TextField()
    attempts = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, default="", blank=True)
    answer = models.TextField(default="", blank=True)
    stamped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "seal", "way"], name="seal_leaves_once_each_way"),
            models.CheckConstraint(condition=Q(way__in=["mail", "timestamp"]), name="seal_way_known"),
        ]
        indexes = [
            models.Index(fields=["group_id", "id"], condition=Q(sent_at=None), name="seal_still_to_leave"),
        ]


class BookVerification(models.Model):
    """One count of a whole book against its entries (`moa verify`). Append-only.

    Shape: `differences` how many; `found` the first of them as [check, subject, expected, found].
    """

    group_id = models.BigIntegerField()
    book = group_reference("Book", related_name="verifications", db_index=False)
    at = models.DateTimeField()
    accounts = models.BigIntegerField()
    vouchers = models.BigIntegerField()
    entries = models.BigIntegerField()
    differences = models.BigIntegerField()
    found = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["book", "-at"], name="verification_by_book")]
