"""The tables of channels: connections with their sealed secrets, numbers of the day, every message."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.channels.lifecycle import LineState
from moa.control.models.columns import group_reference

FIRM_BANKING, OPEN_BANKING = "firm_banking", "open_banking"
OUT, IN = "out", "in"
# Numbers above it are the bank's own.
MOST_NUMBERS = 950_000
NOW = models.Func(function="clock_timestamp")


class Connection(models.Model):
    """A way to one bank. Shape: `company_no` as the operator gave it, over HTTP the institution's code; `sign_code` sealed, never
    shown, over HTTP the client's secret; `opened_on` the bank day that was opened last, over HTTP tested first; `heard_at` when
    the bank last said anything; `in_use` for the one over which new payments leave."""

    group_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, default=FIRM_BANKING)
    bank_code = models.CharField(max_length=3)
    company_no = models.CharField(max_length=12)
    host = models.CharField(max_length=253)
    port = models.IntegerField()
    sign_code = models.BinaryField()
    key_version = models.IntegerField()
    state = models.CharField(max_length=6, default=LineState.CLOSED)
    state_at = models.DateTimeField()
    opened_on = models.DateField(null=True)
    heard_at = models.DateTimeField(null=True)
    in_use = models.BooleanField(default=True, db_default=True)
    made_by = group_reference("control.Person", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "kind", "bank_code"], name="one_connection_per_bank"),
            models.UniqueConstraint(
                fields=["group_id", "bank_code"], condition=Q(in_use=True), name="one_way_to_a_bank_in_use"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[FIRM_BANKING, OPEN_BANKING]), name="connection_kind_known"
            ),
            models.CheckConstraint(condition=Q(state__in=list(LineState)), name="connection_state_known"),
            models.CheckConstraint(condition=Q(port__gt=0, port__lt=65536), name="connection_port_is_one"),
        ]

    def __str__(self) -> str:
        return self.bank_code


class HttpAccess(models.Model):
    """What a connection over HTTP needs beside. Shape: `base_path` before every path; `authority` the certificates (PEM) that
    alone are believed over TLS, empty for those of the machine; `token` sealed, never shown, None where
    there is none that holds, `token_until` its end; `rest_until` before which the bank wants to be asked nothing."""

    group_id = models.BigIntegerField()
    connection = group_reference("Connection", related_name="access", db_index=False)
    client_id = models.CharField(max_length=64)
    base_path = models.CharField(max_length=100, default="", blank=True)
    is_tls = models.BooleanField(default=True)
    authority = models.TextField(default="", db_default="", blank=True)
    token = models.BinaryField(null=True)
    token_key_version = models.IntegerField(null=True)
    token_until = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "connection"], name="one_access_per_connection"),
            models.CheckConstraint(
                condition=Q(token=None, token_key_version=None, token_until=None)
                | Q(token__isnull=False, token_key_version__isnull=False, token_until__isnull=False),
                name="token_has_its_end",
            ),
        ]


class ConnectedAccount(models.Model):
    """An account of ours that may be debited over a connection. Shape: `password` of the passbook, sealed, never shown;
    `handle` the bank's own name for the account over HTTP, empty until it was asked for."""

    group_id = models.BigIntegerField()
    connection = group_reference("Connection", related_name="accounts", db_index=False)
    number = models.CharField(max_length=15)
    password = models.BinaryField()
    key_version = models.IntegerField()
    handle = models.CharField(max_length=40, default="", db_default="", blank=True)
    made_by = group_reference("control.Person", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "connection", "number"], name="account_connected_once"
            ),
        ]


class MessageCounter(models.Model):
    """The last number used with a bank on a day. It only rises."""

    group_id = models.BigIntegerField()
    connection = group_reference("Connection", db_index=False)
    day = models.DateField()
    last_no = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "connection", "day"], name="one_counter_per_day_and_bank"),
            models.CheckConstraint(condition=Q(last_no__gte=1, last_no__lte=MOST_NUMBERS), name="message_number_left"),
        ]  # fmt: skip


class ChannelMessage(models.Model):
    """One message, ours before it is sent, theirs before it is understood.

    Shape: `body` the bytes with secrets and persons' numbers blank; `sha256` over the very bytes that were sent or received;
    `sent_at` when the socket had taken it, None where that is not known; `answers` the request that it answers; `resp_code`
    and `problem` what was understood; `about_kind` and `about_id` what it is for.
    """

    group_id = models.BigIntegerField()
    connection = group_reference("Connection", related_name="messages", db_index=False)
    direction = models.CharField(max_length=3)
    day = models.DateField(null=True)
    msg_no = models.IntegerField(null=True)
    key = models.CharField(max_length=20)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    about_kind = models.CharField(max_length=20, default="", blank=True)
    about_id = models.CharField(max_length=40, default="", blank=True)
    sent_at = models.DateTimeField(null=True)
    understood_at = models.DateTimeField(null=True)
    answers = group_reference("ChannelMessage", null=True, db_index=False)
    resp_code = models.CharField(max_length=4, default="", blank=True)
    problem = models.CharField(max_length=40, default="", blank=True)
    recorded_at = models.DateTimeField(db_default=NOW)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(direction__in=[OUT, IN]), name="message_direction_known"),
            models.UniqueConstraint(
                fields=["group_id", "connection", "day", "msg_no"],
                condition=Q(direction=OUT, msg_no__lte=MOST_NUMBERS),
                name="message_number_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(direction=IN) | Q(day__isnull=False, msg_no__isnull=False),
                name="our_message_has_its_number",
            ),
        ]
        indexes = [
            models.Index(fields=["group_id", "-recorded_at", "-id"], name="message_by_time"),
            models.Index(fields=["group_id", "answers"], condition=Q(answers__isnull=False), name="message_by_request"),
            models.Index(fields=["group_id", "about_kind", "about_id"], condition=~Q(about_kind=""), name="message_by_subject"),
        ]  # fmt: skip
