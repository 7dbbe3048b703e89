"""The golden messages: written field by field from the printed layout, so that no writer of ours had a hand in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[2] / "golden" / "firm_banking"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


class GoldenField(NamedTuple):
    """Shape: `offset` from 0; `raw` with its padding."""

    offset: int
    length: int
    name: str
    raw: bytes


def golden_fields(name: str) -> list[GoldenField]:
    fields = []
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        offset, length, field, text = line.split("\t")
        said = re.fullmatch(r"\[(.*)\]", text)
        assert said is not None, line
        fields.append(GoldenField(int(offset), int(length), field, said[1].encode("euc_kr")))
    return fields


def golden(name: str) -> bytes:
    """The bytes; that every field stands where its line says is checked on the way."""
    data = b""
    for field in golden_fields(name):
        assert (len(data), len(field.raw)) == (field.offset, field.length), field
        data += field.raw
    assert len(data) == 300
    return data
