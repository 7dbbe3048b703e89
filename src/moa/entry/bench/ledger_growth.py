"""Booking into a book of 10,000,000 entries against booking into an empty one, each in a database of its own.

`python -m moa.entry.bench.ledger_growth ENTRIES` makes the book that MOA_DATABASE names, fills it up to ENTRIES, says
"ready", and then books one batch for each line on its standard input and prints the vouchers a second.
"""

from __future__ import annotations

import statistics
import sys
from typing import Any

from moa.entry.bench.measure import Result, ask_child, child_in

ENTRIES = 10_000_000
MONTHS = (202601, 202602, 202603, 202604, 202605, 202606, 202607, 202608, 202609, 202610)
ROUNDS = 5
EMPTY, FULL = "moa_bench_empty", "moa_bench_full"

# A month's vouchers move between accounts spread evenly; numbers and balances go on from those before.
_VOUCHERS = """
insert into ledger_voucher (group_id, book_id, maker_id, standing_order_id, recorded_at, period, business_date, value_date,
    legs, origin, key, source_kind, source_id, memo)
select b.group_id, b.id, o.maker_id, o.id, %(day)s::date + time '12:00', %(period)s, %(day)s, %(day)s, 2, 'file',
       %(period)s || '-' || k, '', '', '내부이체'
  from ledger_book b join ledger_standingorder o on o.book_id = b.id, generate_series(1, %(count)s) k where b.id = %(book)s
"""
_ENTRIES = """
insert into ledger_entry (account_id, n, group_id, voucher_id, amount_minor, functional_minor, balance_after, recorded_at,
    period, business_date, value_date, leg, side)
select x.account_id, b.version + row_number() over w, x.group_id, x.id, x.minor, x.minor,
       b.current_minor + sum(x.minor) over w, x.recorded_at, x.period, x.business_date, x.value_date, x.leg, x.side
  from (select v.*, l.leg, l.side, l.side * (1 + v.id %% 9973) as minor,
               f.first_id + (v.id * 7919 + l.leg * 31337) %% %(accounts)s as account_id
          from ledger_voucher v cross join (values (1, 1), (2, -1)) l (leg, side)
         cross join (select min(id) as first_id from ledger_account where book_id = %(book)s) f
         where v.period = %(period)s and v.book_id = %(book)s) x
  join ledger_balance b on b.account_id = x.account_id
window w as (partition by x.account_id order by x.id, x.leg)
"""
_BALANCES = """
update ledger_balance b set version = b.version + s.entries, current_minor = b.current_minor + s.moved
  from (select account_id, count(*) as entries, sum(amount_minor) as moved from ledger_entry
         where period = %(period)s group by account_id) s
 where s.account_id = b.account_id
"""


def run() -> list[Result]:
    """The row `ledger.growth`: vouchers a second, medians of five rounds in turns."""
    empty, full = child_in(EMPTY, __name__, 0, fresh=True), child_in(FULL, __name__, ENTRIES, fresh=False)
    took: dict[str, list[int]] = {EMPTY: [], FULL: []}
    for number in range(ROUNDS + 1):
        for name, process in ((EMPTY, empty), (FULL, full)):
            rate = int(ask_child(process))
            # The first batch of each finds cold caches.
            if number:
                took[name].append(rate)
    for process in (empty, full):
        process.communicate()
    ours, reference = (round(statistics.median(took[name])) for name in (FULL, EMPTY))
    return [Result("ledger.growth", ours, reference, round(ours / reference, 3), 0.85)]


def main() -> None:
    from moa.entry.startup import setup_django

    setup_django()
    from moa.entry.bench.ledger import batch_rate
    from moa.entry.bench.ledger_group import bench_book
    from moa.entry.migrating import migrate

    migrate()
    bench = bench_book()
    fill(bench.book.id, int(sys.argv[1]))
    print("ready", flush=True)
    for _ in sys.stdin:
        print(batch_rate(bench), flush=True)


def fill(book_id: int, entries: int) -> None:
    """Write the months that are not there yet, as the owner and with the guards of each row resting."""
    from datetime import date

    from django.db import connections

    from moa.entry.bench.ledger_group import ACCOUNTS

    with connections["owner"].cursor() as cursor:
        for period in MONTHS if entries else ():
            cursor.execute("select to_regclass(%s) is not null", [f"ledger_entry_{period}"])
            if cursor.fetchone()[0]:
                continue
            facts: dict[str, Any] = {
                "period": period, "day": date(period // 100, period % 100, 1), "book": book_id, "accounts": ACCOUNTS,
                "count": entries // len(MONTHS) // 2,
            }  # fmt: skip
            cursor.execute("begin")
            cursor.execute("alter table ledger_voucher disable trigger vouchers_may_be_booked")
            cursor.execute("alter table ledger_entry disable trigger entries_move_balances")
            cursor.execute("select ledger_make_period(%s)", [period])
            for statement in (_VOUCHERS, _ENTRIES, _BALANCES):
                cursor.execute(statement, facts)
            cursor.execute("alter table ledger_voucher enable trigger vouchers_may_be_booked")
            cursor.execute("alter table ledger_entry enable trigger entries_move_balances")
            cursor.execute("commit")
        cursor.execute("vacuum analyze")
    connections["owner"].close()


if __name__ == "__main__":
    main()
