"""Whatever happens to a file on its way, reading ends with events and never with an exception."""

from __future__ import annotations

import codecs
import io
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from moa.formats.spreadsheets.profiles import PROFILES
from tests.formats.spreadsheets.locked import locked_xls, locked_xlsx
from tests.formats.spreadsheets.tables import (
    GOLDEN,
    HEADER,
    ROWS,
    TITLES,
    csv_bytes,
    read_bytes,
    with_part,
    xls,
    xlsx,
    xlsx_with_shared_strings,
)

TABLE = [*TITLES, HEADER, *ROWS]
SAMPLES = {
    "csv": (GOLDEN / "kb_newest_first.csv").read_bytes(),
    "gb18030": (GOLDEN / "icbc.csv").read_bytes(),
    "utf-16": (GOLDEN / "kakao.csv").read_bytes(),
    "html": (GOLDEN / "hana.xls").read_bytes(),
    "xlsx": xlsx(TABLE),
    "xlsx-shared": xlsx_with_shared_strings(TABLE),
    "xls": xls(TABLE),
    "locked-xlsx": locked_xlsx(xlsx(TABLE), "1"),
    "locked-xls": locked_xls(xls(TABLE), "1"),
}


@st.composite
def damaged(draw, content: bytes) -> bytes:
    """A file cut off, with bits flipped, bytes overwritten, or a part of it doubled or lost."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        # Heads hold what leads to everything else, so they are hit as often as the rest.
        last = len(data) - 1 if draw(st.booleans()) else min(len(data) - 1, 600)
        at = draw(st.integers(0, max(last, 0)))
        kind = draw(st.sampled_from(["flip", "fill", "drop", "double", "cut"]))
        if not data:
            break
        if kind == "flip":
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "fill":
            size = draw(st.sampled_from([1, 2, 4, 8]))
            data[at : at + size] = draw(st.sampled_from([b"\0", b"\xff", b"\x80", b'"', b"<"])) * size
        elif kind == "drop":
            del data[at : at + draw(st.integers(1, 40))]
        elif kind == "double":
            data[at:at] = data[at : at + draw(st.integers(1, 40))]
        else:
            del data[at:]
    return bytes(data)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_never_raises(name, data):
    told = read_bytes(data.draw(damaged(SAMPLES[name])), password="1")
    assert all(problem.code and problem.place for problem in told.problems)
    storable(told)
    assert told.order.count("StatementStart") == told.order.count("StatementEnd")


def storable(told) -> None:
    """Whatever was read goes into UTF-8 documents and into a database, which takes no NUL and no half characters."""
    text = repr((told.entries, told.ends, told.problems)).encode("utf-8")
    assert b"\\x00" not in text.replace(rb"\\x00", b"")
    assert b"\\ud" not in text


PARTS = ("sheet1.xml", "sharedStrings.xml", "styles.xml", "workbook.xml", "workbook.xml.rels", ".rels")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PARTS), st.data())
def test_a_workbook_with_damage_inside_never_raises(name, data):
    """The zip is sound, so that the damage reaches the readers of its parts."""
    workbook = SAMPLES["xlsx-shared"]
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        path = next(path for path in package.namelist() if path.endswith("/" + name))
    told = read_bytes(with_part(workbook, path, lambda xml: data.draw(damaged(xml))))
    assert told.order.count("StatementStart") == told.order.count("StatementEnd")
    storable(told)


def test_nul_and_half_characters_are_refused_wherever_they_come_from():
    row = (ROWS[0][0], "급\0여", *ROWS[0][2:])
    assert read_bytes(csv_bytes(*TITLES, HEADER, row)).errors == [
        ("character_unreadable", "row 4", "적요", "급\\x00여")
    ]
    assert read_bytes(xls([*TITLES, HEADER, row])).errors == [
        ("character_unreadable", "row 4", "적요", "급\\x00여")
    ]
    told = read_bytes(xlsx([*TITLES, HEADER, (ROWS[0][0], "_x0000_ _xD800_ _x0041_", *ROWS[0][2:])]))
    assert told.entries[0].description.startswith("_x0000_ _xD800_ A")
    titles = (("계좌번호", "402-7701-1008"), ("예금주", "가\0나"))
    assert read_bytes(csv_bytes(*titles, HEADER, ROWS[0])).ends[0].holder == "가\\x00나"


def test_a_part_in_an_encoding_that_does_not_exist_never_raises():
    workbook = with_part(
        SAMPLES["xlsx"], "xl/workbook.xml", lambda xml: b"<?xml version='1.0' encoding='UTFm8'?>" + xml
    )
    assert read_bytes(workbook).errors == []


@given(st.binary(max_size=2000))
@example(codecs.BOM_UTF16_LE)
@example(b"PK\x03\x04")
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
@example(b"<html>")
@example(b'"')
def test_any_bytes_never_raise(content):
    read_bytes(content)


CELL = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "2026-11-02",
            "합계",
            "1,000",
            "-5",
            "",
            "계좌번호",
            "계좌번호: 1-2-3-4567890",
            "거래일시",
            "출금액",
            "입금액",
        ]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, max_size=8), max_size=12), st.sampled_from(["", *PROFILES]))
def test_any_table_never_raises(rows, profile):
    content = csv_bytes(HEADER, *rows).decode("utf-8", "surrogatepass").encode("utf-8", "replace")
    told = read_bytes(content, profile=profile)
    assert told.order.count("StatementStart") == told.order.count("StatementEnd")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.none(),
                st.integers(),
                st.text("가a<&1\t", max_size=4),
                st.datetimes(),
                st.booleans(),
                st.decimals(
                    allow_nan=False, allow_infinity=False, places=3, min_value=-(10**20), max_value=10**20
                ),
            ),
            max_size=7,
        ),
        max_size=10,
    )
)
def test_any_cells_under_a_header_never_raise(rows):
    told = read_bytes(
        xlsx_with_shared_strings([HEADER, *[[_storable(cell) for cell in row] for row in rows]])
    )
    assert told.order.count("StatementStart") == told.order.count("StatementEnd") == 1


def _storable(cell):
    return str(cell) if hasattr(cell, "year") else cell
