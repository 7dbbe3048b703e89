"""The chunks of a WAV file: its sound, and where it really ends. Source: RIFF and WAVE, Microsoft and IBM 1991."""

from __future__ import annotations

from moa.formats.kftc.evidence.foreign import is_padding
from moa.formats.kftc.evidence.refusal import DATA_AFTER_END, TRUNCATED, UNDECODABLE, EvidenceFault

NO_SOUND = "no sound"
_MOST_CHANNELS = 8
# Some recorders give the length of the whole file where the length of its rest belongs: eight too many.
_COUNTED_TWICE = 8


def check_chunks(data: bytes) -> None:
    """Raises: EvidenceFault unless chunk follows chunk to the end, with one format and one non-empty sound."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) + _COUNTED_TWICE + 1:
        raise EvidenceFault(TRUNCATED)
    if not is_padding(data[end:]):
        raise EvidenceFault(DATA_AFTER_END)
    end = min(end, len(data))
    at, sound, channels = 12, 0, 0
    while at + 8 <= end:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body, at = at + 8, at + 8 + size
        if at > end:
            raise EvidenceFault(TRUNCATED)
        if name == b"fmt ":
            channels = int.from_bytes(data[body + 2 : body + 4], "little")
        elif name == b"data":
            sound += size
        at += size % 2
    if not is_padding(data[at:end]):
        raise EvidenceFault(DATA_AFTER_END)
    if not 0 < channels <= _MOST_CHANNELS:
        raise EvidenceFault(UNDECODABLE)
    if not sound:
        raise EvidenceFault(NO_SOUND)
