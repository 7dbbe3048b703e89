"""Four accounts over a week-end, for the tests of the daily fund report."""

from __future__ import annotations

from tests.accounts.bank_files import Line, nov
from tests.accounts.books import Books
from tests.reports.asking import bring_lines, rate

WON, DOLLAR, SILENT, HAND = "100000000001", "100000000002", "100000000003", "100000000004"
FRIDAY, MONDAY = nov(13), nov(16)


def make_worked(books: Books) -> Books:
    """Friday to Monday: KRW 1,000,000 + 300,000 (Saturday) + 200,000 − 50,000 (Monday); USD 500.00 − 120.00."""
    books.open(WON)
    books.open(DOLLAR, currency="USD")
    books.open(SILENT)
    bring_lines(books, WON, Line(FRIDAY, 1_000_000))
    bring_lines(
        books, WON, Line(nov(14), 300_000), Line(MONDAY, 200_000), Line(MONDAY, -50_000), opening=1_000_000,
        reference="W2",
    )  # fmt: skip
    bring_lines(books, DOLLAR, Line(FRIDAY, 500), currency="USD", reference="D1")
    bring_lines(books, DOLLAR, Line(MONDAY, -120), opening=500, currency="USD", reference="D2",
                first=nov(14), last=MONDAY)  # fmt: skip
    bring_lines(books, SILENT, Line(FRIDAY, 70_000), reference="S1")
    rate(books.ctx, FRIDAY, "USD", "1400.50")
    return books
