"""Logins, roles, and who holds which role where."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from moa.control.models.approvals import NOW
from moa.control.models.columns import group_reference


class IdentityManager(BaseUserManager["Identity"]):
    def get_by_natural_key(self, username: str | None) -> Identity:
        return self.get(login=(username or "").strip().lower())


class Identity(AbstractBaseUser):
    """A login. Without a policy, because it is asked before a group is known; it holds no name."""

    login = models.CharField(max_length=150, unique=True)
    group_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    os_user = models.CharField(max_length=64, default="", blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    failed_count = models.IntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    # Wrong second factors count apart: the right password must not clear them.
    second_failed_count = models.IntegerField(default=0, db_default=0)
    second_locked_until = models.DateTimeField(null=True)
    # What a passkey or a one-time link names the login by; says nothing about the person.
    handle = models.UUIDField(db_default=models.Func(function="gen_random_uuid"), unique=True)

    USERNAME_FIELD = "login"
    objects: Any = IdentityManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(login=Lower("login")), name="login_in_lower_case"),
            models.CheckConstraint(condition=Q(failed_count__gte=0), name="failed_count_not_negative"),
            models.CheckConstraint(
                condition=Q(second_failed_count__gte=0), name="second_failed_count_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["os_user"], name="identity_by_os_user", condition=~Q(os_user=""))]


class Permission(models.Model):
    """A right by its code, filled from every context's permissions.py; the same for all groups."""

    code = models.CharField(max_length=80, primary_key=True)
    label = models.CharField(max_length=200)


class Role(models.Model):
    """A named set of rights in one group. Standard roles are kept up to date by `moa up`."""

    group_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    names = models.JSONField(default=dict)
    is_standard = models.BooleanField(default=True)
    permissions = models.JSONField(default=list)
    needs_second_factor = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group_id", "code"], name="role_code_once_per_group")]


class Assignment(models.Model):
    """A person holds a role in the whole group (unit empty) or in one unit and below, for a half-open period."""

    group_id = models.BigIntegerField()
    person = group_reference("Person", related_name="assignments")
    role = group_reference("Role", related_name="assignments")
    unit = group_reference("Unit", null=True)
    limit_minor = models.BigIntegerField(null=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="assignment_period_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(limit_minor=None) | Q(limit_minor__gte=0), name="assignment_limit_not_negative"
            ),
        ]


class RightsPair(models.Model):
    """Two rights that this group keeps apart in one person, beside the built-in pairs; in order of their codes.

    In force from `valid_from` until `ended_on`; nothing but the end changes. A trigger holds assignments against it.
    """

    group_id = models.BigIntegerField()
    one = models.CharField(max_length=80)
    other = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    valid_from = models.DateField()
    made_by = group_reference("Person", db_index=False)
    recorded_at = models.DateTimeField(db_default=NOW)
    ended_on = models.DateField(null=True)
    ended_by = group_reference("Person", null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "one", "other"],
                condition=Q(ended_on=None),
                name="rights_pair_once_in_force",
            ),
            models.CheckConstraint(condition=~Q(one=F("other")), name="rights_pair_is_of_two"),
            models.CheckConstraint(condition=~Q(reason=""), name="rights_pair_says_why"),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_by=None) | Q(ended_on__isnull=False, ended_by__isnull=False),
                name="rights_pair_end_says_who",
            ),
        ]
