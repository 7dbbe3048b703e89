"""What a person keeps for a list: conditions under a name, and which columns stand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference


class SavedView(models.Model):
    """The conditions of a list under a name of the person's own. Only this person's: by policy, not by politeness."""

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    table_name = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "person", "table_name", "name"], name="saved_view_name_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_name"),
        ]


class TableChoice(models.Model):
    """Which columns of a list a person wants to see, and how high its rows are. Only this person's."""

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    table_name = models.CharField(max_length=80)
    columns = models.JSONField(default=list)
    density = models.CharField(max_length=8, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "person", "table_name"], name="table_choice_once_per_person"
            ),
            models.CheckConstraint(
                condition=Q(density__in=["", "tight", "usual", "wide"]), name="table_choice_density_known"
            ),
        ]
