"""A series of payments as a person typed it: the payment itself, and when it comes again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from moa.payments.rules.pay_days import LAST_DAY, MONTHLY, WEEKLY, SeriesPlan
from moa.payments.rules.typed_orders import TypedOrder, from_json

INTERVALS = (MONTHLY, WEEKLY)
_MOST_TIMES = 999


class TypedSeries(NamedTuple):
    """Shape: `order` the payment without its day; `every` an interval; `on_day` the day of the month, 31 its last, or of the
    week from 1, Monday; `first` the day from which it counts; one of `until` and `times` ends it."""

    order: TypedOrder
    every: str = MONTHLY
    on_day: str = ""
    first: str = ""
    until: str = ""
    times: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "order": self.order.as_json()}


def series_from_json(kept: Mapping[str, Any]) -> TypedSeries:
    """What `as_json` made."""
    texts = {name: str(kept.get(name, "")) for name in TypedSeries._fields if name != "order"}
    return TypedSeries(from_json(kept["order"]), **texts)


def read_plan(typed: TypedSeries, today: date) -> tuple[SeriesPlan | None, list[tuple[str, str]]]:
    """When it pays, or what is wrong as (field, code). A first day that is left out is today."""
    wrong: list[tuple[str, str]] = []
    if typed.every not in INTERVALS:
        wrong.append(("every", "interval_unknown"))
    on_day = _number(typed.on_day)
    if on_day is None or not 1 <= on_day <= (LAST_DAY if typed.every == MONTHLY else 7):
        wrong.append(("on_day", "series_day_invalid"))
    days: dict[str, date | None] = {}
    for name, text in (("first", typed.first), ("until", typed.until)):
        try:
            days[name] = (
                date.fromisoformat(text.strip().replace(".", "-").replace("/", "-")) if text.strip() else None
            )
        except ValueError:
            wrong.append((name, "date_invalid"))
    first = days.get("first") or today
    if first < today:
        wrong.append(("first", "pay_day_over"))
    times = _number(typed.times)
    if typed.times.strip() and not times:
        wrong.append(("times", "series_times_invalid"))
    elif not typed.times.strip() and not typed.until.strip():
        wrong.append(("until", "series_end_missing"))
    if wrong or on_day is None:
        return None, wrong
    return SeriesPlan(typed.every, on_day, first, days["until"], times), []


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_TIMES)) else None
