"""`kftc.table`: a debit file into a PostgreSQL table, read, checked and copied; against copying it row by row."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connections

from moa.entry.bench.kftc_files import write_file
from moa.entry.bench.measure import Result

RECORDS = 500_000
ROUNDS = 3
FLOOR = 4
COLUMNS = (
    "seq", "institution_code", "bank_branch_code", "account_no", "amount", "holder_id", "result", "error_code",
    "passbook_text", "fund_type", "payer_no", "institution_area", "debit_form", "phone_cash_receipt",
)  # fmt: skip
_NUMBERS = ("seq", "amount")


def run() -> list[Result]:
    """Rows per second of the clock, for the server works too. Both read and check the same file with the library."""
    columns = ", ".join(f"{name} {'bigint' if name in _NUMBERS else 'text'}" for name in COLUMNS)
    times: dict[str, list[Any]] = {"ours": [], "rows": []}
    with tempfile.TemporaryDirectory() as folder, connections["owner"].cursor() as cursor:
        path = Path(folder, "EB21")
        write_file(path, "EB21", RECORDS)
        for _ in range(ROUNDS):
            for name, load in (("ours", _load), ("rows", _load_row_by_row)):
                cursor.execute("drop table if exists bench_kftc")
                cursor.execute(f"create table bench_kftc ({columns})")
                begun = perf_counter()
                load(path, cursor)
                times[name].append(perf_counter() - begun)
                _check(cursor)
        cursor.execute("drop table bench_kftc")
    connections["owner"].close()
    ours, reference = (round(RECORDS / median(times[name])) for name in ("ours", "rows"))
    return [Result("kftc.table", ours, reference, ours / reference, FLOOR)]


def _load(path: Path, cursor: Any) -> None:
    from moa.formats.kftc.reading import examine

    with path.open("rb") as source, cursor.copy("copy bench_kftc from stdin (encoding 'UHC')") as copy:
        examine(source, _refuse, lambda rows: copy.write(rows.table_bytes(COLUMNS)))


def _load_row_by_row(path: Path, cursor: Any) -> None:
    from moa.formats.kftc.reading import examine

    def write(rows: Any) -> None:
        for row in rows.decoded():
            copy.write_row([row[name] for name in COLUMNS])

    with path.open("rb") as source, cursor.copy("copy bench_kftc from stdin") as copy:
        examine(source, _refuse, write)


def _refuse(finding: object) -> None:
    raise AssertionError(finding)


def _check(cursor: Any) -> None:
    """Both ways must bring the same: the numbers, a sum, and Korean text."""
    cursor.execute(
        "select count(*), max(seq), count(*) filter (where passbook_text = '학원비') from bench_kftc"
    )
    counted = cursor.fetchone()
    if counted[:2] != (RECORDS, RECORDS) or not counted[2]:
        raise AssertionError(counted)
