"""What a person wants to be told of: amounts, balances, silence of a bank, unusual movements."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moa.accounts.watch_rules import WatchKind
from moa.control.models.columns import group_reference


class Watch(models.Model):
    """One condition for one person, over one account, a unit with all below it, or all that she may see.

    Shape: `amount_minor` in `currency`; `factor` how many times the median; hours in the group's time zone: of a silence
    `until_time` is the hour by which data are awaited, of nights the hours between which a movement is no night's.
    """

    group_id = models.BigIntegerField()
    person = group_reference("control.Person")
    maker = group_reference("control.Person")
    kind = models.CharField(max_length=10)
    account = group_reference("BankAccount", null=True)
    unit = group_reference("control.Unit", null=True)
    bank_key = models.CharField(max_length=13, default="", blank=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    amount_minor = models.BigIntegerField(null=True)
    factor = models.IntegerField(null=True)
    from_time = models.TimeField(null=True)
    until_time = models.TimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(WatchKind)), name="watch_kind_known"),
            models.CheckConstraint(
                condition=Q(amount_minor=None) | ~Q(currency=""), name="watch_amount_names_its_currency"
            ),
            models.CheckConstraint(
                condition=Q(factor=None) | Q(factor__gte=2), name="watch_factor_two_or_more"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["incoming", "large", "below", "above"], amount_minor__isnull=False)
                | Q(kind="unusual", factor__isnull=False)
                | Q(kind="newcomer", amount_minor__isnull=False)
                | Q(kind="silent", until_time__isnull=False)
                | Q(
                    kind="night",
                    from_time__isnull=False,
                    until_time__isnull=False,
                    from_time__lt=F("until_time"),
                ),
                name="watch_says_what_its_kind_needs",
            ),
        ]
        indexes = [models.Index(fields=["group_id", "person"], name="watch_by_person")]
