"""Linking by hand: bank lines beside vouchers that nothing answers for, with proposals, and links taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from moa.control.access import may
from moa.control.context import Context
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.money import to_minor
from moa.ledger.models import Book
from moa.reconciliation.match_candidates import Candidates, Sought, candidates, recent_matches
from moa.reconciliation.models import BankLine, BankLink
from moa.reconciliation.operations.match_lines import match_lines
from moa.reconciliation.operations.unlink_lines import unlink_lines
from moa.reconciliation.permissions import ASSIGN, VIEW
from moa.reconciliation.queries import access_line, list_links
from moa.reconciliation.web.choosing import asked_book
from moa.reconciliation.web.views_lines import line_rows
from moa.ui.fields import AmountField, DayField
from moa.ui.problems import problem_text


class SoughtForm(forms.Form):
    amount = AmountField(label=_("Amount"), required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)

    def sought(self, currency: str) -> Sought:
        if not self.is_valid():
            return Sought()
        given = self.cleaned_data
        amount = given["amount"]
        return Sought(
            None if amount is None else abs(to_minor(amount, currency)), given["first"], given["last"]
        )


@require_http_methods(["GET", "POST"])
@page(VIEW)
def match_page(request: HttpRequest, ctx: Context) -> HttpResponse:
    book = asked_book(request, ctx)
    link = _asked_link(request, ctx, book)
    if request.method == "GET" or link is None:
        return _answer(request, ctx, book, link)
    try:
        with ctx.open():
            if request.POST.get("act") == "unlink":
                unlink_lines(ctx, _number(request.POST.get("row", "")), reason=request.POST.get("reason", ""))
            else:
                match_lines(
                    ctx, book, rows=_numbers(request.POST, "row"), vouchers=_numbers(request.POST, "voucher"),
                    note=request.POST.get("note", ""),
                )  # fmt: skip
    except (Forbidden, NotFound):
        raise
    except DomainError as refusal:
        return _answer(request, ctx, book, link, refusal=refusal, status=422)
    return HttpResponseRedirect(f"{reverse('reconciliation:match')}?book={book.code}&link={link.id}&done=1")


@require_GET
@page(VIEW)
def sums_of_chosen(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What is chosen comes to, while somebody chooses."""
    book = asked_book(request, ctx)
    link = _asked_link(request, ctx, book)
    if link is None:
        raise NotFound(link=request.GET.get("link", ""))
    found = candidates(ctx, book, link, Sought())
    values = _sums(found, set(_numbers(request.GET, "row")), set(_numbers(request.GET, "voucher")))
    return render(
        request, "reconciliation/fragments/match_sums.html", values | {"currency": link.account.currency}
    )


def _asked_link(request: HttpRequest, ctx: Context, book: Book) -> BankLink | None:
    """The account of the address, that of the line of the address, else the first."""
    links = list_links(book)
    wanted = _number(request.GET.get("link", ""))
    line = _number(request.GET.get("line", ""))
    if line:
        access_line(ctx, line, VIEW)
        wanted = BankLine.objects.get(id=line).link_id
    return next((one for one in links if one.id == wanted), links[0] if links and not wanted else None)


def _answer(
    request: HttpRequest, ctx: Context, book: Book, link: BankLink | None, *, refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    values: dict[str, Any] = {
        "book": book, "links": list_links(book), "link": link, "may_match": may(ctx, ASSIGN, book.unit_id),
        "refusal": problem_text(refusal.code) if refusal else None, "done": "done" in request.GET,
    }  # fmt: skip
    if link is not None:
        values |= _of_account(request, ctx, book, link)
    return render(request, "reconciliation/match.html", values, status=status)


def _of_account(request: HttpRequest, ctx: Context, book: Book, link: BankLink) -> dict[str, Any]:
    form = SoughtForm(request.GET if {"amount", "first", "last"} & request.GET.keys() else None)
    found = candidates(ctx, book, link, form.sought(link.account.currency))
    rows, entries = line_rows(found.lines), found.vouchers
    by_row, by_voucher = {one["id"]: one for one in rows}, {one.voucher_id: one for one in entries}
    chosen = set(_numbers(request.POST, "row")) or {_number(request.GET.get("line", ""))}
    matches = recent_matches(link)
    linked = {one["id"]: one for one in line_rows([line for match in matches for line in match.lines.all()])}
    return {
        "form": form, "currency": link.account.currency, "rows": rows, "vouchers": entries, "is_cut": found.is_cut,
        "chosen_rows": chosen, "chosen_vouchers": set(_numbers(request.POST, "voucher")),
        "pairings": [
            {"lines": [by_row[one] for one in pairing.lines], "vouchers": [by_voucher[one] for one in pairing.vouchers],
             "minor": pairing.minor, "days": pairing.days}
            for pairing in found.pairings
        ],
        "matches": [
            {"match": match, "lines": [linked[line.id] for line in match.lines.all()], "vouchers": list(match.vouchers.all())}
            for match in matches
        ],
        **_sums(found, chosen, set(_numbers(request.POST, "voucher"))),
    }  # fmt: skip


def _sums(found: Candidates, rows: set[int], vouchers: set[int]) -> dict[str, int]:
    bank = sum(one.amount_minor for one in found.lines if one.id in rows)
    books = sum(one.amount_minor for one in found.vouchers if one.voucher_id in vouchers)
    return {"bank_minor": bank, "book_minor": books, "apart_minor": bank - books}


def _numbers(sent: QueryDict, name: str) -> list[int]:
    return [found for one in sent.getlist(name) if (found := _number(one))]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
