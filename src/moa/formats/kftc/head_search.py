"""The next head of a record in the window, whatever its number: where to go on after records were lost or rubbish added.

A head is a type, eight digits and the institution, one after the other; few other bytes look like that. Places are
remembered, so that a file without heads is looked through once and not again for each of its records.
"""

from __future__ import annotations

import re

from moa.formats.fixed_width.window import Window

LAST_SEQUENCE = b"99999999"
HEAD_LENGTH = 19
_ANY_INSTITUTION = rb"99[0-9]{8}"


class HeadSearch:
    """Shape: places are counted from the window's start; kept ones from the file's."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._institution: bytes | None = None
        self._pattern = _pattern(None)
        self._found = -1
        self._looked_until = 0

    def next_one(self, institution: bytes | None) -> tuple[int, bytes] | None:
        """The next head after the window's first byte, and its number's eight bytes."""
        window = self._window
        if institution != self._institution:
            self._institution, self._pattern = institution, _pattern(institution)
            self._found, self._looked_until = -1, 0
        if self._found <= window.passed and not self._look():
            return None
        place = self._found - window.passed
        return place, window.peek(8, place + 1)

    def _look(self) -> bool:
        window = self._window
        window.has(len(window.buffer) // 2)
        begin = max(window.passed + 1, self._looked_until) - window.passed
        found = self._pattern.search(window.buffer, window.start + begin, window.end)
        if found is None:
            self._looked_until = max(self._looked_until, window.passed + len(window) - HEAD_LENGTH + 1)
            return False
        self._found = window.passed + found.start() - window.start
        return True


def _pattern(institution: bytes | None) -> re.Pattern[bytes]:
    named = _ANY_INSTITUTION if institution is None else re.escape(institution)
    return re.compile(rb"(?:R[0-9]{8}|T" + LAST_SEQUENCE + rb")" + named)
