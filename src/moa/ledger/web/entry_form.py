"""The entry page's fields as they come and as they are shown again: nothing typed is ever lost or changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from moa.ledger.models import Book
from moa.ledger.queries import day_under_way
from moa.ledger.rules.typed_vouchers import LONGEST_HEAD, MOST_TYPED, Flaw, TypedLeg, TypedVoucher
from moa.ledger.typed_reading import Reading
from moa.ledger.web.voucher_words import FIELDS
from moa.ui.problems import problem_text

ROWS_AT_FIRST, ROWS_ADDED = 4, 4


def read_entry(given: QueryDict) -> TypedVoucher:
    """What was sent; control signs that no field can hold are left out."""

    def text(name: str) -> str:
        return given.get(name, "").replace("\0", "").replace("\r\n", "\n")

    legs = tuple(
        TypedLeg(*(text(f"{name}.{n}").strip() for name in TypedLeg._fields))
        for n in range(1, rows_of(given) + 1)
    )
    heads = {name: text(name).strip() for name in LONGEST_HEAD}
    return TypedVoucher(**heads, legs=legs)


def rows_of(given: QueryDict) -> int:
    """How many rows the page had; more than can be kept are read too, so that they are refused and not lost."""
    try:
        return max(ROWS_AT_FIRST, min(int(given.get("rows", "")), MOST_TYPED + ROWS_ADDED))
    except ValueError:
        return ROWS_AT_FIRST


def empty_entry(book: Book) -> TypedVoucher:
    """The open day stands there already."""
    day = day_under_way(book)
    return TypedVoucher(business_date=str(day.business_date) if day else "")


def shown_rows(typed: TypedVoucher, reading: Reading, rows: int = 0) -> list[dict[str, Any]]:
    """The rows of the page, with what each account was understood as."""
    number = max(ROWS_AT_FIRST, rows, len(typed.legs))
    legs = [*typed.legs, *[TypedLeg()] * (number - len(typed.legs))]
    return [
        {"n": n, **leg._asdict(), "found": reading.accounts.get(n)} for n, leg in enumerate(legs[:number], 1)
    ]


def shown_flaws(flaws: Iterable[Flaw]) -> dict[str, Any]:
    """What is wrong by field, and the summary with links in the order of the page."""
    by_field: dict[str, str] = {}
    summary = []
    for flaw in flaws:
        words = problem_text(flaw.code, "", flaw.value)
        by_field.setdefault(flaw.field, words.what)
        summary.append({"id": f"f-{flaw.field}", "label": label_of(flaw.field), "text": words.whole})
    return {"flaws": by_field, "summary": summary}


def label_of(field: str) -> str:
    """ "debit.2" as the page calls it."""
    name, _dot, row = field.partition(".")
    word = str(FIELDS.get(name, name))
    return _("Row %(row)s, %(field)s") % {"row": row, "field": word} if row else word
