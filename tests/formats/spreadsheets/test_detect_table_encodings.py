"""Korean and Chinese tables are told apart by their words, whatever their bytes would also mean."""

from __future__ import annotations

import codecs
import io

import pytest

from moa.formats.spreadsheets.encoding import LONGEST_LINE, Lines, canonical, detect
from tests.formats.spreadsheets.tables import read_bytes

KOREAN = "거래일시,적요,출금액,입금액,잔액\r\n2026.11.20 13:22:01,급여,1000,0,9000\r\n"
CHINESE = "交易日期,摘要,借方,贷方,余额\r\n2026-11-20,工资,1000.00,,9000.00\r\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(KOREAN, "cp949"), (CHINESE, "gb18030"), (KOREAN, "utf-8"), (CHINESE, "utf-8")],
)
def test_it_recognises_a_table_by_its_header(text, encoding):
    assert detect(io.BytesIO(text.encode(encoding))) == encoding


def test_it_is_right_for_korean_bytes_that_are_chinese_too():
    """Every one of these bytes is a common character in the other encoding."""
    raw = KOREAN.encode("cp949")
    assert raw.decode("gb18030") != KOREAN
    assert detect(io.BytesIO(raw)) == "cp949"


def test_it_is_right_for_chinese_bytes_that_are_korean_too():
    raw = CHINESE.encode("gb18030")
    assert raw.decode("cp949", "replace").count("\ufffd") < len(CHINESE) // 4
    assert detect(io.BytesIO(raw)) == "gb18030"


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        ("홍길동 가나다라 주식회사 서울특별시 강남구\n", "cp949"),
        ("上海机械有限公司 北京科技有限公司 货款\n", "gb18030"),
    ],
)
def test_it_judges_a_table_without_known_words_by_its_characters(names, encoding):
    assert detect(io.BytesIO((names * 5).encode(encoding))) == encoding


def test_it_looks_beyond_a_long_beginning_of_plain_letters():
    text = "date,text,amount\n" + "2026-01-01,x,1\n" * 20_000 + KOREAN * 3
    assert detect(io.BytesIO(text.encode("cp949"))) == "cp949"


def test_a_character_cut_by_the_sample_does_not_decide():
    text = KOREAN + "2026.11.20 13:22:01,급여이체,1000,0,9000\n" * 4000
    assert detect(io.BytesIO(text.encode())) == "utf-8"


def test_one_flipped_bit_leaves_a_utf8_table_what_it_is():
    raw = bytearray((KOREAN * 40).encode())
    raw[raw.rindex("급".encode())] ^= 0x10
    told = read_bytes(bytes(raw))
    assert told.facts.encoding == "utf-8"
    assert ("character_unreadable", "적요") in [(error[0], error[2]) for error in told.errors]


@pytest.mark.parametrize(
    ("mark", "encoding"), [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
)
def test_it_reads_utf16_by_its_mark(mark, encoding):
    told = read_bytes(mark + KOREAN.replace(",", "\t").encode(encoding))
    assert told.facts.encoding == "utf-16"
    assert told.signed == [-1000]


def test_the_caller_may_name_the_encoding():
    told = read_bytes(KOREAN.encode("cp949"), encoding="euc-kr")
    assert told.facts.encoding == "cp949"
    assert told.entries[0].description == "급여"


def test_it_refuses_an_encoding_that_does_not_exist():
    told = read_bytes(KOREAN.encode(), encoding="utf-9")
    assert told.errors == [("encoding_unknown", "file", "encoding", "utf-9")]


def test_the_smaller_sets_are_read_as_the_larger_ones():
    assert canonical("EUC-KR") == "cp949"
    assert canonical("gb2312") == "gb18030"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(end):
    lines = [line.rstrip("\r\n") for line in Lines(io.BytesIO(end.join("abc").encode()), "utf-8")]
    assert lines == ["a", "b", "c"]


def test_a_line_without_end_is_cut_and_the_next_one_counts():
    lines = Lines(io.BytesIO(b"x" * (LONGEST_LINE * 3) + b"\nnext\n"), "utf-8")
    lengths = []
    for line in lines:
        lengths.append((len(line), lines.overlong))
        lines.overlong = False
    assert lengths == [(LONGEST_LINE + 1, True), (5, False)]
