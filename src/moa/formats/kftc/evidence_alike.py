"""Identifications like one in which nothing was found: what they differ in may be anything, so nothing is found in them either.

What stands in a record's institution, bank, date, type and extension is judged as it stands; of its account number the bank
and the count of digits are judged, of its payer number that it is letters and digits and not too long, and its sequence and
length are numbers. So one sound record speaks for all with the same of the former and any of the latter. The reference
(record_checks) judges the first of each, and every record that is not plainly of this form; a property test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping

from .evidence_layouts import DATA
from .record_checks import PAYER_IN_EB13
from .row_records import RowEncoder, RowRecord

_MOST_SHAPES = 10_000
_SEQ, _PAYER, _ACCOUNT, _LENGTH = (
    DATA.field(name) for name in ("seq", "payer_no", "account_no", "evidence_length")
)
_BEFORE, _MIDDLE = slice(0, _SEQ.start), slice(_SEQ.end, _PAYER.start)
_BANK, _REST = slice(_PAYER.end, _ACCOUNT.start), slice(_ACCOUNT.end, _LENGTH.start)
_NUMBER, _DIGITS = slice(_SEQ.start, _SEQ.end), slice(_LENGTH.start, _LENGTH.end)
_PAYER_AT, _ACCOUNT_AT = slice(_PAYER.start, _PAYER.end), slice(_ACCOUNT.start, _ACCOUNT.end)
_OF_EACH_ROW = frozenset({"seq", "payer_no", "account_no", "evidence_length", "evidence_file"})
_MOST_NUMBERED = 10**_SEQ.length

Shape = tuple[bytes, bytes, bytes, int, bytes]


def shape_of(raw: bytes) -> Shape | None:
    """What is judged of an identification of the right length; None when it is not plainly of this form."""
    payer, account = raw[_PAYER_AT].rstrip(b" "), raw[_ACCOUNT_AT].rstrip(b" ")
    if not (payer.isalnum() and account.isdigit() and raw[_NUMBER].isdigit() and raw[_DIGITS].isdigit()):
        return None
    if len(payer) > PAYER_IN_EB13:
        return None
    return raw[_BEFORE], raw[_MIDDLE], raw[_BANK], len(account), raw[_REST]


class SoundShapes:
    """The shapes in which nothing was found, of one file."""

    def __init__(self) -> None:
        self._sound: set[Shape] = set()

    def has(self, raw: bytes) -> bool:
        shape = shape_of(raw)
        return shape is not None and shape in self._sound

    def learn(self, raw: bytes) -> None:
        shape = shape_of(raw)
        if shape is not None and len(self._sound) < _MOST_SHAPES:
            self._sound.add(shape)


class QuickRows:
    """Identifications from rows of the same columns, after the first of each shape without its reference, `rows`."""

    def __init__(self, rows: RowEncoder) -> None:
        self.rows = rows
        self._made: dict[tuple[object, ...], bytes] = {}

    def encode(self, row: Mapping[str, str], number: int) -> RowRecord:
        """As `RowEncoder.encode` makes it, with the same findings. Shape: `row` with its extension and its length."""
        payer, account, length = row.get("payer_no"), row.get("account_no"), row["evidence_length"]
        if (
            not payer or not account or not (payer.isascii() and payer.isalnum() and len(payer) <= PAYER_IN_EB13)
            or not (account.isascii() and account.isdigit() and len(account) <= _ACCOUNT.length) or number >= _MOST_NUMBERED
        ):  # fmt: skip
            return self.rows.encode(row, number, number)
        others = [value for name, value in row.items() if name not in _OF_EACH_ROW]
        shape = (len(account), *others)
        known = self._made.get(shape)
        if known is None:
            made = self.rows.encode(row, number, number)
            if not made.findings and len(self._made) < _MOST_SHAPES:
                self._made[shape] = made.raw
            return made
        raw = b"".join(
            (
                known[_BEFORE], b"%07d" % number, known[_MIDDLE], payer.encode().ljust(_PAYER.length), known[_BANK],
                account.encode().ljust(_ACCOUNT.length), known[_REST], length.encode().rjust(_LENGTH.length, b"0"),
            )
        )  # fmt: skip
        return RowRecord(raw, [])
