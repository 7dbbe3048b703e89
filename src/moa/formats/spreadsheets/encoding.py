"""The encoding of a text table, and its lines, without holding the file.

CP949 and GB18030 each decode nearly any bytes of the other, so the words of a statement's header decide first: they
are short, known and in every file. Only a table without them is judged by how everyday its characters are.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from moa.formats import text_encoding
from moa.formats.spreadsheets.cells import is_damaged
from moa.formats.spreadsheets.chinese_words import CHINESE_WORDS
from moa.formats.spreadsheets.korean_words import KOREAN_WORDS

SAMPLE_BYTES = 1 << 16
BLOCK = 1 << 16
# A line that never ends is no table; csv's own limit on a field is 128 KiB too.
LONGEST_LINE = 1 << 17
UNDECODABLE = "moa.undecodable"

_TITLE_WORDS = {
    "cp949": ("계좌번호", "예금주", "조회기간", "은행", "거래내역"),
    "gb18030": ("账号", "户名", "币种", "银行", "明细"),
}
_ALIASES = {
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "ms949": "cp949", "uhc": "cp949",
    "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "utf8": "utf-8", "utf-8-sig": "utf-8",
    "latin-1": "iso-8859-1",
}  # fmt: skip


def _keep_byte(problem: UnicodeError) -> tuple[str, int]:
    """Undecodable bytes travel as lone surrogates, so that the error can show them as they stood."""
    assert isinstance(problem, UnicodeDecodeError)
    broken = problem.object[problem.start : problem.end]
    return "".join(chr(0xDC00 + byte) for byte in broken), problem.end


codecs.register_error(UNDECODABLE, _keep_byte)


def canonical(name: str) -> str:
    """A codec's one name here: "euc-kr" and "gbk" are read as the larger sets that banks really write."""
    name = name.strip().lower()
    name = _ALIASES.get(name, name)
    try:
        codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return name


def detect(source: BinaryIO) -> str:
    """The encoding of a seekable text table: "utf-8", "utf-16", "cp949", "gb18030" or "iso-8859-1"."""
    source.seek(0)
    sample = _sample(source)
    source.seek(0)
    if not sample.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        known = _by_words(sample)
        if known:
            return known
    return text_encoding.detect(source)


def _sample(source: BinaryIO) -> bytes:
    """The first bytes that are not plain ASCII, with what stands before them in their block."""
    head = source.read(SAMPLE_BYTES)
    block = head
    while block and block.isascii():
        block = source.read(1 << 20)
    return block[:SAMPLE_BYTES] or head


def _by_words(sample: bytes) -> str:
    """The encoding in which the sample holds most of the words of a statement; empty where that says nothing."""
    hits = {
        encoding: sum(word.encode(encoding) in sample for word in words) for encoding, words in _WORDS.items()
    }
    best = max(hits, key=lambda encoding: hits[encoding])
    others = [count for encoding, count in hits.items() if encoding != best]
    return best if hits[best] >= 2 and hits[best] > 2 * max(others) else ""


def _header_words(words: dict[str, tuple[str, ...]]) -> set[str]:
    """Words of two letters and more: a single character occurs by chance in the other encoding."""
    fields = (
        "date",
        "time",
        "withdrawal",
        "deposit",
        "balance",
        "summary",
        "content",
        "counterparty",
        "amount",
    )
    return {word for field in fields for word in words[field] if len(word) > 1 and not word.isascii()}


_KOREAN = _header_words(KOREAN_WORDS) | set(_TITLE_WORDS["cp949"])
_CHINESE = _header_words(CHINESE_WORDS) | set(_TITLE_WORDS["gb18030"])
_WORDS = {"utf-8": _KOREAN | _CHINESE, "cp949": _KOREAN, "gb18030": _CHINESE}


class Lines:
    """The lines of a text source, decoded, each with a line feed at its end.

    Shape: `damaged` is set when a line held bytes that are no text, `overlong` when one was cut off at
    `LONGEST_LINE`; whoever reads resets them.
    """

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        self.overlong = False
        self.damaged = False
        self._source = source
        decoder = codecs.getincrementaldecoder(encoding)(errors=UNDECODABLE)
        # CR LF, and the CR alone of old Macintosh files, count as one line end, as spreadsheets take them.
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True)

    def __iter__(self) -> Iterator[str]:
        carried = ""
        skipping = False
        for text in self._texts():
            lines = (carried + text).split("\n")
            carried = lines.pop()
            if skipping and lines:
                # What is left of a line that was too long goes; the next line counts again.
                skipping = False
                del lines[0]
            for line in lines:
                yield self._checked(line + "\n")
            if skipping:
                carried = ""
            elif len(carried) > LONGEST_LINE:
                self.overlong = skipping = True
                yield self._checked(carried[:LONGEST_LINE] + "\n")
                carried = ""
        if carried and not skipping:
            yield self._checked(carried)

    def _texts(self) -> Iterator[str]:
        self._source.seek(0)
        block = self._source.read(BLOCK)
        yield self._decoder.decode(block).removeprefix("\ufeff")
        while block := self._source.read(BLOCK):
            yield self._decoder.decode(block)
        yield self._decoder.decode(b"", final=True)

    def _checked(self, line: str) -> str:
        self.damaged = self.damaged or is_damaged(line)
        return line
