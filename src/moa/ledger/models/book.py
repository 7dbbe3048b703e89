"""Books, their chart of subjects, their days, and the clock that orders what is recorded."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference
from moa.ledger.lifecycle import UNDER_WAY, DayState
from moa.ledger.rules.sides import CREDIT, DEBIT, NATURES


class Book(models.Model):
    """The books of one settlement centre or company: the unit of order, of days and of closing.

    Shape: `opens_at` the hour, in the group's time zone, at which a waiting day opens by itself on its date, None:
    with the closing of the day before; `seal_recipients` the mail addresses of the book's auditors.
    """

    SETTLEMENT_CENTRE, COMPANY = "settlement_centre", "company"
    NEGATIVE_SAME_SIDE, OPPOSITE_SIDE = "negative_same_side", "opposite_side"

    group_id = models.BigIntegerField()
    unit = group_reference("control.Unit")
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict)
    functional_currency = models.CharField(max_length=3)
    chart = models.CharField(max_length=40)
    calendar = models.CharField(max_length=2, default="KR")
    reversal_style = models.CharField(max_length=20, default=NEGATIVE_SAME_SIDE)
    is_default = models.BooleanField(default=False)
    opens_at = models.TimeField(null=True)
    seal_recipients = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "code"], name="book_code_once_per_group"),
            models.UniqueConstraint(
                fields=["group_id"], condition=Q(is_default=True), name="one_default_book_per_group"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["settlement_centre", "company"]), name="book_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(reversal_style__in=["negative_same_side", "opposite_side"]),
                name="book_reversal_style_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code


# Before anything that could be recorded.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class BookClock(models.Model):
    """`last_at`: the newest stamp of who held the book alone; `answered_until`: no stamp at or before it can come.

    Both only go forward, also when the server's clock steps back; a trigger holds it.
    """

    book = models.OneToOneField(
        Book, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="clock"
    )
    group_id = models.BigIntegerField()
    last_at = models.DateTimeField(db_default=BEGINNING)
    answered_until = models.DateTimeField(db_default=BEGINNING)


class Subject(models.Model):
    """A subject of a book's chart (科目). Accounts hang on subjects that have none below them."""

    group_id = models.BigIntegerField()
    book = group_reference("Book", related_name="subjects", db_index=False)
    parent = group_reference("Subject", null=True, related_name="children")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict)
    english = models.CharField(max_length=80, default="", blank=True)
    nature = models.CharField(max_length=12)
    normal_side = models.SmallIntegerField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "book", "code"], name="subject_code_once_per_book"),
            models.CheckConstraint(condition=Q(nature__in=list(NATURES)), name="subject_nature_known"),
            models.CheckConstraint(condition=Q(normal_side__in=[DEBIT, CREDIT]), name="subject_side_known"),
        ]

    def __str__(self) -> str:
        return self.code


class BusinessDay(models.Model):
    """One business date of a book and how far it has come. `revision` counts its closings."""

    group_id = models.BigIntegerField()
    book = group_reference("Book", related_name="days", db_index=False)
    business_date = models.DateField()
    state = models.CharField(max_length=10, default=DayState.WAITING)
    revision = models.IntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    opened_by = group_reference("control.Person", null=True, db_index=False)
    closed_at = models.DateTimeField(null=True)
    closed_by = group_reference("control.Person", null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "book", "business_date"], name="day_once_per_book"),
            models.UniqueConstraint(
                fields=["group_id", "book"],
                condition=Q(state__in=list(UNDER_WAY)),
                name="one_day_under_way_per_book",
            ),
            models.CheckConstraint(condition=Q(state__in=list(DayState)), name="day_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=list(UNDER_WAY)) | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="day_under_way_was_opened",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(closed_at__isnull=False, closed_by__isnull=False, revision__gt=0),
                name="day_closed_says_when_and_by_whom",
            ),
        ]
