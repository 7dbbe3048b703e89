"""Half a character: a terminal in another encoding and JSON can hold it, and no text, table or answer can."""

from __future__ import annotations

from collections.abc import Mapping

from moa.kernel.errors import DomainError


class TextBroken(DomainError):
    """A text is not whole in UTF-8; facts: `place`, `value` with the broken bytes as escapes."""

    code = "text_broken"


def check_whole(texts: Mapping[str, str]) -> None:
    """Raises: text_broken, for the first text that is not whole."""
    for place, text in texts.items():
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise TextBroken(place=place, value=shown_text(text)[:100])


def shown_text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
