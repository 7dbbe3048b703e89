"""Where a figure of the books comes from: a subject's accounts, an account's entries, an entry's voucher, its source."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.control.grounds import AskedFor, provide_ground
from moa.kernel.errors import NotFound
from moa.ledger.models import Book
from moa.ledger.queries import access_book
from moa.ledger.rules.vouchers import period_of
from moa.ledger.sheets.subject_tree import SubjectTree
from moa.ledger.sheets.turnover import Turnover, turnovers
from moa.ledger.sheets.vouchers import voucher_facts
from moa.ledger.source_pages import source_page
from moa.ledger.web.sheet_words import ORIGINS, label
from moa.ui.ground import MOST_PARTS, Fact, Ground, Part, Step, adding_up, why_address

# The columns of the sheets that have a ground: what they are of a turnover, signed with debits positive.
_COLUMNS = (
    "opening",
    "debit",
    "credit",
    "closing",
    "debit_balance",
    "credit_balance",
    "opening_debit",
    "opening_credit",
)
_ENTRIES = """
select e.voucher_id, e.period, e.business_date, e.amount_minor, e.balance_after,
       (select v.memo from ledger_voucher v where v.id = e.voucher_id and v.period = e.period)
  from ledger_entry e
 where e.account_id = %(account)s and e.period between %(first_period)s and %(last_period)s
   and e.business_date between %(first)s and %(last)s and (%(side)s = 0 or e.side = %(side)s)
   and (%(known_at)s::timestamptz is null or e.recorded_at <= %(known_at)s::timestamptz)
 order by e.n desc limit %(most)s
"""


def explain_books(ctx: Context, asked: AskedFor) -> Ground:
    """A cell of a sheet. Shape: `book`, `subject` or `account`, `currency`, `from`, `to`, `known_at`, `what` its column.

    Raises: forbidden, not_found, moment_in_future.
    """
    book = access_book(ctx, asked.text("book"))
    first, last, what = asked.day("from"), asked.day("to"), asked.text("what")
    if first is None or last is None or last < first or what not in _COLUMNS:
        raise NotFound(what=what)
    code, tree = asked.text("account"), SubjectTree(ctx, book)
    node = None if code else tree.named(asked.text("subject"))
    subjects = None if node is None else [one.id for one in node.below()]
    rows = turnovers(
        ctx,
        book,
        first,
        last,
        by="account",
        known_at=asked.moment("known_at"),
        subjects=subjects,
        account=code,
    )
    rows = [one for one in rows if asked.text("currency") in {"", one.currency} and (code or not one.is_idle)]
    if not rows or len({one.currency for one in rows}) > 1:
        raise NotFound(account=code)
    side = node.normal_side if node else rows[0].normal_side or tree.by_id[rows[0].subject_id].normal_side
    minor = sum(_of(one, what, side) for one in rows)
    steps = [_sum_of(rows, side)]
    if not minor:
        steps.append(Step("list", _("Nothing stands in this column")))
    elif node is not None:
        steps.append(_accounts(book, rows, what, side, first, last, asked))
    else:
        steps.append(_entries(book, rows[0], what, first, last, asked))
    name = f"{node.code} {node.name}" if node else f"{rows[0].account} {rows[0].name}"
    return Ground(
        f"{name} · {label(what, book.functional_currency)}", rows[0].currency, steps, minor=minor, on=last,
        known_at=asked.moment("known_at"), about=book.names.get(ctx.language.lower()) or book.name,
        url=reverse("ledger:sheet", args=["day"]),
    )  # fmt: skip


def _of(one: Turnover, what: str, side: int) -> int:
    """The column's figure as the sheet shows it: balances on the normal side, a credit positive in its column."""
    return {
        "opening": one.opening * side, "debit": one.debit, "credit": -one.credit, "closing": one.closing * side,
        "debit_balance": one.closing_debit, "credit_balance": one.closing_debit - one.closing,
        "opening_debit": one.opening_debit, "opening_credit": one.opening_debit - one.opening,
    }[what]  # fmt: skip


def _sum_of(rows: list[Turnover], side: int) -> Step:
    """Opening, debits and credits, which come to the closing balance."""
    currency = rows[0].currency
    sums = {
        name: sum(_of(one, name, side) for one in rows) for name in ("opening", "debit", "credit", "closing")
    }
    sign = {"debit": side, "credit": -side}
    facts = [Fact(_("Opening balance"), "amount", sums["opening"], currency)]
    facts += [
        Fact(words, "signed", sums[name] * sign[name], currency)
        for name, words in (("debit", _("Debit")), ("credit", _("Credit")))
    ]
    facts.append(Fact(_("Closing balance"), "amount", sums["closing"], currency))
    return Step("match", _("How it comes about"), facts=facts)


def _accounts(
    book: Book, rows: list[Turnover], what: str, side: int, first: date, last: date, asked: AskedFor
) -> Step:
    parts = [
        Part(
            f"{one.account} {one.name}", _of(one, what, side), one.currency,
            why=why_address("books", book=book.code, account=one.account, currency=one.currency, what=what,
                            known_at=asked.moment("known_at"), **{"from": first, "to": last}),
        )
        for one in rows if _of(one, what, side)
    ]  # fmt: skip
    return adding_up("book", pgettext("books", "Accounts"), parts, rows[0].currency)


def _entries(book: Book, one: Turnover, what: str, first: date, last: date, asked: AskedFor) -> Step:
    side = {"debit": 1, "credit": -1}.get(what, 0)
    facts: dict[str, Any] = {
        "account": one.account_id, "first": first, "last": last, "first_period": period_of(first),
        "last_period": period_of(last), "known_at": asked.moment("known_at"), "side": side, "most": MOST_PARTS,
    }  # fmt: skip
    with driver_cursor() as cursor:
        cursor.execute(_ENTRIES, facts)
        found = cursor.fetchall()
    sign = side or one.normal_side or 1
    parts = [
        Part(
            memo or str(voucher), minor * sign, one.currency, f"{day} · {voucher}",
            why=why_address("voucher", book=book.code, period=period, voucher=voucher),
        )
        for voucher, period, day, minor, _after, memo in found
    ]  # fmt: skip
    note = (
        _("The newest entries of these days; the account's ledger has all of them.")
        if len(found) == MOST_PARTS
        else ""
    )
    return Step("list", _("Entries"), f"{first} ~ {last}", parts=parts, currency=one.currency, note=note)


def explain_voucher(ctx: Context, asked: AskedFor) -> Ground:
    """An amount of one voucher. Shape: `book`, `period`, `voucher`. Raises: forbidden, not_found."""
    book = access_book(ctx, asked.text("book"))
    facts, legs = voucher_facts(ctx, book, asked.number("voucher"), asked.number("period"))
    source = source_page(ctx, facts["source_kind"], facts["source_id"])
    link = reverse("ledger:voucher", args=[book.code, facts["period"], facts["voucher"]])
    steps = []
    if source is not None:
        came = [Fact(pgettext("books", "Source"), "text", source.title, url=source.url)]
        if source.file:
            came.append(Fact(_("File"), "text", source.file))
        steps.append(Step("file", _("Record"), facts=came, raw=source.raw))
        if source.place:
            came.append(Fact(_("Place"), "place", source.place))
    by = facts["checker"] or f"{_('standing order')} {facts['order']}"
    steps.append(Step("rule", _("Who booked it"), facts=[
        Fact(_("Maker"), "text", facts["maker"]), Fact(_("Checker"), "text", by),
        Fact(_("Origin"), "text", str(ORIGINS.get(facts["origin"], facts["origin"]))),
        Fact(_("Recorded"), "moment", facts["recorded_at"]),
    ]))  # fmt: skip
    steps.append(Step("book", _("Voucher"), facts=[
        Fact(_("Number"), "mono", str(facts["voucher"]), url=link), Fact(_("Business date"), "day", facts["day"]),
        Fact(pgettext("of a voucher", "Key"), "mono", facts["key"]),
    ]))  # fmt: skip
    steps += [
        Step("match", f"{leg.account} {leg.name}", _("Debit") if leg.side == 1 else _("Credit"), facts=[
            Fact(_("Amount"), "amount", leg.minor * leg.side, leg.currency),
            Fact(_("Balance after"), "amount", leg.balance_after * leg.normal_side, leg.currency),
        ])
        for leg in legs[:MOST_PARTS]
    ]  # fmt: skip
    return Ground(
        facts["memo"] or f"{_('Voucher')} {facts['voucher']}", legs[0].currency, steps,
        minor=sum(leg.minor for leg in legs if leg.side == 1 and leg.currency == legs[0].currency), on=facts["day"], url=link,
    )  # fmt: skip


provide_ground("books", explain_books)
provide_ground("voucher", explain_voucher)
