"""Workbooks made to harm are refused before they are opened, and damaged ones by name."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

import pytest

from tests.formats.spreadsheets.tables import (
    HEADER,
    ROWS,
    TITLES,
    read_bytes,
    sheet_xml,
    with_part,
    xls,
    xlsx_with_shared_strings,
)

GOOD = xlsx_with_shared_strings([*TITLES, HEADER, *ROWS])
SHEET = "xl/worksheets/sheet1.xml"


def blown_up(size: int) -> bytes:
    """A valid workbook whose sheet unpacks to `size` bytes: blanks after its rows."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    head, tail = GOOD_SHEET.split(b"</sheetData>", 1)
    blank = b" " * (1 << 20)
    packed, crc, total = b"", 0, 0
    for piece in (head + b"</sheetData>", *[blank] * (size >> 20), tail):
        packed += packer.compress(piece)
        crc, total = zlib.crc32(piece, crc), total + len(piece)
    packed += packer.flush()
    return _with_packed_sheet(packed, crc, total)


def _with_packed_sheet(packed: bytes, crc: int, total: int) -> bytes:
    """The good workbook with its sheet replaced by deflated bytes that claim to be `total` long."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != SHEET:
                new.writestr(name, old.read(name))
        info = zipfile.ZipInfo(SHEET)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.header_offset = new.start_dir
        info.CRC, info.compress_size, info.file_size = crc, len(packed), total
        new.fp.seek(new.start_dir)
        new.fp.write(info.FileHeader(zip64=False) + packed)
        new.start_dir = new.fp.tell()
        new.filelist.append(info)
        new.NameToInfo[SHEET] = info
        new._didModify = True
    return target.getvalue()


GOOD_SHEET = zipfile.ZipFile(io.BytesIO(GOOD)).read(SHEET)


def test_a_small_workbook_that_unpacks_to_hundreds_of_megabytes_is_refused():
    workbook = blown_up(200 << 20)
    assert len(workbook) < 1_000_000
    (error,) = read_bytes(workbook).errors
    assert error[:2] == ("workbook_too_large", "file")
    assert int(error[3]) > 200_000_000


def test_a_directory_that_lies_about_the_size_gains_nothing():
    """The sheet claims 2 KB and holds 60 MB: no more than what it claims is ever unpacked."""
    honest = blown_up(60 << 20)
    size = zipfile.ZipFile(io.BytesIO(honest)).getinfo(SHEET).file_size
    lying = honest.replace(struct.pack("<I", size), struct.pack("<I", 2048))
    assert zipfile.ZipFile(io.BytesIO(lying)).getinfo(SHEET).file_size == 2048
    told = read_bytes(lying)
    assert [error[0] for error in told.errors] == ["workbook_broken"]
    assert told.entries == []


def test_the_limit_is_the_callers():
    assert read_bytes(blown_up(20 << 20), max_sheet_bytes=30_000_000).errors == []
    assert read_bytes(blown_up(20 << 20), max_sheet_bytes=10_000_000).errors[0][0] == "workbook_too_large"


def test_shared_strings_count_toward_the_limit():
    def grow(xml: bytes) -> bytes:
        return xml.replace(b"</sst>", b"<si><t>" + b"x" * 2_000_000 + b"</t></si></sst>")

    workbook = with_part(GOOD, "xl/sharedStrings.xml", grow)
    assert read_bytes(workbook, max_sheet_bytes=1_000_000).errors[0][0] == "workbook_too_large"


@pytest.mark.parametrize("count", ["4000000000", "-1", "x"])
def test_a_count_of_strings_that_lies_is_not_believed(count):
    workbook = with_part(
        GOOD,
        "xl/sharedStrings.xml",
        lambda xml: re.sub(rb'uniqueCount="\d+"', f'uniqueCount="{count}"'.encode(), xml),
    )
    assert read_bytes(workbook).signed == [-300_000, 50_000, -20_000]


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="ZZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="$%"><v>1</v></c></row>',
        '<row r="5"><c r="A5"><v>1</v></c></row><row r="4"><c r="A4"><v>1</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>',
    ],
)
def test_references_that_lead_nowhere_are_refused(row):
    assert [error[0] for error in read_bytes(sheet_xml(row)).errors][0] in (
        "workbook_broken",
        "workbook_too_large",
    )


def test_a_cell_far_below_costs_nothing():
    rows = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{HEADER[0]}</t></is></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    assert [error[0] for error in read_bytes(sheet_xml(rows)).errors] == ["header_not_found"]


@pytest.mark.parametrize(
    "part",
    [
        SHEET,
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "_rels/.rels",
    ],
)
def test_a_part_that_declares_entities_is_refused(part):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

    def declare(xml: bytes) -> bytes:
        head, mark, rest = xml.partition(b"?>") if xml.startswith(b"<?xml") else (b"", b"", xml)
        return head + mark + bomb + rest

    assert [error[0] for error in read_bytes(with_part(GOOD, part, declare)).errors] == ["workbook_entities"]


def test_an_external_part_is_never_fetched(tmp_path):
    def outside(xml: bytes) -> bytes:
        return re.sub(
            rb'Target="[^"]*sheet1.xml"', b'Target="http://localhost:9/sheet1.xml" TargetMode="External"', xml
        )

    assert [
        error[0] for error in read_bytes(with_part(GOOD, "xl/_rels/workbook.xml.rels", outside)).errors
    ] == ["workbook_broken"]


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_without_its_parts_is_broken(part):
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
    assert [error[0] for error in read_bytes(target.getvalue()).errors] == ["workbook_broken"]


def test_a_zip_that_is_no_workbook_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as new:
        new.writestr("inner.zip", GOOD)
    assert [error[0] for error in read_bytes(target.getvalue()).errors] == ["workbook_unsupported"]


def test_a_directory_of_very_many_parts_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as new:
        for number in range(10_001):
            new.writestr(str(number), b"")
    assert [error[0] for error in read_bytes(target.getvalue()).errors] == ["workbook_too_large"]


def test_a_locked_part_of_a_zip_is_broken():
    workbook = bytearray(GOOD)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        at = workbook.rindex(SHEET.encode()) - 46
        assert package.getinfo(SHEET)
    workbook[at + 8] |= 1
    assert [error[0] for error in read_bytes(bytes(workbook)).errors] == ["workbook_broken"]


def test_a_truncated_workbook_is_broken():
    for workbook in (GOOD, xls([*TITLES, HEADER, *ROWS])):
        for part in (1, 2, 3):
            (code, place, *_), *more = read_bytes(workbook[: len(workbook) * part // 4]).errors
            assert (code, place, more) == ("workbook_broken", "file", [])


def test_a_count_of_strings_that_lies_in_an_xls_is_refused():
    workbook = xls([*TITLES, HEADER, *ROWS])
    at = workbook.index(struct.pack("<H", 0x00FC), 512)
    lying = workbook[: at + 8] + struct.pack("<I", 0x7FFFFFFF) + workbook[at + 12 :]
    assert [error[0] for error in read_bytes(lying).errors] == ["workbook_broken"]


def test_an_ole_file_without_a_workbook_is_refused():
    workbook = xls([["x"]]).replace("Workbook".encode("utf-16-le"), "Wordbook".encode("utf-16-le"))
    assert [error[0] for error in read_bytes(workbook).errors] == ["workbook_unsupported"]


def test_an_empty_file_is_said_to_be_empty():
    assert read_bytes(b"").errors == [("file_empty", "file", "", "")]
