"""What reports keeps of its own: to whom the daily fund report is mailed, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference

FORMS = ("pdf", "xlsx", "both")


class DailyMailing(models.Model):
    """The daily fund report to one person at an hour of each business day.

    Shape: `at` in the group's time zone; `last_on` the day of the last mail, so that none goes twice.
    """

    group_id = models.BigIntegerField()
    person = group_reference("control.Person")
    at = models.TimeField()
    form = models.CharField(max_length=4, default="pdf")
    last_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "person"], name="daily_mailing_once_per_person"),
            models.CheckConstraint(condition=Q(form__in=FORMS), name="daily_mailing_form_known"),
        ]
