"""Documents, and the keys that they are encrypted with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference


class GroupKey(models.Model):
    """A data key of one group, wrapped by the master key. `purpose` "content" has versions; "naming" has one."""

    group_id = models.BigIntegerField()
    purpose = models.CharField(max_length=8)
    version = models.IntegerField()
    wrapped = models.BinaryField()
    master_id = models.CharField(max_length=16)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "purpose", "version"], name="group_key_version_once"),
            models.CheckConstraint(
                condition=Q(purpose__in=["content", "naming"]), name="group_key_purpose_known"
            ),
        ]


class Document(models.Model):
    """A file as it came, kept encrypted; `stored` is false where only its hash, size and error may be kept."""

    group_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    storage_name = models.CharField(max_length=64)
    key_version = models.IntegerField(null=True)
    stored = models.BooleanField(default=True)
    refusal = models.CharField(max_length=80, default="", blank=True)
    retain_until = models.DateField()
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))
    person = group_reference("Person")

    class Meta:
        indexes = [models.Index(fields=["group_id", "-recorded_at", "-id"], name="document_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "kind", "sha256"], name="document_once_per_group_and_kind"
            ),
            models.CheckConstraint(condition=Q(size_bytes__gte=0), name="document_size_not_negative"),
        ]
