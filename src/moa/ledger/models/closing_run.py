"""A closing that somebody asked for on its page: where it stands while it runs, and how it ended."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference

DAY = "day"


class ClosingRun(models.Model):
    """Written beside the closing, in transactions of its own, so that it is seen while the closing is under way.

    Shape: `kind` day, month or year; `target` the day, month or year as text; `step` the code of what is done at the moment;
    `findings` the checks that refused it as [name, facts]; `result` what its page tells. At most one of a book is under way.
    """

    WAITING, RUNNING, DONE, REFUSED, FAILED = "waiting", "running", "done", "refused", "failed"
    UNDER_WAY = (WAITING, RUNNING)

    group_id = models.BigIntegerField()
    book = group_reference("Book", db_index=False)
    kind = models.CharField(max_length=5)
    target = models.CharField(max_length=10)
    person = group_reference("control.Person", db_index=False)
    job_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, default=WAITING)
    step = models.CharField(max_length=12, default="", blank=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=40, default="", blank=True)
    findings = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "refused", "failed"]),
                name="closing_run_state_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["day", "month", "year"]), name="closing_run_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], ended_at=None)
                | Q(state__in=["done", "refused", "failed"], ended_at__isnull=False),
                name="closing_run_ends_once",
            ),
            models.UniqueConstraint(
                fields=["group_id", "book"], condition=Q(state__in=["waiting", "running"]),
                name="one_closing_of_a_book_under_way",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["book", "-id"], name="closing_run_by_book")]
