"""Column profiles that a group made from samples of its banks' tables."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.accounts.lifecycle import ProfileState
from moa.control.models.columns import group_reference


class ColumnProfile(models.Model):
    """One version of a profile; the newest of a name holds, and a retired version ends it until the next.

    Shape: `pointing` as formats/spreadsheets/pointing.py writes it; `checked` what the sample gave when it was saved:
    lines, balances, and how many of them did not run.
    """

    group_id = models.BigIntegerField()
    name = models.CharField(max_length=34)
    version = models.IntegerField()
    state = models.CharField(max_length=10, default=ProfileState.ACTIVE)
    bank_country = models.CharField(max_length=2, default="", blank=True)
    bank_code = models.CharField(max_length=11, default="", blank=True)
    pointing = models.JSONField()
    checked = models.JSONField(default=dict)
    sample = group_reference("control.Document", null=True)
    person = group_reference("control.Person")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "name", "version"], name="profile_version_once"),
            models.CheckConstraint(condition=~Q(name="") & Q(version__gte=1), name="profile_is_named"),
            models.CheckConstraint(condition=Q(state__in=list(ProfileState)), name="profile_state_known"),
        ]

    @property
    def key(self) -> str:
        """The name under which a file says that it was read so."""
        return f"{self.name} v{self.version}"
