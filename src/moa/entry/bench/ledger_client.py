"""One client that books one voucher per transaction: `python -m moa.entry.bench.ledger_client SECONDS [hottest|paced]`; paced, it pauses between two.

Prints how many it booked and how long each took, in microseconds, as JSON.
"""

from __future__ import annotations

import json
import sys
import time

from moa.entry.startup import setup_django

WARM_UP_SECONDS = 1
PAUSE_SECONDS = 0.05


def main() -> None:
    setup_django()
    from dataclasses import replace

    from moa.entry.bench.ledger_group import bench_book, vouchers
    from moa.ledger.operations.post_vouchers import post_at_once

    seconds, hottest, paced = int(sys.argv[1]), "hottest" in sys.argv[2:], "paced" in sys.argv[2:]
    bench = bench_book()
    ctx = bench.context()
    waiting = iter(vouchers(20_000, hottest=hottest))
    waits: list[int] = []
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.perf_counter() + WARM_UP_SECONDS
    while (begun := time.perf_counter()) < start + seconds:
        # A new Context for each, as a request has one: the actor's rights are read anew.
        one = replace(ctx, memo=dict(ctx.memo, rights=None))
        del one.memo["rights"]
        posting = post_at_once(one, bench.book, [next(waiting)])
        if posting.accepted != 1:
            raise AssertionError(posting.rejected)
        if begun >= start:
            waits.append(round((time.perf_counter() - begun) * 1_000_000))
        if paced:
            time.sleep(PAUSE_SECONDS)
    print(json.dumps(waits))


if __name__ == "__main__":
    main()
