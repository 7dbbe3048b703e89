"""Vouchers found by day, account, subject, amount, text, maker and source, and one voucher with all that stands under it."""

from __future__ import annotations

from typing import Any, NamedTuple

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.kernel.errors import NotFound
from moa.ledger.balances import settle_moment
from moa.ledger.models import Book
from moa.ledger.rules.vouchers import period_of
from moa.ledger.sheets.shape import Asked, Column, Row, Sheet
from moa.ledger.sheets.subject_tree import SubjectTree

COLUMNS = (
    Column("day", "day"), Column("voucher", "code"), Column("key", "text"), Column("memo", "text"), Column("origin", "origin"),
    Column("maker", "text"), Column("currency", "code"), Column("amount", "amount"), Column("recorded_at", "moment"),
)  # fmt: skip
LARGE = (
    Column("day", "day"), Column("voucher", "code"), Column("account", "code"), Column("name", "text"),
    Column("memo", "text"), Column("currency", "code"), Column("debit", "amount"), Column("credit", "amount"),
    Column("worth", "worth"),
)  # fmt: skip

WHERE = """
 v.book_id = %(book)s and v.business_date between %(first)s and %(last)s
 and v.period between %(first_period)s and %(last_period)s
 and (%(known_at)s::timestamptz is null or v.recorded_at <= %(known_at)s::timestamptz)
 and (%(origin)s = '' or v.origin = %(origin)s)
 and (%(maker)s = '' or m.name ilike %(maker_like)s)
 and (%(text)s = '' or v.memo ilike %(text_like)s or v.key ilike %(text_like)s or v.source_id ilike %(text_like)s
      or v.id::text = %(text)s)
"""
LEG = """
 (%(account)s = '' or a.code = %(account)s) and (%(subjects)s::bigint[] is null or a.subject_id = any(%(subjects)s))
 and (%(currency)s = '' or a.currency = %(currency)s)
 and (%(least)s::bigint is null or abs(e.amount_minor) >= %(least)s) and (%(greatest)s::bigint is null or abs(e.amount_minor) <= %(greatest)s)
"""
_FOUND = f"""
with found as materialized (
    select v.id, v.period, v.business_date, v.key, v.memo, v.origin, v.source_kind, v.source_id, v.recorded_at, v.reverses_id,
           coalesce(m.name, '') as maker
      from ledger_voucher v join control_person m on m.id = v.maker_id
     where {WHERE}
       and (not %(by_leg)s or exists (
            select 1 from ledger_entry e join ledger_account a on a.id = e.account_id
             where e.voucher_id = v.id and e.period = v.period and {LEG}))),
page as (select * from found order by business_date desc, id desc limit %(most)s)
select page.*, a.currency, sum(e.amount_minor) filter (where e.side = 1)::bigint,
       exists (select 1 from ledger_reversal r where r.voucher_id = page.id and r.book_id = %(book)s)
  from page join ledger_entry e on e.voucher_id = page.id and e.period = page.period
  join ledger_account a on a.id = e.account_id
 group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, a.currency
 order by page.business_date desc, page.id desc, a.currency
"""
_SUMS = f"""
select a.currency, count(distinct v.id), coalesce(sum(e.amount_minor) filter (where e.side = 1), 0)::bigint
  from ledger_voucher v join control_person m on m.id = v.maker_id
  join ledger_entry e on e.voucher_id = v.id and e.period = v.period
  join ledger_account a on a.id = e.account_id
 where {WHERE}
   and (not %(by_leg)s or exists (
        select 1 from ledger_entry e join ledger_account a on a.id = e.account_id
         where e.voucher_id = v.id and e.period = v.period and {LEG}))
 group by a.currency order by a.currency
"""
_LARGE = f"""
select v.id, v.period, v.business_date, a.code, a.name, v.memo, a.currency, e.side, e.amount_minor, e.functional_minor,
       count(*) over ()
  from ledger_voucher v join control_person m on m.id = v.maker_id
  join ledger_entry e on e.voucher_id = v.id and e.period = v.period
  join ledger_account a on a.id = e.account_id
 where {WHERE} and {LEG}
 order by abs(coalesce(e.functional_minor, e.amount_minor)) desc, v.id desc, e.leg
 limit %(most)s
"""


def facts_of(ctx: Context, book: Book, asked: Asked) -> dict[str, Any]:
    """What WHERE and LEG ask for. Raises: not_found for a subject that is none."""
    subjects = None
    if asked.subject:
        subjects = [one.id for one in SubjectTree(ctx, book).named(asked.subject).below()]
    return {
        "book": book.id, "first": asked.first, "last": asked.last, "first_period": period_of(asked.first),
        "last_period": period_of(asked.last), "known_at": asked.known_at, "origin": asked.origin, "maker": asked.maker,
        "maker_like": _like(asked.maker), "text": asked.text, "text_like": _like(asked.text), "account": asked.account,
        "subjects": subjects, "currency": asked.currency, "least": asked.least_minor, "greatest": asked.most_minor,
        "by_leg": bool(asked.account or asked.subject or asked.currency or asked.least_minor is not None
                       or asked.most_minor is not None),
        "most": asked.most + 1 if asked.most else None,
    }  # fmt: skip


def _like(text: str) -> str:
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def voucher_sheet(ctx: Context, book: Book, asked: Asked, name: str = "vouchers") -> Sheet:
    """The newest first; a row for each currency of a voucher. The totals are of all that fit."""
    settle_moment(ctx, book, asked.known_at)
    facts = facts_of(ctx, book, asked)
    with driver_cursor() as cursor:
        cursor.execute(_FOUND, facts)
        rows = [_voucher_row(row) for row in cursor]
        cursor.execute(_SUMS, facts)
        totals: list[Row] = [{"currency": row[0], "vouchers": row[1], "amount": row[2]} for row in cursor]
    shown = list(dict.fromkeys((row["period"], row["voucher"]) for row in rows))
    kept = set(shown[: asked.most] if asked.most else shown)
    return Sheet(
        name, book.code, book.functional_currency, asked, COLUMNS,
        [row for row in rows if (row["period"], row["voucher"]) in kept], totals, is_cut=len(kept) < len(shown),
    )  # fmt: skip


def _voucher_row(row: tuple[Any, ...]) -> Row:
    return {
        "voucher": row[0], "period": row[1], "day": row[2], "key": row[3], "memo": row[4], "origin": row[5],
        "source_kind": row[6], "source_id": row[7], "recorded_at": row[8], "reverses": row[9], "maker": row[10],
        "currency": row[11], "amount": row[12] or 0, "reversed": row[13],
    }  # fmt: skip


def large_sheet(ctx: Context, book: Book, asked: Asked, name: str = "large") -> Sheet:
    """Single legs of at least `asked.least_minor`, the largest in the book's currency first."""
    settle_moment(ctx, book, asked.known_at)
    with driver_cursor() as cursor:
        cursor.execute(_LARGE, facts_of(ctx, book, asked))
        found = cursor.fetchall()
    rows: list[Row] = [
        {
            "voucher": row[0], "period": row[1], "day": row[2], "account": row[3], "name": row[4], "memo": row[5],
            "currency": row[6], "debit": row[8] if row[7] == 1 else None, "credit": -row[8] if row[7] == -1 else None,
            "worth": None if row[9] is None else row[9] * row[7],
        }
        for row in (found[: asked.most] if asked.most else found)
    ]  # fmt: skip
    return Sheet(
        name, book.code, book.functional_currency, asked, LARGE, rows, is_cut=len(rows) < len(found),
        about={"found": found[0][10] if found else 0},
    )  # fmt: skip


class VoucherLeg(NamedTuple):
    """One leg as it was booked. Shape: `minor` signed, debits positive; `side` its column."""

    leg: int
    account: str
    name: str
    subject: str
    currency: str
    minor: int
    side: int
    worth: int | None
    balance_after: int
    n: int
    value_date: Any
    normal_side: int


_VOUCHER = """
select v.id, v.period, v.business_date, v.value_date, v.key, v.memo, v.origin, v.source_kind, v.source_id, v.recorded_at,
       coalesce(m.name, ''), coalesce(k.name, ''), coalesce(o.code, ''), v.reverses_id, v.reverses_period, r.by_id, r.by_period,
       v.request_id
  from ledger_voucher v
  join control_person m on m.id = v.maker_id
  left join control_person k on k.id = v.checker_id
  left join ledger_standingorder o on o.id = v.standing_order_id
  left join ledger_reversal r on r.voucher_id = v.id and r.period = v.period
 where v.id = %(voucher)s and v.period = %(period)s and v.book_id = %(book)s
"""
_FACTS = (
    "voucher", "period", "day", "value_date", "key", "memo", "origin", "source_kind", "source_id", "recorded_at", "maker",
    "checker", "order", "reverses", "reverses_period", "reversed_by", "reversed_by_period", "request",
)  # fmt: skip
_LEGS = """
select e.leg, a.code, a.name, s.code, a.currency, e.amount_minor, e.side, e.functional_minor, e.balance_after, e.n,
       e.value_date, a.normal_side
  from ledger_entry e join ledger_account a on a.id = e.account_id join ledger_subject s on s.id = a.subject_id
 where e.voucher_id = %(voucher)s and e.period = %(period)s order by e.leg
"""


def voucher_facts(ctx: Context, book: Book, voucher: int, period: int) -> tuple[Row, list[VoucherLeg]]:
    """All that is known of one voucher. Raises: not_found."""
    asked = {"voucher": voucher, "period": period, "book": book.id}
    with driver_cursor() as cursor:
        cursor.execute(_VOUCHER, asked)
        row = cursor.fetchone()
        if row is None:
            raise NotFound(voucher=voucher)
        cursor.execute(_LEGS, asked)
        return dict(zip(_FACTS, row, strict=True)), [VoucherLeg(*leg) for leg in cursor]
