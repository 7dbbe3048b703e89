"""The format of a file is told by its content alone: the files here have no names."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from moa.formats.recognise import READERS, reader_for, recognise, recognise_format
from moa.formats.statements import ReadOptions

GOLDEN = Path(__file__).parents[1] / "golden"
CAMT = '<?xml version="1.0" encoding="{2}"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{0}.001.08"><{1}><GrpHdr/></{1}></Document>'
KOREAN = "계좌번호,110-123-456789\n거래일시,적요,출금액,입금액,거래후잔액\n2026.11.20 13:22:01,급여이체,1000,0,500\n"
CHINESE = "交易日期\t摘要\t借方\t贷方\t余额\n20261120\t货款\t0\t120000.00\t5\n"
ENGLISH = "Posted;Text;Value\n2026-11-20;Coffee;-3,50\n2026-11-21;Salary;1000,00\n"


def _recognised(content: bytes) -> str:
    source = io.BytesIO(content)
    name = recognise_format(source, ReadOptions())
    assert source.tell() == 0
    return name


def _zip(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 500)
    return content.getvalue()


def _compound(*names: str) -> bytes:
    """A compound file whose directory, in its second sector, names these streams. Source: MS-CFB 2.2 and 2.6."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names))
    return bytes(header) + bytes(512) + directory.ljust(512, b"\0")


@pytest.mark.parametrize(
    "path", [*GOLDEN.glob("mt940/*.sta"), *GOLDEN.glob("mt942/*.sta")], ids=lambda path: path.stem
)
def test_it_recognises_the_swift_files(path: Path) -> None:
    assert _recognised(path.read_bytes()) == path.parent.name


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (CAMT.format("camt.053", "BkToCstmrStmt", "UTF-8").encode(), "camt.053"),
        (CAMT.format("camt.052", "BkToCstmrAcctRpt", "UTF-8").encode(), "camt.052"),
        (CAMT.format("camt.054", "BkToCstmrDbtCdtNtfctn", "UTF-8").encode("utf-8-sig"), "camt.054"),
        (CAMT.format("camt.053", "BkToCstmrStmt", "UTF-16").encode("utf-16"), "camt.053"),
        (b"\n\n <!-- c --><x:Document xmlns:x='urn:bank'><x:BkToCstmrStmt>", "camt.053"),
        (b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.03'/>", ""),
        (_zip("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"), "xlsx"),
        (_zip("[Content_Types].xml", "xl/workbook.xml")[:400], "xlsx"),
        (_zip("[Content_Types].xml", "word/document.xml"), ""),
        (_zip("statement.sta"), ""),
        (_compound("Workbook"), "xls"),
        (_compound("EncryptedPackage", "EncryptionInfo"), "xlsx"),
        (b"\x09\x08\x08\x00\x00\x05\x05\x00" + bytes(100), "xls"),
        (b"<html><head><meta charset='euc-kr'></head><body><table><tr><td>", "html"),
        ("<table><tr><td>거래일시</td></tr></table>".encode("cp949"), "html"),
        ("<!DOCTYPE html><table>".encode("utf-16"), "html"),
        (b"\n:20:X\n:25:1\n", "mt940"),
        (b"header line\r\n:20:X\r:34F:KRW0,\r:90C:", "mt942"),
        (b"{1:F01SHBKKRSEAXXX0001000001}{2:I942SHBKKRSEAXXXN}{4:\n:20:X", "mt942"),
        (KOREAN.encode(), "csv"),
        (KOREAN.encode("cp949"), "csv"),
        (KOREAN.encode("utf-16"), "csv"),
        (CHINESE.encode("gb18030"), "csv"),
        (ENGLISH.encode(), "csv"),
        ("거래일자|적요|출금금액(원)|입금금액(원)\n".encode(), "csv"),
        (b"", ""),
        (b"\n \r\n", ""),
        (b"\xef\xbb\xbf", ""),
        (b"Dear customer, your balance is fine, and so are you, we hope.\n" * 20, ""),
        (b"%PDF-1.7\n1 0 obj\n", ""),
        (b'{"date": "2026-11-20", "amount": 5, "balance": 7}', ""),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), ""),
        (bytes(range(256)) * 40, ""),
        (b":20:only one tag\n", ""),
    ],
)  # fmt: skip
def test_it_recognises(content: bytes, format_: str) -> None:
    assert _recognised(content) == format_


def test_it_knows_a_statement_file_when_half_of_it_is_missing() -> None:
    for path in GOLDEN.glob("mt940/*.sta"):
        content = path.read_bytes()
        assert _recognised(content[: len(content) // 2]) == "mt940"
        assert _recognised(content[len(content) // 2 :]) == "mt940"


def test_it_gives_the_reader_with_the_format() -> None:
    found = recognise(io.BytesIO(b":20:X\n:25:1\n"), ReadOptions())
    assert found == reader_for("mt940")
    assert recognise(io.BytesIO(b"only words"), ReadOptions()) is None


def test_it_gives_the_reader_that_is_named() -> None:
    assert reader_for("mt942").reader is reader_for("mt940").reader
    with pytest.raises(KeyError):
        reader_for("mt103")


def test_every_reader_of_the_table_exists() -> None:
    assert {name for name in READERS if callable(reader_for(name).reader)} == set(READERS)


def test_reading_a_swift_file_loads_no_other_reader() -> None:
    path = next(GOLDEN.glob("mt940/*.sta"))
    program = (
        "import sys; from moa.entry.cli import run; code = run(['statements', 'inspect', sys.argv[1], '--json'])\n"
        "sys.exit(code or sum(name in sys.modules for name in "
        "('lxml', 'django', 'python_calamine', 'mt940', 'moa.formats.iso20022.camt')) and 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
