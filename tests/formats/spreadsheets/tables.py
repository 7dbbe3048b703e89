"""What the tests here share: reading bytes to a plain result, and workbooks made by other people's writers."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
import xlwt

from moa.formats.spreadsheets.reader import read
from moa.formats.statements import Entry, FileFacts, ReadOptions, StatementEnd, StatementStart
from moa.kernel.errors import Problem

GOLDEN = Path(__file__).parents[2] / "golden" / "spreadsheets"

HEADER = ("거래일시", "적요", "출금액", "입금액", "잔액", "거래점")
ROWS = (
    ("2026.11.02 09:00:00", "급여", "300000", "0", "700000", "강남"),
    ("2026.11.03 10:30:15", "판매대금", "0", "50000", "750000", "인터넷"),
    ("2026.11.04 11:00:01", "전기요금", "20000", "0", "730000", "인터넷"),
)
TITLES = (("계좌번호", "402-7701-1008"), ("예금주", "가나상사"))


@dataclass
class Told:
    """What a file was read as."""

    entries: list[Entry] = field(default_factory=list)
    ends: list[StatementEnd] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    facts: FileFacts = field(default_factory=FileFacts)
    order: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[tuple[str, str, str, str]]:
        return [tuple(found[1:]) for found in self.problems if found.severity == "error"]

    @property
    def warnings(self) -> list[tuple[str, str, str, str]]:
        return [tuple(found[1:]) for found in self.problems if found.severity == "warning"]

    @property
    def codes(self) -> list[str]:
        return [found.code for found in self.problems]

    @property
    def signed(self) -> list[int]:
        return [
            entry.amount_minor if entry.direction == "credit" else -entry.amount_minor
            for entry in self.entries
        ]


def read_bytes(content: bytes, **options: Any) -> Told:
    told = Told()
    for event in read(io.BytesIO(content), ReadOptions(**options), told.facts):
        told.order.append(type(event).__name__)
        if isinstance(event, Problem):
            told.problems.append(event)
        elif isinstance(event, Entry):
            told.entries.append(event)
        elif isinstance(event, StatementEnd):
            told.ends.append(event)
        else:
            assert isinstance(event, StatementStart)
    return told


def csv_bytes(*rows: Iterable[str], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Cells that hold the delimiter are quoted, unless they bring their own quotation marks."""

    def quoted(cell: str) -> str:
        return f'"{cell}"' if delimiter in cell and not cell.startswith('"') else cell

    return "".join(delimiter.join(map(quoted, row)) + "\r\n" for row in rows).encode(encoding)


def statement(*rows: Iterable[str], header: Iterable[str] = HEADER, titles: Iterable[Any] = TITLES) -> bytes:
    """A CSV with the usual titles, a header and `rows`; the header stands in row 3."""
    return csv_bytes(*titles, header, *rows)


def xlsx(*sheets: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    """A workbook by openpyxl."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append(list(row))
    if change:
        change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xlsx_with_shared_strings(*sheets: Sequence[Sequence[Any]]) -> bytes:
    """A workbook by xlsxwriter, which keeps every text among the shared strings; openpyxl writes them in the cells."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_numbers": False})
    for rows in sheets:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
    book.close()
    return target.getvalue()


def xls(*sheets: Sequence[Sequence[Any]], date_format: str = "yyyy.mm.dd hh:mm:ss") -> bytes:
    """A BIFF8 workbook by xlwt."""
    book = xlwt.Workbook()
    style = xlwt.easyxf(num_format_str=date_format)
    for number, rows in enumerate(sheets, 1):
        sheet = book.add_sheet(f"Sheet{number}")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is None:
                    continue
                sheet.write(at, column, cell, *([style] if hasattr(cell, "year") else []))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_part(workbook: bytes, path: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed; a part that was not there is added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        for name in [*names, *([path] if path not in names else [])]:
            content = old.read(name) if name in names else b""
            new.writestr(name, change(content) if name == path else content)
    return target.getvalue()


def sheet_xml(rows: str, workbook: bytes | None = None) -> bytes:
    """A workbook whose only sheet holds the XML `rows` as they are written here."""

    def put(xml: bytes) -> bytes:
        return re.sub(
            rb"<sheetData>.*</sheetData>",
            b"<sheetData>" + rows.encode() + b"</sheetData>",
            xml,
            flags=re.DOTALL,
        )

    return with_part(workbook or xlsx([["x"]]), "xl/worksheets/sheet1.xml", put)
