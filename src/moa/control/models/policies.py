"""Who decides on what: grades of persons, policies (위임전결 규정), and deputies during absence (대결)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.approvals import NOW
from moa.control.models.columns import group_reference


class ApprovalGrade(models.Model):
    """A grade of approvers, such as team head; `rank` orders them, the higher decides on more."""

    group_id = models.BigIntegerField()
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    names = models.JSONField(default=dict)
    rank = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "code"], name="grade_code_once_per_group"),
            models.UniqueConstraint(fields=["group_id", "rank"], name="grade_rank_once_per_group"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="grade_rank_positive"),
        ]


class PersonGrade(models.Model):
    """Which grade a person has from a day on; None: none any more. Of one day the later recorded counts. Append-only."""

    group_id = models.BigIntegerField()
    person = group_reference("Person", related_name="grades")
    grade = group_reference("ApprovalGrade", null=True)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField(db_default=NOW)


class ApprovalPolicy(models.Model):
    """One version of the rule for a subject, a unit and a currency, in force from a day on. Append-only.

    Made from an approved request alone. Of several in force the latest counts; one without bands says that there is
    no rule of its own any more. Shape: `bands` ascending: [{"up_to": major units as text, "" for no end, "steps":
    [{"grade": code or "", "review": "visual"|"rekey"}]}]; `includes_lower` the steps of lower bands come first.
    `currency` "" is for subjects of any amount. `decide_within_days` None: no deadline of its own.
    """

    group_id = models.BigIntegerField()
    subject_type = models.CharField(max_length=80)
    unit = group_reference("Unit", null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    bands = models.JSONField()
    includes_lower = models.BooleanField()
    decide_within_days = models.SmallIntegerField(null=True)
    valid_from = models.DateField()
    maker = group_reference("Person", db_index=False)
    checker = group_reference("Person", db_index=False)
    request = group_reference("ApprovalRequest", db_index=False)
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(maker=F("checker")), name="policy_maker_is_not_checker"),
            models.CheckConstraint(
                condition=Q(decide_within_days=None) | Q(decide_within_days__gte=0),
                name="policy_deadline_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["group_id", "subject_type"], name="policy_by_subject")]


class Delegation(models.Model):
    """A deputy decides with the principal's authority while the principal is away. The period is half-open.

    Given by the principal, or from a request that a second person approved. `ended_on` ends it earlier.
    """

    group_id = models.BigIntegerField()
    principal = group_reference("Person")
    deputy = group_reference("Person")
    valid_from = models.DateField()
    valid_until = models.DateField()
    reason = models.CharField(max_length=200, default="", blank=True)
    maker = group_reference("Person", db_index=False)
    request = group_reference("ApprovalRequest", null=True, db_index=False)
    ended_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("deputy")), name="deputy_is_another_person"),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="delegation_period_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(maker=F("principal")) | Q(request__isnull=False),
                name="delegation_by_the_person_or_by_two",
            ),
        ]


class DeputyReport(models.Model):
    """The principal has read what the deputy decided. Append-only."""

    group_id = models.BigIntegerField()
    decision = group_reference("ApprovalDecision", db_index=False)
    person = group_reference("Person", db_index=False)
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision"], name="deputy_report_read_once")]
