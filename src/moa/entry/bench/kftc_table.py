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
# What a debit request says; the fields that are blank in every request, and the institution, are not stored with each.
COLUMNS = (
    "seq", "bank_branch_code", "account_no", "amount", "holder_id", "passbook_text", "payer_no", "debit_form",
    "phone_cash_receipt",
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
                cursor.execute(f"create temp table bench_kftc ({columns})")
                begun = perf_counter()
                load(path, cursor)
                times[name].append(perf_counter() - begun)
                _check(cursor)
        cursor.execute("drop table bench_kftc")
    connections["owner"].close()
    ours, reference = (round(RECORDS / median(times[name])) for name in ("ours", "rows"))
    return [Result("kftc.table", ours, reference, ours / reference, FLOOR)]


def _load(path: Path, cursor: Any) -> None:
    from psycopg.copy import QueuedLibpqWriter

    from moa.formats.kftc.reading import examine

    # The queue lets the server store one stretch while the next is read.
    queue = QueuedLibpqWriter(cursor.cursor)
    statement = "copy bench_kftc from stdin (encoding 'UHC')"
    with path.open("rb") as source, cursor.copy(statement, writer=queue) as copy:
        examine(source, _refuse, lambda rows: copy.write(rows.table_bytes(COLUMNS)))


def _load_row_by_row(path: Path, cursor: Any) -> None:
    """The same checked records, each cut, decoded and written by itself."""
    from moa.formats.kftc.file_kinds import file_kinds
    from moa.formats.kftc.reading import examine

    cuts = [(field.start, field.end) for field in map(file_kinds()["EB21"].data.field, COLUMNS)]

    def write(rows: Any) -> None:
        for at in range(len(rows)):
            record = rows.record(at)
            copy.write_row([record[start:end].decode("cp949").rstrip(" \u3000") for start, end in cuts])

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
