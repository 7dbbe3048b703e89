"""Rows of payments out of a spreadsheet: pasted, or a file of CSV or Excel. Nothing is judged here but their shape."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO

from moa.formats.named_columns import FileUnreadable
from moa.formats.spreadsheets.cells import cell_text
from moa.formats.spreadsheets.reader import open_sheets
from moa.formats.spreadsheets.refusals import WorkbookRefused
from moa.formats.statements import FileFacts, ReadOptions
from moa.kernel.errors import Problem
from moa.payments.rules.several import MOST_ROWS
from moa.payments.rules.typed_bundles import COLUMNS

_HEADS = {
    "bank": "to_bank", "to_bank": "to_bank", "은행": "to_bank", "은행코드": "to_bank", "입금은행": "to_bank", "银行": "to_bank", "收款银行": "to_bank",
    "account": "payee", "to_account": "payee", "계좌": "payee", "계좌번호": "payee", "입금계좌": "payee", "입금계좌번호": "payee", "账号": "payee",
    "收款账号": "payee",
    "amount": "amount", "금액": "amount", "이체금액": "amount", "입금액": "amount", "金额": "amount",
    "name": "to_name", "to_name": "to_name", "예금주": "to_name", "예상예금주": "to_name", "수취인": "to_name", "户名": "to_name", "收款人": "to_name",
    "memo": "memo", "적요": "memo", "메모": "memo", "摘要": "memo",
    "document": "document_no", "document_no": "document_no", "문서번호": "document_no", "单据号": "document_no",
    "from": "payer", "payer": "payer", "출금계좌": "payer", "付款账户": "payer",
}  # fmt: skip
_NEEDED = ("payee", "amount")

Row = dict[str, str]


def read_pasted(text: str) -> list[Row]:
    """Rows as a spreadsheet copies them, with tabs, else with commas. Raises: file_unreadable."""
    text = text.strip("\n\r")
    if not text.strip():
        return []
    sign = "\t" if "\t" in text else ","
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=sign, strict=True))
    except csv.Error as problem:
        raise FileUnreadable(place="file", value=str(problem)) from None
    return _rows([[cell.strip() for cell in line] for line in lines])


def read_rows_file(source: BinaryIO) -> list[Row]:
    """The first sheet of a CSV or Excel file. Raises: file_unreadable."""
    try:
        sheets = open_sheets(source, ReadOptions(), FileFacts(), ())
        rows = list(sheets[0].rows) if sheets else []
    except WorkbookRefused as refusal:
        raise FileUnreadable(place="file", value=refusal.code) from None
    broken = next((row for row in rows if isinstance(row, Problem)), None)
    if broken is not None:
        raise FileUnreadable(place=broken.place, value=broken.value)
    return _rows(
        [[cell_text(cell).strip() for cell in row.cells] for row in rows if not isinstance(row, Problem)]
    )


def _rows(lines: Sequence[Sequence[str]]) -> list[Row]:
    """By the names in the first line, else by the order of columns. Empty lines are left out."""
    lines = [line for line in lines if any(line)]
    if not lines:
        return []
    heads = [_HEADS.get(cell.casefold().replace(" ", "")) for cell in lines[0]]
    columns: Sequence[str | None] = COLUMNS
    if any(heads):
        missing = [name for name in _NEEDED if name not in heads]
        if missing or len({name for name in heads if name}) != len([name for name in heads if name]):
            raise FileUnreadable(place="row 1", value=", ".join(missing or [str(one) for one in lines[0]]))
        columns, lines = heads, lines[1:]
    elif len(lines[0]) < len(_NEEDED) + 1:
        raise FileUnreadable(place="row 1", value=", ".join(COLUMNS))
    if len(lines) > MOST_ROWS:
        raise FileUnreadable(place=f"row {MOST_ROWS + 1}", value=str(len(lines)))
    return [
        {name: cell.replace("\0", "") for name, cell in zip(columns, line, strict=False) if name}
        for line in lines
    ]
