"""The group, its companies and units as one tree, and its persons."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference


class Group(models.Model):
    """One customer of this installation. Its own policy lets a Context see its own row only."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict)
    base_currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64, default="Asia/Seoul")
    country = models.CharField(max_length=2, default="KR")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A company or a unit of one, with the time in which it exists. Periods are half-open.

    `parent` and `company` say where it stands at present; where it stood on a day is in its places. A trigger
    keeps the two together and refuses a cycle.
    """

    COMPANY, UNIT = "company", "unit"

    group_id = models.BigIntegerField()
    parent = group_reference("Unit", null=True, related_name="children")
    company = group_reference("Unit", null=True, related_name="members")
    kind = models.CharField(max_length=8)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict)
    country = models.CharField(max_length=2, default="KR")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "code"], name="unit_code_once_per_group"),
            models.CheckConstraint(condition=Q(kind__in=["company", "unit"]), name="unit_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="unit_period_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(kind="company") | Q(parent__isnull=False), name="unit_stands_under_a_company"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UnitPlace(models.Model):
    """Under which parent a unit stands from a day on, until the day of its next place. Append-only.

    Of two places of one day the later recorded one counts.
    """

    group_id = models.BigIntegerField()
    unit = group_reference("Unit", related_name="places")
    parent = group_reference("Unit", null=True)
    valid_from = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["group_id", "unit", "-valid_from", "-id"], name="unit_place_by_day")]


class Person(models.Model):
    """A person of the group, or its machine user; the two-person rule counts persons, not logins."""

    PERSON, MACHINE = "person", "machine"

    group_id = models.BigIntegerField()
    kind = models.CharField(max_length=8, default=PERSON)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=100, default="", blank=True)
    email = models.CharField(max_length=254, default="", blank=True)
    language = models.CharField(max_length=8, default="ko")
    theme = models.CharField(max_length=8, default="", db_default="", blank=True)
    density = models.CharField(max_length=8, default="", db_default="", blank=True)
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["person", "machine"]), name="person_kind_known"),
            models.CheckConstraint(condition=Q(theme__in=["", "light", "dark"]), name="person_theme_known"),
            models.CheckConstraint(
                condition=Q(density__in=["", "tight", "usual", "wide"]), name="person_density_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HandOver(models.Model):
    """Who takes over one matter of a person who leaves (`control/leaving.py`); the last choice counts. Append-only."""

    group_id = models.BigIntegerField()
    person = group_reference("Person", related_name="handed_over")
    matter = models.CharField(max_length=40)
    heir = group_reference("Person", db_index=False)
    maker = group_reference("Person", db_index=False)
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(person=F("heir")), name="heir_is_another_person")]
