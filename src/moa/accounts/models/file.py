"""Statement files as they came, what of them is parked, and contradictions that wait for a person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.accounts.lifecycle import ConflictState, FileState, ParkedState
from moa.control.models.columns import group_reference


class StatementFile(models.Model):
    """One upload of one file: the raw document, what was found in it, and what came of it."""

    group_id = models.BigIntegerField()
    document = group_reference("control.Document")
    person = group_reference("control.Person")
    name = models.CharField(max_length=255)
    channel = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=FileState.RECEIVED)
    state_at = models.DateTimeField(null=True)
    asked_account = models.CharField(max_length=40, default="", blank=True)
    asked_profile = models.CharField(max_length=40, default="", blank=True)
    format = models.CharField(max_length=16, default="", blank=True)
    profile = models.CharField(max_length=40, default="", blank=True)
    encoding = models.CharField(max_length=16, default="", blank=True)
    duplicate_of = group_reference("StatementFile", null=True)
    entries_read = models.BigIntegerField(default=0)
    entries_new = models.BigIntegerField(default=0)
    entries_known = models.BigIntegerField(default=0)
    error_count = models.IntegerField(default=0)
    warning_count = models.IntegerField(default=0)
    problems = models.JSONField(default=list)
    accounts = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(FileState)), name="file_state_known"),
        ]
        indexes = [
            models.Index(fields=["group_id", "-id"], name="file_by_arrival"),
            models.Index(fields=["group_id", "-received_at", "-id"], name="file_by_time"),
            models.Index(fields=["group_id", "sha256"], name="file_by_hash"),
            models.Index(
                fields=["group_id", "id"],
                name="file_being_read",
                condition=Q(state__in=[FileState.RECEIVED, FileState.READING]),
            ),
            models.Index(
                fields=["group_id", "-received_at"],
                name="file_refused",
                condition=Q(state=FileState.REFUSED),
            ),
        ]


class ParkedStatement(models.Model):
    """A statement of an account that nobody has opened here yet; its lines wait in the file."""

    group_id = models.BigIntegerField()
    file = group_reference("StatementFile", related_name="parked")
    index = models.IntegerField()
    account_number = models.CharField(max_length=40)
    bank = models.TextField(default="", blank=True)
    holder = models.TextField(default="", blank=True)
    currency = models.CharField(max_length=3)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    entry_count = models.BigIntegerField()
    state = models.CharField(max_length=10, default=ParkedState.WAITING)
    account = group_reference("BankAccount", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "index"], name="parked_once_per_file"),
            models.CheckConstraint(condition=Q(state__in=list(ParkedState)), name="parked_state_known"),
        ]


class Conflict(models.Model):
    """A statement that contradicts stored lines. Nothing of it is stored until a person has decided."""

    group_id = models.BigIntegerField()
    file = group_reference("StatementFile", related_name="conflicts")
    index = models.IntegerField()
    account = group_reference("BankAccount")
    from_date = models.DateField()
    to_date = models.DateField()
    line_count = models.IntegerField()
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=ConflictState.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = group_reference("control.Person", null=True)
    reason = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "index"], name="conflict_once_per_file"),
            models.CheckConstraint(condition=Q(state__in=list(ConflictState)), name="conflict_state_known"),
        ]
