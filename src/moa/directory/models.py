"""Banks for all groups; rates and calendar days of one group, where a correction is a new row."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from moa.control.models.columns import group_reference


def _currency(column: str) -> Q:
    return Q(**{f"{column}__regex": "^[A-Z]{3}$"})


class Bank(models.Model):
    """An institution that accounts are held at. The same for all groups; the running product only reads it.

    Shape: `id` is "KR-004"; `names` and `short_names` by language (ko, zh-hans, en); `other_codes` lead here too:
    codes of merged banks, CNAPS numbers of head offices; `former_names` are searched, never shown as the name.
    """

    id = models.CharField(max_length=14, primary_key=True)
    country = models.CharField(max_length=2)
    code = models.CharField(max_length=11)
    names = models.JSONField()
    short_names = models.JSONField()
    bic = models.CharField(max_length=8, default="", blank=True)
    other_codes: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=12), default=list)
    former_names: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=100), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="bank_code_once_per_country"),
            models.UniqueConstraint(fields=["bic"], condition=~Q(bic=""), name="bank_bic_once"),
        ]

    def __str__(self) -> str:
        return self.short_name("ko")

    def name(self, language: str) -> str:
        """The full name in a language, else the one the bank has at home."""
        return self.names.get(language) or self._at_home(self.names)

    def short_name(self, language: str) -> str:
        """The name for tables in a language, else the one the bank has at home."""
        return self.short_names.get(language) or self._at_home(self.short_names)

    def _at_home(self, names: dict[str, str]) -> str:
        return names.get("zh-hans" if self.country == "CN" else "ko") or next(iter(names.values()))


class ExchangeRate(models.Model):
    """How many units of `quote` one unit of `base` was worth on a day, who said so and when.

    Append-only: of several rows for one day and pair the latest recorded holds, so a figure as known at a past
    moment never changes. Rates are per one unit, also of currencies quoted per hundred.
    """

    HAND, FILE = "hand", "file"

    group_id = models.BigIntegerField()
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    on_date = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.CharField(max_length=4)
    source_name = models.CharField(max_length=100, default="", blank=True)
    file = group_reference("control.Document", null=True)
    entered_by = group_reference("control.Person")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_above_zero"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="rate_between_two_currencies"),
            models.CheckConstraint(
                condition=_currency("base") & _currency("quote"), name="rate_currencies_are_codes"
            ),
            models.CheckConstraint(
                condition=Q(source="hand", file__isnull=True) | Q(source="file", file__isnull=False),
                name="rate_by_hand_or_from_a_file",
            ),
        ]
        indexes = [
            models.Index(
                fields=["group_id", "base", "quote", "-on_date", "-recorded_at", "-id"], name="rate_by_day"
            ),
            models.Index(fields=["group_id", "-on_date", "-id"], name="rate_newest_first"),
            models.Index(fields=["group_id", "-recorded_at"], name="rate_by_recording"),
        ]


class CalendarOverride(models.Model):
    """The group's own word on one day of a country's calendar. Append-only; the latest recorded holds.

    Shape: `is_business_day` empty takes an earlier word back: the day is again as published.
    """

    group_id = models.BigIntegerField()
    country = models.CharField(max_length=2)
    on_date = models.DateField()
    is_business_day = models.BooleanField(null=True)
    name = models.CharField(max_length=100, default="", blank=True)
    reason = models.CharField(max_length=500, default="", blank=True)
    entered_by = group_reference("control.Person")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") | Q(is_business_day__isnull=True), name="calendar_override_has_a_name"
            )
        ]
        indexes = [
            models.Index(
                fields=["group_id", "country", "on_date", "-recorded_at", "-id"], name="override_by_day"
            ),
            models.Index(fields=["group_id", "-recorded_at"], name="override_by_recording"),
        ]
