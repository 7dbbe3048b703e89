"""Arrays as PostgreSQL reads them from text: their type then is the statement's, not that of what happens to be in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def numbers(values: Sequence[int | None]) -> str:
    """An array of integers."""
    if None in values:
        return array("NULL" if value is None else str(value) for value in values)
    return array(map(str, values))


def texts(values: Sequence[str]) -> str:
    """An array of texts, whatever stands in them but NUL, which no text of PostgreSQL can hold."""
    together = "".join(values)
    if '"' in together or "\\" in together:
        values = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(values) + '"}' if values else "{}"


def array(values: Iterable[str]) -> str:
    """An array of what needs no quotes: no commas, braces, quotes, backslashes or spaces, not empty, not NULL."""
    return "{" + ",".join(values) + "}"
