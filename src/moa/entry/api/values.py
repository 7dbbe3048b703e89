"""Values as they stand in requests and answers: amounts as decimal strings, ISO dates, moments with their offset."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from ninja import Field
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.entry.api.problems import ValuesUnfit, unfit
from moa.kernel.errors import DomainError
from moa.kernel.money import minor_digits, to_minor, to_text

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?\d*([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def _read_day(value: Any) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = date.min
        if FIRST_DAY <= day <= LAST_DAY:
            return day
        raise PydanticCustomError("day_out_of_range", "a day of the years 1900 to 2999")
    raise PydanticCustomError("day_unreadable", "a date as 2026-06-24")


def _read_moment(value: Any) -> datetime:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value.upper().replace("Z", "+00:00"))
        except ValueError:
            moment = None
        if moment is not None and FIRST_DAY <= moment.date() <= LAST_DAY:
            return moment
    raise PydanticCustomError("moment_unreadable", "a moment with its offset, as 2026-06-24T18:00:00+09:00")


Day = Annotated[date, BeforeValidator(_read_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    datetime, BeforeValidator(_read_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
DayText = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
MomentText = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
# Control characters have no place in a search, and NUL none in the database.
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Code = Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x20\x7f]*$")]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["KRW"])]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["KR"])]
AmountText = Annotated[
    str,
    Field(
        pattern=r"^-?[0-9]{1,19}(\.[0-9]{1,3})?$", max_length=24, examples=["1234.50"],
        description="A decimal string in major units, with as many decimals as the currency has.",
    ),
]  # fmt: skip


class Clock:
    """Writes moments in the group's time zone, with its offset."""

    def __init__(self, ctx: Context) -> None:
        self.zone = ZoneInfo(the_group_of(ctx).time_zone)

    def __call__(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).isoformat()

    def maybe(self, moment: datetime | None) -> str | None:
        return None if moment is None else self(moment)


def day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def amount_text(minor: int | None, currency: str) -> str | None:
    return None if minor is None else to_text(minor, currency)


def read_amount(text: str, currency: str, place: str, field: str) -> int:
    """Minor units. Raises: values_unfit for one that is finer than the currency, or in no currency."""
    try:
        minor_digits(currency)
        minor = to_minor(Decimal(text), currency)
    except DomainError as refused:
        raise ValuesUnfit(unfit(place, field, refused.code, text)) from None
    if abs(minor) >= 10**18:
        raise ValuesUnfit(unfit(place, field, "amount_unreadable", text))
    return minor
