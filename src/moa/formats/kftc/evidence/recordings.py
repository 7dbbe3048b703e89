"""Whether a WAV or MP3 file is one recording that plays to its end, and nothing else."""

from __future__ import annotations

from io import SEEK_CUR, SEEK_END, SEEK_SET, BytesIO

import soundfile  # type: ignore[import-untyped]

from moa.formats.kftc.evidence.foreign import name_of, refuse_second_kind
from moa.formats.kftc.evidence.mpeg import begins_with_frame, find_frames
from moa.formats.kftc.evidence.quiet import without_messages
from moa.formats.kftc.evidence.refusal import UNDECODABLE, EvidenceFault
from moa.formats.kftc.evidence.wave import NO_SOUND, check_chunks

_BLOCK_BYTES = 1 << 16


def check_recording(extension: str, data: bytes) -> None:
    """Raises: EvidenceFault, with the reason, unless every byte belongs to a sound that can be decoded to its end."""
    sound = data
    if extension == "wav":
        _check_name(data, "WAV")
        check_chunks(data)
    else:
        if not begins_with_frame(data):
            _check_name(data, "MP3")
        start, end = find_frames(data)
        # Without tags and padding, at which the decoder would complain on the standard error.
        sound = data[start:end]
    if not _decoded_frames(sound, {"wav": ("WAV", "WAVEX"), "mp3": ("MP3", "MPEG")}[extension]):
        raise EvidenceFault(NO_SOUND)
    refuse_second_kind(data)


def _check_name(data: bytes, kind: str) -> None:
    found = name_of(data)
    if found != kind:
        raise EvidenceFault(f"content is {found}")


def _decoded_frames(data: bytes, formats: tuple[str, ...]) -> int:
    """The number of sound frames, each decoded into one small buffer that is used again."""
    try:
        with without_messages(), soundfile.SoundFile(_Source(data)) as sound:
            if sound.format not in formats:
                raise EvidenceFault(UNDECODABLE)
            count = 0
            buffer = bytearray(_BLOCK_BYTES // (2 * sound.channels) * 2 * sound.channels)
            while read := sound.buffer_read_into(buffer, "int16"):
                count += read
            return count
    except EvidenceFault:
        raise
    except Exception:
        # The decoder's own errors and the binding's (a length that no buffer can have): to us the same.
        raise EvidenceFault(UNDECODABLE) from None


class _Source(BytesIO):
    """Bytes that a decoder may seek in with any number: one before the start is the start, not an exception in C."""

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        begin = {SEEK_SET: 0, SEEK_CUR: self.tell(), SEEK_END: self.getbuffer().nbytes}[whence]
        return super().seek(max(0, begin + offset))
