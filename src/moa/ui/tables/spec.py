"""What a list is: its columns, where its rows come from, its order and what can be done with them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from moa.ui.tables.cells import PageFacts

TEXT, DATE, MOMENT, AMOUNT, NUMBER, STATE, CHOICE = (
    "text", "date", "moment", "amount", "number", "state", "choice",
)  # fmt: skip
RANGES = frozenset((DATE, MOMENT, AMOUNT, NUMBER))
PAGE_SIZE = 50
COUNT_CAP = 1000

Words = str | Promise
# A row is a named tuple of the table's fields, with `id` first.
Row = Any
# Pairs of (code, word): as they stand, or found in the Context when a page is made.
Choices = Sequence[tuple[str, Words]] | Callable[[Any], Sequence[tuple[str, Words]]]
# Made once a page from its facts: the function that gives a row's cell as escaped text, or as a plain value.
CellMaker = Callable[["PageFacts"], Callable[[Row], str]]
PlainMaker = Callable[["PageFacts"], Callable[[Row], Any]]
# Predicates with their values by which an index finds the rows that hold each of the texts; none where it cannot help.
Narrow = Callable[[Any, Sequence[str]], Sequence[tuple[str, Mapping[str, Any]]]]
# Predicates that always hold, each with its values: what the person's rights leave.
Limits = Callable[[Any], Sequence[tuple[str, Mapping[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column, or with `only_condition` something that can be asked for and is not shown.

    Shape: `sql` is an expression over the table's source; `needs` the keys of the joins that it uses. An AMOUNT is whole
    minor units; `currency` is the key of the field with its currency, or a currency's code where all rows have one.
    `not_null` lets an index give the order; without it a missing value sorts as the least one.
    `states` gives for each code of a STATE the look and the word (and, third, another shape). `condition` is a
    predicate of its own with %(value)s for TEXT, STATE and CHOICE, without the column's joins; `measured` what the ranges
    of the other kinds are compared with; `asks` other names in the address. A condition with `in_form=False` comes by
    links only; `word(ctx, code)` says it where there are no choices; `hints` are offered to who types a TEXT. `cell` and `plain` make what is shown and what is
    exported where the kind alone does not say it; `term` is the line of the glossary that explains the head; `aside` stands behind the row's link.
    """

    key: str
    label: Words
    kind: str = TEXT
    sql: str = ""
    needs: tuple[str, ...] = ()
    currency: str = ""
    link: bool = False
    sortable: bool = False
    not_null: bool = False
    filterable: bool = False
    shown: bool = True
    in_files: bool = False
    only_condition: bool = False
    summed: bool = False
    states: Mapping[str, tuple[Words, ...]] = field(default_factory=dict)
    choices: Choices = ()
    hints: Choices = ()
    condition: str = ""
    measured: str = ""
    asks: tuple[str, ...] = ()
    in_form: bool = True
    word: Callable[[Any, str], str] | None = None
    cell: CellMaker | None = None
    aside: CellMaker | None = None
    plain: PlainMaker | None = None
    css: str = ""
    width: int = 16
    term: str = ""

    @property
    def fixed_choices(self) -> Sequence[tuple[str, Words]]:
        """Those that stand as they are; of a STATE without choices its states."""
        if callable(self.choices):
            return ()
        return self.choices or [(code, look[1]) for code, look in self.states.items()]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its condition in the address."""
        if self.asks:
            return self.asks
        ends = {
            DATE: ("from", "to"),
            MOMENT: ("from", "to"),
            AMOUNT: ("least", "most"),
            NUMBER: ("least", "most"),
        }
        return tuple(f"{self.key}.{end}" for end in ends[self.kind]) if self.kind in ends else (self.key,)


@dataclass(frozen=True, slots=True)
class Batch:
    """Something done with the chosen rows: a POST of their keys as `row` to the page `url`, for holders of `right`."""

    key: str
    label: Words
    url: str
    right: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says when nothing was asked for, and the one next step. Shape: `url` is the name of a page."""

    title: Words
    text: Words = ""
    url: str = ""
    label: Words = ""
    picture: str = "list"


@dataclass(frozen=True)
class Table:
    """A list. Shape: `name` is unique ("accounts.transactions"); `source` is a FROM clause, `joins` further ones by key,
    added only where a column needs them; `key` a unique bigint; `order` a sortable column's key, "-" for newest first.

    `fields` are further expressions that cells use, by name. `search` are the expressions that the words of `text` are
    looked for in; `narrow` finds them sooner by an index. `limits` gives what the person's rights leave. `sum_where` leaves rows out of the totals. `net` names
    two summed columns whose difference the totals tell (first minus second). `base_key` is a summed column whose figures
    are in the group's base currency whatever the row's; its total over all currencies has a line of its own. `row_url` is the name of the page that a
    row opens, with its id; with `panel` it opens beside the list. Chosen rows are summed, done
    something with (`batch`) and taken along as a file; a list that is not `choosable` has none of it.
    `further` are the names beside the conditions that the page itself reads in its address and that stay with every
    condition, such as a book; `said` those by which it says what was just done. Any other name is told as unknown.
    """

    name: str
    label: Words
    right: str
    source: str
    key: str
    columns: tuple[Column, ...]
    order: str
    scope: Words = ""
    here: str = ""
    joins: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    field_needs: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    search_needs: tuple[str, ...] = ()
    narrow: Narrow | None = None
    limits: Limits | None = None
    further: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    sum_where: str = ""
    net: tuple[str, str] = ()  # type: ignore[assignment]
    base_key: str = ""
    row_url: str = ""
    row_class: Callable[[Row], str] | None = None
    panel: bool = False
    batch: tuple[Batch, ...] = ()
    choosable: bool = True
    empty: Empty | None = None
    css: str = ""

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @cached_property
    def shown_columns(self) -> tuple[Column, ...]:
        """All columns that can stand in the table."""
        return tuple(column for column in self.columns if not column.only_condition)

    @cached_property
    def conditions(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.filterable)

    @cached_property
    def selected(self) -> dict[str, str]:
        """What a row holds: its key, the further fields, the columns that have an expression."""
        columns = {c.key: c.sql for c in self.shown_columns if c.sql}
        return {"id": self.key, **self.fields, **columns}

    @cached_property
    def selected_joins(self) -> tuple[str, ...]:
        needed = {key for column in self.shown_columns for key in column.needs} | set(self.field_needs)
        return self.in_order(needed)

    @cached_property
    def _fixed(self) -> dict[str | None, dict[str, Mapping[str, str]]]:
        return {}

    def fixed_choices(self, language: str | None) -> Mapping[str, Mapping[str, str]]:
        """The choices that need no Context, by column, in the words of the active `language`; made once for each."""
        if language not in self._fixed:
            self._fixed[language] = {
                column.key: {code: str(word) for code, word in choices}
                for column in self.columns
                if (choices := column.fixed_choices)
            }
        return self._fixed[language]

    def in_order(self, needed: Iterable[str]) -> tuple[str, ...]:
        asked = set(needed)
        return tuple(key for key in self.joins if key in asked)

    @cached_property
    def row_type(self) -> Any:
        return namedtuple("Row", self.selected)  # noqa: PYI024

    @cached_property
    def summed(self) -> tuple[Column, ...]:
        return tuple(column for column in self.shown_columns if column.summed)

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        # The words of the whole row have a name of their own in the address.
        own = ["text"] if self.search else []
        names = [
            *own,
            *self.further,
            *self.said,
            *(name for column in self.conditions for name in column.names),
        ]
        if len(set(keys)) < len(keys) or len(set(names)) < len(names):
            raise ValueError(f"{self.name} has two columns or conditions of one name")
        column = self.by_key.get(self.order.lstrip("-"))
        if column is None or not column.sortable or not column.sql:
            raise ValueError(f"{self.name} is ordered by a column that cannot be sorted by")
        if len({one.currency for one in self.summed if one.key != self.base_key}) > 1:
            raise ValueError(f"{self.name} sums columns of different currencies")
