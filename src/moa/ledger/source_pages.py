"""Where a voucher came from, and the rule that booked it: contexts above register a source kind; `entry/wiring.py` lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from moa.control.context import Context
from moa.ledger.models import Book


class SourcePage(NamedTuple):
    """The record under a voucher. Shape: `title` in the page's language; `raw` as it stood in the file; `place` there."""

    title: str
    url: str
    raw: str = ""
    file: str = ""
    place: str = ""


Finder = Callable[[Context, str], SourcePage | None]
_finders: dict[str, Finder] = {}


def provide_source_page(kind: str, finder: Finder) -> None:
    """`finder(ctx, source_id)` gives the page, or None when it is not this person's to see."""
    _finders[kind] = finder


def source_page(ctx: Context, kind: str, source_id: str) -> SourcePage | None:
    """The record that a voucher was made from, where somebody knows it."""
    finder = _finders.get(kind)
    return finder(ctx, source_id) if finder is not None else None


class RulePage(NamedTuple):
    """The rule that booked a voucher. Shape: `name` its code and version; `url` empty where the person may not see it."""

    name: str
    title: str
    url: str


RuleFinder = Callable[[Context, Book, str], RulePage | None]
_rules: dict[str, RuleFinder] = {}


def provide_rule_page(kind: str, finder: RuleFinder) -> None:
    """`finder(ctx, book, source_id)` gives the rule, or None where no rule booked it."""
    _rules[kind] = finder


def rule_page(ctx: Context, book: Book, kind: str, source_id: str) -> RulePage | None:
    """The rule that booked a voucher of this source, where a context above knows it."""
    finder = _rules.get(kind)
    return finder(ctx, book, source_id) if finder is not None else None
