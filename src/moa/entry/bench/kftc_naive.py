"""The reader that one would write first: a table of fields, each cut, decoded and checked, a dataclass a record.

It asks of a record, of the numbers and of the totals what the library asks; of what is wrong it only says where.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from moa.formats.kftc.institution_codes import institutions

Check = Callable[[str], bool]


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_blank(text: str) -> bool:
    return text.strip(" ") == ""


def _is_left_digits(text: str) -> bool:
    said = text.rstrip(" ")
    return said == "" or _is_digits(said)


def _is_left_letters(text: str) -> bool:
    said = text.rstrip(" ")
    return said == "" or (said.isascii() and said.isalnum())


def _is_given_digits(text: str) -> bool:
    return _is_digits(text.rstrip(" "))


def _is_given_letters(text: str) -> bool:
    said = text.rstrip(" ")
    return said.isascii() and said.isalnum()


def _is_day(text: str) -> bool:
    if not _is_digits(text):
        return False
    try:
        date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return False
    return True


def _is_bank(text: str) -> bool:
    return _is_digits(text) and text[:3] in institutions()


def _is_holder(text: str) -> bool:
    said = text.rstrip(" ")
    if said == "":
        return True
    if not _is_digits(said):
        return False
    if len(said) == 6:
        return _is_day("00" + said[2:])
    return len(said) == 10 and _is_business(said)


def _is_business(said: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(said, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=False))
    return (10 - (total + int(said[8]) * 5 // 10) % 10) % 10 == int(said[9])


def _is_wide(text: str) -> bool:
    return all(ord(character) > 0x7F and len(character.encode("euc_kr")) == 2 for character in text)


def _is_free(text: str) -> bool:
    return text.isprintable()


def _one_of(values: str) -> Check:
    return lambda text: text in values


@dataclass
class Application:
    record_type: str
    seq: str
    institution_code: str
    application_date: str
    application_type: str
    payer_no: str
    bank_branch_code: str
    account_no: str
    holder_id: str
    handling_branch: str
    fund_type: str
    result: str
    error_code: str
    filler1: str
    phone: str
    filler2: str


@dataclass
class Debit:
    record_type: str
    seq: str
    institution_code: str
    bank_branch_code: str
    account_no: str
    amount: str
    holder_id: str
    result: str
    error_code: str
    passbook_text: str
    fund_type: str
    payer_no: str
    institution_area: str
    debit_form: str
    phone_cash_receipt: str
    filler: str


_APPLICATION: list[tuple[int, Check]] = [
    (1, _one_of("R")), (8, _is_digits), (10, _is_digits), (6, _is_day), (1, _one_of("137")), (20, _is_given_letters),
    (7, _is_bank), (16, _is_given_digits), (16, _is_holder), (4, _is_blank), (2, _is_left_letters), (1, _is_blank),
    (4, _is_blank), (1, _is_blank), (12, _is_left_digits), (11, _is_blank),
]  # fmt: skip
_DEBIT: list[tuple[int, Check]] = [
    (1, _one_of("R")), (8, _is_digits), (10, _is_digits), (7, _is_bank), (16, _is_given_digits), (13, _is_digits),
    (13, _is_holder), (1, _is_blank), (4, _is_blank), (16, _is_wide), (2, _is_left_letters), (20, _is_given_letters),
    (5, _is_free), (1, _one_of("0123456")), (12, _is_left_digits), (21, _is_blank),
]  # fmt: skip


def read_naively(path: Path, kind_name: str) -> int:
    """How many data records a sound file has. Raises: ValueError at the first fault."""
    return (
        _read(path, 120, _APPLICATION, Application)
        if kind_name == "EB13"
        else _read(path, 150, _DEBIT, Debit)
    )


def _read(
    path: Path, length: int, table: list[tuple[int, Check]], make: Callable[..., Application | Debit]
) -> int:
    counts: dict[str, int] = {}
    sums: dict[str, int] = {}
    number = 0
    with path.open("rb") as file:
        header = file.read(length)
        institution, day = header[9:19].decode(), header[27:33].decode()
        while (record := file.read(length))[:1] == b"R":
            number += 1
            row = _record(record, number, table, make)
            if int(row.seq) != number or row.institution_code != institution:
                raise ValueError(f"record {number}")
            if isinstance(row, Application):
                if row.application_date > day or (row.application_type == "1" and not row.holder_id):
                    raise ValueError(f"record {number}")
                counts[row.application_type] = counts.get(row.application_type, 0) + 1
            else:
                won = int(row.amount)
                if won < 140:
                    raise ValueError(f"record {number}")
                form = "full" if row.debit_form == "1" else "partial"
                counts[form] = counts.get(form, 0) + 1
                sums[form] = sums.get(form, 0) + won
    told = record.decode("cp949")
    if int(told[27:35]) != number or (length == 120 and int(told[35:43]) != counts["1"]):
        raise ValueError("trailer")
    if length == 150 and (int(told[43:56]), int(told[64:77])) != (sums["full"], sums["partial"]):
        raise ValueError("trailer")
    return number


def _record(
    record: bytes, number: int, table: list[tuple[int, Check]], make: Callable[..., Application | Debit]
) -> Application | Debit:
    values = []
    at = 0
    for length, is_right in table:
        text = record[at : at + length].decode("cp949")
        if not is_right(text):
            raise ValueError(f"record {number}, byte {at + 1}")
        values.append(text.strip(" \u3000"))
        at += length
    return make(*values)
