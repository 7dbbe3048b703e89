"""Books single vouchers until each is answered, through faults of the server, in a process of its own.

`python -m tests.ledger.single_process GROUP PERSON NAME COUNT` says "ready", books the keys NAME-0, NAME-1, …, says
each number that it was answered for, and tries a key again whenever the database failed it: the answer may have been lost.
"""

from __future__ import annotations

import sys
import time

import django


def main() -> None:
    django.setup()
    import psycopg
    from django.db import DatabaseError, connection
    from psycopg_pool import PoolTimeout

    from moa.control.queries import context_for
    from moa.ledger.operations.post_vouchers import post_at_once, post_vouchers
    from moa.ledger.queries import access_book
    from tests.control.factories import AT
    from tests.ledger.journal import voucher

    group_id, person_id, name, count = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    context_for(group_id, person_id, at=AT, channel="test")
    print("ready", flush=True)
    number = faults = 0
    deadline = time.monotonic() + 60
    while number < count and time.monotonic() < deadline:
        try:
            ctx = context_for(group_id, person_id, at=AT, channel="test")
            one = voucher(f"{name}-{number}", "bank", "ab"[number % 2], number + 1)
            with ctx.open():
                book = access_book(ctx)
                if number % 3 == 0:
                    answer = post_vouchers(ctx, book, [one]).answers[0]
            if number % 3:
                answer = post_at_once(ctx, book, [one]).answers[0]
        except (DatabaseError, psycopg.Error, PoolTimeout):
            faults += 1
            connection.close()
            connection.close_pool()
            time.sleep(0.05)
            continue
        assert not answer.code, answer
        print(number, flush=True)
        number += 1
    print("faults", faults, flush=True)


if __name__ == "__main__":
    main()
