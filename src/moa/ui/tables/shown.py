"""What the template of a list prints: plain values, all ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from moa.ui.tables.spec import Batch, Empty


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head. Shape: `order` "ascending", "descending" or ""; `url` sorts by it; `mark` explains its word; `key` and `on` for the choice."""

    key: str
    label: Any
    css: str
    url: str = ""
    order: str = ""
    mark: Markup = Markup()


@dataclass(frozen=True, slots=True)
class Word:
    """A condition as a word that can be removed."""

    label: Any
    value: Markup
    remove_url: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A field of the form of conditions. Shape: `kind` text, search, date, or choice with its `choices`; `hints` for one
    that is typed."""

    name: str
    label: Any
    kind: str
    value: str = ""
    error: str = ""
    choices: Sequence[tuple[str, Any]] = ()
    hints: Sequence[tuple[str, Any]] = ()

    @property
    def options(self) -> Markup:
        """The choices as the options of a select, the chosen one marked."""
        choices = tuple((code, str(word)) for code, word in self.choices)
        return _options(choices, self.value if self.value in dict(choices) else "")


# The same few lists stand on every page, some of them hundreds of words long.
@lru_cache(maxsize=512)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    one = '<option value="{}"{}>{}</option>'
    mark = Markup(" selected")
    return Markup("").join(
        Markup(one).format(code, mark if code == chosen else "", word) for code, word in choices
    )


@dataclass(frozen=True, slots=True)
class Total:
    """A line at the foot. Shape: `cells` one Markup for each column after the first `span`."""

    currency: str
    count: int
    span: int
    cells: Sequence[tuple[str, Markup]]
    net: Markup | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view."""

    id: int
    name: Any
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class PageMarks:
    """Which rows are shown of how many. Shape: `count` capped; addresses None where there is no such page."""

    first: int
    last: int
    count: int
    capped: bool
    next_url: str | None
    previous_url: str | None


@dataclass(slots=True)
class ShownTable:
    """One page of a list. Shape: `untold` what was not understood and has no field, with the address without it and what that link is called."""

    name: str
    label: Any
    scope: Any
    heads: list[Head]
    rows: Markup
    number: int
    page: PageMarks
    words: list[Word]
    asks: list[Ask]
    errors: dict[str, str]
    kept: list[tuple[str, str]]
    tabs: list[Tab]
    columns: list[tuple[Head, bool]]
    density: str
    totals: list[Total] | None
    totals_url: str
    whole_url: str
    totals_span: int
    all_url: str
    excel_url: str
    csv_url: str
    print_url: str
    query: str
    path: str
    summed: list[tuple[str, Any]]
    chooses: bool
    every_words: str = ""
    untold: Sequence[tuple[str, str, str]] = ()
    batch: Sequence[Batch] = ()
    empty: Empty | None = None
    panel: bool = False
    css: str = ""
    selected: Any = None
