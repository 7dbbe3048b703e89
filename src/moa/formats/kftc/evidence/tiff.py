"""The directories of a TIFF file: its pages, and which of its bytes any of them speaks of. Source: TIFF 6.0."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from moa.formats.kftc.evidence.refusal import TRUNCATED, UNDECODABLE, EvidenceFault

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I"}
_WIDTH, _LENGTH, _BITS, _COMPRESSION, _SAMPLES = 256, 257, 258, 259, 277
_STRIPS, _TILES, _OLD_JPEG = (273, 279), (324, 325), (513, 514)
_TILE_SIZE = (322, 323)
_DIRECTORIES = (330, 34665, 34853, 40965)
_MOST_DIRECTORIES = 200
# What scanners write: none, the three fax codes, LZW, JPEG, Deflate's two numbers, PackBits. The others that a decoder
# may know (the withdrawn JPEG way, LZMA, Zstandard, WebP …) few viewers read, and some can ask for any memory.
_COMPRESSIONS = frozenset({1, 2, 3, 4, 5, 7, 8, 32773, 32946})

Values = dict[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Page:
    """Shape: `bits` of one pixel over all its samples; `tile` is the number of pixels of one tile, 0 for strips."""

    width: int
    height: int
    bits: int
    tile: int


@dataclass(slots=True)
class TiffLayout:
    """Shape: `ranges` are (start, end) of the bytes that a directory speaks of, in no order."""

    pages: list[Page] = field(default_factory=list)
    ranges: list[tuple[int, int]] = field(default_factory=list)


def read_layout(data: bytes) -> TiffLayout:
    """Walk every directory. Raises: EvidenceFault when one points outside the file, or back."""
    order = "<" if data[:2] == b"II" else ">"
    layout = TiffLayout(ranges=[(0, 8)])
    if len(data) < 8:
        raise EvidenceFault(TRUNCATED)
    (first,) = struct.unpack_from(order + "I", data, 4)
    waiting, seen = [(first, True)], set[int]()
    while waiting:
        at, is_page = waiting.pop()
        if at in seen or len(seen) >= _MOST_DIRECTORIES:
            raise EvidenceFault(UNDECODABLE)
        seen.add(at)
        values, following = _read_directory(data, order, at, layout.ranges)
        if is_page:
            layout.pages.append(_page(values))
            waiting += [(following, True)] if following else []
        waiting += [(place, False) for tag in _DIRECTORIES for place in values.get(tag, ()) if place]
        _add_pixels(values, len(data), layout.ranges)
    return layout


def unspoken(layout: TiffLayout, size: int) -> list[tuple[int, int]]:
    """(start, end) of the bytes that no directory speaks of, in order."""
    gaps, reached = [], 0
    for start, end in sorted(layout.ranges):
        if start > reached:
            gaps.append((reached, start))
        reached = max(reached, end)
    return [*gaps, (reached, size)] if reached < size else gaps


def _read_directory(data: bytes, order: str, at: int, ranges: list[tuple[int, int]]) -> tuple[Values, int]:
    """The integers of each tag, and where the next directory is."""
    try:
        (count,) = struct.unpack_from(order + "H", data, at)
        end = at + 2 + 12 * count
        (following,) = struct.unpack_from(order + "I", data, end)
    except struct.error:
        raise EvidenceFault(TRUNCATED) from None
    ranges.append((at, end + 4))
    values: Values = {}
    for entry in range(at + 2, end, 12):
        tag, kind, number = struct.unpack_from(order + "HHI", data, entry)
        size = _SIZES.get(kind, 0) * number
        place = entry + 8
        if size > 4:
            (place,) = struct.unpack_from(order + "I", data, place)
            if place + size > len(data):
                raise EvidenceFault(TRUNCATED)
            ranges.append((place, place + size))
        if kind in _INTEGERS:
            values[tag] = struct.unpack_from(f"{order}{number}{_INTEGERS[kind]}", data, place)
    return values, following


def _page(values: Values) -> Page:
    width, height = _one(values, _WIDTH), _one(values, _LENGTH)
    samples = _one(values, _SAMPLES, 1)
    bits = max(values.get(_BITS) or (1,)) * samples
    tile = _one(values, _TILE_SIZE[0], 0) * _one(values, _TILE_SIZE[1], 0)
    if not (width and height and bits):
        raise EvidenceFault(UNDECODABLE)
    if _one(values, _COMPRESSION, 1) not in _COMPRESSIONS:
        raise EvidenceFault("TIFF compression not allowed")
    return Page(width, height, bits, tile)


def _add_pixels(values: Values, size: int, ranges: list[tuple[int, int]]) -> None:
    for places, lengths in (_STRIPS, _TILES, _OLD_JPEG):
        starts, counts = values.get(places, ()), values.get(lengths, ())
        if len(starts) != len(counts):
            raise EvidenceFault(UNDECODABLE)
        for start, count in zip(starts, counts, strict=True):
            if start + count > size:
                raise EvidenceFault(TRUNCATED)
            ranges.append((start, start + count))


def _one(values: Values, tag: int, absent: int = 0) -> int:
    found = values.get(tag)
    return found[0] if found else absent
