"""Pages that go on from a place: an opaque cursor holds it, tied to the question that it was given for."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import Annotated, Any

from ninja import Field, Schema

from moa.entry.api.problems import ValuesUnfit, unfit

PAGE_SIZE, LARGEST_PAGE = 100, 500
Cursor = Annotated[
    str, Field(max_length=400, pattern=r"^[A-Za-z0-9_-]*$", description="Where the page begins: `next` of the page before.")
]  # fmt: skip
_MARK = re.compile(r"[0-9a-f]{12}")
Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="How many items a page has at most.")]


class Paged(Schema):
    """What every list that pages is asked with."""

    cursor: Cursor = ""
    limit: Limit = PAGE_SIZE


class CursorUnfit(ValuesUnfit):
    """The cursor was given, and for another question."""

    code = "cursor_unfit"

    def __init__(self, cursor: str) -> None:
        super().__init__(unfit("query", "cursor", self.code, cursor))


class CursorUnknown(CursorUnfit):
    """There is no such page: nobody gave this cursor."""

    code = "cursor_unknown"


def write_cursor(question: Any, place: list[Any]) -> str:
    """Shape: `place` holds what JSON can; `question` is what the cursor is good for."""
    text = json.dumps([_mark(question), *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(question: Any, text: str, *kinds: type) -> list[Any] | None:
    """The place, or None without a cursor. Raises: cursor_unknown; cursor_unfit for one that was given for another question."""
    if not text:
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        raise CursorUnknown(text) from None
    if not isinstance(said, list) or not said or not isinstance(said[0], str) or not _MARK.fullmatch(said[0]):
        raise CursorUnknown(text)
    mark, *place = said
    fits = (
        mark == _mark(question)
        and len(place) == len(kinds)
        and all(type(one) is kind for one, kind in zip(place, kinds, strict=True))
        and all(abs(one) < 2**63 for one in place if isinstance(one, int))
    )
    if not fits:
        raise CursorUnfit(text)
    return place


def _mark(question: Any) -> str:
    return hashlib.sha256(repr(question).encode()).hexdigest()[:12]
