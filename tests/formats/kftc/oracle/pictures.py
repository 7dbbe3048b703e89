"""Small real evidence: scans, drawings and recordings as a payer's consent would be kept."""

from __future__ import annotations

import io
import struct
import wave
from functools import cache
from random import Random

from PIL import Image, ImageDraw

# Kind of evidence, extensions that may carry it. Signed documents (2) are proved elsewhere.
EXTENSIONS = {"1": ("jpg", "jpeg", "gif", "tif"), "3": ("jpg", "gif", "tif"), "4": ("wav",), "5": ("wav",)}
_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "tif": "TIFF", "png": "PNG"}


@cache
def picture(extension: str, number: int = 0) -> bytes:
    """A form with a few lines and a signature; `number` makes it another person's."""
    size = (320 + number % 7 * 8, 240)
    image = Image.new("1" if extension == "tif" else "L", size, 1 if extension == "tif" else 255)
    draw = ImageDraw.Draw(image)
    for line in range(8):
        draw.line((10, 20 + line * 20, 60 + (number * 37 + line * 53) % 240, 20 + line * 20), fill=0)
    draw.ellipse((200, 180, 240 + number % 60, 220), outline=0)
    out = io.BytesIO()
    options = {"compression": "group4", "dpi": (200, 200)} if extension == "tif" else {}
    image.save(out, _FORMATS[extension], **options)
    return out.getvalue()


@cache
def picture_of_size(length: int) -> bytes:
    """A whole JPEG of exactly so many bytes: comments before its frame fill it up."""
    whole = picture("jpg")
    start = 4 + struct.unpack(">H", whole[4:6])[0]
    missing = length - len(whole)
    filled = b""
    while missing:
        # Nothing shorter than five bytes may be left over for the last comment.
        size = missing if missing <= 60_000 else min(60_000, missing - 5)
        filled += b"\xff\xfe" + struct.pack(">H", size - 2) + b"c" * (size - 4)
        missing -= size
    made = whole[:start] + filled + whole[start:]
    assert len(made) == length
    return made


@cache
def recording(samples: int = 1_600, number: int = 0) -> bytes:
    """One channel of eight bits at 8 kHz; its header takes 44 bytes."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8_000)
        sound.writeframes(Random(number).randbytes(samples))
    return out.getvalue()


def evidence(rng: Random, number: int) -> tuple[str, str, bytes]:
    """Type, extension (its case does not matter) and content."""
    kind = rng.choice("1111345")
    extension = rng.choice(EXTENSIONS[kind])
    content = recording(number=number) if extension == "wav" else picture(extension, number)
    return kind, rng.choice((extension, extension, extension.upper())), content
