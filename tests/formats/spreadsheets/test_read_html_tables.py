"""HTML tables named .xls are read as a browser lays them out."""

from __future__ import annotations

import io

import pytest

from moa.formats.spreadsheets.cells import Row
from moa.formats.spreadsheets.rows_html import html_encoding, html_sheet
from tests.formats.spreadsheets.tables import HEADER, ROWS, read_bytes


def rows(html: str) -> list[list[str]]:
    found = list(html_sheet(io.BytesIO(html.encode()), "utf-8").rows)
    assert all(isinstance(row, Row) for row in found)
    return [list(row.cells) for row in found]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<table><tr><td>a</td><td>b</td></tr></table>", [["a", "b"]]),
        ("<table><tr><td colspan=3>a</td><td>b</td></tr></table>", [["a", "", "", "b"]]),
        ("<table><tr><td rowspan=2>a<td>b<tr><td>c</table>", [["a", "b"], ["", "c"]]),
        ("<table><tr><th>a<th>b<tr><td>1<td>2", [["a", "b"], ["1", "2"]]),
        ("<table><tr><td>a&nbsp;&amp;&nbsp;b</td></tr></table>", [["a & b"]]),
        ("<table><tr><td>a<br>b<span>c</span></td></tr></table>", [["a bc"]]),
        ("<table><tr><td>a<script>x</script><style>y</style></td></tr></table>", [["a"]]),
        (
            "<table><tr><td>x<table><tr><td>in</td></tr></table></td><td>y</td></tr></table>",
            [["in"], ["x", "y"]],
        ),
        (
            "<table><thead><tr><td>a</td></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
            [["a"], ["b"]],
        ),
        ("<table><tr></tr><tr><td>b</td></tr></table>", [[], ["b"]]),
        ("<TABLE><TR><TD>a</TD></TR></TABLE><p>text</p><table><tr><td>b</td></tr></table>", [["a"], ["b"]]),
        ("<table><tr><td colspan='x'>a</td><td colspan=0>b</td></tr></table>", [["a", "b"]]),
        ("<table><tr><td><!-- no -->a</td></tr></table>", [["a"]]),
    ],
)
def test_it_lays_out(html, expected):
    assert rows(html) == expected


def test_a_span_without_bounds_is_bounded():
    (cells,) = rows("<table><tr><td colspan=99999999>a</td></tr></table>")
    assert len(cells) == 256


@pytest.mark.parametrize(
    ("declared", "written", "found"),
    [
        ("euc-kr", "cp949", "cp949"),
        ("ks_c_5601-1987", "cp949", "cp949"),
        ("gb2312", "gb18030", "gb18030"),
        ("euc-kr", "utf-8", "utf-8"),
        ("", "cp949", "cp949"),
        ("nonsense", "cp949", "cp949"),
    ],
)
def test_the_bytes_count_more_than_what_the_page_says(declared, written, found):
    words = "交易日期 摘要 余额 对方户名" if written == "gb18030" else "거래일시 적요 출금액 잔액"
    page = f'<html><meta charset="{declared}"><table><tr><td>{words}</td></tr></table></html>'
    assert html_encoding(io.BytesIO(page.encode(written))) == found


def page(*table) -> bytes:
    return (
        "<html><body><table>"
        + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in table)
        + "</table></body></html>"
    ).encode()


def test_a_page_is_a_statement():
    told = read_bytes(page(("계좌번호 : 402-7701-1008",), HEADER, *ROWS))
    assert told.problems == []
    assert told.facts.format == "html"
    assert told.signed == [-300_000, 50_000, -20_000]
    assert told.entries[0].place == "row 3"


def test_a_row_with_a_cell_too_few_is_refused():
    told = read_bytes(page(("계좌번호 : 402-7701-1008",), HEADER, ROWS[0][:4]))
    assert told.errors == [("column_count", "row 3", "", "4")]


def test_bytes_that_are_no_text_are_shown():
    content = page(("계좌번호 : 402-7701-1008",), HEADER, *ROWS).decode().encode("cp949")
    told = read_bytes(content.replace("판매".encode("cp949"), b"\xff\xff\xff\xff"))
    assert told.errors == [("character_unreadable", "row 4", "적요", "\\xFF\\xFF\\xFF\\xFF대금")]


def test_entities_of_a_document_type_are_not_known():
    hostile = b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + page(("&x;",), HEADER, *ROWS)
    told = read_bytes(hostile)
    assert told.signed == [-300_000, 50_000, -20_000]
    assert not any("root:" in str(event) for event in told.problems + told.entries)


def test_a_page_without_a_table_has_no_header():
    assert read_bytes(b"<html><body>no table</body></html>").errors == [("header_not_found", "file", "", "")]


def test_deep_nesting_is_survived():
    told = read_bytes(b"<html>" + b"<table><tr><td>" * 20_000)
    assert {error[0] for error in told.errors} <= {"page_unreadable", "header_not_found"}
    assert told.errors
