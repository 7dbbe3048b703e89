"""Row `ledger.single_beside_bulk_p95`: how long single vouchers take while a bulk file is posted into the same book.

`python -m moa.entry.bench.ledger_beside SECONDS` is the bulk file: it says "ready", posts rows for that long once it is
given a line, and says how many were booked.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from django.db import connections

from moa.entry.bench.measure import Result
from moa.ledger.rules.vouchers import NewVoucher

CLIENTS, SECONDS = 8, 6
P95_MS = 100


def run() -> list[Result]:
    """Shape: milliseconds, allowed ÷ measured; 8 clients book one voucher each 50 ms, beside one file without end."""
    from moa.entry.bench.ledger_group import bench_book

    bench_book()
    connections["default"].close()
    waits, booked = beside()
    if not booked:
        raise AssertionError("nothing of the file was booked meanwhile")
    p95 = round(statistics.quantiles(waits, n=20)[-1] / 1000, 1)
    return [Result("ledger.single_beside_bulk_p95", p95, P95_MS, round(P95_MS / p95, 3), 1)]


def beside() -> tuple[list[int], int]:
    """How long each single voucher took, in microseconds, and how many of the file were booked meanwhile."""
    file = _start("moa.entry.bench.ledger_beside", str(SECONDS + 2))
    clients = [_start("moa.entry.bench.ledger_client", str(SECONDS), "paced") for _ in range(CLIENTS)]
    for process in (file, *clients):
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    waits: list[int] = []
    for client in clients:
        waits += json.loads(client.communicate()[0])
    booked = int(file.communicate()[0])
    if any(process.returncode for process in (file, *clients)):
        raise AssertionError("a process failed")
    return waits, booked


def _start(module: str, *words: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    if process.stdout.readline() != "ready\n":
        raise AssertionError(f"{module} did not start")
    return process


def main() -> None:
    from moa.entry.startup import setup_django

    setup_django()
    from moa.entry.bench.ledger_group import bench_book
    from moa.ledger.operations.post_file import post_file

    bench = bench_book()
    print("ready", flush=True)
    sys.stdin.readline()
    print(post_file(bench.context(), bench.book, _rows(time.perf_counter() + int(sys.argv[1]))).accepted)


def _rows(end: float) -> Iterator[tuple[str, NewVoucher]]:
    from moa.entry.bench.ledger_group import vouchers

    place = 0
    while time.perf_counter() < end:
        for voucher in vouchers(1000):
            place += 1
            yield f"line {place}", voucher


if __name__ == "__main__":
    main()
