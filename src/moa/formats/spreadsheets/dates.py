"""Dates, times and moments as Korean and Chinese downloads write them.

Source: the written forms of the issue; Excel's serial days (day 0 is 30 December 1899, or 1 January 1904).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from moa.formats.spreadsheets.cells import Cell, cell_text

Order = Literal["ymd", "dmy", "mdy"]
EXCEL_DAYS = date(1899, 12, 30)
MACINTOSH_DAYS = date(1904, 1, 1)

# Serial days of 1954 to 2119: outside, a number in a date column is something else.
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
_SECONDS = 86_400

_SPLIT = re.compile(
    r"(\d{1,4})\s*[-./년年]\s*(\d{1,2})\s*[-./월月]\s*(\d{1,4})\s*[일日.]?\s*"
    r"(?:\([^()]{1,6}\)|[월화수목금토일]요일|(?:星期|周)[一二三四五六日天])?",
    re.ASCII,
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)", re.ASCII)
_COMPACT_LAST = re.compile(r"(\d{2})(\d{2})((?:19|20)\d{2})(?!\d)", re.ASCII)
_LONG = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(\d{4}|\d{6})", re.ASCII)
_TIME = re.compile(
    r"(오전|오후|上午|下午|AM|PM)?\s*(\d{1,2})\s*[:시时時]\s*(\d{1,2})\s*"
    r"(?:[:분分]\s*(?:(\d{1,2})(?:\.\d{1,9})?\s*[초秒]?)?)?\s*(AM|PM)?",
    re.IGNORECASE | re.ASCII,
)
_AFTERNOON = {"오후", "下午", "pm"}


class Moment(NamedTuple):
    """A banking day and, where the cell says it, the time of day."""

    day: date
    at: time | None


class DateUnreadable(Exception):
    """The cell names no day that exists. Shape: `impossible` tells 31 June from what is no date at all."""

    def __init__(self, impossible: bool = False) -> None:
        self.impossible = impossible


class TimeUnreadable(Exception):
    """The cell names no time of day."""


def read_moment(cell: Cell, order: Order = "ymd", base: date = EXCEL_DAYS) -> Moment | None:
    """The day, and the time if there is one, that a cell names; None when blank. Raises: DateUnreadable."""
    if isinstance(cell, str):
        if len(cell) == 19 and cell[13] == ":":
            # Most rows of most banks: 2026.11.20 13:22:01.
            day = _day_text(cell[:10], order)
            at = _clock_text(cell[11:])
            if day is not None and at is not None:
                return Moment(day, at)
        text = cell_text(cell)
        return _read_text(text, order) if text else None
    if cell is None:
        return None
    if isinstance(cell, datetime):
        cell = _to_second(cell)
        return Moment(cell.date(), cell.time())
    if isinstance(cell, date):
        return Moment(cell, None)
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return _read_number(cell, base)
    raise DateUnreadable


def read_value_date(cell: Cell, order: Order = "ymd", base: date = EXCEL_DAYS) -> tuple[date | None, bool]:
    """The value date, and whether 30 February was read as the month's last day: some banks count 30-day months.

    Raises: DateUnreadable for any other day that does not exist.
    """
    try:
        moment = read_moment(cell, order, base)
    except DateUnreadable:
        parts = _parts(cell_text(cell), order)
        if parts is None or parts[1:3] != (2, 30):
            raise
        return date(parts[0], 3, 1) - timedelta(days=1), True
    return (moment.day if moment else None), False


def read_time(cell: Cell) -> time | None:
    """The time of day in a column of its own; None when blank. Raises: TimeUnreadable."""
    if isinstance(cell, str):
        text = cell_text(cell)
        return _time_or_moment(text) if text else None
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return _to_second(cell).time()
    if isinstance(cell, time):
        return _to_second(datetime.combine(EXCEL_DAYS, cell)).time()
    if isinstance(cell, timedelta) and timedelta() <= cell < timedelta(days=1):
        return _of_seconds(round(cell.total_seconds()))
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        if 0 <= cell < 1:
            return _of_seconds(round(cell * _SECONDS))
        if cell % 1 == 0 and 1 <= cell < 240_000:
            # 92201: the leading nought of 09:22:01 went when the cell became a number.
            return _any_time(f"{cell:.0f}".zfill(6))
    raise TimeUnreadable


def _time_or_moment(text: str) -> time:
    """A time, or the time of a moment: some time columns repeat the day."""
    try:
        return _any_time(text)
    except TimeUnreadable:
        pass
    try:
        moment = read_moment(text)
    except DateUnreadable:
        moment = None
    if moment is None or moment.at is None:
        raise TimeUnreadable
    return moment.at


def read_days(text: str) -> list[date]:
    """Every day named in free text, as in a period "2026.11.01 ~ 2026.11.30"; days that do not exist are left out."""
    days = []
    for found in re.finditer(
        r"\d{4}\s*[-./년年]\s*\d{1,2}\s*[-./월月]\s*\d{1,2}|(?<!\d)(?:19|20)\d{6}(?!\d)", text
    ):
        parts = _parts(found[0], "ymd")
        day = _make_day(parts) if parts else None
        if day:
            days.append(day)
    return days


def _read_text(text: str, order: Order) -> Moment:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    parts = _parts(text, order)
    day = _make_day(parts) if parts else None
    if parts is None or day is None:
        raise DateUnreadable(impossible=parts is not None)
    rest = text[parts[3] :].strip().removeprefix("T").strip()
    if not rest:
        return Moment(day, None)
    try:
        return Moment(day, _any_time(rest))
    except TimeUnreadable:
        raise DateUnreadable from None


def _read_number(number: int | Decimal, base: date) -> Moment:
    if 19_000_101 <= number <= 21_001_231 or 19_000_101_000_000 <= number <= 21_001_231_235_959:
        return _read_text(f"{number:.0f}", "ymd")
    if not _FIRST_SERIAL <= number < _LAST_SERIAL:
        raise DateUnreadable
    days = int(number // 1)
    rest = number - days
    seconds = round(rest * _SECONDS)
    moment = datetime.combine(base, time()) + timedelta(days=days, seconds=seconds)
    return Moment(moment.date(), moment.time() if rest else None)


@lru_cache(maxsize=4096)
def _day_text(text: str, order: Order) -> date | None:
    parts = _parts(text, order)
    return _make_day(parts) if parts and parts[3] == len(text) else None


@lru_cache(maxsize=8192)
def _clock_text(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text.isascii() and len(text) == 8 else None
    except ValueError:
        return None


def _parts(text: str, order: Order) -> tuple[int, int, int, int] | None:
    """Year, month, day as written, and where the text goes on; None where no date begins the text."""
    found = _SPLIT.match(text)
    if found is None:
        found = _LONG.fullmatch(text)
        if found is None:
            return _compact_parts(text, order)
        return int(found[1]), int(found[2]), int(found[3]), 8
    one, two, three = found[1], found[2], found[3]
    if order == "ymd" or len(one) == 4:
        year, month, day = one, two, three
    elif order == "dmy":
        day, month, year = one, two, three
    else:
        month, day, year = one, two, three
    if len(year) not in (2, 4) or len(day) > 2 or len(month) > 2:
        return None
    return int(year) + (2000 if len(year) == 2 else 0), int(month), int(day), found.end()


def _compact_parts(text: str, order: Order) -> tuple[int, int, int, int] | None:
    """Eight digits. Where the year comes last they cannot also be one with the year first, for no month is 19 or 20."""
    found = _COMPACT.match(text)
    if order != "ymd" and (found is None or not 1 <= int(found[2]) <= 12):
        last = _COMPACT_LAST.match(text)
        if last is not None:
            month, day = (last[2], last[1]) if order == "dmy" else (last[1], last[2])
            return int(last[3]), int(month), int(day), last.end()
    return (int(found[1]), int(found[2]), int(found[3]), found.end()) if found else None


def _make_day(parts: tuple[int, int, int, int]) -> date | None:
    year, month, day, _ = parts
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def _any_time(text: str) -> time:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if text.isascii() and text.isdigit() and len(text) in (4, 6):
        text = ":".join((text[:2], text[2:4], text[4:] or "00"))
    found = _TIME.fullmatch(text)
    if found is None:
        raise TimeUnreadable
    half = (found[1] or found[5] or "").lower()
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    if half:
        if not 1 <= hour <= 12 and not (half in _AFTERNOON and hour < 24):
            raise TimeUnreadable
        hour = hour % 12 + 12 if half in _AFTERNOON else hour % 12
    try:
        return time(hour, minute, second)
    except ValueError:
        raise TimeUnreadable from None


def _of_seconds(seconds: int) -> time:
    # 0.9999999 of a day is midnight's last second, not tomorrow: the day stands in another column.
    minutes, second = divmod(min(seconds, _SECONDS - 1), 60)
    hour, minute = divmod(minutes, 60)
    return time(hour, minute, second)


def _to_second(moment: datetime) -> datetime:
    """Serial times carry binary noise: rounded to the second that Excel shows."""
    if not moment.microsecond:
        return moment
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
