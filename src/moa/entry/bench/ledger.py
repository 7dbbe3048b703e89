"""`moa bench ledger`: booking in batches and one by one, with audit, constraints and row security on.

Every figure and its reference are taken in turns, three rounds, and each is the median of its rounds.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable

from django.db import connections

from moa.entry.bench.ledger_group import ACCOUNTS, Bench, bench_book, vouchers
from moa.entry.bench.ledger_reference import (
    CLIENTS,
    copy_rate,
    make_references,
    naive_rate,
    remove_references,
    tpcb_rate,
)
from moa.entry.bench.measure import Result
from moa.ledger.operations.post_vouchers import post_vouchers

BATCH = 10_000
ROUNDS = 3
SECONDS = 4
SINGLE_P95_MS = 20


def run() -> list[Result]:
    """Rates are vouchers (or transactions) a second; `ledger.single_p95` is in milliseconds, allowed ÷ measured."""
    bench = bench_book()
    make_references(ACCOUNTS)
    batch_rate(bench)
    works: dict[str, Callable[[], int]] = {
        "batch": lambda: steady_rate(bench),
        "copy": lambda: copy_rate(BATCH),
        "hot": lambda: steady_rate(bench, hot=True),
        "naive": lambda: naive_rate(ACCOUNTS, SECONDS),
        "tpcb": lambda: tpcb_rate(SECONDS),
    }
    figures: dict[str, list[int]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, work in works.items():
            figures[name].append(work())
        for name, hottest in (("single", False), ("single_hot", True)):
            rate, p95 = single_rate(hottest=hottest)
            figures[name].append(rate)
            figures[f"{name}_p95"].append(p95)
    remove_references()
    return _rows({name: round(statistics.median(taken)) for name, taken in figures.items()})


def _rows(took: dict[str, int]) -> list[Result]:
    def against(name: str, ours: str, reference: str, floor: object = None) -> Result:
        return Result(
            f"ledger.{name}", took[ours], took[reference], round(took[ours] / took[reference], 3), floor
        )

    p95 = round(took["single_p95"] / 1000, 1)
    hot_p95 = round(took["single_hot_p95"] / 1000, 1)
    return [
        against("batch_vs_naive", "batch", "naive", 20),
        against("batch_vs_tpcb", "batch", "tpcb", 3),
        against("batch_vs_copy", "batch", "copy", 0.15),
        against("hot_vs_copy", "hot", "copy", 0.18),
        against("single", "single", "tpcb", 0.18),
        Result("ledger.single_p95", p95, SINGLE_P95_MS, round(SINGLE_P95_MS / p95, 3), 1),
        against("single_hot", "single_hot", "tpcb"),
        Result("ledger.single_hot_p95", hot_p95, SINGLE_P95_MS, round(SINGLE_P95_MS / hot_p95, 3)),
    ]


def steady_rate(bench: Bench, *, hot: bool = False) -> int:
    """Batches one after the other for as long as the references run, after one that finds a new connection's cold caches.

    pgbench leaves out the beginning too, and COPY's connection has just read what it copies.
    """
    batch_rate(bench, hot=hot)
    rates: list[int] = []
    ends = time.perf_counter() + SECONDS
    while time.perf_counter() < ends:
        rates.append(batch_rate(bench, hot=hot))
    return round(statistics.harmonic_mean(rates))


def batch_rate(bench: Bench, *, hot: bool = False) -> int:
    """One batch, from the call to the commit."""
    ready = vouchers(BATCH, hot=hot)
    ctx = bench.context()
    begun = time.perf_counter()
    with ctx.open():
        posting = post_vouchers(ctx, bench.book, ready)
    rate = round(BATCH / (time.perf_counter() - begun))
    if posting.accepted != BATCH:
        raise AssertionError(f"{posting.accepted} of {BATCH} were booked")
    return rate


def single_rate(*, hottest: bool) -> tuple[int, int]:
    """Vouchers per second of 8 processes, one a transaction, and the 95th percentile of how long one took (µs)."""
    connections["default"].close()
    command = [
        sys.executable,
        "-m",
        "moa.entry.bench.ledger_client",
        str(SECONDS),
        *(["hottest"] if hottest else []),
    ]
    clients = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(CLIENTS)
    ]
    for client in clients:
        assert client.stdin is not None and client.stdout is not None
        if client.stdout.readline() != "ready\n":
            raise AssertionError("a client did not start")
    for client in clients:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    waits: list[int] = []
    for client in clients:
        said, _ = client.communicate()
        if client.returncode != 0:
            raise AssertionError("a client failed")
        waits += json.loads(said)
    return round(len(waits) / SECONDS), statistics.quantiles(waits, n=20)[-1].__round__()
