"""Small CSV files with named columns: each line a row, each fault with its line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.named_columns import FileUnreadable, NamedRow, read_named_rows
from moa.kernel.errors import Problem

COLUMNS = ("code", "name")


def read(path: Path, data: bytes) -> list[NamedRow | Problem]:
    (path / "x.csv").write_bytes(data)
    return list(read_named_rows(path / "x.csv", COLUMNS))


def test_rows_are_given_by_name_in_any_order_and_blank_lines_are_none(tmp_path: Path) -> None:
    data = '\ufeffname,more,code\r\n"하나, 둘",,a\r\n\r\n"say ""so""",x,b\n'.encode()
    assert read(tmp_path, data) == [
        NamedRow("line 2", {"code": "a", "name": "하나, 둘"}),
        NamedRow("line 4", {"code": "b", "name": 'say "so"'}),
    ]


def test_every_fault_names_its_line_and_column_and_the_rows_after_it_are_read(tmp_path: Path) -> None:
    lines = [
        b"code,name", b'a,"open', b"b,fine", b'"x"y,z', b"c", b"d,e,f", b"g,\xff", b'"a,b","c', b"h,last",
    ]  # fmt: skip
    found = read(tmp_path, b"\n".join(lines))
    told = [tuple(one[1:]) for one in found if isinstance(one, Problem)]
    assert told == [
        ("quote_unclosed", "line 2", "name", '"open'), ("quote_unclosed", "line 4", "code", '"x"y,z'),
        ("row_invalid", "line 5", "name", ""), ("row_invalid", "line 6", "column 3", "f"),
        ("character_unreadable", "line 7", "name", "\\xFF"), ("quote_unclosed", "line 8", "name", '"c'),
    ]  # fmt: skip
    assert [one.cells["code"] for one in found if isinstance(one, NamedRow)] == ["b", "h"]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"", "code, name"),
        (b"code,title\n", "name"),
        (b"code,name,code\n", "code"),
        (b'"code,name\n', "code, name"),
    ],
)
def test_a_column_that_is_missing_or_stands_twice_is_named(tmp_path: Path, data: bytes, value: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        read(tmp_path, data)
    assert caught.value.facts == {"place": "line 1", "value": value}


@given(st.lists(st.text(alphabet="a\",'한 ", max_size=12), max_size=8))
def test_each_line_is_a_row_or_a_fault_and_none_swallows_another(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    said = [line for line in lines if line.strip()]
    found = read(tmp_path_factory.mktemp("rows"), "\n".join(["code,name", *said]).encode())
    assert [one.place for one in found] == [f"line {number}" for number in range(2, len(said) + 2)]
