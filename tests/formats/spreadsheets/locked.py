"""Locked workbooks for the tests: xlsx by the library's own writer, .xls locked here by hand.

Source: [MS-OFFCRYPTO] 2.3.6 (RC4 encryption) and [MS-XLS] 2.2.10 (which bytes of a stream are encrypted).
"""

from __future__ import annotations

import io
import struct
from hashlib import md5

import olefile
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

_SALT = bytes(range(16))
_VERIFIER = bytes(range(100, 116))
_BOF, _FILEPASS, _INTERFACE, _BOUNDSHEET, _FILLER = 0x0809, 0x002F, 0x00E1, 0x0085, 0x00E7
_BLOCK = 1024


def locked_xlsx(workbook: bytes, password: str) -> bytes:
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt(password, target)
    return target.getvalue()


def locked_xls(workbook: bytes, password: str) -> bytes:
    """An .xls workbook behind a password, as Excel 97 locks it."""
    stream = _without_padding(olefile.OleFileIO(io.BytesIO(workbook)).openstream("Workbook").read())
    head = _cipher(_key(password, 0), _VERIFIER + md5(_VERIFIER).digest())
    filepass = struct.pack("<HHHHH", _FILEPASS, 54, 1, 1, 1) + _SALT + head
    bof = 4 + struct.unpack_from("<H", stream, 2)[0]
    plain = stream[:bof] + filepass + stream[bof:]
    # The library that unlocks reads records to the very end, where xlwt fills up with noughts: one more record keeps
    # those noughts a multiple of a record's head.
    rest = -len(plain) % 4
    plain += struct.pack("<HH", _FILLER, rest) + bytes(rest)
    target = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(target, _encrypted(plain, password, len(filepass)))
    return target.getvalue()


def _without_padding(stream: bytes) -> bytes:
    """The records alone: xlwt fills a short stream up with noughts."""
    at = 0
    while stream[at : at + 4] not in (b"", bytes(4)):
        at += 4 + struct.unpack_from("<H", stream, at + 2)[0]
    return stream[:at]


def _encrypted(plain: bytes, password: str, moved: int) -> bytes:
    result = bytearray(plain)
    keys = b"".join(
        _cipher(_key(password, block), bytes(_BLOCK)) for block in range(len(plain) // _BLOCK + 1)
    )
    at = 0
    while at + 4 <= len(plain):
        kind, length = struct.unpack_from("<HH", plain, at)
        first = at + 4
        if kind == _BOUNDSHEET:
            (sheet,) = struct.unpack_from("<I", plain, first)
            struct.pack_into("<I", result, first, sheet + moved)
            first += 4
        if kind not in (_BOF, _FILEPASS, _INTERFACE):
            for spot in range(first, at + 4 + length):
                result[spot] = plain[spot] ^ keys[spot]
        at += 4 + length
    return bytes(result)


def _key(password: str, block: int) -> bytes:
    short = md5(password.encode("utf-16-le")).digest()[:5]
    salted = md5((short + _SALT) * 16).digest()[:5]
    return md5(salted + struct.pack("<I", block)).digest()


def _cipher(key: bytes, data: bytes) -> bytes:
    """RC4."""
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
