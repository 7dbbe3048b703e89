"""Whether a JPEG, GIF or TIFF file is one picture, whole, and nothing else."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from moa.formats.kftc.evidence import gif, jpeg, tiff
from moa.formats.kftc.evidence.foreign import is_padding, name_of, refuse_second_kind
from moa.formats.kftc.evidence.quiet import without_messages, without_warnings
from moa.formats.kftc.evidence.refusal import (
    DATA_AFTER_END,
    TOO_MANY_PIXELS,
    TRUNCATED,
    UNDECODABLE,
    EvidenceFault,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "tif": "TIFF"}
# A4 at 600 dpi is 35 million pixels, 35 MB in grey. More than this is no scan of a consent form.
MOST_PIXELS = 40_000_000
# A page unpacked: A4 in grey at 600 dpi, in colours at 400. A progressive JPEG keeps its whole code unpacked, twice
# the bytes of its samples: A4 at 600 dpi with the usual sampling.
_MOST_PAGE_MEMORY = 64_000_000
_MOST_CODE_MEMORY = 128_000_000
_MOST_MOVING_PIXELS = 4_000_000
_MOST_FRAME_PIXELS = 80_000_000
# Writers make about ten. A scan that adds nothing costs a few bytes, and a walk over the whole picture.
_MOST_SCANS = 32
# Directories that were written anew leave the old one behind, unreferenced; what is larger was put there.
_UNSPOKEN_BYTES = 1024
_UNSPOKEN_TAIL = 16
# No 0xFF among them, so that they stay inside the scan.
_PROBE = bytes((17 * i * i + 91 * i + 53) % 251 for i in range(64))


def check_picture(extension: str, data: bytes) -> None:
    """Raises: EvidenceFault, with the reason, unless every byte belongs to a picture that can be decoded to its end."""
    kind = _FORMATS[extension]
    found = name_of(data)
    if found != kind:
        raise EvidenceFault(f"content is {found}")
    {"JPEG": _check_jpeg, "GIF": _check_gif, "TIFF": _check_tiff}[kind](data)
    refuse_second_kind(data)


def _check_jpeg(data: bytes) -> None:
    layout = jpeg.read_layout(data)
    _check_one_jpeg(data[: layout.end], layout)
    reached = layout.end
    # Phones keep a second view of the same scene behind the first, and announce it in the first one's index.
    for start, end in layout.further:
        if start < reached or end > len(data) or not is_padding(data[reached:start]):
            break
        further = data[start:end]
        if name_of(further) != "JPEG":
            break
        inner = jpeg.read_layout(further)
        _check_one_jpeg(further[: inner.end], inner)
        if not is_padding(further[inner.end :]):
            break
        reached = end
    if not is_padding(data[reached:]):
        raise EvidenceFault(DATA_AFTER_END)


def _check_one_jpeg(data: bytes, layout: jpeg.JpegLayout) -> None:
    """Decode every scan, at an eighth of the size: all of the code is read, and little memory is filled."""
    if not (layout.width and layout.scan_ends):
        raise EvidenceFault(UNDECODABLE)
    kept = 2 * layout.samples if layout.progressive else 0
    if layout.width * layout.height > MOST_PIXELS or kept > _MOST_CODE_MEMORY:
        raise EvidenceFault(TOO_MANY_PIXELS)
    if len(layout.scan_ends) > _MOST_SCANS:
        raise EvidenceFault("too many scans")
    part = 2 if layout.progressive else 8
    picture = _decode_jpeg(data, part)
    probed = _decode_jpeg(_with_probes(data, layout), part)
    if picture.mode != probed.mode or ImageChops.difference(picture, probed).getbbox(alpha_only=False):
        raise EvidenceFault(TRUNCATED)


def _with_probes(data: bytes, layout: jpeg.JpegLayout) -> bytes:
    """The same file with bytes added to the end of each scan.

    A decoder paints what a scan lacks in one colour and says nothing. It stops reading a complete scan before these
    bytes, and takes them for the missing part of an incomplete one: then the two pictures differ.
    """
    pieces, at = [], 0
    for end in layout.scan_ends:
        pieces += [data[at:end], _PROBE]
        at = end
    return b"".join([*pieces, data[at:]])


def _decode_jpeg(data: bytes, part: int) -> Image.Image:
    """The picture at 1/`part` of its size. Not closed: the pixels would go with it, and there is no file behind it."""
    try:
        with without_warnings():
            image = Image.open(BytesIO(data), formats=["JPEG"])
            image.draft(image.mode, (-(-image.width // part), -(-image.height // part)))
            image.load()
            return image
    except Exception as fault:
        raise _refusal(fault) from None


def _check_gif(data: bytes) -> None:
    layout = gif.read_layout(data)
    if not is_padding(data[layout.end :]):
        raise EvidenceFault(DATA_AFTER_END)
    pixels = layout.width * layout.height
    most = MOST_PIXELS if layout.frames == 1 else _MOST_MOVING_PIXELS
    if pixels > most or pixels * layout.frames > _MOST_FRAME_PIXELS:
        raise EvidenceFault(TOO_MANY_PIXELS)
    _decode_frames(data, "GIF", range(layout.frames))


def _check_tiff(data: bytes) -> None:
    layout = tiff.read_layout(data)
    _check_unspoken(data, tiff.unspoken(layout, len(data)))
    for page in layout.pages:
        if max(page.width * page.height, page.tile) * _bytes_in_memory(page.bits) > _MOST_PAGE_MEMORY:
            raise EvidenceFault(TOO_MANY_PIXELS)
    pixels = sum(page.width * page.height for page in layout.pages)
    if max(page.width * page.height for page in layout.pages) > MOST_PIXELS or pixels > _MOST_FRAME_PIXELS:
        raise EvidenceFault(TOO_MANY_PIXELS)
    _decode_frames(data, "TIFF", range(len(layout.pages)))


def _bytes_in_memory(bits: int) -> int:
    if bits <= 8:
        return 1
    return 2 if bits == 16 else 4


def _check_unspoken(data: bytes, gaps: list[tuple[int, int]]) -> None:
    unspoken = 0
    for start, end in gaps:
        filled = len(data[start:end].replace(b"\x00", b""))
        unspoken += filled
        if end == len(data) and filled > _UNSPOKEN_TAIL:
            raise EvidenceFault(DATA_AFTER_END)
    if unspoken > _UNSPOKEN_BYTES:
        raise EvidenceFault("data outside the picture")


def _decode_frames(data: bytes, kind: str, frames: Iterable[int]) -> None:
    try:
        with without_messages(), Image.open(BytesIO(data), formats=[kind]) as image:
            for number in frames:
                image.seek(number)
                image.load()
    except Exception as fault:
        raise _refusal(fault) from None


def _refusal(fault: Exception) -> EvidenceFault:
    """Pillow's decoders raise whatever went wrong inside them; to us it is one of two reasons."""
    return EvidenceFault(TRUNCATED if "truncated" in str(fault) else UNDECODABLE)
