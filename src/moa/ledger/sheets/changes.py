"""What changed since a moment: why a balance as known then differs from what is known now."""

from __future__ import annotations

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.ledger.balances import CLOCKS_DIFFER, settle_moment
from moa.ledger.models import Book
from moa.ledger.sheets.shape import Asked, Column, Row, Sheet, SheetNeeds
from moa.ledger.sheets.vouchers import LEG, WHERE, facts_of

COLUMNS = (
    Column("account", "code"), Column("name", "text"), Column("currency", "code"), Column("before", "amount"),
    Column("change", "amount"), Column("after", "amount"), Column("entries", "count"),
)  # fmt: skip
WHY = (
    Column("recorded_at", "moment"), Column("day", "day"), Column("voucher", "code"), Column("account", "code"),
    Column("memo", "text"), Column("maker", "text"), Column("currency", "code"), Column("change", "amount"),
)  # fmt: skip
# Nothing recorded after the moment can be of a day that was closed by then.
_LATER = f"""
with not_closed as materialized (
    select min(business_date) as day from ledger_businessday
     where book_id = %(book)s and (state <> 'closed' or closed_at > %(settled_by)s::timestamptz)),
later as materialized (
    select v.id, v.period, v.business_date, v.memo, v.recorded_at, m.name as maker, e.account_id, e.amount_minor, e.leg
      from not_closed join ledger_voucher v on v.business_date >= not_closed.day
      join control_person m on m.id = v.maker_id
      join ledger_entry e on e.voucher_id = v.id and e.period = v.period
      join ledger_account a on a.id = e.account_id
     where {WHERE.replace("v.recorded_at <= %(known_at)s", "v.recorded_at > %(known_at)s")} and {LEG})
"""
_BY_ACCOUNT = """
, moved as (select account_id, sum(amount_minor)::bigint as change, count(*) as entries from later group by account_id)
select a.id, a.code, a.name, a.currency, a.normal_side, moved.change, moved.entries,
       b.current_minor - coalesce((select sum(e.amount_minor) from ledger_entry e
            where e.account_id = a.id and e.business_date > %(last)s and e.period >= %(last_period)s), 0)::bigint
  from moved join ledger_account a on a.id = moved.account_id join ledger_balance b on b.account_id = a.id
 order by abs(moved.change) desc, a.code
"""
_WHY = """
select l.recorded_at, l.business_date, l.id, l.period, a.code, l.memo, l.maker, a.currency, l.amount_minor * a.normal_side
  from later l join ledger_account a on a.id = l.account_id
 order by l.recorded_at, l.id, l.leg limit %(most)s
"""


def changes_since(ctx: Context, book: Book, asked: Asked, name: str = "changes") -> Sheet:
    """Accounts whose balance at the end of the last day is another than was known at `asked.known_at`.

    Shape: `about["why"]` the entries that make the difference, `about["columns"]` theirs; amounts on the account's
    normal side. Raises: sheet_needs, moment_in_future.
    """
    if asked.known_at is None:
        raise SheetNeeds(field="known_at")
    settle_moment(ctx, book, asked.known_at)
    # All days up to the last one: what came late for a day before the range changes the balance too.
    facts = {
        **facts_of(ctx, book, asked), "settled_by": asked.known_at - CLOCKS_DIFFER, "first_period": 0,
        "first": "0001-01-01",
    }  # fmt: skip
    with driver_cursor() as cursor:
        cursor.execute(_LATER + _BY_ACCOUNT, facts)
        found = cursor.fetchall()
        cursor.execute(_LATER + _WHY, facts)
        why = cursor.fetchall()
    rows: list[Row] = [
        {
            "account": code, "name": label, "currency": currency, "before": (now - change) * side, "change": change * side,
            "after": now * side, "entries": entries,
        }
        for _, code, label, currency, side, change, entries, now in found
    ]  # fmt: skip
    keys = (
        "recorded_at",
        "day",
        "voucher",
        "period",
        "account",
        "memo",
        "maker",
        "currency",
        "change",
    )
    entries = [dict(zip(keys, row, strict=True)) for row in why]
    kept = rows[: asked.most] if asked.most else rows
    return Sheet(
        name, book.code, book.functional_currency, asked, COLUMNS, kept,
        is_cut=len(kept) < len(rows) or bool(asked.most and len(entries) > asked.most),
        about={"why": entries[: asked.most] if asked.most else entries, "columns": WHY},
    )  # fmt: skip
