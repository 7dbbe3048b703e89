"""The frames of an MP3 file: from the first to the last, with nothing but tags around them.

Source: ISO/IEC 11172-3 and 13818-3 (frames), the ID3 and APE tag descriptions; the Xing header by what LAME writes.
"""

from __future__ import annotations

from moa.formats.kftc.evidence.foreign import is_padding
from moa.formats.kftc.evidence.refusal import DATA_AFTER_END, TRUNCATED, UNDECODABLE, EvidenceFault

_KBITS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_LAYER_3 = 1
_ID3V1 = 128
_XING_AT = {(1, False): 36, (1, True): 21, (2, False): 21, (2, True): 13}


def find_frames(data: bytes) -> tuple[int, int]:
    """Where the sound begins and ends. Raises: EvidenceFault unless the file is tags, then whole frames without a gap, then tags."""
    start, end = _behind_leading_tags(data), _before_trailing_tags(data)
    if start >= end:
        raise EvidenceFault("no sound")
    if not _frame_length(data, start):
        raise EvidenceFault("data before the sound")
    announced = _announced_frames(data, start)
    at, frames, stream = start, 0, _stream(data, start)
    while at < end:
        length = _frame_length(data, at)
        if not length or _stream(data, at) != stream:
            if is_padding(data[at:end]):
                break
            raise EvidenceFault(DATA_AFTER_END)
        if at + length > end:
            raise EvidenceFault(TRUNCATED)
        at += length
        frames += 1
    if announced is not None and frames - 1 < announced:
        raise EvidenceFault(TRUNCATED)
    return start, at


def begins_with_frame(data: bytes) -> bool:
    """Whether the bytes behind any tags are the head of a frame: what tells this format from another."""
    return bool(_frame_length(data, _behind_leading_tags(data)))


def _frame_length(data: bytes, at: int) -> int:
    """Bytes of the layer III frame at this place; 0 when there is none."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = data[at + 1] >> 3 & 3, data[at + 1] >> 1 & 3
    speed, rate = data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or layer != _LAYER_3 or speed in (0, 15) or rate == 3:
        return 0
    generation, slots = (1, 144_000) if version == 3 else (2, 72_000)
    return slots * _KBITS[generation][speed] // _RATES[version][rate] + (data[at + 2] >> 1 & 1)


def _stream(data: bytes, at: int) -> tuple[int, int]:
    """Version, layer and sampling rate: what does not change from frame to frame."""
    return data[at + 1] & 0xFE, data[at + 2] & 0x0C


def _announced_frames(data: bytes, at: int) -> int | None:
    """The number of frames that a Xing or Info header in the first one announces; that one is not counted."""
    generation = 1 if data[at + 1] >> 3 & 3 == 3 else 2
    place = at + _XING_AT[generation, data[at + 3] >> 6 == 3]
    if (
        data[place : place + 4] not in (b"Xing", b"Info")
        or not data[place + 7 : place + 8]
        or not data[place + 7] & 1
    ):
        return None
    return int.from_bytes(data[place + 8 : place + 12], "big")


def _behind_leading_tags(data: bytes) -> int:
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + 10:
        sizes = data[at + 6 : at + 10]
        if max(sizes) > 127:
            raise EvidenceFault(UNDECODABLE)
        footer = 10 if data[at + 5] & 0x10 else 0
        at += 10 + (sizes[0] << 21 | sizes[1] << 14 | sizes[2] << 7 | sizes[3]) + footer
    while data[at : at + 1] == b"\x00":
        at += 1
    return at


def _before_trailing_tags(data: bytes) -> int:
    """Where the sound must have ended: before an ID3v1 tag and an APE tag, when they are there."""
    end = len(data)
    if data[end - _ID3V1 : end - _ID3V1 + 3] == b"TAG":
        end -= _ID3V1
    if data[end - 32 : end - 24] == b"APETAGEX":
        size = int.from_bytes(data[end - 20 : end - 16], "little")
        header = 32 if data[end - 9] & 0x80 else 0
        if size >= 32 and size + header <= end:
            end -= size + header
    return end
