"""Pieces of evidence to check: drawn pages, played tones, and other things that files can be."""

from __future__ import annotations

import math
import struct
import zipfile
from array import array
from io import BytesIO
from typing import Any

import soundfile
from PIL import Image, ImageDraw


def page(width: int = 480, height: int = 640, mode: str = "RGB") -> Image.Image:
    """Rows of short strokes on white."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for y in range(20, height - 20, 24):
        for x in range(20, width - 20, 18):
            draw.line((x, y, x + 10, y + (x * y) % 9), fill=(20, 20, 40 + (x + y) % 30), width=2)
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    into = BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()


def jpeg(**options: Any) -> bytes:
    return saved(page(), "JPEG", **{"quality": 60, **options})


def gif(**options: Any) -> bytes:
    return saved(page(), "GIF", **options)


def tif(mode: str = "1", **options: Any) -> bytes:
    return saved(page(mode=mode), "TIFF", **{"compression": "group4", **options})


def sound(kind: str = "WAV", subtype: str = "PCM_16", seconds: int = 2) -> bytes:
    """A tone at 8,000 samples a second."""
    samples = array("h", (round(9000 * math.sin(at / 5)) for at in range(8000 * seconds)))
    into = BytesIO()
    with soundfile.SoundFile(into, "w", 8000, 1, subtype, format=kind) as file:
        file.buffer_write(samples.tobytes(), "int16")
    return into.getvalue()


def archive() -> bytes:
    into = BytesIO()
    with zipfile.ZipFile(into, "w") as file:
        file.writestr("a.txt", "content")
    return into.getvalue()


def pdf() -> bytes:
    return b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def id3(body: bytes = b"") -> bytes:
    size = len(body)
    return (
        b"ID3\x04\x00\x00" + bytes((size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127)) + body
    )


def id3v1() -> bytes:
    return b"TAG" + bytes(125)


def ape_tag() -> bytes:
    item = struct.pack("<II", 5, 0) + b"Genre\x00voice"
    facts = (2000, 32 + len(item), 1)
    head = b"APETAGEX" + struct.pack("<IIII", *facts, 0xA0000000) + bytes(8)
    foot = b"APETAGEX" + struct.pack("<IIII", *facts, 0x80000000) + bytes(8)
    return head + item + foot


def with_comment(picture: bytes, comment: bytes) -> bytes:
    """A JPEG with a comment behind its first marker."""
    return picture[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(comment)) + comment + picture[2:]


def multi_picture(first: bytes, second: bytes) -> bytes:
    """Two JPEGs in one file, announced in the first one's index, as phones write them."""
    entries = 16 * 2
    index = b"MPF\x00II*\x00\x08\x00\x00\x00" + struct.pack("<H", 1)
    index += struct.pack("<HHII", 0xB002, 7, entries, 26) + bytes(4)
    segment_length = 2 + len(index) + entries
    base = 2 + 4 + 4
    start = len(first) + 2 + segment_length
    listed = struct.pack("<IIIHH", 0x030000, start, 0, 0, 0)
    listed += struct.pack("<IIIHH", 0, len(second), start - base, 0, 0)
    segment = b"\xff\xe2" + struct.pack(">H", segment_length) + index + listed
    return first[:2] + segment + first[2:] + second


def huge_header(picture: bytes, width: int, height: int) -> bytes:
    """The same JPEG, said to be of another size."""
    at = picture.index(b"\xff\xc0") + 5
    return picture[:at] + struct.pack(">HH", height, width) + picture[at + 4 :]
