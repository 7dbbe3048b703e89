"""The records of EI13, the file of consent evidence: blocks of 1,024 bytes, positions as printed (from 1).

A data record is its identification, then the evidence's own bytes, then spaces up to a multiple of the block.
Source: KFTC notice of 2015-07-22, annex 2 (record layouts printed there).
"""

from __future__ import annotations

from moa.formats.fixed_width.kinds import ALPHANUMERICS, DIGITS, Choice, Date, LeftAligned, Literal, Number
from moa.formats.fixed_width.layout import Field, Layout

from .field_kinds import BankCode, InstitutionCode
from .layouts import BLANK

BLOCK = 1024
IDENTIFICATION = 119
WORK_CODE = b"AE1112"
_SOURCE = "KFTC notice 2015-07-22, annex 2"
_NOT_DIGITS, _GAP, _SEQUENCE = "0088", "0098", "0081"
_COUNT = Number(_NOT_DIGITS)


def _start(record_type: bytes, sequence: bytes | None) -> tuple[Field, ...]:
    numbered = Number(_SEQUENCE) if sequence is None else Literal(sequence, _SEQUENCE)
    return (
        Field("work_code", 1, 6, Literal(WORK_CODE, _SEQUENCE), '"AE1112"'),
        Field("record_type", 7, 2, Literal(record_type, _SEQUENCE), f'"{record_type.decode()}"'),
        Field("seq", 9, 7, numbered, "0000001 upwards" if sequence is None else f'"{sequence.decode()}"', default=None),
    )  # fmt: skip


def _institution(position: int) -> Field:
    return Field(
        "institution_code", position, 20, InstitutionCode(), "ten digits, begins with 99", default=None
    )


HEADER = Layout(
    "EI13.header", BLOCK,
    (
        *_start(b"11", b"0000000"),
        Field("application_date", 16, 8, Date("date_invalid"), "YYYYMMDD, as the file name", default=None),
        _institution(24),
        Field("evidence_count", 44, 7, _COUNT, "data records"),
        Field("filler", 51, 974, BLANK, "spaces", filler=True),
    ),
    _SOURCE, "verified",
)  # fmt: skip

DATA = Layout(
    "EI13.data_ident", IDENTIFICATION,
    (
        *_start(b"22", None),
        Field("filler", 16, 10, BLANK, "spaces", filler=True),
        _institution(26),
        Field("payer_no", 46, 30, LeftAligned(ALPHANUMERICS, _NOT_DIGITS, _GAP, "A018"), "as in EB13"),
        Field("bank_code", 76, 3, BankCode(), "as in EB13; representative code", default=None),
        Field("account_no", 79, 20, LeftAligned(DIGITS, _NOT_DIGITS, _GAP, "0012"), "as in EB13"),
        Field("application_date", 99, 8, Date("A011"), "YYYYMMDD, as in EB13", default=None),
        Field("evidence_type", 107, 1, Choice(tuple(b"1234567"[n : n + 1] for n in range(7)), "0101"),
              "1 paper, 2 certified electronic signature, 3 other electronic signature, 4 recording, 5 ARS"),
        Field("extension", 108, 5, LeftAligned(ALPHANUMERICS, "0102", "0102", "0102"), "jpg jpeg gif tif der mp3 wav"),
        Field("evidence_length", 113, 7, _COUNT, "bytes of evidence that follow"),
    ),
    _SOURCE, "verified",
)  # fmt: skip

TRAILER = Layout(
    "EI13.trailer", BLOCK,
    (
        *_start(b"33", b"9999999"),
        _institution(16),
        Field("data_count", 36, 7, _COUNT, "as in the header"),
        Field("block_count", 43, 10, _COUNT, "blocks of all data records: file size / 1024 - 2"),
        Field("filler", 53, 972, BLANK, "spaces", filler=True),
    ),
    _SOURCE, "verified",
)  # fmt: skip
