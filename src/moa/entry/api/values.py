"""Values as they stand in requests and answers: amounts as decimal strings, ISO dates, moments with their offset."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Annotated, Any

from ninja import Field
from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from moa.kernel.days import read_day
from moa.kernel.money import CURRENCIES, minor_digits, to_text

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
# Nothing was recorded before, so an earlier moment has the same answers; the offsets of old times are no ISO offsets.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def _read_day(value: Any) -> date:
    if isinstance(value, str):
        with suppress(ValueError):
            return read_day(value)
    raise PydanticCustomError("day_unreadable", "no date")


def _read_moment(value: Any) -> datetime:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            # In universal time, for the database takes no offset of a day and more.
            moment = datetime.fromisoformat(value.upper().replace("Z", "+00:00")).astimezone(UTC)
        except (ValueError, OverflowError):
            moment = None
        if moment is not None:
            return max(moment, EARLIEST)
    raise PydanticCustomError("moment_unreadable", "no moment")


def _known_currency(value: str) -> str:
    if value in CURRENCIES:
        return value
    raise PydanticCustomError("currency_unknown", "no currency")


AMOUNT = r"^-?[0-9]{1,19}(\.[0-9]{1,3})?$"
_MOST_MINOR = 2**63 - 1
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
CurrencyCode = Annotated[
    str,
    AfterValidator(_known_currency),
    WithJsonSchema({"type": "string", "enum": sorted(CURRENCIES), "examples": ["KRW"]}),
]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["KR"])]
AmountText = Annotated[
    str,
    Field(
        pattern=AMOUNT, max_length=24, examples=["1234.50"],
        description="A decimal string in major units, with as many decimals as the currency has.",
    ),
]  # fmt: skip


def day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def amount_text(minor: int | None, currency: str) -> str | None:
    return None if minor is None else to_text(minor, currency)


def at_least(text: str, currency: str) -> int:
    """The smallest amount in minor units that is not below `text`; a condition may be finer than the currency."""
    return _bounded(Decimal(text).scaleb(minor_digits(currency)).to_integral_value(ROUND_CEILING))


def at_most(text: str, currency: str) -> int:
    return _bounded(Decimal(text).scaleb(minor_digits(currency)).to_integral_value(ROUND_FLOOR))


def _bounded(amount: Decimal) -> int:
    return max(-_MOST_MINOR, min(_MOST_MINOR, int(amount)))
