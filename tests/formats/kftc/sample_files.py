"""Small KFTC files for the tests of reading, written with the layouts."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from random import Random

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.reading import FileSummary, examine

INSTITUTION = "9912345678"
BANKS = ("0040000", "0881234", "0050000", "0810001", "0250000", "0110000", "2180000", "0450000")
KINDS = ("EB11", "EB12", "EB13", "EB14", "EB21", "EB22", "EC21", "EC22", "EB31", "EB32")
Row = dict[str, str]


def row(kind: str, number: int) -> Row:
    """A record without any finding."""
    said = {
        "application_date": "260715", "application_type": "1", "payer_no": f"{number:010}", "bank_branch_code": "0040000",
        "account_no": f"{number:014}", "holder_id": "800101", "amount": str(10_000 + number), "debit_form": "1",
        "passbook_text": "관리비11월", "check_flag": "Y",
    }  # fmt: skip
    if file_kinds()[kind].is_result:
        said |= {"result": "N", "error_code": "A013" if kind == "EB12" else "0021"}
    return said | ({"handling_branch": "0123"} if kind in ("EB11", "EB12") else {})


def varied(kind: str, number: int, random: Random) -> Row:
    """A record that any kind may hold, often with hints."""
    said = row(kind, number) | {
        "application_type": random.choice("377"),
        "payer_no": random.choice([f"A{number:05}", f"{number:020}", f"abcZ{number}"]),
        "bank_branch_code": random.choice(BANKS),
        "account_no": "".join(random.choice("0123456789") for _ in range(random.randint(7, 16))),
        "holder_id": random.choice(["800101", "000229", "1168200276", "1168200277", ""]),
        "amount": random.choice(["10000", "300", "99999999999"]),
        "debit_form": random.choice("0123456"),
        "passbook_text": random.choice(["관리비", "ＡＢ", "", "家賃１２", "①가나"]),
        "fund_type": random.choice(["", "A1", "7"]),
    }
    if file_kinds()[kind].is_result:
        said["error_code"] = random.choice(["0021", "A013", "0061", "0088", "Z999", "0098", "0014"])
    if kind in ("EB22", "EC22"):
        said["result"] = random.choice("NP")
    if kind in ("EB11", "EB12"):
        said["handling_branch"] = random.choice(["CHNG", "CNCL", "0123"])
    return said


def file_of(kind_name: str, rows: list[Row]) -> list[bytes]:
    """The records of a file, the trailer's totals as the reader computes them."""
    kind = file_kinds()[kind_name]
    said = {
        "institution_code": INSTITUTION, "file_name": f"{kind_name}0716", "application_date": "260716",
        "debit_date": "260716", "credit_date": "260716", "main_bank_branch_code": "0040000",
        "bank_branch_code": "0040000", "credit_account_no": "12345678901", "debit_account_no": "12345678901",
    }  # fmt: skip
    data = [
        kind.data.encode({"institution_code": INSTITUTION, "seq": str(number)} | values)
        for number, values in enumerate(rows, 1)
    ]
    made = [kind.header.encode(said | {"seq": "00000000"}), *data]
    totals = read(made).totals
    return [*made, kind.trailer.encode(said | {"seq": "99999999"} | {k: str(v) for k, v in totals.items()})]


def sound_file(kind: str, count: int) -> list[bytes]:
    return file_of(kind, [row(kind, number) for number in range(1, count + 1)])


def varied_file(kind: str, count: int) -> list[bytes]:
    random = Random(count)
    return file_of(kind, [varied(kind, number, random) for number in range(1, count + 1)])


class Read(FileSummary):
    """A summary with the findings that were told."""

    found: list[Finding]

    def told(self) -> list[tuple[str, int | None, str, str]]:
        return [(f.code, f.record, f.field, f.value) for f in self.found]

    def codes(self) -> list[tuple[str, int | None]]:
        return [(f.code, f.record) for f in self.found]


def read(data: bytes | list[bytes], rows: Callable[..., None] | None = None) -> Read:
    found: list[Finding] = []
    joined = b"".join(data) if isinstance(data, list) else data
    return _with(examine(io.BytesIO(joined), found.append, rows), found)


def _with(summary: FileSummary, found: list[Finding]) -> Read:
    result = Read(**vars(summary))
    result.found = found
    return result


def replaced(records: list[bytes], at: int, new: bytes) -> Iterator[bytes]:
    yield from (new if place == at else record for place, record in enumerate(records))
