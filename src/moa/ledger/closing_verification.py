"""Recompute what closings set down and what they sealed, and compare; part of `moa verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from moa.ledger.models import Book, Seal, SealedLine
from moa.ledger.proof_lines import Closing, Standing, Sums, day_lines, moved_accounts
from moa.ledger.rules.seals import Tree, body_of, hex_of
from moa.ledger.sealing import digest_of

Found = tuple[str, str, str]
"""What is looked at, what it should be, what it is."""

# Each gives (subject, expected, found) for what differs in the book %(book)s.
CLOSING_CHECKS: dict[str, str] = {
    # A closing is the one before it and the entries between the two.
    "closing": """
        select a.code || ' on ' || c.business_date || ' revision ' || c.revision,
               coalesce(c.former_closing, 0) || ' ' || coalesce(m.debit, 0) || ' ' || coalesce(m.credit, 0) || ' after '
               || coalesce(c.former_n, 0) + m.entries || ' entries, product ' || p.product,
               c.opening_minor || ' ' || c.debit_minor || ' ' || c.credit_minor || ' after ' || c.n || ' entries, product '
               || c.product
          from (select d.*, lag(d.closing_minor) over w as former_closing, lag(d.n) over w as former_n,
                       lag(d.product) over w as former_product, lag(d.business_date) over w as former_day
                  from ledger_dailyclosing d where d.book_id = %(book)s
                window w as (partition by d.account_id order by d.business_date, d.revision)) c
          join ledger_account a on a.id = c.account_id
         cross join lateral (
               select sum(e.amount_minor) filter (where e.side = 1) as debit,
                      sum(e.amount_minor) filter (where e.side = -1) as credit, count(*) as entries,
                      sum(e.amount_minor::numeric * (c.business_date + 1 - e.value_date)) as product
                 from ledger_entry e
                where e.account_id = c.account_id and e.n > coalesce(c.former_n, 0) and e.n <= c.n
                  and e.business_date = c.business_date) m
         cross join lateral (
               select coalesce(c.former_product, 0) + coalesce(m.product, 0)
                      + coalesce(c.former_closing::numeric * (c.business_date - c.former_day), 0) as product) p
         where c.opening_minor <> coalesce(c.former_closing, 0) or c.debit_minor <> coalesce(m.debit, 0)
            or c.credit_minor <> coalesce(m.credit, 0) or c.n <> coalesce(c.former_n, 0) + m.entries
            or c.product <> p.product
         order by a.code, c.business_date, c.revision
    """,
    "entry_not_closed": """
        select a.code || ' entry ' || e.n, 'in a closing of ' || e.business_date, 'in none'
          from (select max(closed_at) as closed_at from ledger_seal where book_id = %(book)s) s
          join ledger_account a on a.book_id = %(book)s
          left join lateral (
                select c.n from ledger_dailyclosing c where c.account_id = a.id
                 order by c.business_date desc, c.revision desc limit 1) c on true
          join lateral (
                select x.n, x.business_date from ledger_entry x
                 where x.account_id = a.id and x.n > coalesce(c.n, 0) and x.recorded_at <= s.closed_at
                 order by x.n limit 1) e on true
         order by a.code
    """,
    "day_without_seal": """
        select 'business day ' || d.business_date, 'a seal for each of ' || d.revision || ' closings', count(s.id) || ' seals'
          from ledger_businessday d
          left join ledger_seal s on s.book_id = d.book_id and s.business_date = d.business_date
                                 and s.revision between 1 and d.revision
         where d.book_id = %(book)s
         group by d.id
        having count(s.id) <> d.revision
         order by d.business_date
    """,
}


def seal_differences(book: Book) -> Iterator[Found]:
    """Every seal of the book taken again from the books as they are."""
    standing: dict[str, Standing] = {}
    sums: Sums = {}
    former: Seal | None = None
    for seal in Seal.objects.filter(book_id=book.id).order_by("business_date", "revision"):
        name = f"seal of {seal.business_date} revision {seal.revision}"
        said = json.loads(seal.facts)
        taken = _taken(book, seal, former, standing, sums)
        for fact, expected in taken.items():
            if said.get(fact) != expected:
                yield f"{name}: {fact}", str(expected), str(said.get(fact))
        if seal.hex != hex_of(seal.facts):
            yield f"{name}: hex", hex_of(seal.facts), seal.hex
        former = seal


def _taken(
    book: Book, seal: Seal, former: Seal | None, standing: dict[str, Standing], sums: Sums
) -> dict[str, Any]:
    """What the seal should say; `standing` and `sums` are carried to the end of its section."""
    again = former is not None and former.business_date == seal.business_date
    since = former.closed_at if former and again else None
    closing = Closing(book, seal.business_date, seal.revision, since, seal.closed_at)
    moved = moved_accounts(closing)
    tree, vouchers, entries = Tree(), 0, 0
    for line in day_lines(closing, moved, sums):
        if line[0] == "voucher":
            vouchers, entries = vouchers + 1, entries + len(line[-1])
        tree.add(body_of(line))
    kept = SealedLine.objects.filter(
        book_id=book.id, business_date=seal.business_date, revision=seal.revision
    )
    for body in kept.order_by("place").values_list("body", flat=True):
        tree.add(body)
    for one in moved:
        standing[one.code] = Standing(*one[:6], one.closing)
    ordered = [standing[code] for code in sorted(standing)]
    return {
        "book": book.code, "date": str(seal.business_date), "revision": seal.revision,
        "previous": former.hex if former else None, "vouchers": vouchers, "entries": entries, "root": tree.root(),
        "balances": digest_of(ordered),
    }  # fmt: skip
