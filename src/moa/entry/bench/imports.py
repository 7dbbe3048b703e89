"""`moa bench import`: a whole import, committed and checked, against a bare COPY of the same rows."""

from __future__ import annotations

import io
import statistics
import time
from datetime import UTC, date, datetime, timedelta

from django.db import connections

from moa.accounts.operations.import_file import import_file
from moa.accounts.operations.open_account import NewAccount, open_account
from moa.accounts.operations.receive_file import receive_file
from moa.control.context import Context
from moa.control.operations.add_unit import NewUnit, add_unit
from moa.control.operations.set_up_group import NewGroup, set_up_group
from moa.entry.bench.measure import Result

ROWS = 100_000
ROUNDS = 3
DAYS = 90
FIRST = date(2026, 1, 1)


def run() -> list[Result]:
    """Shape: rows a second. Ours: from the stored file to the commit, reading, fingerprints and checks included."""
    ctx = _group()
    mine, bare = [], []
    for number in range(ROUNDS):
        account = f"{number + 1:010d}"
        with ctx.open():
            received = receive_file(ctx, source=io.BytesIO(statement_file(account)), name=f"{account}.sta")
        begun = time.perf_counter()
        result = import_file(ctx, file_id=received.id)
        mine.append(ROWS / (time.perf_counter() - begun))
        if result.entries_new != ROWS:
            raise AssertionError(f"{result.entries_new} rows were stored")
        bare.append(ROWS / _bare_copy(account))
    ours, reference = round(statistics.median(mine)), round(statistics.median(bare))
    return [
        Result(
            "import.committed", ours=ours, reference=reference, ratio=round(ours / reference, 3), floor=0.3
        )
    ]


def _group() -> Context:
    at = datetime.now(UTC)
    ctx = set_up_group(NewGroup(f"IMPORT{at:%H%M%S%f}", "가져오기", "KRW", is_demo=True), at=at)
    with ctx.open():
        unit = add_unit(ctx, new=NewUnit("company", "C", "회사", date(2020, 1, 1)))
        for number in range(ROUNDS):
            open_account(ctx, new=NewAccount(unit.id, "KR", "004", f"{number + 1:010d}", "EUR"))
    return ctx


def statement_file(account: str) -> bytes:
    """One MT940 statement over ninety days, about 190 bytes an entry, :86: of four lines."""
    parts = [f":20:BENCH\r\n:25:{account}\r\n:28C:1/1\r\n:60F:C260101EUR1000,00\r\n"]
    total = 100_000
    for n in range(ROWS):
        day = FIRST + timedelta(days=n * DAYS // ROWS)
        total += (n % 1000 + 1) * 100 + 25
        parts.append(
            f":61:{day:%y%m%d}{day:%m%d}C{n % 1000 + 1},25NTRFREF{n:08d}//BANK{n:08d}\r\n"
            f":86:Payment of invoice {n:08d} for goods\r\ndelivered in the month before this\r\n"
            f"Counterparty number {n % 777} Limited\r\nThank you for your business\r\n"
        )
    last = FIRST + timedelta(days=DAYS)
    parts.append(f":62F:C{last:%y%m%d}EUR{total // 100},{total % 100:02d}\r\n-\r\n")
    return "".join(parts).encode()


def _bare_copy(account: str) -> float | int:
    """Seconds of one COPY of the account's rows into a table with the same columns and keys, and its commit."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("drop table if exists bench_lines")
        cursor.execute("create table bench_lines (like accounts_transaction including all)")
        rows = io.BytesIO()
        with cursor.copy(
            "copy (select t.* from accounts_transaction t join accounts_bankaccount a on a.id = t.account_id"
            f" join control_group g on g.id = a.group_id where a.number = '{account}' and g.code like 'IMPORT%%'"
            " and t.recorded_at > now() - interval '5 minutes' order by t.id limit 100000) to stdout"
        ) as copy:
            for block in copy:
                rows.write(block)
        if rows.getvalue().count(b"\n") != ROWS:
            raise AssertionError("the rows to copy are not those imported")
        begun = time.perf_counter()
        with cursor.copy("copy bench_lines from stdin") as copy:
            copy.write(rows.getvalue())
        seconds = time.perf_counter() - begun
        cursor.execute("drop table bench_lines")
    owner.close()
    return seconds
