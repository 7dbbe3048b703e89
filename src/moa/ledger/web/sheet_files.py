"""A sheet as a workbook and in print: the same columns, rows and totals as on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from moa.formats.spreadsheets.writing import columns as written
from moa.formats.spreadsheets.writing.workbook import SheetData, stream_workbook
from moa.kernel.money import minor_digits
from moa.ledger.sheets.shape import Asked, Row, Sheet
from moa.ledger.sheets.shape import Column as SheetColumn
from moa.ledger.web.sheet_words import ORIGINS, STATES, TITLES, label
from moa.ui import printing

_KINDS = {
    "text": written.TEXT, "code": written.TEXT, "origin": written.TEXT, "amount": written.AMOUNT, "worth": written.AMOUNT,
    "count": written.NUMBER, "day": written.DATE, "moment": written.MOMENT,
}  # fmt: skip
_WIDTHS = {"name": 28, "memo": 36, "account": 22, "key": 24}
MOST_ROWS = 200_000


def title_of(sheet: Sheet) -> str:
    """The sheet's name with what it is of: "General ledger · 2011 Members' deposits"."""
    about = sheet.about
    of = about.get("account") or about.get("subject")
    return f"{TITLES[sheet.name]} · {of} {about['name']}" if of else str(TITLES[sheet.name])


def range_of(asked: Asked) -> str:
    return str(asked.first) if asked.first == asked.last else f"{asked.first} – {asked.last}"


def shown_text(row: Row, key: str) -> str:
    """A cell of words."""
    value = row.get(key)
    if value is None:
        return ""
    words = ORIGINS if key == "origin" else STATES if key == "state" else {}
    return str(words.get(value, value))


def workbook(sheet: Sheet, book_name: str, zone: ZoneInfo) -> Iterator[bytes]:
    """The sheet in pieces; the changes have a second table with the entries that make them."""
    sheets = [_table(sheet, sheet.columns, sheet.rows, title_of(sheet), book_name, zone)]
    if "why" in sheet.about:
        title = _("The entries that make the difference")
        whys = replace(sheet, totals=[], about={})
        sheets.append(_table(whys, sheet.about["columns"], sheet.about["why"], title, book_name, zone))
    return stream_workbook(sheets)


def _table(
    sheet: Sheet,
    columns: tuple[SheetColumn, ...],
    rows: list[Row],
    title: str,
    book_name: str,
    zone: ZoneInfo,
) -> SheetData:
    heads = [
        written.Column(
            label(one.key, sheet.functional), _KINDS[one.kind], _WIDTHS.get(one.key, 16),
            minor_digits(sheet.functional) if one.kind == "worth" else None,
        )
        for one in columns
    ]  # fmt: skip
    below = [_cells(total, columns, zone, first=_("Total")) for total in sheet.totals]
    above = (title, f"{book_name} · {range_of(sheet.asked)}", _moment_line(sheet.asked.known_at, zone))
    return SheetData(
        title, heads, (_cells(row, columns, zone) for row in rows),
        above=tuple(line for line in above if line), below=below,
    )  # fmt: skip


def _cells(row: Row, columns: tuple[SheetColumn, ...], zone: ZoneInfo, *, first: str = "") -> tuple[Any, ...]:
    cells = [_cell(row, one, zone) for one in columns]
    if first and columns[0].kind in {"text", "code"}:
        cells[0] = first
    return tuple(cells)


def _cell(row: Row, column: SheetColumn, zone: ZoneInfo) -> Any:
    value = row.get(column.key)
    if value is None:
        return None
    if column.kind == "amount":
        return (value, minor_digits(row["currency"]))
    if column.kind == "moment":
        return value.astimezone(zone)
    if column.kind in {"text", "code", "origin"}:
        return shown_text(row, column.key)
    return value


def _moment_line(known_at: datetime | None, zone: ZoneInfo) -> str:
    if known_at is None:
        return ""
    return _("As known at %(moment)s") % {"moment": f"{known_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"}


def print_of(sheet: Sheet, book_name: str, zone: ZoneInfo, printed_by: str, printed_at: datetime) -> bytes:
    """The sheet on paper. In Chinese what is below nothing is red, as vouchers have it. Raises: print_too_long."""
    negative: printing.Negative = "red" if printing.language() == "zh" else "minus"
    blocks = [_block(sheet, sheet.columns, sheet.rows, sheet.totals, negative, zone)]
    if "opening" in sheet.about:
        held = [(currency, minor) for currency, minor in sheet.about["opening"].items()]
        lines = [
            (f"{label('opening', sheet.functional)} {currency}", printing.amount(minor, currency, negative))
            for currency, minor in held
        ]
        blocks.insert(0, printing.pairs(lines))
    if "why" in sheet.about:
        why = _block(sheet, sheet.about["columns"], sheet.about["why"], [], negative, zone)
        blocks.append(why | {"title": _("The entries that make the difference")})
    moment = _moment_line(sheet.asked.known_at, zone)
    return printing.pdf(
        "document",
        printing.document(
            title=title_of(sheet), blocks=blocks, printed_by=printed_by, printed_at=printed_at.astimezone(zone),
            scope=" · ".join(part for part in (book_name, range_of(sheet.asked), moment) if part),
            as_of=sheet.asked.known_at or printed_at, group=book_name, landscape=len(sheet.columns) > 7,
        ),
    )  # fmt: skip


def _block(
    sheet: Sheet, columns: tuple[SheetColumn, ...], rows: list[Row], totals: list[Row], negative: printing.Negative,
    zone: ZoneInfo,
) -> dict[str, Any]:  # fmt: skip
    heads = [
        printing.column(
            label(one.key, sheet.functional), "right" if one.kind in {"amount", "worth", "count"} else "left",
            1 if one.kind == "text" else 0,
        )
        for one in columns
    ]  # fmt: skip
    sums = [
        [
            _("Total") if at == 0 else _printed(total, one, sheet, negative, zone)
            for at, one in enumerate(columns)
        ]
        for total in totals
    ]
    lines = [[_printed(row, one, sheet, negative, zone) for one in columns] for row in rows]
    return printing.table(heads, lines, sums=sums, empty=_("Nothing in this range"))


def _printed(row: Row, column: SheetColumn, sheet: Sheet, negative: printing.Negative, zone: ZoneInfo) -> Any:
    value = row.get(column.key)
    if value is None:
        return None
    if column.kind in {"amount", "worth"}:
        return printing.amount(
            value, sheet.functional if column.kind == "worth" else row["currency"], negative
        )
    if column.kind == "count":
        return f"{value:,}"
    if column.kind == "moment":
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if column.key == "account":
        return {"text": str(value), "exact": True}
    indent = "\u2003" * (row.get("level", 1) - 1) if column.key in {"subject", "name"} else ""
    return indent + shown_text(row, column.key)
