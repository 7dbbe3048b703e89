"""What persons are told: mails on their way out, notices in the inbox, and how each person wants them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference

NOTICE_STATES = ("unread", "read", "done")
CHANNELS = ("app", "mail", "both", "none")
PACES = ("now", "digest")


class Mail(models.Model):
    """One mail to one address. Its text and attachments are removed once it is sent; who, what and when stay.

    Shape: `attachments` are {"document": id, "name": text}; `message_id` is the same at every try; `language` is what
    the text is written in; `fault` the code of what came of the last try, `problem` the words of who refused.
    """

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    to_address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    language = models.CharField(max_length=10, default="", blank=True)
    attachments = models.JSONField(default=list)
    message_id = models.CharField(max_length=200)
    state = models.CharField(max_length=6, default="queued")
    attempts = models.IntegerField(default=0)
    fault = models.CharField(max_length=40, default="", blank=True)
    problem = models.CharField(max_length=300, default="", blank=True)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "message_id"], name="mail_once_per_message_id"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sent", "failed"]), name="mail_state_known"
            ),
            models.CheckConstraint(condition=Q(sent_at=None) ^ Q(state="sent"), name="mail_sent_says_when"),
        ]
        indexes = [
            models.Index(fields=["group_id", "-id"], name="mail_by_time"),
            models.Index(fields=["group_id", "next_at"], name="mail_waiting", condition=Q(state="queued")),
        ]


class Notice(models.Model):
    """One fact told to one person, once: `key` names the fact within its kind.

    `right` and `unit` say who may know it; a person who lost the right no longer sees the notice. `mail` is ""
    (none), "digest" (waits for the next one) or "sent" (handed to the mails).
    """

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    link = models.CharField(max_length=300, default="", blank=True)
    right = models.CharField(max_length=80, default="", blank=True)
    unit = group_reference("Unit", null=True)
    in_app = models.BooleanField(default=True)
    mail = models.CharField(max_length=6, default="", blank=True)
    state = models.CharField(max_length=6, default="unread")
    state_at = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "person", "kind", "key"], name="notice_once_per_person_and_fact"
            ),
            models.CheckConstraint(condition=Q(state__in=NOTICE_STATES), name="notice_state_known"),
            models.CheckConstraint(condition=Q(mail__in=["", "digest", "sent"]), name="notice_mail_known"),
        ]
        indexes = [
            models.Index(fields=["group_id", "person", "-id"], name="notice_by_person"),
            models.Index(fields=["group_id", "person", "-made_at", "-id"], name="notice_by_time"),
            models.Index(
                fields=["group_id", "person"], name="notice_unread", condition=Q(state="unread", in_app=True)
            ),
            models.Index(fields=["group_id", "person"], name="notice_to_mail", condition=Q(mail="digest")),
        ]


class NoticePreference(models.Model):
    """How a person wants one kind of notice; without a row, as the kind says."""

    group_id = models.BigIntegerField()
    person = group_reference("Person")
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=4)
    pace = models.CharField(max_length=6, default="digest")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "person", "kind"], name="preference_once_per_person_and_kind"
            ),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="preference_channel_known"),
            models.CheckConstraint(condition=Q(pace__in=PACES), name="preference_pace_known"),
        ]
