"""Words of a bank's file are stored without characters that nobody sees; the same file again is known all the same."""

from __future__ import annotations

from moa.accounts.models import Transaction
from tests.accounts.bank_files import Line
from tests.accounts.books import Books
from tests.reports.asking import bring_lines

TURNED = "서진\u202e테크\u200b"


def test_words_of_a_bank_file_are_stored_without_it(books: Books) -> None:
    books.open("100000000001")
    line = Line(books.ctx.today, 1_000, words=f"{TURNED} 대금")
    bring_lines(books, "100000000001", line)
    with books.ctx.open():
        (found,) = Transaction.objects.all()
    assert "\u202e" not in found.description + found.counterparty
    assert "서진테크" in found.description + found.counterparty
