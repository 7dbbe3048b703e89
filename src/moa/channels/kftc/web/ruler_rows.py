"""A measured record as the page draws it: rows of bytes, each field's stretch apart, wide characters two places wide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup, escape

from moa.formats.kftc.ruler import BOX, MeasuredRecord, rows

# Fits a card on a desk and, with little scrolling, a phone.
COLUMNS = 50
# Few fonts of a browser have the pictures of control characters; the table beside says which they are.
PICTURES = frozenset(map(chr, range(0x2400, 0x2422)))


class DrawnRow(NamedTuple):
    first: int
    last: int
    tens: str
    units: str
    text: Markup


def drawn_rows(record: MeasuredRecord) -> list[DrawnRow]:
    return [
        DrawnRow(row.first, row.last, row.tens, row.units, Markup().join(_stretches(record, row.first, row.last)))
        for row in rows(record, COLUMNS)
    ]  # fmt: skip


def _stretches(record: MeasuredRecord, first: int, last: int) -> Iterator[Markup]:
    """The bytes of a row field by field; those behind the last field stand alone."""
    at = first
    for place, field in enumerate(record.fields):
        if field.last < first or field.first > last:
            continue
        begin, at = max(field.first, first), min(field.last, last) + 1
        worst = {found.severity for found in field.findings}
        kind = "is-bad" if "error" in worst else "is-warn" if worst else "is-odd" if place % 2 else ""
        yield Markup('<span class="f {}">{}</span>').format(kind, _cells(record.cells[begin - 1 : at - 1]))
    if at <= last:
        yield Markup('<span class="f">{}</span>').format(_cells(record.cells[at - 1 : last]))


def _cells(cells: tuple[str, ...]) -> Markup:
    """Signs that a font may draw wider or narrower than a digit are held to their places."""
    parts = []
    for at, cell in enumerate(cells):
        if cell.isascii():
            parts.append(escape(cell))
        else:
            wide = at + 1 < len(cells) and cells[at + 1] == ""
            shown = BOX if cell in PICTURES else cell
            parts.append(Markup('<i class="{}">{}</i>').format("w2" if wide else "w1", shown))
    return Markup().join(parts)
