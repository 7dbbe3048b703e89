"""The encoding of a file is found from its bytes, and no line is lost when one is in another."""

from __future__ import annotations

import io

import pytest

from moa.formats.text_encoding import decode_line, detect, judge

KOREAN = (
    "거래일시,적요,출금액,입금액,거래후잔액\n2026.11.20,급여이체 김하늘,1234567,0,500\n물품대금 (주)한빛전자"
)
CHINESE = "交易日期,摘要,借方,贷方,余额\n20261120,货款 北京华信科技有限公司,0,120000.00,5"
GERMAN = "Überweisung Müller & Söhne, Großhandel, Gebühren für März"
SHORT = [
    ("급여", "cp949"),
    ("代发工资", "gb18030"),
    ("이자", "cp949"),
    ("手续费", "gb18030"),
    ("김하늘", "cp949"),
    ("王伟", "gb18030"),
]


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("plain ASCII", "ascii", "utf-8"),
        (KOREAN, "utf-8", "utf-8"),
        (KOREAN, "cp949", "cp949"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (GERMAN, "latin-1", "iso-8859-1"),
        (GERMAN + " 5 €", "cp1252", "cp1252"),
        (GERMAN, "utf-8", "utf-8"),
        (KOREAN, "utf-16", "utf-16"),
        (KOREAN, "utf-8-sig", "utf-8"),
        ("", "ascii", "utf-8"),
    ],
)
def test_it_finds_the_encoding(text: str, encoding: str, shown: str) -> None:
    source = io.BytesIO(text.encode(encoding))
    assert detect(source) == shown
    assert source.tell() == 0


@pytest.mark.parametrize(("text", "encoding"), SHORT)
def test_it_tells_one_short_korean_name_from_a_chinese_one(text: str, encoding: str) -> None:
    assert judge([f":86:{text}".encode(encoding)]) == encoding


def test_it_finds_the_one_legacy_line_behind_a_megabyte_of_ascii() -> None:
    content = b":86:plain text of a payment\n" * 50_000 + ":86:급여이체 김하늘\n".encode("cp949")
    assert detect(io.BytesIO(content)) == "cp949"


def test_one_broken_line_does_not_decide_for_the_file() -> None:
    lines = [line.encode() for line in KOREAN.split("\n")] + ["수수료".encode("cp949")]
    assert detect(io.BytesIO(b"\n".join(lines))) == "utf-8"


def test_one_flipped_bit_does_not_make_it_another_encoding() -> None:
    content = bytearray("물품대금 주식회사 한빛전자".encode())
    content[4] ^= 0x40
    assert detect(io.BytesIO(bytes(content))) == "utf-8"
    text, fits = decode_line(bytes(content), "utf-8")
    assert not fits
    assert text.endswith("한빛전자")


@pytest.mark.parametrize(("text", "encoding"), SHORT)
def test_it_reads_a_line_of_another_encoding(text: str, encoding: str) -> None:
    assert decode_line(text.encode(encoding), "utf-8") == (text, False)
    assert decode_line(text.encode(), "utf-8") == (text, True)


def test_it_reads_any_line_somehow() -> None:
    for line in (b"\xff\xfe\x80", b"\x80", b"\xa1"):
        text, fits = decode_line(line, "utf-8")
        assert not fits
        assert text
