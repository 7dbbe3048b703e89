"""대사: the bank lines of a day beside their vouchers, and where bank and ledger stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from moa.control.access import may
from moa.control.context import Context
from moa.control.web.page import page
from moa.control.web.tables import Around
from moa.directory.queries import calendar_for
from moa.ledger.models import Book, Voucher
from moa.reconciliation.bank_provider import bank_positions
from moa.reconciliation.models import BankLine
from moa.reconciliation.operations.reconcile_lines import reconcile_lines
from moa.reconciliation.permissions import RUN, VIEW
from moa.reconciliation.queries import list_suspense
from moa.reconciliation.stored_lines import what_they_say
from moa.reconciliation.web.choosing import asked_book, asked_day, asked_share

_OF_DAY = "(l.bank_day = %(day)s or l.business_date = %(day)s or l.due_on = %(day)s)"
# Who asks for days of his own sees those, and not the day of the page.
_OWN_DAYS = {"booked.from", "booked.to", "business.from", "business.to"}


def settle(request: HttpRequest, ctx: Context) -> Around:
    """Of one book and one day; of all days with `days=all` or with conditions on days."""
    book, units = asked_share(request, ctx)
    on = asked_day(request, ctx, book)
    all_days = request.GET.get("days") == "all" or any(request.GET.get(name) for name in _OWN_DAYS)
    given: list[tuple[str, Mapping[str, Any]]] = [("l.book_id = %(book_id)s", {"book_id": book.id})]
    if not all_days:
        given.append((_OF_DAY, {"day": on}))
    calendar = calendar_for(ctx, book.calendar)
    values = {
        "book": book, "day": on, "all_days": all_days, "whole": units is None, "accounts": _accounts(book, on) if units is None else [],
        "before": calendar.previous_business_day(on), "after": calendar.next_business_day(on),
        "suspended": len(list_suspense(ctx, book, on)), "may_run": may(ctx, RUN, book.unit_id),
    }  # fmt: skip
    return Around(given=given, template="reconciliation/lines.html", values=values)


@require_POST
@page(VIEW)
def run(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Bring what is due into the books by the rules, what was parked before too."""
    book = asked_book(request, ctx)
    on = asked_day(request, ctx, book)
    reconcile_lines(ctx, book, retry=True)
    return HttpResponseRedirect(f"{reverse('reconciliation:lines')}?book={book.code}&day={on}")


def line_rows(found: list[BankLine]) -> list[dict[str, Any]]:
    """Each line as a table shows it, with its voucher."""
    said = what_they_say([one.id for one in found])
    vouchers = {
        one.id: one for one in Voucher.objects.filter(
            id__in=[one.voucher_id for one in found if one.voucher_id], period__in={one.period for one in found if one.period}
        )
    }  # fmt: skip
    return [_row(one, said[one.id], vouchers.get(one.voucher_id or 0)) for one in found]


def _row(one: BankLine, said: Any, voucher: Voucher | None) -> dict[str, Any]:
    account = one.link.account
    return {
        "id": one.id, "booked_on": one.booked_on, "time": said.booked_time, "account": said.account,
        "account_end": account.number_key[-4:], "counterparty": said.facts.counterparty, "text": said.description,
        "amount_minor": one.amount_minor, "currency": said.currency, "state": str(one.state), "problem": one.problem,
        "due_on": one.due_on, "bank_day": one.bank_day, "business_date": one.business_date, "value_date": one.value_date,
        "late": (one.business_date or one.due_on) > one.bank_day, "rule": one.rule.code if one.rule else "",
        "version": one.rule.number if one.rule else 0, "voucher": voucher.id if voucher else None,
        "memo": voucher.memo if voucher else "", "explained": one.explained,
    }  # fmt: skip


def _accounts(book: Book, day: date) -> list[dict[str, Any]]:
    return [
        {
            "name": one.link.account.nickname or one.link.account.number, "end": one.link.account.number_key[-4:],
            "currency": one.link.account.currency, "bank_minor": one.day.closing_minor, "ledger_minor": one.ledger_minor,
            "lack": one.lack, "differences": len(one.day.differences),
            "difference_minor": sum(each.amount_minor for each in one.day.differences), "rest_minor": one.rest_minor,
        }
        for one in bank_positions(book, day)
    ]  # fmt: skip
