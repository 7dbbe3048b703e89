"""Printed documents: `pdf` sets a template of ours with data; `documents` makes the data in the page's language.

Nothing here loads the typesetter until the first document is printed.
"""

from moa.ui.printing.documents import (
    Cell,
    Negative,
    account,
    amount,
    column,
    document,
    language,
    pairs,
    stamps,
    table,
    text,
)
from moa.ui.printing.setting import pdf

__all__ = [
    "Cell",
    "Negative",
    "account",
    "amount",
    "column",
    "document",
    "language",
    "pairs",
    "pdf",
    "stamps",
    "table",
    "text",
]
