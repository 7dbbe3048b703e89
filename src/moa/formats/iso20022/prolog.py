"""What stands before the first element: the encoding, a DOCTYPE if somebody put one, and which message follows."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO, NamedTuple

from moa.kernel.errors import Problem, error

HEAD_BYTES = 65_536

_DECLARATION = re.compile(r"<\?xml\s[^<>]{0,400}?\?>")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
# How a file shows its encoding, what that is called, and the codec for markup of our own.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "ascii"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
    (b"<\0", "utf-16-le", "utf-16-le"),
    (b"\0<", "utf-16-be", "utf-16-be"),
)
# Banks declare the older standard and write the larger set that contains it, as browsers have learned.
_KOREAN = ("euc-kr", "euckr", "ks_c_5601-1987", "ks_c_5601", "ksc5601", "ksc_5601", "uhc", "ms949", "cp949")
_CHINESE = ("gb2312", "gb_2312-80", "euc-cn", "gbk", "cp936", "ms936", "gb18030")
_LARGER_SETS = dict.fromkeys((*_KOREAN, "windows-949"), "cp949") | dict.fromkeys(
    (*_CHINESE, "windows-936"), "gb18030"
)
_SKIPPED = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_ROOT = re.compile(r"\s*<([A-Za-z_][\w.:-]*)")
_MESSAGE = re.compile(r"<(?:[\w.-]+:)?(BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)[\s/>]")

MESSAGES = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}


class Prolog(NamedTuple):
    """Shape: `encoding` as the file names it, in lower case; `codec` the set to read with, "" to follow the file;
    `markup` the codec for ASCII markup of our own; `declaration` the bytes up to the end of the XML declaration;
    `root` and `format` "" where not seen yet."""

    encoding: str
    codec: str
    markup: str
    declaration: int
    root: str
    format: str
    problem: Problem | None


def read_prolog(source: BinaryIO, encoding: str = "") -> Prolog:
    """The prolog of the stream, which is left at its beginning. `encoding` is the caller's word against the file's."""
    source.seek(0)
    head = read_fully(source, HEAD_BYTES)
    source.seek(0)
    return sniff_prolog(head, encoding)


def read_fully(source: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end: a stream may give less than it is asked for."""
    pieces: list[bytes] = []
    while size > 0 and (piece := source.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def sniff_prolog(head: bytes, encoding: str = "") -> Prolog:
    """The same from the first bytes of a document. Refuses a DOCTYPE: nothing in a statement needs one."""
    if not head.strip():
        return Prolog("", "", "ascii", 0, "", "", error("file_empty", "line 1"))
    shown, codec, markup, problem = _encoding(head, encoding.lower())
    text = _decoded(head, codec or shown)
    declared = _DECLARATION.match(text.removeprefix("\ufeff"))
    mark = next((len(mark) for mark, _, _ in _MARKS[:5] if head.startswith(mark)), 0)
    end = mark + len(declared[0].encode(markup, "replace")) if declared else mark
    rest = text.removeprefix("\ufeff")
    while match := _SKIPPED.match(rest):
        rest = rest[match.end() :]
    if rest.lstrip()[:9].upper() == "<!DOCTYPE":
        line = text[: len(text) - len(rest.lstrip())].count("\n") + 1
        problem = error("xml_doctype_refused", f"line {line}", "DOCTYPE", rest.lstrip()[:80])
    root, message = _ROOT.match(rest), _MESSAGE.search(rest)
    format = MESSAGES[message[1]] if message else ""
    return Prolog(shown, codec, markup, end, root[1] if root else "", format, problem)


def _encoding(head: bytes, wanted: str) -> tuple[str, str, str, Problem | None]:
    """Name, codec to read with, codec for markup, and what is wrong with them."""
    if wanted:
        return wanted, _LARGER_SETS.get(wanted, wanted), "ascii", None
    for mark, name, markup in _MARKS:
        if head.startswith(mark):
            return name, "", markup, None
    match = _DECLARED.match(head)
    declared = match[1].decode("ascii").lower() if match else "utf-8"
    if declared.startswith(("utf-16", "utf16", "utf-32", "utf32", "ucs-", "iso-10646-ucs")):
        # The declaration itself was readable byte by byte, so the file cannot be in a wide encoding.
        return declared, "", "ascii", error("encoding_wrong", "line 1", "encoding", declared)
    return declared, _LARGER_SETS.get(declared, ""), "ascii", None


def _decoded(head: bytes, name: str) -> str:
    try:
        return head.decode(name, "replace")
    except LookupError:
        return head.decode("latin-1")
