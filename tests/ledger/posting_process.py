"""Posts batches in a process of its own, to be killed: `python -m tests.ledger.posting_process GROUP PERSON COUNT SIZE`."""

from __future__ import annotations

import sys

import django


def main() -> None:
    django.setup()
    from moa.control.queries import context_for
    from moa.ledger.models import Book
    from moa.ledger.operations.post_vouchers import post_vouchers
    from tests.control.factories import AT
    from tests.ledger.journal import voucher

    group_id, person_id, count, size = (int(number) for number in sys.argv[1:])
    ctx = context_for(group_id, person_id, at=AT, channel="test")
    with ctx.open():
        book = Book.objects.get()
    print("ready", flush=True)
    for start in range(0, count, size):
        vouchers = [voucher(f"p{n}", "bank", "ab"[n % 2], n + 1) for n in range(start, start + size)]
        with ctx.open():
            post_vouchers(ctx, book, vouchers)
        print(start + size, flush=True)


if __name__ == "__main__":
    main()
