"""The list of transactions as a file tells the time of day, as the page does."""

from __future__ import annotations

from datetime import time
from types import SimpleNamespace
from typing import Any

from moa.accounts.web.transactions_table import TRANSACTIONS
from tests.accounts.bank_files import Line
from tests.accounts.books import Books
from tests.control.factories import signed_in
from tests.reports.asking import bring_lines


def test_the_time_of_day_stands_in_files_to_the_second() -> None:
    (column,) = (one for one in TRANSACTIONS.columns if one.key == "clock")
    assert column.in_files and column.plain is not None
    facts: Any = None
    told = column.plain(facts)
    assert told(SimpleNamespace(time=time(10, 41, 5))) == "10:41:05"
    assert told(SimpleNamespace(time=None)) == ""


def test_the_file_has_the_column(books: Books) -> None:
    books.open("100000000001")
    bring_lines(books, "100000000001", Line(books.ctx.today, 1_000))
    answer = signed_in(books.ctx).get("/transactions", {"as": "csv"})
    head = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert "거래일" in head and "시각" in head


def test_two_currencies_of_a_row_are_told_apart_by_their_amounts(books: Books) -> None:
    books.open("100000000001")
    answer = signed_in(books.ctx).get("/accounts", {"as": "csv"})
    heads = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0].split(",")
    assert "통화" in heads and "통화 (기준통화 환산)" in heads and len(set(heads)) == len(heads)
