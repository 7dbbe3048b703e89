"""Records as the lines of PostgreSQL's COPY in text form: tabs between the fields, no padding, one line a record.

The bytes stay in the records' own encoding, so the statement says `encoding 'UHC'` (code page 949). Numbers keep the
zeros before them, which a numeric column does not mind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from .block import Bytes
from .hangul import WIDE_SPACE, Hangul
from .kinds import SPACE, Text
from .layout import Field

_TAB, _NEWLINE, _BACKSLASH = b"\t\n\\"
# Stands for a space within a text until the padding is gone; no sound record holds it.
_INNER_SPACE = 1
_GIVE_BACK = bytes(SPACE if byte == _INNER_SPACE else byte for byte in range(256))
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_TWO_SPACES = np.uint16(0x2020)
_WIDE_SPACE = int.from_bytes(WIDE_SPACE, "little")


def copy_lines(raw: Bytes, fields: Sequence[Field]) -> bytes | None:
    """The lines of sound records, many at once; None when a text holds a sign that COPY wants escaped."""
    lines = np.empty((len(raw), sum(field.length + 1 for field in fields)), np.uint8)
    at, marked = 0, False
    for field in fields:
        cells = raw[:, field.start : field.end]
        if isinstance(field.kind, Hangul):
            cells = _without_wide_padding(cells)
        lines[:, at : at + field.length] = cells
        if isinstance(field.kind, Text):
            if (cells == _BACKSLASH).any():
                return None
            marked |= _mark_inner_spaces(lines[:, at : at + field.length])
        at += field.length + 1
        lines[:, at - 1] = _TAB
    lines[:, -1] = _NEWLINE
    said = lines[lines != SPACE].tobytes()
    return said.translate(_GIVE_BACK) if marked else said


def copy_line(texts: Iterable[str]) -> bytes:
    """One line of texts, whatever is in them."""
    line = "\t".join(text.translate(_ESCAPES) for text in texts)
    return line.encode("cp949", errors="backslashreplace").replace(b"\0", b"\\\\x00") + b"\n"


def _without_wide_padding(cells: Bytes) -> Bytes:
    """Full-width spaces at the end become spaces, from the last one inwards."""
    pairs = np.ascontiguousarray(cells).view("<u2")
    wide = pairs == _WIDE_SPACE
    outer = np.ones(len(cells), bool)
    for at in range(pairs.shape[1] - 1, -1, -1):
        outer &= wide[:, at]
        if not outer.any():
            break
        pairs[:, at][outer] = _TWO_SPACES
    return pairs.view(np.uint8)


def _mark_inner_spaces(cells: Bytes) -> bool:
    """Spaces before other signs of a text are marked, so that only those at its end are padding; whether any was."""
    said = cells != SPACE
    if not said.any():
        return False
    inner = np.logical_or.accumulate(said[:, ::-1], axis=1)[:, ::-1] & ~said
    cells[inner] = _INNER_SPACE
    return bool(inner.any())
