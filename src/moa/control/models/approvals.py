"""Requests for a second person's decision, and the decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference


class ApprovalRequest(models.Model):
    """Content that waits for a second person; the hash pins what was submitted."""

    group_id = models.BigIntegerField()
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=64)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    maker = group_reference("Person")
    unit = group_reference("Unit", null=True)
    state = models.CharField(max_length=10, default="open")
    made_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))
    state_at = models.DateTimeField(null=True)
    state_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "refused", "withdrawn"]),
                name="approval_state_known",
            ),
            models.UniqueConstraint(
                fields=["group_id", "subject_type", "subject_id"],
                condition=Q(state="open"),
                name="one_open_request_per_subject",
            ),
        ]


class ApprovalDecision(models.Model):
    """One decision by another person. `maker` is repeated so that maker ≠ checker is a constraint."""

    group_id = models.BigIntegerField()
    request = group_reference("ApprovalRequest", related_name="decisions")
    maker = group_reference("Person")
    checker = group_reference("Person")
    approved = models.BooleanField()
    reason = models.CharField(max_length=500, default="", blank=True)
    content_hash = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(maker=F("checker")), name="maker_is_not_checker"),
            models.UniqueConstraint(fields=["request"], name="one_decision_per_request"),
        ]
