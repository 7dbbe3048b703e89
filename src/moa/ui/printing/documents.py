"""The data of printed documents: head and foot in the page's language, blocks, and cells for amounts and accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext

from moa.ui.formatting import MINUS, figure, page_language

# How a form prints what is below nothing: a minus; a triangle (Korean public forms); red with a minus (Chinese
# vouchers); brackets (English reports).
Negative = Literal["minus", "triangle", "red", "brackets"]
Cell = str | dict[str, Any] | None
Align = Literal["left", "right", "center"]


def document(
    *,
    title: str,
    blocks: Sequence[dict[str, Any]],
    printed_by: str,
    printed_at: datetime,
    scope: str = "",
    as_of: datetime | str | None = None,
    group: str = "",
    landscape: bool = False,
) -> dict[str, Any]:
    """The data for the template "document": what it is, for whom, as of when, and the blocks in their order.

    Shape: `as_of` a moment, or a text that says the moment or day in words of its own; `title` and `scope` translated.
    """
    moment = f"{as_of.astimezone(printed_at.tzinfo):%Y-%m-%d %H:%M}" if isinstance(as_of, datetime) else as_of
    return {
        "language": language(),
        "title": title,
        "scope": scope,
        "moment": gettext("As of %(moment)s") % {"moment": moment} if moment else "",
        "printed": gettext("Printed by %(name)s, %(moment)s")
        % {"name": printed_by, "moment": f"{printed_at:%Y-%m-%d %H:%M:%S}"},
        "group": group,
        "landscape": landscape,
        "blocks": list(blocks),
    }


def language() -> str:
    """ko, zh or en: the language that a document is set in."""
    shown = page_language()
    return "zh" if shown.startswith("zh") else shown


def column(label: str, align: Align = "left", width: int = 0) -> dict[str, Any]:
    """A column of a table: its head, its side, its share of the free width (0: as wide as what stands in it)."""
    return {"label": label, "align": align, "width": width}


def table(
    columns: Sequence[dict[str, Any]],
    rows: Sequence[Sequence[Cell]],
    *,
    sums: Sequence[Sequence[Cell]] = (),
    title: str = "",
    empty: str = "",
    size: int = 8,
) -> dict[str, Any]:
    """A table whose head stands on every page and whose sums stand once, at its end."""
    return {
        "kind": "table",
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "sums": [list(row) for row in sums],
        "title": title,
        "empty": empty,
        "size": size,
    }


def pairs(values: Sequence[tuple[str, Cell]], *, across: int = 2) -> dict[str, Any]:
    """Labels with their values, `across` of them on a line."""
    return {"kind": "pairs", "pairs": [list(value) for value in values], "across": across}


def stamps(boxes: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Boxes for those who signed: whom the box is for, the name, the moment; an empty name leaves it for a stamp."""
    return {"kind": "stamps", "boxes": [list(box) for box in boxes]}


def text(body: str, *, size: int = 9) -> dict[str, Any]:
    """A paragraph."""
    return {"kind": "text", "text": body, "size": size}


def amount(minor: int | None, currency: str, negative: Negative = "minus") -> Cell:
    """An amount for a right-aligned column; None leaves the cell empty."""
    if minor is None:
        return None
    shown = figure(minor, currency)
    if minor >= 0 or negative == "minus":
        return shown
    if negative == "red":
        return {"text": shown, "tone": "red"}
    bare = shown.removeprefix(MINUS)
    return f"△{bare}" if negative == "triangle" else f"({bare})"


def account(number: str) -> Cell:
    """An account's number in full, its last four signs heavier; never taken for a person's number."""
    cut, seen = len(number), 0
    while cut > 0 and seen < 4:
        cut -= 1
        seen += number[cut].isalnum()
    return {"text": number[:cut], "tail": number[cut:], "exact": True}
