"""What a person points at in a sample: which column holds which field, and how days, figures and sides are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from moa.formats.spreadsheets.amounts import Figures
from moa.formats.spreadsheets.cells import Row, cell_text, one_line, readable
from moa.formats.spreadsheets.dates import Order
from moa.formats.spreadsheets.header import column_letter, header_names
from moa.formats.spreadsheets.profiles import (
    IGNORED,
    PROFILES,
    SINGLE,
    TEXTS,
    Pointed,
    Profile,
    normal,
)

# What a column can be, in the order in which a person is offered it. `code` keeps the words under the column's name.
FIELDS = (
    "date", "time", "value_date", "withdrawal", "deposit", "amount", "side", "balance", "summary", "content", "memo",
    "counterparty", "counterparty_account", "counterparty_bank", "branch", "currency", "reference", "bank_reference",
    "own_account", "own_holder", "identity", "code", "sequence",
)  # fmt: skip
ORDERS: tuple[Order, ...] = get_args(Order)
FIGURES: tuple[Figures, ...] = get_args(Figures)
MOST_COLUMNS = 60
MOST_WORDS = 20
_FIGURE = re.compile(r"[\d.,:/ -]*\d[\d.,:/ -]*")
# What says nothing of an entry may be missing in a later file.
_WITHOUT_MEANING = IGNORED | {"code"}


@dataclass(frozen=True, slots=True)
class Pointing:
    """Shape: `header_row` as the sheet shows it, the first of `header_rows`, or with none of those (0) the first row of
    the table itself, whose columns are then named A, B, C; `fields` by column from 0, every column of the header; `account_at` row as the sheet shows it and column from 0."""

    header_row: int
    names: tuple[str, ...]
    fields: tuple[str, ...]
    header_rows: int = 1
    date_order: Order = "ymd"
    figures: Figures = "1,234.56"
    currency: str = ""
    credit_words: tuple[str, ...] = ()
    debit_words: tuple[str, ...] = ()
    account_at: tuple[int, int] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "header_row": self.header_row, "header_rows": self.header_rows, "names": list(self.names),
            "fields": list(self.fields), "date_order": self.date_order, "figures": self.figures, "currency": self.currency,
            "credit_words": list(self.credit_words), "debit_words": list(self.debit_words),
            "account_at": list(self.account_at) if self.account_at else None,
        }  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> Pointing:
    at = kept["account_at"]
    return Pointing(
        kept["header_row"], tuple(kept["names"]), tuple(kept["fields"]), kept["header_rows"], kept["date_order"],
        kept["figures"], kept["currency"], tuple(kept["credit_words"]), tuple(kept["debit_words"]),
        (at[0], at[1]) if at else None,
    )  # fmt: skip


def names_in(rows: Sequence[Row], header_row: int, header_rows: int) -> tuple[str, ...] | None:
    """The names of the header that begins in that row; None where there is no such row, or it holds no words."""
    at = next((index for index, row in enumerate(rows) if row.number == header_row), None)
    names = header_names(rows, at, header_rows) if at is not None else None
    return tuple(names) if names and any(names) else None


def names_without_header(rows: Sequence[Row], first_row: int) -> tuple[str, ...] | None:
    """Letters for the columns of a table that begins in that row; None where there is no such row, or nothing in it."""
    if not any(row.number == first_row and width_of([row]) for row in rows):
        return None
    return letters(width_of(row for row in rows if row.number >= first_row))


def letters(width: int) -> tuple[str, ...]:
    return tuple(column_letter(at) for at in range(width))


def holds_persons(name: str) -> bool:
    """Whether a column of that name is known to hold persons' numbers; then nobody can point it out as another."""
    return any(
        meaning == "identity" for profile in PROFILES.values() for _, meaning in profile.meanings_of(name)
    )


def faults(asked: Pointing) -> list[tuple[str, str]]:
    """Why no profile can be made of this. Shape: pairs of code and the field or column that it is about.

    Codes: profile_header_unfit, profile_date_missing, profile_amount_missing, profile_amount_twice,
    profile_field_twice, profile_side_alone, profile_words_both.
    """
    found: list[tuple[str, str]] = []
    fields = [one for one in asked.fields if one]
    if not asked.names or len(asked.names) != len(asked.fields) or len(asked.names) > MOST_COLUMNS:
        return [("profile_header_unfit", "")]
    # In a text table every cell is words; a day or an amount among the names says that it is a row of the table.
    if any(_FIGURE.fullmatch(name) for name in asked.names):
        return [("profile_header_unfit", "")]
    if "date" not in fields:
        found.append(("profile_date_missing", "date"))
    money = {"withdrawal", "deposit"} & set(fields)
    if not money and "amount" not in fields:
        found.append(("profile_amount_missing", "amount"))
    if money and "amount" in fields:
        found.append(("profile_amount_twice", "amount"))
    if "side" in fields and "amount" not in fields:
        found.append(("profile_side_alone", "side"))
    found += [
        ("profile_field_twice", name)
        for name in FIELDS
        if fields.count(name) > 1 and name in SINGLE and name not in TEXTS
    ]
    both = set(map(normal, asked.credit_words)) & set(map(normal, asked.debit_words))
    found += [("profile_words_both", word) for word in sorted(both)]
    return found


def profile_of(asked: Pointing, *, name: str, country: str = "", bank: str = "") -> Profile:
    """The profile that reads as was pointed at. A column of persons' numbers stays one, whatever was said of it."""
    pointed: list[Pointed] = []
    words: dict[str, tuple[str, ...]] = {}
    seen: dict[str, int] = {}
    for at, (word, chosen) in enumerate(zip(asked.names, asked.fields, strict=True)):
        key = normal(word)
        nth = seen.get(key, 0)
        seen[key] = nth + 1
        meant = "identity" if holds_persons(word) else chosen
        if not key and meant in ("", *_WITHOUT_MEANING):
            continue
        pointed.append(Pointed(key, nth if key else 0, at, meant or "code"))
        if key and meant:
            words[meant] = (*words.get(meant, ()), word)
    return Profile(
        name, country, asked.currency, words, bank=bank, date_order=asked.date_order, pointed=tuple(pointed),
        header_rows=asked.header_rows, figures=asked.figures, credit_words=frozenset(map(normal, asked.credit_words)),
        debit_words=frozenset(map(normal, asked.debit_words)), account_at=asked.account_at,
    )  # fmt: skip


def same_signature(one: Profile, other: Profile) -> bool:
    """Whether every header that the one knows, the other knows as well: then nothing in a file tells them apart."""
    return _signature(one) == _signature(other) and one.header_rows == other.header_rows


def _signature(profile: Profile) -> set[tuple[str, int, int]]:
    meant = [one for one in profile.pointed if one.field not in _WITHOUT_MEANING]
    return {(one.name, one.nth, one.at if not one.name else 0) for one in meant}


def order_of(text: str) -> Order:
    return next((one for one in ORDERS if one == text), "ymd")


def figures_of(text: str) -> Figures:
    return next((one for one in FIGURES if one == text), "1,234.56")


def words_of(text: str) -> tuple[str, ...]:
    """Words that a person wrote with commas or spaces between them."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))[:MOST_WORDS]


def text_of(row: Row) -> list[str]:
    return [one_line(readable(cell_text(cell))) for cell in row.cells]


def width_of(rows: Iterable[Row]) -> int:
    """How many columns stand in any of the rows, empty ones at the end left out."""
    return max((at + 1 for row in rows for at, text in enumerate(text_of(row)) if text), default=0)
