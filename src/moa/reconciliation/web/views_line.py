"""One bank line: what the bank said, where it stands, and what a person may do with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from moa.control.access import may
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.queries import person_names
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger.models import Book
from moa.reconciliation.clearing_candidates import clearing_vouchers
from moa.reconciliation.lifecycle import LINE, LineState, SuspenseState
from moa.reconciliation.models import BankLine, SuspenseItem
from moa.reconciliation.operations.change_suspense_item import change_suspense_item, owners_of
from moa.reconciliation.operations.clear_by_voucher import clear_by_voucher
from moa.reconciliation.operations.confirm_line import confirm_line
from moa.reconciliation.operations.match_lines import match_lines
from moa.reconciliation.operations.propose_line import SUBJECT, propose_line
from moa.reconciliation.operations.suspend_lines import suspend_line
from moa.reconciliation.operations.unlink_lines import cleared_by_hand, unlink_lines
from moa.reconciliation.permissions import ASSIGN, CONFIRM, RUN, VIEW
from moa.reconciliation.queries import access_line
from moa.reconciliation.unmatched import unmatched_entries
from moa.reconciliation.web.choosing import account_choices
from moa.reconciliation.web.forms import AssignForm, ItemForm
from moa.reconciliation.web.views_lines import line_rows
from moa.ui.problems import problem_text


@require_http_methods(["GET", "POST"])
@page(VIEW)
def line_page(request: HttpRequest, ctx: Context, row_id: int) -> HttpResponse:
    access_line(ctx, row_id, VIEW)
    line = BankLine.objects.select_related("link__account", "rule", "unit").get(id=row_id)
    book = Book.objects.get(id=line.book_id)
    form = AssignForm(request.POST or None, accounts=account_choices(book, line.link.account.currency))
    if request.method == "POST" and form.is_valid():
        try:
            with ctx.open():
                _act(ctx, book, line, request.POST, form.cleaned_data)
            return HttpResponseRedirect(reverse("reconciliation:line", args=[row_id]) + "?done=1")
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            words = problem_text(
                str(refusal.facts.get("problem", refusal.code)), "", str(refusal.facts.get("account", ""))
            )
            form.add_error(None, words.whole)
    return render(
        request,
        "reconciliation/line.html",
        _values(ctx, book, line, form),
        status=422 if form.errors else 200,
    )


@require_POST
@page(ASSIGN)
def change_item(request: HttpRequest, ctx: Context, row_id: int) -> HttpResponse:
    """Who clears the line's suspense item, and by when."""
    access_line(ctx, row_id, VIEW)
    line = BankLine.objects.select_related("link__account", "rule", "unit").get(id=row_id)
    book = Book.objects.get(id=line.book_id)
    item = _item_of(line)
    if item is None:
        raise NotFound(line=row_id)
    form = _item_form(ctx, item, request.POST)
    if form.is_valid():
        try:
            with ctx.open():
                owner = form.cleaned_data["owner"]
                change_suspense_item(
                    ctx, row_id, owner_id=int(owner) if owner else None, due_on=form.cleaned_data["due_on"]
                )
            return HttpResponseRedirect(reverse("reconciliation:line", args=[row_id]) + "?done=1")
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            words = problem_text(str(refusal.facts.get("problem", refusal.code)))
            form.add_error(None, words.whole)
    plain = AssignForm(accounts=account_choices(book, line.link.account.currency))
    return render(request, "reconciliation/line.html", _values(ctx, book, line, plain, form), status=422)


def _item_of(line: BankLine) -> SuspenseItem | None:
    found = SuspenseItem.objects.filter(line_id=line.id).order_by("-id")
    return found.select_related("unit", "owner").first()


def _item_form(ctx: Context, item: SuspenseItem, given: Any = None) -> ItemForm:
    names = person_names(ctx, owners_of(ctx, item))
    owners = sorted(((str(number), name) for number, name in names.items()), key=lambda one: one[1])
    return ItemForm(given, owners=owners, initial={"owner": str(item.owner_id or ""), "due_on": item.due_on})


def _act(ctx: Context, book: Book, line: BankLine, sent: Any, given: dict[str, str]) -> None:
    """The button says what is done; each act checks its right and the line's state itself."""
    act, voucher = sent.get("act", ""), row_number(sent.get("voucher", ""))
    if act == "confirm":
        confirm_line(ctx, line.id)
    elif act == "suspend":
        suspend_line(ctx, book, line.id)
    elif act == "explain" and voucher is not None:
        match_lines(ctx, book, rows=[line.id], vouchers=[voucher])
    elif act == "cleared_by" and voucher is not None:
        clear_by_voucher(ctx, line.id, voucher)
    elif act == "unlink":
        unlink_lines(ctx, line.id, reason=given["reason"])
    else:
        propose_line(
            ctx, line.id, action=act, counter=given["counter"], memo=given["memo"], reason=given["reason"]
        )


def _values(
    ctx: Context, book: Book, line: BankLine, form: AssignForm, item_form: ItemForm | None = None
) -> dict[str, Any]:
    state, item = line.state, _item_of(line)
    if item is not None and item.state == SuspenseState.OPEN and may(ctx, ASSIGN, line.unit_id):
        item_form = item_form or _item_form(ctx, item)
    open_request = ApprovalRequest.objects.filter(
        subject_type=SUBJECT, subject_id=str(line.id), state="open"
    ).first()
    twins = []
    if LINE.allows(state, "post") and may(ctx, ASSIGN, line.unit_id):
        twins = [
            one for one in unmatched_entries(book, line.link_id) if one.amount_minor == line.amount_minor
        ]
    clearings = []
    if item is not None and LINE.allows(state, "clear") and may(ctx, ASSIGN, line.unit_id):
        clearings = clearing_vouchers(item, line.link)
    linked = line.explained if state != LineState.CLEARED else item is not None and cleared_by_hand(item)
    matched = list(line.match.vouchers.order_by("voucher_id")) if line.match else []
    may_assign = may(ctx, ASSIGN, line.unit_id) and open_request is None
    names = person_names(ctx, {line.confirmed_by_id} if line.confirmed_by_id else set())
    return {
        "book": book, "line": line_rows([line])[0], "item": item, "item_form": item_form, "open_request": open_request, "form": form, "twins": twins,
        "unit": (line.unit.names.get(ctx.language) or line.unit.name) if line.unit else "",
        "confirmed_by": names.get(line.confirmed_by_id or 0, ""), "confirmed_at": line.confirmed_at,
        "reason": line.reason,
        "may_confirm": LINE.allows(state, "release") and may(ctx, CONFIRM, line.unit_id),
        "may_suspend": LINE.allows(state, "suspend") and may(ctx, RUN, book.unit_id),
        "may_post": LINE.allows(state, "post") and may_assign, "may_ignore": LINE.allows(state, "ignore") and may_assign,
        "may_clear": LINE.allows(state, "clear") and may_assign, "matched": matched,
        "may_unlink": linked and may_assign and (LINE.allows(state, "unlink") or LINE.allows(state, "reopen")),
        "clearings": clearings,
    }  # fmt: skip
