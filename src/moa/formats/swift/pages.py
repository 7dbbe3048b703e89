"""Statements that go over several messages: each page closes with :62M:, the next opens with :60M:."""

from __future__ import annotations

from collections.abc import Iterator

from moa.formats.swift.message import Message
from moa.kernel.errors import Problem, error, warning
from moa.kernel.money import to_text

# Chains open at one time; a real file has one per account. Beyond it the oldest is given up unchecked.
_MOST = 10_000


class Pages:
    """The pages that wait for the one that continues them, by account."""

    def __init__(self) -> None:
        self._waiting: dict[str, Message] = {}

    def check(self, message: Message) -> list[Problem]:
        """What does not continue. Problems: page_mismatch; warnings page_missing (it may be in another file)."""
        found: list[Problem] = []
        before = self._waiting.pop(message.account, None)
        if message.opening_mark == "60M" and message.opening:
            if before is None or before.closing is None:
                found.append(warning("page_missing", message.opening_place, ":60M:", message.number))
            elif before.closing.minor != message.opening.minor or before.currency != message.currency:
                value = f"{_text(message.opening.minor, message)} ≠ {_text(before.closing.minor, before)}"
                found.append(error("page_mismatch", message.opening_place, ":60M:", value))
        elif before is not None:
            found.append(warning("page_missing", before.closing_place, ":62M:", before.number))
        if message.closing_mark == "62M" and message.closing:
            if len(self._waiting) >= _MOST:
                self._waiting.pop(next(iter(self._waiting)))
            self._waiting[message.account] = message
        return found

    def left_open(self) -> Iterator[Problem]:
        for message in self._waiting.values():
            yield warning("page_missing", message.closing_place, ":62M:", message.number)


def _text(minor: int, message: Message) -> str:
    return f"{to_text(minor, message.currency)} {message.currency}"
