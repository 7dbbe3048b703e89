"""What makes several orders of one decision: bundles, entered at once, and series, whose orders come on their days."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference
from moa.payments.lifecycle import OccurrenceState, SeriesState
from moa.payments.models.orders import NOW


class PaymentBundle(models.Model):
    """Several payments that are decided on as one, each with an outcome of its own (다계좌). It never changes: where it stands
    is where its orders stand.

    Shape: `rows` the forms as they were typed; `count` of the rows and `total_minor` are what is signed; `request` of all.
    """

    group_id = models.BigIntegerField()
    book = group_reference("ledger.Book", db_index=False)
    unit = group_reference("control.Unit", null=True, db_index=False)
    maker = group_reference("control.Person", db_index=False)
    made_at = models.DateTimeField()
    rows = models.JSONField()
    count = models.IntegerField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    request = group_reference("control.ApprovalRequest", null=True, db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gte=1, total_minor__gt=0), name="payment_bundle_of_something"
            ),
        ]
        indexes = [models.Index(fields=["group_id", "-made_at"], name="payment_bundle_by_time")]

    def __str__(self) -> str:
        return f"B{self.id}"


class BundleDraft(models.Model):
    """Several payments as their maker typed them so far, for nobody else; nothing of it is asked for. Over once its `bundle` was
    submitted, or it was put away.

    Shape: `form` the texts of the page, unread; `count` of its rows, `total_minor` and `currency` what could be read of
    them, for lists; `version` counts the savings.
    """

    group_id = models.BigIntegerField()
    book = group_reference("ledger.Book", db_index=False)
    maker = group_reference("control.Person", db_index=False)
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    form = models.JSONField()
    count = models.IntegerField()
    total_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    bundle = group_reference("PaymentBundle", null=True, db_index=False)
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(bundle=None) | Q(discarded_at=None), name="bundle_draft_over_in_one_way"
            ),
        ]
        indexes = [
            models.Index(
                fields=["group_id", "-made_at"], condition=Q(bundle=None, discarded_at=None), name="bundle_draft_by_time"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"BD{self.id}"


class PaymentSeries(models.Model):
    """Payments that come again on their days (정기 이체), decided on once with all their days.

    Shape: `form` the payment as it was typed; `every` "monthly" or "weekly"; `on_day` 1 to 31, where 31 is the last day of
    each month, or of a week 1, Monday, to 7; `count` occurrences from `first_on` to `last_on`; `total_minor` all of them.
    """

    group_id = models.BigIntegerField()
    book = group_reference("ledger.Book", db_index=False)
    unit = group_reference("control.Unit", null=True, db_index=False)
    maker = group_reference("control.Person", db_index=False)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=SeriesState.PENDING)
    state_at = models.DateTimeField()
    ended_by = group_reference("control.Person", null=True, db_index=False)
    note = models.CharField(max_length=500, default="", blank=True)
    form = models.JSONField()
    every = models.CharField(max_length=8)
    on_day = models.IntegerField()
    holiday_rule = models.CharField(max_length=20)
    first_on = models.DateField()
    last_on = models.DateField()
    count = models.IntegerField()
    payer = group_reference("ledger.LedgerAccount", db_index=False)
    payee_name = models.CharField(max_length=200, default="", blank=True)
    amount_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    request = group_reference("control.ApprovalRequest", null=True, db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(SeriesState)), name="payment_series_state_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    count__gte=1, amount_minor__gt=0, total_minor=models.F("amount_minor") * models.F("count")
                ),
                name="payment_series_of_something",
            ),
            models.CheckConstraint(
                condition=Q(every="monthly", on_day__range=(1, 31)) | Q(every="weekly", on_day__range=(1, 7)),
                name="payment_series_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=["group_id", "-made_at"], name="payment_series_by_time")]  # fmt: skip

    def __str__(self) -> str:
        return f"S{self.id}"


class PaymentOccurrence(models.Model):
    """One day of a series. Shape: `number` from 1; `planned_on` by the interval, `pay_on` after the holiday rule; `order` once
    it was made, which is when its limits and balance were judged, the first of its parts where it is split; `problem` why it
    could not be so far."""

    group_id = models.BigIntegerField()
    series = group_reference("PaymentSeries", db_index=False, related_name="occurrences")
    number = models.IntegerField()
    planned_on = models.DateField()
    pay_on = models.DateField()
    state = models.CharField(max_length=12, default=OccurrenceState.WAITING)
    order = group_reference("PaymentOrder", null=True, db_index=False)
    problem = models.CharField(max_length=40, default="", blank=True)
    tried_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "series", "number"], name="occurrence_number_once_per_series"
            ),
            models.UniqueConstraint(
                fields=["group_id", "order"],
                condition=Q(order__isnull=False),
                name="occurrence_has_its_order",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(OccurrenceState)), name="occurrence_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="made", order__isnull=False) | (~Q(state="made") & Q(order=None)),
                name="occurrence_made_is_an_order",
            ),
        ]
        indexes = [
            models.Index(fields=["group_id", "pay_on", "id"], condition=Q(state="waiting"), name="occurrence_to_come"),
        ]  # fmt: skip
