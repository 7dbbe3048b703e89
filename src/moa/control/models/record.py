"""The lasting record: audit lines, changes of rows, idempotency keys."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AuditLine(models.Model):
    """One line per operation, written in its transaction. Append-only by trigger and grant."""

    group_id = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))
    person_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=200)
    channel = models.CharField(max_length=10)
    request_id = models.CharField(max_length=64)
    code = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["group_id", "-recorded_at", "-id"], name="audit_by_time"),
            models.Index(fields=["group_id", "subject_type", "subject_id"], name="audit_by_subject"),
        ]


class RowChange(models.Model):
    """A change of a watched row, written by a trigger, so that raw SQL is caught too. Append-only."""

    group_id = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))
    table_name = models.CharField(max_length=64)
    row_id = models.CharField(max_length=64)
    change = models.CharField(max_length=6)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    person_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64, default="")
    database_user = models.CharField(max_length=64)


class IdempotencyKey(models.Model):
    """A key with the hash of its content and the result that it gives for ever, a refusal included."""

    group_id = models.BigIntegerField()
    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    refused = models.BooleanField(default=False)
    result = models.JSONField()
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "scope", "key"], name="idempotency_key_once_per_group"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="idempotency_key_not_empty"),
        ]
