"""What upper contexts do at the ends of a business day: before it is closed, and once it is open.

Registered in `entry/wiring.py`; run in the transaction of the closing or the opening, whose lock holds the book alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from moa.control.context import Context
from moa.ledger.models import Book

Act = Callable[[Context, Book, date], None]
_before_closing: list[Act] = []
_once_open: list[Act] = []


def before_closing(act: Act) -> None:
    """It may still book: the day is open. What it leaves undone is for a check to say."""
    if act not in _before_closing:
        _before_closing.append(act)


def once_open(act: Act) -> None:
    if act not in _once_open:
        _once_open.append(act)


def run_before_closing(ctx: Context, book: Book, day: date) -> None:
    for act in _before_closing:
        act(ctx, book, day)


def run_once_open(ctx: Context, book: Book, day: date) -> None:
    for act in _once_open:
        act(ctx, book, day)
