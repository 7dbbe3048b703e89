"""From a request to what was pointed at, beginning with what Moa guesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from moa.accounts.operations.save_profile import NewProfile
from moa.formats.spreadsheets.cells import Row
from moa.formats.spreadsheets.guess import guess, guess_without_header
from moa.formats.spreadsheets.pointing import (
    FIELDS,
    MOST_COLUMNS,
    Pointing,
    figures_of,
    holds_persons,
    names_in,
    names_without_header,
    order_of,
    words_of,
)
from moa.formats.spreadsheets.preview import Preview, SheetPreview
from moa.kernel.money import CURRENCIES


@dataclass(frozen=True, slots=True)
class Asked:
    """Shape: `sheet` the place of the sheet that is looked at; `bank` country and code in one."""

    pointing: Pointing
    sheet: int = 0
    name: str = ""
    bank: str = ""
    based_on: int = 0
    sure: bool = False

    def new(self) -> NewProfile:
        return NewProfile(
            self.name, self.pointing, self.bank[:2], self.bank[2:], based_on=self.based_on, sure=self.sure
        )


def first_look(seen: Preview, currency: str) -> Asked:
    """What Moa guesses, on the first sheet in which it sees a header, else on the first with rows."""
    found = [(at, _guess(sheet.head)) for at, sheet in enumerate(seen.sheets)]
    at, pointing = next(
        ((at, one) for at, one in found if one.names),
        next(((at, one) for at, one in found if seen.sheets[at].rows), found[0]),
    )
    return Asked(pointing if pointing.currency else replace(pointing, currency=currency), at)


def read_asked(given: Mapping[str, str], seen: Preview) -> Asked:
    """What the form says. A header that was not looked at yet is guessed at anew from its own row on."""
    at = min(_number(given.get("sheet", "")), len(seen.sheets) - 1)
    sheet = seen.sheets[at]
    rows = {"2": 2, "0": 0}.get(given.get("header_rows", ""), 1)
    if given.get("seen_sheet", "") not in ("", str(at)):
        pointing = _guess(sheet.head)
    else:
        pointing = Pointing(_number(given.get("header_row", "")), (), (), rows)
    names = _names(sheet.head, pointing)[:MOST_COLUMNS]
    again = given.get("seen_header", "") not in ("", f"{pointing.header_row}:{pointing.header_rows}")
    guessed = _guess_at(sheet.head, pointing) if again and not pointing.fields else pointing
    if guessed.fields and len(guessed.fields) == len(names) and guessed.header_rows == pointing.header_rows:
        fields = guessed.fields
    else:
        fields = tuple(_field(given.get(f"col-{index}", ""), name) for index, name in enumerate(names))
    currency = given.get("currency", "")
    return Asked(
        Pointing(
            pointing.header_row, names, fields, pointing.header_rows, order_of(given.get("date_order", "")),
            figures_of(given.get("figures", "")), currency if currency in CURRENCIES else "",
            words_of(given.get("credit_words", "")[:200]), words_of(given.get("debit_words", "")[:200]),
            _place(given.get("account_at", "")),
        ),
        at, given.get("name", "").strip(), given.get("bank", ""), _number(given.get("based_on", "")),
        given.get("sure") == "yes",
    )  # fmt: skip


def sheet_of(seen: Preview, asked: Asked) -> SheetPreview:
    return seen.sheets[asked.sheet]


def _guess(rows: Sequence[Row]) -> Pointing:
    """By the names of the columns, or where there are none by the table itself."""
    found = guess(rows)
    return found if found.names else guess_without_header(rows)


def _names(rows: Sequence[Row], pointing: Pointing) -> tuple[str, ...]:
    if not pointing.header_rows:
        return names_without_header(rows, pointing.header_row) or ()
    return names_in(rows, pointing.header_row, pointing.header_rows) or ()


def _guess_at(rows: Sequence[Row], asked: Pointing) -> Pointing:
    """What the columns under that very row look like; nothing where the guess takes another row for the header."""
    below = [row for row in rows if row.number >= asked.header_row]
    found = guess(below) if asked.header_rows else guess_without_header(below)
    return found if found.header_row == asked.header_row else Pointing(asked.header_row, (), ())


def _field(chosen: str, name: str) -> str:
    if holds_persons(name):
        return "identity"
    if chosen in FIELDS and chosen != "identity":
        return chosen
    return "code" if name else "sequence"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _place(text: str) -> tuple[int, int] | None:
    row, _, column = text.partition(":")
    return (_number(row), _number(column)) if row and column else None
