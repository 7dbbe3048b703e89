"""Characters that nobody sees: they turn the order of what stands beside them, or make two names that look alike differ.

One rule for every way in: forms and what programs send lose them, for nobody could find and remove them in a field; of
lines of bank files the words lose them, and the file keeps its bytes. Memos of vouchers are refused with them.
"""

from __future__ import annotations

import re

# What can be joined into one picture: a joiner between two of these is seen.
_PICTURE = "\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff"
_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, but for tab and ends of lines
    "\u00ad\u034f\u061c\u180b-\u180e\u3164\uffa0"  # soft hyphen, joiners of letters, fillers that stand for nothing
    "\u200b\u200c\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f"  # zero width, ends, and turns of direction
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # marks of order, of annotations and of languages
    "]"
    f"|(?<![{_PICTURE}\ufe0f])\u200d|\u200d(?![{_PICTURE}])"
)
# Where none of these begins a character there is none of the above; looking for them is much quicker.
_FIRST_BYTES = (b"\xe2\x80", b"\xe2\x81", b"\xef\xbb", b"\xef\xbe", b"\xef\xbf", b"\xc2", b"\xcd\x8f", b"\xd8\x9c",
                b"\xe1\xa0", b"\xe3\x85", b"\xf3\xa0")  # fmt: skip
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])


def unseen_in(text: str) -> str:
    """The first character that nobody sees, "" when there is none. Ordinary letters of any script and pictures stay."""
    if text.isascii() and text.isprintable():
        return ""
    found = _UNSEEN.search(text)
    return found[0] if found else ""


def without_unseen(text: str) -> str:
    return _UNSEEN.sub("", text) if unseen_in(text) else text


def may_hold_unseen(raw: bytes) -> bool:
    """Quick, of UTF-8: False is sure."""
    return any(first in raw for first in _FIRST_BYTES) or len(raw.translate(None, _CONTROLS)) != len(raw)
