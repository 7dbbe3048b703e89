"""Where a figure comes from, as a panel shows it: what it is made of, walked from the file to the balance.

A figure on a page is a link to its ground (`figure_of` in templates); a context says what explains a kind of figure
(`control/grounds.py`). A kind that nobody explains gives no link, so no key is dead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.urls import reverse
from markupsafe import Markup, escape

_kinds: set[str] = set()
Row = TypeVar("Row")


class Fact(NamedTuple):
    """One line under a step. Shape: `kind` text, mono, day, moment, rate, place, amount or signed (minor units), or
    why: words whose `url` is a ground of their own."""

    words: str
    kind: str
    value: Any
    currency: str = ""
    url: str = ""


class Part(NamedTuple):
    """One of the figures that add up. Shape: `minor` None where it is not known; `why` its own ground, `url` its page."""

    words: str
    minor: int | None
    currency: str
    aside: str = ""
    url: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the walk. Shape: `left_off` how many parts are in `rest_minor` only; `sum_minor` what all come to;
    `marks` spans of `raw`."""

    icon: str
    title: str
    aside: str = ""
    facts: list[Fact] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    left_off: int = 0
    rest_minor: int = 0
    sum_minor: int | None = None
    currency: str = ""
    note: str = ""
    raw: str = ""
    marks: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ground:
    """Shape: `minor` of `currency`, or `figure` where it is none of money; `on` the day it is of; `url` the page it stands on."""

    title: str
    currency: str
    steps: list[Step]
    minor: int | None = None
    figure: str = ""
    on: date | None = None
    known_at: datetime | None = None
    about: str = ""
    url: str = "/"


MOST_PARTS = 30


def adding_up(
    icon: str, title: str, parts: list[Part], currency: str, *, beyond: Iterable[int | None] = (), aside: str = "",
    note: str = "",
) -> Step:  # fmt: skip
    """Parts with their sum, the largest first; what is beyond the first is one line, so that it adds up on sight.

    Shape: `beyond` the figures of parts that are smaller than all of these (`largest`)."""
    shown, rest = largest(parts, lambda part: part.minor)
    rest += beyond
    rest_minor = sum(minor or 0 for minor in rest)
    return Step(
        icon, title, aside, parts=shown, left_off=len(rest), rest_minor=rest_minor,
        sum_minor=rest_minor + sum(part.minor or 0 for part in shown), currency=currency, note=note,
    )  # fmt: skip


def largest(rows: Iterable[Row], minor: Callable[[Row], int | None]) -> tuple[list[Row], list[int | None]]:
    """The rows that a step has parts for, the largest first, and the figures of the others: of a hundred thousand, words
    are found for thirty."""
    ordered = sorted(rows, key=lambda row: -abs(minor(row) or 0))
    return ordered[:MOST_PARTS], [minor(row) for row in ordered[MOST_PARTS:]]


def declare_kind(kind: str) -> None:
    """From now on figures of this kind have a ground."""
    _kinds.add(kind)


@cache
def _path(kind: str) -> str:
    return reverse("control:why", args=[kind])


def why_address(kind: str, **asked: object) -> str:
    """Where a figure's ground is; empty when nobody explains the kind. Shape: days and moments as in ISO 8601."""
    if kind not in _kinds:
        return ""
    said = {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in asked.items()
        if value not in (None, "")
    }
    return f"{_path(kind)}?{urlencode(said)}"


def as_figure(text: Markup | str, address: str) -> Markup:
    """The figure with the address of its ground, which the key `w`, a click or Enter opens; without one, the text."""
    if not address:
        return escape(text)
    return Markup('<a class="mo-why" data-why href="{}">{}</a>').format(address, text)


def why(kind: str, text: Markup | str, **asked: object) -> Markup:
    """In a template: figure_of("balance", row.balance_minor|amount(row.currency), account=row.id)."""
    return as_figure(text, why_address(kind, **asked))
