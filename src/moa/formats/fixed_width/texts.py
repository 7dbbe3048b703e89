"""A column of records as texts, decoded at once where that gives what each field's own reading gives."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np

from .block import Block, Bytes
from .hangul import Hangul
from .kinds import SPACE, Blank, Choice, Date, Digits, LeftAligned, Literal, Number, Text
from .layout import Field

_END = ord("\n")
_DELETE = 0x7F
_PADDING = " \u3000"


def column_texts(field: Field, block: Block) -> list[str]:
    """What `field.read` says of each record."""
    cells = block.cells(field.start, field.length)
    if (cells == cells[0]).all():
        return [field.kind.read(cells[0].tobytes())] * block.count
    together = read_together(field.kind, cells)
    return [field.kind.read(cell.tobytes()) for cell in cells] if together is None else together


@singledispatch
def read_together(kind: Any, cells: Bytes) -> list[str] | None:
    """The texts of a column, or None where each must be read by itself. Registered by kind."""
    return None


def shown_together(cells: Bytes, padding: str = _PADDING) -> list[str] | None:
    """As `shown` of each cell; None when the cells hold control characters or what is no Korean."""
    count, length = cells.shape
    lines = np.full((count, length + 1), _END, np.uint8)
    lines[:, :length] = cells
    if (cells < SPACE).any() or (cells == _DELETE).any():
        return None
    try:
        texts = lines.tobytes().decode("cp949").split("\n")
    except UnicodeDecodeError:
        return None
    texts.pop()
    return [text.rstrip(padding) for text in texts]


@read_together.register(Literal)
@read_together.register(Blank)
@read_together.register(Digits)
@read_together.register(LeftAligned)
@read_together.register(Choice)
@read_together.register(Date)
@read_together.register(Hangul)
def _(kind: Any, cells: Bytes) -> list[str] | None:
    return shown_together(cells)


@read_together.register
def _(kind: Text, cells: Bytes) -> list[str] | None:
    return shown_together(cells, " ")


@read_together.register
def _(kind: Number, cells: Bytes) -> list[str] | None:
    if (cells - np.uint8(ord("0")) > 9).any():
        return None
    texts = shown_together(cells)
    return texts and [text.lstrip("0") or "0" for text in texts]
