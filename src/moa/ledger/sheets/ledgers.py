"""Ledgers: a subject's by day (总账) and entry by entry (明细账), an account's with its running balance (对账单)."""

from __future__ import annotations

from typing import Any

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.kernel.errors import NotFound
from moa.ledger.balances import settle_moment
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.sheets.shape import Asked, Column, Row, Sheet, SheetNeeds
from moa.ledger.sheets.subject_tree import Node, SubjectTree
from moa.ledger.sheets.turnover import turnovers
from moa.ledger.sheets.vouchers import LEG, WHERE, facts_of

BY_DAY = (
    Column("day", "day"), Column("currency", "code"), Column("debit", "amount"), Column("credit", "amount"),
    Column("entries", "count"), Column("closing", "amount"),
)  # fmt: skip
BY_ENTRY = (
    Column("day", "day"), Column("value_date", "day"), Column("voucher", "code"), Column("account", "code"),
    Column("memo", "text"), Column("currency", "code"), Column("debit", "amount"), Column("credit", "amount"),
    Column("closing", "amount"), Column("worth", "worth"), Column("recorded_at", "moment"),
)  # fmt: skip
OF_ACCOUNT = tuple(one for one in BY_ENTRY if one.key not in {"account", "currency"})
_DAYS = f"""
select v.business_date, a.currency, coalesce(sum(e.amount_minor) filter (where e.side = 1), 0)::bigint,
       coalesce(sum(e.amount_minor) filter (where e.side = -1), 0)::bigint, count(*)
  from ledger_voucher v join control_person m on m.id = v.maker_id
  join ledger_entry e on e.voucher_id = v.id and e.period = v.period
  join ledger_account a on a.id = e.account_id
 where {WHERE} and {LEG}
 group by 1, 2 order by 1, 2
"""
_ENTRY = """
e.business_date, e.value_date, e.voucher_id, e.period, a.code, {memo}, a.currency, e.side, e.amount_minor,
e.functional_minor, e.recorded_at, e.n, e.leg
"""
_OF_SUBJECT = f"""
select {_ENTRY.format(memo="v.memo")}
  from ledger_voucher v join control_person m on m.id = v.maker_id
  join ledger_entry e on e.voucher_id = v.id and e.period = v.period
  join ledger_account a on a.id = e.account_id
 where {WHERE} and {LEG}
 order by e.business_date, e.recorded_at, e.voucher_id, e.leg
 limit %(most)s
"""
# By the account's own key: its entries follow one another there, also under millions of others.
_OF_ACCOUNT = f"""
select {_ENTRY.format(memo="(select v.memo from ledger_voucher v where v.id = e.voucher_id and v.period = e.period)")}
  from ledger_entry e join ledger_account a on a.id = e.account_id
 where e.account_id = %(id)s and e.period between %(first_period)s and %(last_period)s
   and e.business_date between %(first)s and %(last)s
   and (%(known_at)s::timestamptz is null or e.recorded_at <= %(known_at)s::timestamptz)
 order by e.n
 limit %(most)s
"""


def subject_ledger(ctx: Context, book: Book, asked: Asked, name: str = "subject-ledger") -> Sheet:
    """Day by day what the subject moved and came to. Raises: sheet_needs, not_found, moment_in_future."""
    node, standing, about = _begin_subject(ctx, book, asked)
    with driver_cursor() as cursor:
        cursor.execute(_DAYS, facts_of(ctx, book, asked))
        found = cursor.fetchall()
    rows: list[Row] = []
    for day, currency, debit, credit, entries in found:
        standing[currency] = standing.get(currency, 0) + debit + credit
        rows.append(
            {"day": day, "currency": currency, "debit": debit, "credit": -credit, "entries": entries,
             "closing": standing[currency] * node.normal_side}
        )  # fmt: skip
    return _ledger(book, asked, name, BY_DAY, rows, about)


def subject_entries(ctx: Context, book: Book, asked: Asked, name: str = "subject-entries") -> Sheet:
    """Every entry of the subject's accounts in the order they were booked, with the subject's running balance."""
    node, standing, about = _begin_subject(ctx, book, asked)
    with driver_cursor() as cursor:
        cursor.execute(_OF_SUBJECT, facts_of(ctx, book, asked))
        rows = _running(cursor.fetchall(), standing, node.normal_side)
    return _ledger(book, asked, name, BY_ENTRY, rows, about)


def _begin_subject(ctx: Context, book: Book, asked: Asked) -> tuple[Node, dict[str, int], Row]:
    """The subject, where it stood before the range, and what is said about it. Raises: sheet_needs, not_found, moment_in_future."""
    if not asked.subject:
        raise SheetNeeds(field="subject")
    settle_moment(ctx, book, asked.known_at)
    node = SubjectTree(ctx, book).named(asked.subject)
    standing, about = _opening(ctx, book, asked, [one.id for one in node.below()])
    return node, standing, about | {"subject": node.code, "name": node.name, "side": node.normal_side}


def account_ledger(ctx: Context, book: Book, asked: Asked, name: str = "account-ledger") -> Sheet:
    """Every entry of one account with its balance after it. Raises: sheet_needs, not_found, moment_in_future."""
    if not asked.account:
        raise SheetNeeds(field="account")
    settle_moment(ctx, book, asked.known_at)
    account = (
        LedgerAccount.objects.filter(book_id=book.id, code=asked.account).select_related("subject").first()
    )
    if account is None:
        raise NotFound(account=asked.account)
    standing, about = _opening(ctx, book, asked, None, asked.account)
    with driver_cursor() as cursor:
        cursor.execute(_OF_ACCOUNT, {**facts_of(ctx, book, asked), "id": account.id})
        rows = _running(cursor.fetchall(), standing, account.normal_side)
    about |= {
        "account": account.code, "name": account.name, "side": account.normal_side, "subject": account.subject.code,
        "currency": account.currency, "state": account.state, "floor": account.floor_minor,
    }  # fmt: skip
    return _ledger(book, asked, name, OF_ACCOUNT, rows, about)


def _opening(
    ctx: Context, book: Book, asked: Asked, subjects: list[int] | None, account: str = ""
) -> tuple[dict[str, int], Row]:
    """Balances before the range by currency, signed, and what the whole range moved."""
    found = turnovers(
        ctx, book, asked.first, asked.last, known_at=asked.known_at, subjects=subjects, account=account
    )
    totals: dict[str, Row] = {}
    standing: dict[str, int] = {}
    for one in found:
        if asked.currency not in {"", one.currency}:
            continue
        standing[one.currency] = standing.get(one.currency, 0) + one.opening
        row = {"currency": one.currency, "debit": one.debit, "credit": -one.credit, "entries": one.entries}
        total = totals.setdefault(
            one.currency, {"currency": one.currency, "debit": 0, "credit": 0, "entries": 0}
        )
        for key in ("debit", "credit", "entries"):
            total[key] += row[key]
    return standing, {"opening": dict(standing), "totals": [totals[each] for each in sorted(totals)]}


def _running(found: list[tuple[Any, ...]], standing: dict[str, int], side: int) -> list[Row]:
    rows: list[Row] = []
    for day, value_date, voucher, period, account, memo, currency, column, minor, worth, at, n, leg in found:
        standing[currency] = standing.get(currency, 0) + minor
        rows.append(
            {
                "day": day, "value_date": value_date, "voucher": voucher, "period": period, "account": account, "memo": memo,
                "currency": currency, "debit": minor if column == 1 else None, "credit": -minor if column == -1 else None,
                "closing": standing[currency] * side, "worth": None if worth is None else worth * column,
                "recorded_at": at, "n": n, "leg": leg,
            }
        )  # fmt: skip
    return rows


def _ledger(
    book: Book, asked: Asked, name: str, columns: tuple[Column, ...], rows: list[Row], about: Row
) -> Sheet:
    """Totals come from the closings, so a ledger that is cut still says what the whole range moved."""
    kept = rows[: asked.most] if asked.most else rows
    totals = about.pop("totals")
    closing: dict[str, int] = {}
    for total in totals:
        opening = about["opening"].get(total["currency"], 0)
        closing[total["currency"]] = (opening + total["debit"] - total["credit"]) * about["side"]
        total["closing"] = closing[total["currency"]]
    about["opening"] = {
        currency: minor * about["side"] for currency, minor in sorted(about["opening"].items())
    }
    if all(row["currency"] == book.functional_currency for row in rows):
        columns = tuple(one for one in columns if one.key != "worth")
    return Sheet(
        name, book.code, book.functional_currency, asked, columns, kept, totals, len(kept) < len(rows), about
    )
