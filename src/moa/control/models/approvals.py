"""Requests for other persons' decisions, their steps, and the decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference

VISUAL, REKEY = "visual", "rekey"
NOW = models.Func(function="clock_timestamp")


class ApprovalRequest(models.Model):
    """Content that waits for other persons; the hash pins what was submitted.

    Shape: `step` the one that waits now, of `steps`; without rows of ApprovalStep it is one step, of anyone with the
    right to decide. `amount_minor` in minor units of `currency`, None where the subject is not one amount.
    """

    group_id = models.BigIntegerField()
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=64)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    maker = group_reference("Person")
    unit = group_reference("Unit", null=True)
    policy = group_reference("ApprovalPolicy", null=True, db_index=False)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    step = models.SmallIntegerField(default=1)
    steps = models.SmallIntegerField(default=1)
    due_on = models.DateField(null=True)
    escalated_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="open")
    made_at = models.DateTimeField(db_default=NOW)
    state_at = models.DateTimeField(null=True)
    state_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "refused", "withdrawn", "cancelled"]),
                name="approval_state_known",
            ),
            models.CheckConstraint(
                condition=Q(step__gte=1, step__lte=F("steps")), name="approval_step_is_one_of_its_steps"
            ),
            models.UniqueConstraint(
                fields=["group_id", "subject_type", "subject_id"],
                condition=Q(state="open"),
                name="one_open_request_per_subject",
            ),
        ]
        indexes = [
            models.Index(
                fields=["group_id", "maker", "-state_at", "-id"], condition=~Q(state="open"), name="request_done_of_maker"
            ),
            models.Index(
                fields=["group_id", "state_by", "-state_at", "-id"], condition=~Q(state="open"), name="request_done_by"
            ),
        ]  # fmt: skip


class ApprovalStep(models.Model):
    """One step of a request as its policy asked for it on the day it was submitted. Append-only.

    Shape: `grade` None: any grade; `grade_name` as it was called then.
    """

    group_id = models.BigIntegerField()
    request = group_reference("ApprovalRequest", related_name="step_rows")
    number = models.SmallIntegerField()
    grade = group_reference("ApprovalGrade", null=True, db_index=False)
    review = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(review__in=[VISUAL, REKEY]), name="step_review_known"),
            models.UniqueConstraint(fields=["request", "number"], name="step_once_per_request"),
        ]


class ApprovalCandidate(models.Model):
    """Who could decide at a step, found when the request was submitted and kept. Append-only.

    Shape: `instead_of` whose place the person took, because that one left while the request waited.
    """

    group_id = models.BigIntegerField()
    request = group_reference("ApprovalRequest", related_name="candidates")
    number = models.SmallIntegerField()
    person = group_reference("Person")
    instead_of = group_reference("Person", null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "number", "person"], name="candidate_once_per_step")
        ]


class ApprovalBatch(models.Model):
    """Several requests approved at once: their count and sums are part of what was signed. Append-only.

    Shape: `sums` by currency as decimal text; `signed` the hash over the requests' hashes, the count and the sums.
    """

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    count = models.IntegerField()
    sums = models.JSONField()
    signed = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(count__gte=1), name="batch_holds_something")]


class ApprovalDecision(models.Model):
    """One decision by another person. `maker` is repeated so that maker ≠ checker is a constraint.

    Shape: `on_behalf_of` whose authority a deputy used; `decided_on` the group's date of it.
    """

    group_id = models.BigIntegerField()
    request = group_reference("ApprovalRequest", related_name="decisions")
    maker = group_reference("Person")
    checker = group_reference("Person")
    on_behalf_of = group_reference("Person", null=True)
    batch = group_reference("ApprovalBatch", null=True)
    step = models.SmallIntegerField(default=1, db_default=1)
    review = models.CharField(max_length=8, default=VISUAL, db_default=VISUAL)
    approved = models.BooleanField()
    reason = models.CharField(max_length=500, default="", blank=True)
    content_hash = models.CharField(max_length=64)
    decided_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(maker=F("checker")), name="maker_is_not_checker"),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None)
                | (~Q(on_behalf_of=F("checker")) & ~Q(on_behalf_of=F("maker"))),
                name="deputy_decides_for_another",
            ),
            models.CheckConstraint(
                condition=Q(batch=None) | Q(review=VISUAL, approved=True), name="batch_only_approves_by_eye"
            ),
            models.UniqueConstraint(fields=["request", "step"], name="one_decision_per_request_and_step"),
            models.UniqueConstraint(fields=["request", "checker"], name="one_decision_per_person"),
        ]
        indexes = [models.Index(fields=["group_id", "checker", "-id"], name="decision_by_checker")]


class RekeyAttempt(models.Model):
    """A reviewer typed the decisive fields blind. Append-only; what was typed is not kept.

    Shape: `differing` the codes of the fields that were not the same; empty when all were.
    """

    group_id = models.BigIntegerField()
    request = group_reference("ApprovalRequest", related_name="rekeyings")
    number = models.SmallIntegerField()
    person = group_reference("Person")
    matched = models.BooleanField()
    differing = models.JSONField(default=list)
    recorded_at = models.DateTimeField(db_default=NOW)


class ApprovalRemark(models.Model):
    """A question to the maker, or the maker's answer to one; both stay with the request. Append-only."""

    group_id = models.BigIntegerField()
    request = group_reference("ApprovalRequest", related_name="remarks")
    person = group_reference("Person")
    answers = group_reference("ApprovalRemark", null=True)
    text = models.CharField(max_length=500)
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answers"], name="one_answer_per_question")]
