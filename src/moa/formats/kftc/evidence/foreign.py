"""What a file looks like from outside, and whether it is a second kind of file at the same time.

The look from outside only names a file that has already been refused. The search for a second kind is for files that
their own format allows: a ZIP archive in a comment is valid to every picture viewer, and to every archive tool.
"""

from __future__ import annotations

import re

from moa.formats.kftc.evidence.refusal import EvidenceFault

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "BigTIFF"),
    (b"MM\x00+", "BigTIFF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BM", "BMP"),
    (b"RF64", "RF64"),
    (b"OggS", "Ogg"),
    (b"fLaC", "FLAC"),
    (b"ID3", "MP3"),
    (b"\xd0\xcf\x11\xe0", "OLE document"),
    (b"-----BEGIN", "PEM"),
    (b"MZ", "executable"),
    (b"\x7fELF", "executable"),
    (b"#!", "script"),
    (b"<?xml", "XML"),
    (b"\x30\x82", "DER"),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|script|iframe|\?php)[\s>]", re.IGNORECASE)
_ARCHIVE_END = re.compile(rb"PK\x05\x06\x00\x00\x00\x00")
_PDF_HEAD = re.compile(rb"%PDF-[12]\.\d")


def name_of(data: bytes) -> str:
    """The kind of file that these bytes begin like, or "unknown"."""
    for beginning, name in _BEGINNINGS:
        if data.startswith(beginning):
            return name
    if data[:4] == b"RIFF":
        return {b"WAVE": "WAV", b"WEBP": "WebP"}.get(data[8:12], "RIFF")
    if data[4:8] == b"ftyp":
        return "HEIC" if data[8:12] in (b"heic", b"heix", b"mif1", b"heif") else "MP4"
    if _HTML.match(data.lstrip()[:32]):
        return "HTML"
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2:
        return "MP3"
    return "unknown"


def refuse_second_kind(data: bytes) -> None:
    """Refuse what a picture or sound cannot hold by chance: an archive's directory, a PDF's head, a script.

    Wherever it is: archives are read from their end, PDF readers search, and browsers forgive everything.
    """
    if _ARCHIVE_END.search(data) or b"Rar!\x1a\x07" in data or b"7z\xbc\xaf\x27\x1c" in data:
        raise EvidenceFault("contains an archive")
    if _PDF_HEAD.search(data):
        raise EvidenceFault("contains PDF")
    if _HTML.search(data):
        raise EvidenceFault("contains HTML")


def is_padding(tail: bytes) -> bool:
    """Whether this is what scanners and block devices leave behind: one byte, zero or 0xFF, repeated, or a line end."""
    return not tail.strip(b"\x00") or not tail.strip(b"\xff") or tail in (b"\r\n", b"\n")
