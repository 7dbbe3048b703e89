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
from moa.ledger.sheets.subject_tree import Node, SubjectTree
from moa.ledger.sheets.turnover import Turnover, turnovers
from moa.ledger.sheets.vouchers import voucher_facts
from moa.ledger.source_pages import source_page
from moa.ledger.web.sheet_grounds import FIGURES
from moa.ledger.web.sheet_words import ORIGINS, label
from moa.ledger.web.worth_grounds import WORTHS, worth_of, worth_of_leg
from moa.ui.ground import MOST_PARTS, Fact, Ground, Part, Step, adding_up, why_address

_ENTRIES = """
select e.voucher_id, e.period, e.business_date, e.amount_minor, e.functional_minor, e.leg,
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
    if first is None or last is None or last < first or what not in FIGURES:
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
    if what in WORTHS:
        return _worth(book, rows, what, side, first, last, asked, name=_name(node, rows), is_one=node is None)
    minor = sum(_of(one, what, side) for one in rows)
    steps = [_sum_of(rows, side)]
    if not minor:
        steps.append(Step("list", _("Nothing stands in this column")))
    elif node is not None:
        steps.append(_accounts(book, rows, what, side, first, last, asked))
    else:
        steps.append(_entries(book, rows[0], what, first, last, asked))
    return Ground(
        f"{_name(node, rows)} · {label(what, book.functional_currency)}", rows[0].currency, steps, minor=minor, on=last,
        known_at=asked.moment("known_at"), about=book.names.get(ctx.language.lower()) or book.name,
        url=reverse("ledger:sheet", args=["day"]),
    )  # fmt: skip


def _name(node: Node | None, rows: list[Turnover]) -> str:
    return f"{node.code} {node.name}" if node else f"{rows[0].account} {rows[0].name}"


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
    found = entries_of(facts)
    sign = side or one.normal_side or 1
    parts = [
        Part(
            memo or str(voucher), minor * sign, one.currency, f"{day} · {voucher}",
            why=why_address("leg", book=book.code, period=period, voucher=voucher, leg=leg),
        )
        for voucher, period, day, minor, _worth, leg, memo in found
    ]  # fmt: skip
    note = (
        _("The newest entries of these days; the account's ledger has all of them.")
        if len(found) == MOST_PARTS
        else ""
    )
    return Step("list", _("Entries"), f"{first} ~ {last}", parts=parts, currency=one.currency, note=note)


def _worth(
    book: Book, rows: list[Turnover], what: str, side: int, first: date, last: date, asked: AskedFor, *, name: str,
    is_one: bool,
) -> Ground:  # fmt: skip
    """A balance in the book's own currency: what each entry was worth when it was booked. Raises: not_found."""
    worths = {one.account: worth_of(one, what, side) for one in rows}
    if None in worths.values():
        raise NotFound(worth=name)
    own, known_at = book.functional_currency, asked.moment("known_at")
    total = sum(one or 0 for one in worths.values())
    facts = [
        Fact(_("Balance"), "amount", sum(one.closing for one in rows) * side, rows[0].currency),
        Fact(_("In %(currency)s") % {"currency": own}, "amount", total, own),
    ]
    note = _(
        "What each entry was worth at the rate of the day on which it was booked; today's rate has no say."
    )
    steps = [Step("rate", _("How it comes about"), facts=facts, note=note)]
    if is_one:
        # Since the beginning: a balance is worth what all its entries were.
        found = entries_of({
            "account": rows[0].account_id, "first": date.min, "last": last, "first_period": 0,
            "last_period": period_of(last), "known_at": known_at, "side": 0, "most": MOST_PARTS,
        })  # fmt: skip
        parts = [
            Part(
                memo or str(voucher), None if worth is None else worth * side, own, f"{day} · {rows[0].currency} · {voucher}",
                why=why_address("leg", book=book.code, period=period, voucher=voucher, leg=leg, of="worth"),
            )
            for voucher, period, day, _minor, worth, leg, memo in found
        ]  # fmt: skip
        rest = total - sum(part.minor or 0 for part in parts)
        full = len(found) == MOST_PARTS
        steps.append(Step("list", _("Entries"), parts=parts, currency=own, sum_minor=total, left_off=1 if full and rest else 0,
                          rest_minor=rest if full else 0))  # fmt: skip
    else:
        parts = [
            Part(
                f"{one.account} {one.name}", worths[one.account], own,
                why=why_address("books", book=book.code, account=one.account, currency=one.currency, what=what,
                                known_at=known_at, **{"from": first, "to": last}),
            )
            for one in rows if worths[one.account]
        ]  # fmt: skip
        steps.append(adding_up("book", pgettext("books", "Accounts"), parts, own))
    return Ground(
        f"{name} · {label(what, own)}", own, steps, minor=total, on=last, known_at=known_at, about=book.name,
        url=reverse("ledger:sheet", args=["balance"]),
    )  # fmt: skip


def entries_of(facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The newest entries of an account's days: voucher, period, day, amount, worth, leg, memo."""
    with driver_cursor() as cursor:
        cursor.execute(_ENTRIES, facts)
        return cursor.fetchall()


def explain_voucher(ctx: Context, asked: AskedFor) -> Ground:
    """The total of one voucher. Shape: `book`, `period`, `voucher`; `of` one of its currencies (the first without), `side`
    "credit". Raises: forbidden, not_found.
    """
    book = access_book(ctx, asked.text("book"))
    facts, legs = voucher_facts(ctx, book, asked.number("voucher"), asked.number("period"))
    currency, side = asked.text("of") or legs[0].currency, -1 if asked.text("side") == "credit" else 1
    parts = [
        Part(
            f"{leg.account} {leg.name}", leg.minor * side, currency,
            why=why_address("leg", book=book.code, period=facts["period"], voucher=facts["voucher"], leg=leg.leg),
        )
        for leg in legs if leg.side == side and leg.currency == currency
    ]  # fmt: skip
    if not parts:
        raise NotFound(currency=currency)
    entries = adding_up("match", _("Debit") if side == 1 else _("Credit"), parts, currency)
    return Ground(
        facts["memo"] or f"{_('Voucher')} {facts['voucher']}", currency, [*_came(ctx, book, facts), entries],
        minor=entries.sum_minor, on=facts["day"], url=_page_of(book, facts),
    )  # fmt: skip


def explain_leg(ctx: Context, asked: AskedFor) -> Ground:
    """One entry of a voucher. Shape: `book`, `period`, `voucher`, `leg` its number; `of` "worth": what it is in the book's
    currency, "after": the balance after it. Raises: forbidden, not_found.
    """
    book = access_book(ctx, asked.text("book"))
    facts, legs = voucher_facts(ctx, book, asked.number("voucher"), asked.number("period"))
    number, of = asked.number("leg"), asked.text("of")
    leg = next((one for one in legs if one.leg == number), None)
    if leg is None or of not in {"", "worth", "after"} or (of == "worth" and leg.worth is None):
        raise NotFound(leg=number)
    before = leg.balance_after - leg.minor
    moved = Step("match", f"{leg.account} {leg.name}", _("Debit") if leg.side == 1 else _("Credit"), facts=[
        Fact(_("Balance before"), "amount", before * leg.normal_side, leg.currency),
        Fact(_("Amount"), "signed", leg.minor * leg.normal_side, leg.currency),
        Fact(_("Balance after"), "amount", leg.balance_after * leg.normal_side, leg.currency),
        Fact(_("Value date"), "day", leg.value_date),
    ])  # fmt: skip
    steps = [moved, *worth_of_leg(ctx, book, facts, leg), *_came(ctx, book, facts)]
    minor = {"worth": leg.worth, "after": leg.balance_after * leg.normal_side * leg.side}.get(of, leg.minor)
    return Ground(
        facts["memo"] or f"{_('Voucher')} {facts['voucher']}",
        book.functional_currency if of == "worth" else leg.currency, steps,
        minor=(minor or 0) * leg.side, on=facts["day"], about=f"{leg.account} {leg.name}", url=_page_of(book, facts),
    )  # fmt: skip


def _page_of(book: Book, facts: dict[str, Any]) -> str:
    return reverse("ledger:voucher", args=[book.code, facts["period"], facts["voucher"]])


def _came(ctx: Context, book: Book, facts: dict[str, Any]) -> list[Step]:
    """From what the voucher was made, and who booked it and when."""
    source = source_page(ctx, facts["source_kind"], facts["source_id"])
    steps: list[Step] = []
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
        Fact(_("Number"), "mono", str(facts["voucher"]), url=_page_of(book, facts)), Fact(_("Business date"), "day", facts["day"]),
        Fact(pgettext("of a voucher", "Key"), "mono", facts["key"]),
    ]))  # fmt: skip
    return steps


provide_ground("books", explain_books)
provide_ground("leg", explain_leg)
provide_ground("voucher", explain_voucher)
