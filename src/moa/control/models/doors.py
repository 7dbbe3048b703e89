"""What a person proves a sign-in with besides the password, one-time links, and the sessions that are open.

No table here is asked before the group is known: the login's row leads to the group first.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference


class Authenticator(models.Model):
    """The secret of a person's authenticator app, sealed under the group's key. Unconfirmed until its first code.

    `last_step` is the newest time step whose code was taken: a code counts once.
    """

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    key_version = models.IntegerField()
    sealed = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "person"],
                condition=Q(confirmed_at__isnull=False),
                name="one_authenticator_in_use",
            ),
            models.UniqueConstraint(
                fields=["group_id", "person"],
                condition=Q(confirmed_at__isnull=True),
                name="one_authenticator_being_set_up",
            ),
        ]


class Passkey(models.Model):
    """A public key of a person's device. The name is the person's own word for it."""

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    credential_id = models.BinaryField()
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    transports = models.JSONField(default=list)
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "credential_id"], name="passkey_once_per_group")
        ]


class RecoveryCode(models.Model):
    """One of ten codes for the day on which the second factor is not at hand; only its hash is kept."""

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "person", "hash"], name="recovery_code_once")
        ]


class OneTimeLink(models.Model):
    """A link that lets its holder set a password once: an invitation, or a reset that two persons agreed on."""

    INVITATION, RESET = "invitation", "reset"

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    kind = models.CharField(max_length=10)
    hash = models.CharField(max_length=64)
    made_by = group_reference("Person")
    request = group_reference("ApprovalRequest", null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "hash"], name="one_time_link_once"),
            models.CheckConstraint(condition=Q(kind__in=["invitation", "reset"]), name="link_kind_known"),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(withdrawn_at=None), name="link_used_or_withdrawn"
            ),
            models.UniqueConstraint(
                fields=["group_id", "person"],
                condition=Q(used_at=None) & Q(withdrawn_at=None),
                name="one_open_link_per_person",
            ),
        ]


class OpenSession(models.Model):
    """A session of a person as the list of sessions shows it; the session itself is Django's row of the same key."""

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    session_key = models.CharField(max_length=40)
    device = models.CharField(max_length=300, default="", blank=True)
    address = models.CharField(max_length=64, default="", blank=True)
    proven_by = models.CharField(max_length=20)
    began_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "session_key"], name="open_session_once"),
        ]
        indexes = [models.Index(fields=["group_id", "person"], name="open_session_by_person")]
