"""Memory does not grow with the file."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter

from moa.entry.bench.measure import peak_megabytes
from moa.formats.spreadsheets.reader import read
from moa.formats.statements import FileFacts, ReadOptions
from tests.formats.spreadsheets.tables import HEADER, TITLES, read_bytes

CEILING_MB = 64
READING = """
import sys
from moa.formats.spreadsheets.reader import read
from moa.formats.statements import Entry, FileFacts, ReadOptions
with open(sys.argv[1], "rb") as source:
    print(sum(isinstance(event, Entry) for event in read(source, ReadOptions(), FileFacts())))
"""
COUNT = 60_000


def rows(count: int):
    for number in range(count):
        day, second = divmod(number, 5000)
        at = f"2026.11.{day + 1:02} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        yield at, f"이체 {number}", "0", "1000", str((number + 1) * 1000), "인터넷뱅킹"


def as_csv(path: Path) -> None:
    with path.open("w", encoding="cp949", newline="\r\n") as file:
        for row in (*TITLES, HEADER, *rows(COUNT)):
            file.write(",".join(row) + "\n")


def as_html(path: Path) -> None:
    with path.open("w", encoding="cp949") as file:
        file.write('<html><meta charset="euc-kr"><table>')
        for row in (TITLES[0], HEADER, *rows(COUNT)):
            file.write("<tr>" + "".join(f"<td class='x'>{cell}</td>" for cell in row) + "</tr>\n")
        file.write("</table></html>")


def as_xlsx(path: Path) -> None:
    book = xlsxwriter.Workbook(path, {"strings_to_numbers": False})
    sheet = book.add_worksheet()
    for at, row in enumerate((*TITLES, HEADER, *rows(COUNT))):
        sheet.write_row(at, 0, row)
    book.close()


@pytest.mark.parametrize("write", [as_csv, as_html, as_xlsx])
def test_a_long_table_is_read_in_little_memory(write, tmp_path):
    write(tmp_path / "table")
    printed, peak = peak_megabytes(READING, str(tmp_path / "table"))
    assert printed == str(COUNT)
    assert peak <= CEILING_MB


class Endless(io.RawIOBase):
    """A text of one line, as long as it is asked to be, that was never written anywhere."""

    def __init__(self, size: int) -> None:
        self.size, self.at = size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = (0, self.at, self.size)[whence] + offset
        return self.at

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= 1 << 20, "nobody reads a file whole"
        size = min(size, self.size - self.at)
        self.at += size
        return b"x" * size


def test_a_file_of_one_endless_line_is_given_up_in_pieces():
    events = list(read(Endless(100 << 20), ReadOptions(), FileFacts()))
    assert [(event.code, event.place) for event in events] == [("line_too_long", "row 1")]


def test_more_problems_than_anyone_reads_are_counted():
    told = read_bytes("".join([",".join(HEADER) + "\n", *["2026-13-01,x,1,0,,\n"] * 10_050]).encode())
    assert len(told.errors) == 10_001
    assert told.errors[-1] == ("problems_omitted", "file", "", "50")
