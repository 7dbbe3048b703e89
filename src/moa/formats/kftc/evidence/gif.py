"""The blocks of a GIF file: its frames, and where it really ends. Source: GIF89a specification."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from moa.formats.kftc.evidence.refusal import TRUNCATED, UNDECODABLE, EvidenceFault


@dataclass(frozen=True, slots=True)
class GifLayout:
    """Shape: `end` is behind the trailer byte."""

    width: int
    height: int
    frames: int
    end: int


def read_layout(data: bytes) -> GifLayout:
    """Walk from block to block to the trailer. Raises: EvidenceFault when it is not reached."""
    if len(data) < 13:
        raise EvidenceFault(TRUNCATED)
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    at = 13 + _colours(data[10])
    frames = 0
    while at < len(data):
        introducer = data[at]
        if introducer == 0x3B:
            if not frames:
                raise EvidenceFault(UNDECODABLE)
            return GifLayout(width, height, frames, at + 1)
        if introducer == 0x21:
            at = _behind_blocks(data, at + 2)
        elif introducer == 0x2C and at + 10 < len(data):
            frames += 1
            # A frame may reach beyond the screen that it is painted on; decoders then make the screen larger.
            left, top, wide, high = struct.unpack_from("<4H", data, at + 1)
            width, height = max(width, left + wide), max(height, top + high)
            at = _behind_blocks(data, at + 11 + _colours(data[at + 9]))
        else:
            raise EvidenceFault(TRUNCATED if introducer == 0x2C else UNDECODABLE)
    raise EvidenceFault(TRUNCATED)


def _colours(flags: int) -> int:
    """Bytes of the table of colours that the flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_blocks(data: bytes, at: int) -> int:
    while at < len(data):
        length = data[at]
        at += 1 + length
        if not length:
            return at
    raise EvidenceFault(TRUNCATED)
