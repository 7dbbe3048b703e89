"""How much was booked: vouchers, entries and amounts by day, by kind, or by maker."""

from __future__ import annotations

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.ledger.balances import settle_moment
from moa.ledger.models import Book
from moa.ledger.sheets.shape import Asked, Column, Row, Sheet, sums
from moa.ledger.sheets.vouchers import WHERE, facts_of

BY = {
    "day": "v.business_date::text",
    "origin": "v.origin",
    "maker": "m.name",
}
_VOLUME = """
select {key}, a.currency, count(distinct v.id), count(*),
       coalesce(sum(e.amount_minor) filter (where e.side = 1), 0)::bigint,
       count(distinct v.id) filter (where v.reverses_id is not null)
  from ledger_voucher v join control_person m on m.id = v.maker_id
  join ledger_entry e on e.voucher_id = v.id and e.period = v.period
  join ledger_account a on a.id = e.account_id
 where {where} and (%(currency)s = '' or a.currency = %(currency)s)
 group by 1, 2 order by 1, 2
"""


def volume_sheet(ctx: Context, book: Book, asked: Asked, name: str = "volume") -> Sheet:
    """By `asked.by`: day, origin or maker; the amount is what stands in the debit column. Raises: moment_in_future."""
    settle_moment(ctx, book, asked.known_at)
    by = asked.by if asked.by in BY else "day"
    with driver_cursor() as cursor:
        cursor.execute(_VOLUME.format(key=BY[by], where=WHERE), facts_of(ctx, book, asked))
        rows: list[Row] = [
            {
                by: row[0], "currency": row[1], "vouchers": row[2], "entries": row[3], "amount": row[4],
                "reversals": row[5],
            }
            for row in cursor
        ]  # fmt: skip
    columns = (
        Column(by, "origin" if by == "origin" else "text"), Column("currency", "code"), Column("vouchers", "count"),
        Column("entries", "count"), Column("amount", "amount"), Column("reversals", "count"),
    )  # fmt: skip
    return Sheet(name, book.code, book.functional_currency, asked, columns, rows, sums(rows, columns))
