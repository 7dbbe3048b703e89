"""A file of exchange rates: one rate a line, columns found by their names; pure.

The file may name its columns in English, Korean or Chinese. All problems are collected; a file with any is refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from moa.directory.rules.rates import NewRate, per_one, rate_faults
from moa.kernel.errors import Problem, error

# Rows kept in memory at once; ten years of thirty currencies are fewer.
LONGEST_FILE = 200_000
_COLUMN_NAMES = {
    "date": {"date", "일자", "기준일", "고시일", "日期"},
    "base": {"base", "currency", "통화", "통화코드", "货币", "币种"},
    "quote": {"quote", "상대통화", "报价货币"},
    "rate": {"rate", "환율", "매매기준율", "汇率", "中间价"},
    "units": {"units", "단위", "单位"},
    "source": {"source", "출처", "来源"},
}
_REQUIRED = ("date", "base", "rate")
_DATE = re.compile(r"(\d{4})([-./]?)(\d{2})\2(\d{2})", re.ASCII)
_NUMBER = re.compile(r"\d+(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_UNITS = {"": 1, "1": 1, "10": 10, "100": 100, "1000": 1000}


class RatesFile(NamedTuple):
    """What a file says. With problems, none of its rates may be used."""

    rates: list[NewRate]
    problems: list[Problem]


class _Unreadable(Exception):
    def __init__(self, code: str, field: str, value: str) -> None:
        super().__init__(code)
        self.fault = (code, field, value)


def read_rates_file(content: bytes, *, default_quote: str, today: date) -> RatesFile:
    """The rates of a CSV file in UTF-8 or CP949; without a quote column they are into `default_quote`."""
    text = _decode(content)
    if text is None:
        return RatesFile([], [error("encoding_unknown", "line 1")])
    if "\0" in text:
        # A sheet saved as something else; the database could not hold the character either.
        return RatesFile([], [error("file_not_csv", "line 1")])
    rows = csv.reader(text.splitlines(), strict=True)
    problems: list[Problem] = []
    found: dict[tuple[date, str, str], NewRate] = {}
    try:
        columns = _columns(next(rows, []))
        missing = [field for field in _REQUIRED if field not in columns]
        if missing:
            return RatesFile([], [error("rate_column_missing", "line 1", field) for field in missing])
        for fields in rows:
            if not any(field.strip() for field in fields):
                continue
            place = f"line {rows.line_num}"
            problems += _take_row(_cells(fields, columns), found, place, default_quote, today)
            if len(found) > LONGEST_FILE:
                return RatesFile([], [error("file_too_long", place, "", str(LONGEST_FILE))])
    except csv.Error as problem:
        problems.append(error("file_not_csv", f"line {rows.line_num}", "", str(problem)))
    if not found and not problems:
        problems.append(error("rate_file_empty", "line 1"))
    return RatesFile(list(found.values()), problems)


def _take_row(
    cells: dict[str, str],
    found: dict[tuple[date, str, str], NewRate],
    place: str,
    default_quote: str,
    today: date,
) -> Iterator[Problem]:
    """Put the row's rate into `found`, or give its problems."""
    try:
        new = _rate_of(cells, default_quote)
    except _Unreadable as reason:
        yield error(reason.fault[0], place, *reason.fault[1:])
        return
    faults = rate_faults(new, today)
    for fault in faults:
        yield error(fault.code, place, fault.field, fault.value)
    if faults:
        return
    known = found.setdefault((new.on_date, new.base, new.quote), new)
    if known.rate != new.rate:
        yield error("rate_twice_in_file", place, "rate", cells["rate"])


def _rate_of(cells: dict[str, str], default_quote: str) -> NewRate:
    units = _UNITS.get(cells.get("units", ""))
    if units is None:
        raise _Unreadable("rate_units_unreadable", "units", cells["units"])
    return NewRate(
        on_date=_date_of(cells["date"]),
        base=cells["base"].upper(),
        quote=(cells.get("quote") or default_quote).upper(),
        rate=per_one(_number_of(cells["rate"]), units),
        source_name=cells.get("source", "")[:100],
    )


def _date_of(text: str) -> date:
    matched = _DATE.fullmatch(text)
    try:
        if matched:
            return date(int(matched[1]), int(matched[3]), int(matched[4]))
    except ValueError:
        pass
    raise _Unreadable("date_unreadable", "date", text)


def _number_of(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise _Unreadable("rate_unreadable", "rate", text)
    return Decimal(text.replace(",", ""))


def _columns(head: list[str]) -> dict[str, int]:
    """Where each known column stands, by our name for it."""
    places: dict[str, int] = {}
    for place, title in enumerate(head):
        for field, names in _COLUMN_NAMES.items():
            if title.strip().lower() in names:
                places.setdefault(field, place)
    return places


def _cells(fields: list[str], columns: dict[str, int]) -> dict[str, str]:
    return {name: fields[at].strip() if at < len(fields) else "" for name, at in columns.items()}


def _decode(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
