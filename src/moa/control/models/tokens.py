"""Machine tokens: what a program shows instead of a login, and how often each was shown."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference


class MachineToken(models.Model):
    """A token acts as `person` with no more than `scopes`. The secret is not here: `digest` is a keyed hash of it.

    `prefix` is the readable beginning, by which a person tells tokens apart. Nothing but the revocation changes.
    """

    group_id = models.BigIntegerField()
    person = group_reference("Person", related_name="tokens")
    made_by = group_reference("Person")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = group_reference("Person", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "digest"], name="token_digest_once_per_group"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="token_expires_after_made"),
            models.CheckConstraint(condition=~Q(scopes=[]), name="token_has_a_scope"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="token_revocation_says_who",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="token_by_digest")]


class TokenUse(models.Model):
    """When a token was last shown, and how often in the minute that began at `window_at`; not watched, for it changes
    with every request."""

    token = models.OneToOneField(
        MachineToken, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="use"
    )
    group_id = models.BigIntegerField()
    last_used_at = models.DateTimeField()
    window_at = models.DateTimeField()
    used = models.IntegerField()
