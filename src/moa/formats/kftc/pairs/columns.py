"""The few fields of a file's rows by which a pair is judged, as arrays: a million rows take some sixty megabytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from moa.formats.fixed_width.kinds import Kind
from moa.formats.kftc.evidence_layouts import DATA as EVIDENCE
from moa.formats.kftc.file_kinds import FileKind
from moa.formats.kftc.institution_codes import institutions

Bytes = NDArray[np.bytes_]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_WANTED = {
    "EB1x": ("payer_no", "account_no", "application_type", "application_date", "bank_branch_code",
             "handling_branch", "error_code"),
    "EB2x": ("payer_no", "account_no", "amount", "bank_branch_code", "result", "error_code", "debit_form"),
    "EI13": ("payer_no", "account_no", "application_date", "bank_code"),
}  # fmt: skip
# Rows are put together from pieces of at least this many, for a file may come in many small ones.
_LUMP = 1 << 16


@dataclass
class Table:
    """One side's rows. Shape: `columns` holds each field's bytes with their padding, `records` the record numbers."""

    columns: dict[str, Bytes]
    records: Numbers
    kinds: dict[str, Kind]

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, name: str) -> Bytes:
        return self.columns[name]

    def text(self, name: str, row: int) -> str:
        """The field as `records` shows it: without padding, an amount without its zeros."""
        return self.kinds[name].read(bytes(self.columns[name][row]))

    def text_of(self, name: str) -> Callable[[int], str]:
        """The same as a function of the row."""
        return lambda row: self.text(name, row)

    def row_of(self, record: int) -> int | None:
        """The row with this record number."""
        at = int(np.searchsorted(self.records, record))
        return at if at < len(self) and self.records[at] == record else None


class TableMaker:
    """Collects the wanted fields piece by piece. Shape: `kind` is known with the first piece."""

    def __init__(self, kind: FileKind) -> None:
        layout = EVIDENCE if kind.family == "EI13" else kind.data
        self._fields = [layout.field(name) for name in _WANTED.get(kind.family, ())]
        self._records: list[Numbers] = []
        self._pieces: dict[str, list[Bytes]] = {field.name: [] for field in self._fields}
        self._loose = bytearray()
        self._loose_records: list[int] = []

    def add(self, matrix: NDArray[np.uint8], first_record: int) -> None:
        """Records that follow each other, a row each. They are copied: the reader uses its buffer again."""
        for field in self._fields:
            cut = matrix[:, field.start : field.end].copy(order="C")
            self._pieces[field.name].append(cut.view(f"S{field.length}").ravel())
        self._records.append(np.arange(first_record, first_record + len(matrix), dtype=np.int64))

    def add_one(self, raw: bytes, record: int) -> None:
        """One record that came alone, as evidence does."""
        for field in self._fields:
            self._loose += raw[field.start : field.end]
        self._loose_records.append(record)
        if len(self._loose_records) == _LUMP:
            self._lump()

    def table(self) -> Table:
        self._lump()
        columns = {
            field.name: np.concatenate([np.zeros(0, f"S{field.length}"), *self._pieces.pop(field.name)])
            for field in self._fields
        }
        records = np.concatenate([np.zeros(0, np.int64), *self._records])
        return Table(columns, records, {field.name: field.kind for field in self._fields})

    def _lump(self) -> None:
        """Turns the loose records into a piece; their fields stand side by side."""
        if not self._loose_records:
            return
        matrix = np.frombuffer(bytes(self._loose), dtype=np.uint8).reshape(len(self._loose_records), -1)
        at = 0
        for field in self._fields:
            cut = matrix[:, at : at + field.length].copy(order="C")
            self._pieces[field.name].append(cut.view(f"S{field.length}").ravel())
            at += field.length
        self._records.append(np.array(self._loose_records, dtype=np.int64))
        self._loose.clear()
        self._loose_records.clear()


def _matrix(column: Bytes) -> NDArray[np.uint8]:
    """The column's bytes, a row each."""
    return np.ascontiguousarray(column).view(np.uint8).reshape(len(column), column.dtype.itemsize)


def joined(*columns: Bytes) -> Bytes:
    """Keys: the columns' bytes behind each other. No key equals another unless all its columns do."""
    whole = np.ascontiguousarray(np.concatenate([_matrix(each) for each in columns], axis=1))
    return whole.view(f"S{whole.shape[1]}").ravel()


def widened(column: Bytes, length: int) -> Bytes:
    """The same texts in a longer field, spaces after."""
    matrix = np.full((len(column), length), ord(" "), dtype=np.uint8)
    matrix[:, : column.dtype.itemsize] = _matrix(column)
    return matrix.view(f"S{length}").ravel()


def won(column: Bytes) -> Numbers:
    """The amounts as numbers; one that is not all digits is 0, for its record is faulty anyway."""
    digits = _matrix(column)
    numeric = ((digits >= ord("0")) & (digits <= ord("9"))).all(axis=1)
    total = np.zeros(len(column), dtype=np.int64)
    for place in digits.T:
        total = total * 10 + (place.astype(np.int64) - ord("0"))
    return np.where(numeric, total, 0)


def summed(amounts: Numbers) -> int:
    """The sum, also where it is beyond 64 bits."""
    high, low = np.divmod(amounts, 1_000_000)
    return int(high.sum()) * 1_000_000 + int(low.sum())


def representative_banks(column: Bytes) -> Bytes:
    """The code that each bank uses today, of codes with or without a branch; what is no known code stays as it is."""
    bank = column.astype("S3")
    digits = _matrix(bank)
    numeric = ((digits >= ord("0")) & (digits <= ord("9"))).all(axis=1)
    number = np.where(numeric, (digits.astype(np.int64) - ord("0")) @ np.array([100, 10, 1]), 0)
    return np.where(numeric, _representatives()[number], bank)


def bank_of_today(text: str) -> str:
    """The same for one code."""
    return representative_banks(np.array([text.encode("cp949", "replace")], "S7"))[0].decode("latin-1")


@cache
def _representatives() -> Bytes:
    codes = [b"%03d" % number for number in range(1000)]
    for each in institutions().values():
        codes[int(each.code)] = (each.representative_code or each.code).encode("ascii")
    return np.array(codes, dtype="S3")
