"""The chart of a book (계정과목): its subjects as a tree, the accounts under one, and changes of both."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from moa.control.access import may, require
from moa.control.approval_acts import ask_or_do
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.web.filed import back_with, filed_of
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.seen import ChangedMeanwhile
from moa.ledger.approval_acts import ACCOUNT_MOVES
from moa.ledger.lifecycle import ACCOUNT, AccountState
from moa.ledger.models import Book, LedgerAccount, Subject
from moa.ledger.operations.add_subject import SUBJECT as CHART
from moa.ledger.operations.change_account import SUBJECT as CHANGE
from moa.ledger.operations.rename_subject import check_names_seen, names_shown
from moa.ledger.permissions import CHANGE_ACCOUNTS, SET_UP, VIEW
from moa.ledger.queries import access_book, list_books
from moa.ledger.rules.sides import CREDIT, DEBIT, on_normal_side
from moa.ledger.sheets.subject_tree import SubjectTree
from moa.ledger.web.accounts_table import STATES
from moa.ui.problems import problem_text
from moa.ui.seen import SeenForm

_SHOWN = 200
NATURES = {
    "asset": _("Assets"), "liability": _("Liabilities"), "common": _("Assets and liabilities in common"),
    "equity": _("Equity"), "profit": _("Profit and loss"), "off_balance": _("Off balance"),
}  # fmt: skip
SIDES = {DEBIT: pgettext_lazy("books", "Debit"), CREDIT: pgettext_lazy("books", "Credit")}


class RenameForm(SeenForm):
    name = forms.CharField(label=_("Name of the subject"), max_length=200)
    zh = forms.CharField(label=_("Chinese name"), max_length=200, required=False)
    en = forms.CharField(label=_("English name"), max_length=200, required=False)

    def names(self) -> dict[str, str]:
        given = self.cleaned_data
        said = {"ko": given["name"], "zh-hans": given["zh"], "en": given["en"]}
        return {language: name.strip() for language, name in said.items() if name.strip()}


class AddForm(RenameForm):
    code = forms.CharField(label=_("Code"), max_length=20)
    nature = forms.ChoiceField(label=_("Nature"), choices=list(NATURES.items()), required=False)
    normal_side = forms.ChoiceField(
        label=_("Normal side"), choices=[(str(side), word) for side, word in SIDES.items()], required=False
    )


@require_GET
@page(VIEW)
def chart(request: HttpRequest, ctx: Context) -> HttpResponse:
    return _answer(request, ctx, access_book(ctx, request.GET.get("book", "")))


@require_POST
@page(VIEW)
def act(request: HttpRequest, ctx: Context, what: str) -> HttpResponse:
    """One of the page's buttons: done at once, or filed where a policy asks for a second person."""
    if what not in ("add", "rename", "close", "account"):
        raise Http404(what)
    book = access_book(ctx, request.POST.get("book", ""))
    # Asked before a request is filed: who may not do it does not ask others to agree to it.
    require(ctx, CHANGE_ACCOUNTS if what == "account" else SET_UP, book.unit_id)
    form: Any = {"add": AddForm, "rename": RenameForm}.get(what, forms.Form)(
        request.POST, auto_id=f"{what}_%s"
    )
    if not form.is_valid():
        return _answer(request, ctx, book, form=form, what=what, status=422)
    try:
        with ctx.open():
            filed = _file(ctx, book, request, what, form)
    except (Forbidden, NotFound):
        raise
    except ChangedMeanwhile as changed:
        form.tell(changed)
        return _answer(request, ctx, book, form=form, what=what, status=409)
    except DomainError as refusal:
        return _answer(request, ctx, book, form=form, what=what, refusal=refusal, status=409)
    return back_with(_address(book, request.POST.get("subject", "")), filed)


def _file(ctx: Context, book: Book, request: HttpRequest, what: str, form: Any) -> ApprovalRequest | None:
    given, code = form.cleaned_data, request.POST.get("subject", "")
    if what == "account":
        account, move = request.POST.get("account", ""), request.POST.get("move", "")
        if move not in ACCOUNT_MOVES:
            raise Http404(move)
        content = {"book": str(book.id), "account": account, "move": move}
        subject_id = f"{book.id}:{account}"
        return ask_or_do(ctx, CHANGE, subject_id=subject_id, content=content, unit_id=book.unit_id)
    content = {
        "book": str(book.id), "act": what, "code": given["code"].strip() if what == "add" else code,
        "parent": code if what == "add" else "", "name": given.get("name", ""),
        "names": form.names() if what != "close" else {}, "nature": given.get("nature", ""),
        "normal_side": given.get("normal_side") or str(DEBIT),
    }  # fmt: skip
    if what == "rename":
        check_names_seen(book, code, form.was_seen())
    subject_id = f"{book.id}:{content['code']}"
    return ask_or_do(ctx, CHART, subject_id=subject_id, content=content, unit_id=book.unit_id)


def _address(book: Book, subject: str) -> str:
    query = {"book": book.code} | ({"subject": subject} if subject else {})
    return f"{reverse('ledger:chart')}?{urlencode(query)}"


def _answer(
    request: HttpRequest, ctx: Context, book: Book, *, form: Any = None, what: str = "",
    refusal: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    tree = SubjectTree(ctx, book)
    rows = {one.id: one for one in Subject.objects.filter(book_id=book.id)}
    accounts = dict(
        LedgerAccount.objects.filter(book_id=book.id)
        .values_list("subject_id")
        .annotate(open=Count("id", filter=~Q(state=AccountState.CLOSED)))
    )
    asked = (request.POST if request.method == "POST" else request.GET).get("subject", "")
    chosen = next((node for node in tree.in_order if node.code == asked), None)
    values: dict[str, Any] = {
        "here": "chart", "book": book, "book_name": _name_of(ctx, book),
        "books": [{"code": one.code, "name": _name_of(ctx, one), "url": _address(one, "")} for one in list_books(ctx)],
        "rows": [
            {"node": node, "url": _address(book, node.code), "nature": NATURES.get(node.nature, node.nature),
             "side": SIDES[node.normal_side], "accounts": sum(accounts.get(one.id, 0) for one in node.below()),
             "closed_on": rows[node.id].closed_on}
            for node in tree.in_order
        ],
        "chosen": None if chosen is None else {"node": chosen, "row": rows[chosen.id]},
        "held": _accounts(chosen.id) if chosen else [], "shown": _SHOWN, "moves": ACCOUNT_MOVES,
        "add_form": form if what == "add" else AddForm(auto_id="add_%s"),
        "rename_form": form if what == "rename" else _rename_form(rows[chosen.id]) if chosen else None,
        "refusal": problem_text(refusal.code) if refusal else None, "filed": filed_of(request, ctx),
        "may_change": may(ctx, SET_UP, book.unit_id), "may_move": may(ctx, CHANGE_ACCOUNTS, book.unit_id),
    }  # fmt: skip
    return render(request, "ledger/chart.html", values, status=status)


def _name_of(ctx: Context, book: Book) -> str:
    return book.names.get(ctx.language.lower()) or book.name


def _rename_form(row: Subject) -> RenameForm:
    return RenameForm.showing(names_shown(row), auto_id="rename_%s")


def _accounts(subject_id: int) -> list[dict[str, Any]]:
    """The first of them, with what each stands at and the moves that its state allows."""
    found = LedgerAccount.objects.filter(subject_id=subject_id).select_related("balance").order_by("code")
    return [
        {"account": one, "balance_minor": on_normal_side(one.balance.current_minor, one.normal_side),
         "state": STATES[AccountState(one.state)], "moves": ACCOUNT.moves_from(one.state)}
        for one in found[:_SHOWN]
    ]  # fmt: skip
