"""The segments of a JPEG file: its size, where it really ends, and the further pictures that it announces.

Source: ITU-T T.81 annex B; CIPA DC-007 (Multi-Picture Format) for the pictures after the first.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from moa.formats.kftc.evidence.refusal import TRUNCATED, UNDECODABLE, EvidenceFault

_END = 0xD9
_SCAN = 0xDA
_RESTART_INTERVAL = 0xDD
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
# The next marker in a scan: a stuffed zero and restart markers belong to the scan, further 0xFF are fill bytes.
_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_PICTURES_TAG = 0xB002
_MOST_PICTURES = 8


@dataclass(slots=True)
class JpegLayout:
    """Shape: offsets into the file; `end` is behind the end marker; `samples` counts those of all components.

    `interval` is the number of units between restart markers, `factors` the sampling of each component by its number.
    """

    width: int = 0
    height: int = 0
    samples: int = 0
    progressive: bool = False
    end: int = 0
    interval: int = 0
    factors: dict[int, tuple[int, int]] = field(default_factory=dict)
    scan_ends: list[int] = field(default_factory=list)
    further: list[tuple[int, int]] = field(default_factory=list)


def read_layout(data: bytes) -> JpegLayout:
    """Walk from marker to marker to the end marker. Raises: EvidenceFault when it is not reached."""
    layout = JpegLayout()
    at = 2
    while True:
        if at + 1 >= len(data):
            raise EvidenceFault(TRUNCATED)
        if data[at] != 0xFF:
            raise EvidenceFault(UNDECODABLE)
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == _END:
            layout.end = at + 2
            return layout
        elif marker in _WITHOUT_LENGTH:
            at += 2
        else:
            at = _read_segment(data, at, marker, layout)


def _read_segment(data: bytes, at: int, marker: int, layout: JpegLayout) -> int:
    """Where the next marker is."""
    body, end = at + 4, at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    if end > len(data):
        raise EvidenceFault(TRUNCATED)
    if end < body:
        raise EvidenceFault(UNDECODABLE)
    if marker in _FRAMES:
        _read_frame(data[body:end], marker, layout)
    elif marker == 0xE2 and data[body : body + 4] == b"MPF\x00":
        layout.further = _further_pictures(data[body + 4 : end], body + 4)
    elif marker == _RESTART_INTERVAL:
        layout.interval = int.from_bytes(data[body:end], "big")
    elif marker == _SCAN:
        found = _MARKER.search(data, end)
        if found is None:
            raise EvidenceFault(TRUNCATED)
        _check_restarts(data[body:end], data[end : found.start()], layout)
        layout.scan_ends.append(found.start())
        return found.end() - 2
    return end


def _read_frame(body: bytes, marker: int, layout: JpegLayout) -> None:
    if len(body) < 6 or len(body) < 6 + 3 * body[5] or layout.width:
        raise EvidenceFault(UNDECODABLE)
    layout.height, layout.width, count = struct.unpack(">HHB", body[1:6])
    triples = [body[6 + 3 * i : 9 + 3 * i] for i in range(count)]
    factors = {number: (packed >> 4, packed & 15) for number, packed, _ in triples}
    if not (
        layout.width and layout.height and 1 <= count <= 4 and min(min(each) for each in factors.values())
    ):
        raise EvidenceFault(UNDECODABLE)
    layout.factors = factors
    widest, highest = _largest(layout)
    layout.samples = (
        layout.width * layout.height * sum(h * v for h, v in factors.values()) // (widest * highest)
    )
    layout.progressive = marker in _PROGRESSIVE


def _largest(layout: JpegLayout) -> tuple[int, int]:
    return max(h for h, _ in layout.factors.values()), max(v for _, v in layout.factors.values())


def _check_restarts(head: bytes, code: bytes, layout: JpegLayout) -> None:
    """A scan with restart markers has one between every two intervals: with fewer, a part of it is missing."""
    if not layout.interval or not layout.factors or len(head) < 2:
        return
    widest, highest = _largest(layout)
    across, down = 8 * widest, 8 * highest
    if head[0] == 1:
        # A scan of one component counts in its own blocks, of which a sampled one has fewer.
        own = layout.factors.get(head[1], (1, 1))
        across, down = across // own[0], down // own[1]
    units = -(-layout.width // across) * -(-layout.height // down)
    if len(_RESTART.findall(code)) < -(-units // layout.interval) - 1:
        raise EvidenceFault(TRUNCATED)


def _further_pictures(index: bytes, base: int) -> list[tuple[int, int]]:
    """(start, end) in the file of each announced picture but the first; none where the index makes no sense."""
    order = {b"II": "<", b"MM": ">"}.get(index[:2])
    if order is None:
        return []
    try:
        (at,) = struct.unpack_from(order + "I", index, 4)
        (entries,) = struct.unpack_from(order + "H", index, at)
        for number in range(entries):
            tag, _, size, place = struct.unpack_from(order + "HHII", index, at + 2 + 12 * number)
            if tag == _PICTURES_TAG:
                pictures = [
                    struct.unpack_from(order + "4xII", index, place + 16 * i)
                    for i in range(min(size // 16, _MOST_PICTURES))
                ]
                return sorted((base + start, base + start + length) for length, start in pictures if start)
    except struct.error:
        pass
    return []
