"""Whether a payment was perhaps entered before: the same parties, amount and days, or the same document. domain.md §2.12."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

# Days before and after within which the same payment is suspicious.
WINDOW_DAYS = 7
SAME_PAYMENT, SAME_DOCUMENT = "same_payment", "same_document"


class Asked(NamedTuple):
    """A payment as it is compared. Shape: `payer` and `payee` name one account each, bank included."""

    payer: str
    payee: str
    amount_minor: int
    currency: str
    day: date
    document: str = ""
    order_id: int = 0


class Duplicate(NamedTuple):
    order_id: int
    why: str


def find_duplicates(
    new: Asked, others: Iterable[Asked], *, window_days: int = WINDOW_DAYS
) -> list[Duplicate]:
    """Those of the others that may be the same payment, in their order. Day rule: both ends of the window count."""
    document = plain_document(new.document)
    found = []
    for other in others:
        if other.order_id == new.order_id and new.order_id:
            continue
        if document and plain_document(other.document) == document:
            found.append(Duplicate(other.order_id, SAME_DOCUMENT))
        elif (
            (other.payer, other.payee, other.amount_minor, other.currency)
            == (new.payer, new.payee, new.amount_minor, new.currency)
            and abs((other.day - new.day).days) <= window_days
        ):  # fmt: skip
            found.append(Duplicate(other.order_id, SAME_PAYMENT))
    return found


def plain_document(number: str) -> str:
    """A document's number without what people write differently: spaces, hyphens, width, case."""
    folded = unicodedata.normalize("NFKC", number).casefold()
    return "".join(letter for letter in folded if letter.isalnum())
