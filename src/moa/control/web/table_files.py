"""The whole filter of a list as a file, sent while it is read: constant memory on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from moa.control.audit import record
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.control.table_rows import Given, stream_rows
from moa.formats.spreadsheets.writing import columns as cell_kinds
from moa.formats.spreadsheets.writing import csv_stream, workbook
from moa.formats.spreadsheets.writing.workbook import SheetData
from moa.kernel.money import CURRENCIES, minor_digits
from moa.ui.tables.cells import PageFacts, plain_maker
from moa.ui.tables.conditions import Asked
from moa.ui.tables.spec import AMOUNT, DATE, MOMENT, NUMBER, Column, Row, Table

_KINDS = {
    AMOUNT: cell_kinds.AMOUNT,
    DATE: cell_kinds.DATE,
    MOMENT: cell_kinds.MOMENT,
    NUMBER: cell_kinds.NUMBER,
}


def table_file(
    ctx: Context, table: Table, asked: Asked, columns: Sequence[Column], facts: PageFacts, given: Given, *, kind: str,
    above: Sequence[Row] = (),
) -> StreamingHttpResponse:  # fmt: skip
    """A response that reads as it is sent, in a Context of its own. Who took which list out is recorded first.

    Shape: `above` rows that stand before those of the list."""
    shown: list[tuple[str, str]] = facts.memo.get("words", [])
    with ctx.open():
        record(
            ctx, "control.list.exported", "table", table.name,
            after={"kind": kind, "conditions": dict(shown)},
        )  # fmt: skip
        group = the_group_of(ctx)
    about = [
        (str(table.label), ""), (_("Group"), group.names.get(ctx.language) or group.name), *shown,
        (_("Exported by"), ctx.actor.name), (_("Exported at"), f"{facts.now:%Y-%m-%d %H:%M:%S}"),
    ]  # fmt: skip
    heads, makers = _columns(table, columns, facts)
    conditions_name = _("Conditions")
    about_columns = [cell_kinds.Column(_("Condition"), width=24), cell_kinds.Column(_("Value"), width=60)]

    def rows() -> Iterator[Sequence[Any]]:
        for row in chain(above, stream_rows(ctx, table, asked, given)):
            yield [make(row) for make in makers]

    def pieces() -> Iterator[bytes]:
        with ctx.open():
            list_sheet = SheetData(str(table.label), heads, rows())
            if kind == "csv":
                yield from csv_stream.stream_csv(list_sheet)
                return
            yield from workbook.stream_workbook(
                [list_sheet, SheetData(conditions_name, about_columns, about)]
            )

    content_type = csv_stream.CONTENT_TYPE if kind == "csv" else workbook.CONTENT_TYPE
    response = StreamingHttpResponse(pieces(), content_type=content_type)
    name = f"{table.label} {facts.today:%Y-%m-%d}.{kind}"
    plain = f"{table.name.replace('.', '-')}-{facts.today:%Y%m%d}.{kind}"
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return response


def _columns(
    table: Table, columns: Sequence[Column], facts: PageFacts
) -> tuple[list[cell_kinds.Column], list[Any]]:
    """The file's columns and what fills them; where amounts are in several currencies, the currency gets its own."""
    heads, makers = [], []
    for column in columns:
        digits = minor_digits(column.currency) if column.currency in CURRENCIES else None
        kind = _KINDS.get(column.kind, cell_kinds.TEXT)
        heads.append(cell_kinds.Column(str(column.label), kind, column.width, digits))
        makers.append(plain_maker(column, facts))
    mixed = {
        c.currency: c.label
        for c in columns
        if c.kind == AMOUNT and c.currency and c.currency not in CURRENCIES
    }
    standing = {column.key for column in columns}
    for field in sorted(mixed.keys() - standing):
        # Two heads of one name tell nobody which amounts they belong to.
        label = _("Currency") if len(mixed) == 1 else f"{_('Currency')} ({mixed[field]})"
        heads.append(cell_kinds.Column(label, width=8))
        makers.append(attrgetter(field))
    return heads, makers
