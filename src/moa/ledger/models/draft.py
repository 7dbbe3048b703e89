"""What stands before a voucher: drafts as they were typed, their attachments, and templates by business event."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from moa.control.models.columns import group_reference

TRANSFER, RECEIPT, PAYMENT, REVERSAL, OPENING = "transfer", "receipt", "payment", "reversal", "opening"
# A person enters one of the first three; the others have pages of their own.
ENTERED = (TRANSFER, RECEIPT, PAYMENT)
KINDS = (*ENTERED, REVERSAL, OPENING)


class VoucherDraft(models.Model):
    """A voucher as its maker typed it, before it is in the books; kept afterwards as what was decided on.

    Shape: `form` the texts of the page, unread; `business_date`, `amount_minor` and `currency` what could be read of
    them, for lists; `version` counts the savings; `request` the last one for approval. It waits while that request is
    open, and is booked once `voucher_id` is there; from then on it never changes.
    """

    group_id = models.BigIntegerField()
    book = group_reference("Book", db_index=False)
    maker = group_reference("control.Person", db_index=False)
    request = group_reference("control.ApprovalRequest", null=True)
    kind = models.CharField(max_length=10, default=TRANSFER)
    form = models.JSONField(default=dict)
    memo = models.TextField(default="", blank=True)
    business_date = models.DateField()
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    version = models.IntegerField(default=1)
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    reverses_id = models.BigIntegerField(null=True)
    reverses_period = models.IntegerField(null=True)
    voucher_id = models.BigIntegerField(null=True)
    period = models.IntegerField(null=True)
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="voucher_draft_kind_known"),
            models.CheckConstraint(
                condition=Q(voucher_id=None, period=None)
                | Q(voucher_id__isnull=False, period__isnull=False, discarded_at=None),
                name="voucher_draft_booked_or_not",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses_id__isnull=False, reverses_period__isnull=False)
                | (~Q(kind="reversal") & Q(reverses_id=None, reverses_period=None)),
                name="voucher_draft_reversal_says_of_what",
            ),
        ]
        indexes = [
            models.Index(
                fields=["book", "business_date", "id"], condition=Q(voucher_id=None), name="draft_not_booked_by_day"
            ),
            models.Index(fields=["voucher_id"], condition=Q(voucher_id__isnull=False), name="draft_of_voucher"),
        ]  # fmt: skip


class VoucherAttachment(models.Model):
    """A document attached to a draft, or later to the voucher that came of it. Shape: of one of the two."""

    group_id = models.BigIntegerField()
    book = group_reference("Book", db_index=False)
    document = group_reference("control.Document")
    name = models.CharField(max_length=255)
    draft = group_reference("VoucherDraft", null=True)
    voucher_id = models.BigIntegerField(null=True)
    period = models.IntegerField(null=True)
    person = group_reference("control.Person", db_index=False)
    attached_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False, voucher_id=None, period=None)
                | Q(draft=None, voucher_id__isnull=False, period__isnull=False, removed_at=None),
                name="attachment_of_draft_or_voucher",
            ),
        ]
        indexes = [
            models.Index(fields=["voucher_id"], condition=Q(voucher_id__isnull=False), name="attachment_of_voucher"),
        ]  # fmt: skip


class VoucherTemplate(models.Model):
    """How the voucher of a business event begins, by the decision of two persons. Append-only; the newest revision counts.

    Shape: `legs` a list of {side, account, memo}, `account` the code of an account or a subject; `names` by language, `name`
    where there is none; `is_active` False takes the template off the list, a shipped one of the same code too.
    """

    group_id = models.BigIntegerField()
    book = group_reference("Book", db_index=False)
    code = models.CharField(max_length=32)
    revision = models.IntegerField()
    name = models.CharField(max_length=100)
    names = models.JSONField(default=dict)
    kind = models.CharField(max_length=10, default=TRANSFER)
    memo = models.CharField(max_length=200, default="", blank=True)
    legs = models.JSONField()
    is_active = models.BooleanField(default=True)
    request = group_reference("control.ApprovalRequest", db_index=False)
    recorded_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "book", "code", "revision"], name="voucher_template_revision_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(ENTERED)), name="voucher_template_kind_known"),
        ]
