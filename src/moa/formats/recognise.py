"""Which statement format a file is in, by its content; a file's name proves nothing.

The readers stand in a table of dotted names and are imported when one is chosen: looking at an MT940 file loads
neither an XML parser nor a spreadsheet library.
"""

from __future__ import annotations

import codecs
import importlib
import re
import struct
import zipfile
from io import BytesIO
from typing import BinaryIO, NamedTuple

from moa.formats.iso20022.prolog import sniff_prolog
from moa.formats.statements import Reader, ReadOptions
from moa.formats.text_encoding import detect

HEAD_BYTES = 1 << 16
READERS = {
    "mt940": "moa.formats.swift.mt940:read",
    "mt942": "moa.formats.swift.mt940:read",
    "camt.052": "moa.formats.iso20022.camt:read",
    "camt.053": "moa.formats.iso20022.camt:read",
    "camt.054": "moa.formats.iso20022.camt:read",
    "csv": "moa.formats.spreadsheets.reader:read",
    "xlsx": "moa.formats.spreadsheets.reader:read",
    "xls": "moa.formats.spreadsheets.reader:read",
    "html": "moa.formats.spreadsheets.reader:read",
}

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The first record of a workbook of Excel 2 to 5, written without a container.
_BIFF = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TAG_LINE = re.compile(r"^:(\d\d[A-Z]?|NS):", re.MULTILINE)
_SWIFT_ENVELOPE = re.compile(r"\{1:F\d\d[A-Z0-9]{8,}")
_SWIFT_KIND = re.compile(r"\{2:[IO](94[02])")
_INTERIM_TAGS = frozenset(["34F", "90C", "90D", "13D"])
_BALANCE_TAGS = frozenset(["60F", "60M", "62F", "62M"])
_CAMT = re.compile(r"camt\.(05[234])\.001")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|table|tr|style)\b", re.IGNORECASE)
_DELIMITERS = ("\t", ",", ";", "|")
_DATE = re.compile(
    r"\D?(?:\d{4}[./\-年년]\s?\d{1,2}[./\-月월]\s?\d{1,2}|(?:19|20)\d{6}|\d{1,2}[./-]\d{1,2}[./-](?:\d{2}){1,2})"
)
_NUMBER = re.compile(r"[\"'₩¥$+\-(]*\d[\d,.]*[)\-\"원元]*\Z")
_HEADER_WORDS = frozenset({
    "거래일시", "거래일자", "거래일", "거래시간", "일자", "날짜", "적요", "내용", "출금액", "출금금액", "찾으신금액", "입금액", "입금금액",
    "맡기신금액", "잔액", "거래후잔액", "거래금액", "금액", "거래점", "입출금구분",
    "交易日期", "交易时间", "记账日期", "日期", "摘要", "借方", "贷方", "借方金额", "贷方金额", "借方发生额", "贷方发生额", "收入", "支出",
    "余额", "账户余额", "对方户名", "对方账号", "交易金额", "金额",
    "date", "amount", "balance", "description", "debit", "credit", "withdrawal", "deposit",
})  # fmt: skip


class Recognised(NamedTuple):
    format: str
    reader: Reader


def recognise(source: BinaryIO, options: ReadOptions) -> Recognised | None:
    """The format of a seekable stream and its reader; None where the content is none of them. The stream is rewound."""
    name = recognise_format(source, options)
    return reader_for(name) if name else None


def recognise_format(source: BinaryIO, options: ReadOptions) -> str:
    """The name alone, a key of `READERS`; "" where the content is none of them. The stream is rewound."""
    source.seek(0)
    head = source.read(HEAD_BYTES)
    name = _of_container(source, head) or _of_text(source, head, options)
    source.seek(0)
    return name


def reader_for(name: str) -> Recognised:
    """The reader of a format that the caller names. Raises: KeyError for a format that is not in `READERS`."""
    module, function = READERS[name].split(":")
    reader: Reader = getattr(importlib.import_module(module), function)
    return Recognised(name, reader)


def _of_container(source: BinaryIO, head: bytes) -> str:
    """Workbooks: a zip with sheets, or the older compound file, which also wraps an encrypted xlsx."""
    if head.startswith(b"PK\x03\x04"):
        return "xlsx" if _holds_sheets(source, head) else ""
    if head.startswith(_OLE2):
        return "xlsx" if _wraps_encrypted(source, head) else "xls"
    if head[:2] in _BIFF and head[2:4] in (b"\x04\x00", b"\x06\x00", b"\x08\x00", b"\x10\x00"):
        return "xls"
    return ""


def _holds_sheets(source: BinaryIO, head: bytes) -> bool:
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeError):
        # A truncated workbook has lost its directory; the reader says so better than "unknown" would.
        return b"xl/" in head or b"[Content_Types].xml" in head
    return any(name.startswith("xl/") for name in names)


def _wraps_encrypted(source: BinaryIO, head: bytes) -> bool:
    """Whether the compound file's directory names an encrypted package. Source: MS-CFB 2.2, 2.6; MS-OFFCRYPTO 2.3.4."""
    name = "EncryptedPackage".encode("utf-16-le")
    shift, first = struct.unpack_from("<H", head, 30)[0], struct.unpack_from("<I", head, 48)[0]
    if shift in (9, 12):
        source.seek((first + 1) << shift)
        # The directory begins with the root; its streams follow within these sectors.
        if name in source.read(8 << shift):
            return True
    return name in head


def _of_text(source: BinaryIO, head: bytes, options: ReadOptions) -> str:
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        return ""
    wide = head.startswith(_WIDE_MARKS) or head[:2] in (b"<\x00", b"\x00<")
    if b"\x00" in head[:1024].strip(b"\x00") and not wide:
        return ""
    encoding = options.encoding or ("utf-16" if wide else _head_encoding(source, head))
    try:
        text = head.decode(encoding, "replace").lstrip("\ufeff")
    except LookupError:
        return ""
    start = text.lstrip()[:1]
    if start == "<" and (name := _of_xml(head, text)):
        return name
    if name := _of_swift(text):
        return name
    if _HTML.search(text[:4096]) or "<table" in text.lower():
        return "html"
    # A document of another XML kind or another language of brackets is not a table of columns.
    return "" if start in ("<", "{", "[", "%") else _of_columns(text, _own_words(options))


def _head_encoding(source: BinaryIO, head: bytes) -> str:
    # Cut at a line, so that no character is cut; the whole file is looked at when it is read.
    cut = head.rfind(b"\n") + 1
    return detect(BytesIO(head[:cut] if len(head) == HEAD_BYTES and cut else head))


def _of_xml(head: bytes, text: str) -> str:
    if name := sniff_prolog(head).format:
        return name
    found = _CAMT.search(text)
    return f"camt.{found[1]}" if found else ""


def _of_swift(text: str) -> str:
    """MT940 or MT942, by the tags of the first message; two tags are enough, so that a damaged file is still read."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tags = _TAG_LINE.findall(text)
    enveloped = _SWIFT_ENVELOPE.search(text[:4096]) is not None
    if len(set(tags)) < 2 and not (enveloped and tags):
        return ""
    if stated := _SWIFT_KIND.search(text):
        return f"mt{stated[1]}"
    first = next((tag for tag in tags if tag in _INTERIM_TAGS or tag in _BALANCE_TAGS), "")
    return "mt942" if first in _INTERIM_TAGS and not _BALANCE_TAGS & set(tags) else "mt940"


def _own_words(options: ReadOptions) -> frozenset[str]:
    """The header words of the caller's own column profiles."""
    words = (word for profile in options.own_profiles for named in profile.words.values() for word in named)
    return _HEADER_WORDS | {_plain(word) for word in words}


def _of_columns(text: str, known: frozenset[str]) -> str:
    """ "csv" for lines that a delimiter cuts into columns, under a header that is known or around dates and amounts."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    for delimiter in _DELIMITERS:
        rows = [
            [cell.strip(" \"'\t") for cell in line.split(delimiter)] for line in lines if delimiter in line
        ]
        if any(len({_plain(cell) for cell in row} & known) >= 2 for row in rows):
            return "csv"
        like_entries = [row for row in rows if _is_like_entry(row)]
        if like_entries and len(like_entries) * 2 >= len(rows):
            return "csv"
    return ""


def _plain(cell: str) -> str:
    """A header word as it is compared; what stands in brackets behind it, such as its unit, may differ."""
    return re.sub(r"[(（\[].*", "", cell).replace(" ", "").lower()


def _is_like_entry(row: list[str]) -> bool:
    return (
        len(row) >= 3
        and any(_DATE.match(cell) for cell in row)
        and any(_NUMBER.match(cell) and not _DATE.match(cell) for cell in row)
    )
