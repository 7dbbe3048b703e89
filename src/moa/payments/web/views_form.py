"""Entering a payment: a new one or a draft, what it would lead to while it is typed, and its sending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from moa.control.access import may
from moa.control.context import Context
from moa.control.inbox import reason_of
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.directory.queries import list_banks
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.words import in_words
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.queries import day_under_way
from moa.payments.bank_reading import COUNTRY, connected_links
from moa.payments.lifecycle import OrderState
from moa.payments.models import PaymentOrder
from moa.payments.operations.ask_payee import ask_payee
from moa.payments.operations.save_order import save_order
from moa.payments.operations.submit_bundle import submit_bundle
from moa.payments.operations.submit_order import OrderFlawed, submit_order
from moa.payments.operations.withdraw_order import withdraw_order
from moa.payments.permissions import ENTER
from moa.payments.preview import Preview, preview
from moa.payments.queries import access_order, bank_payees_used, payees_used, state_of
from moa.payments.reading import Flaw, payer_accounts, read_order
from moa.payments.rules.limits import PASSED
from moa.payments.rules.pay_days import FOLLOWING
from moa.payments.rules.typed_orders import TypedOrder, from_json
from moa.payments.web.order_words import FIELDS, HOLIDAYS, PURPOSES, VERDICTS
from moa.ui.problems import problem_text

_PAYEES = 300


@require_http_methods(["GET", "POST"])
@page(ENTER, opened=False)
def new(request: HttpRequest, ctx: Context) -> HttpResponse:
    if request.method == "POST":
        ask_first(request, ctx)
    with ctx.open():
        book = book_of(request)
        if request.method == "POST":
            return posted(request, ctx, book, None)
        return form_page(request, ctx, book, None, _started(request, ctx, book))


def ask_first(request: HttpRequest, ctx: Context) -> None:
    """Whose account it is, before anything is sent for approval, and whenever somebody asks. Called in a closed Context, for
    what is said to a bank and by it is committed by itself."""
    typed, step = read_form(request.POST), request.POST.get("step", "")
    if not typed.is_of_bank or step not in ("ask", "submit"):
        return
    with ctx.open():
        book = book_of(request)
    ask_payee(ctx, book, typed, again=step == "ask")


@require_POST
@page(ENTER)
def reckon(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Who will decide, what the account will hold, which limit is next: while somebody types."""
    seen = preview(ctx, book_of(request), read_form(request.POST), order_id=number_of(request, "order") or 0)
    return render(request, "payments/fragments/preview.html", preview_values(seen))


def book_of(request: HttpRequest) -> Book:
    """The book that is named, else the default one. Members pay from the centre's book without any right in it."""
    code = request.POST.get("book") or request.GET.get("book", "")
    books = Book.objects.filter(code=code) if code else Book.objects.filter(is_default=True)
    book = books.first()
    if book is None:
        raise NotFound(book=code[:40])
    return book


def read_form(given: QueryDict) -> TypedOrder:
    """What was sent; control signs that no field can hold are left out."""
    texts = {name: given.get(name, "").replace("\0", "").strip() for name in TypedOrder._fields}
    return TypedOrder(**texts)


def taken_over(given: QueryDict, typed: TypedOrder) -> TypedOrder:
    """The form with a payee that was paid before: the bank is asked for the name again, so no old one is taken over."""
    bank, _space, account = given.get("take", "").replace("\0", "").strip()[:40].rpartition(" ")
    return typed._replace(to_bank=bank, payee=account, to_name="", name_reason="")


def number_of(request: HttpRequest, name: str) -> int | None:
    return row_number(request.POST.get(name, ""))


def posted(request: HttpRequest, ctx: Context, book: Book, order: PaymentOrder | None) -> HttpResponse:
    typed, step = read_form(request.POST), request.POST.get("step", "save")
    if "take" in request.POST:
        return form_page(request, ctx, book, order, taken_over(request.POST, typed))
    if step in ("look", "ask"):
        return form_page(request, ctx, book, order, typed)
    if step == "submit" and read_order(ctx, book, typed).can_be_split:
        return _split(request, ctx, book, order, typed)
    try:
        with ctx.open():
            kept = save_order(
                ctx, book, typed, order_id=order.id if order else None, seen_version=number_of(request, "version") or 0
            )  # fmt: skip
            if step == "submit":
                submit_order(ctx, kept.id, seen_version=kept.version)
    except (NotFound, Forbidden):
        raise
    except OrderFlawed as refusal:
        return form_page(request, ctx, book, order, typed, flaws=refusal.flaws, status=422)
    except DomainError as refusal:
        return form_page(request, ctx, book, order, typed, flaws=[Flaw("", refusal.code)], status=409)
    return HttpResponseRedirect(
        reverse("payments:order", args=[kept.id]) + ("?sent=1" if step == "submit" else "?saved=1")
    )


def _split(
    request: HttpRequest, ctx: Context, book: Book, order: PaymentOrder | None, typed: TypedOrder
) -> HttpResponse:
    """One payment that leaves in several transfers; the draft that it was typed in is put away."""
    try:
        with ctx.open():
            made = submit_bundle(ctx, book, [typed])
            if order is not None:
                withdraw_order(ctx, order.id, reason=str(made))
    except (NotFound, Forbidden):
        raise
    except OrderFlawed as refusal:
        flaws = [one._replace(field=one.field.partition(".")[0]) for one in refusal.flaws]
        return form_page(request, ctx, book, order, typed, flaws=flaws, status=422)
    except DomainError as refusal:
        return form_page(request, ctx, book, order, typed, flaws=[Flaw("", refusal.code)], status=409)
    return HttpResponseRedirect(reverse("payments:bundle", args=[made.id]) + "?sent=1")


def form_page(
    request: HttpRequest, ctx: Context, book: Book, order: PaymentOrder | None, typed: TypedOrder, *,
    flaws: list[Flaw] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    seen = preview(ctx, book, typed, order_id=order.id if order else 0)
    returned = order is not None and state_of(order) is OrderState.RETURNED and order.request is not None
    values: dict[str, Any] = {
        "book": book, "order": order, "typed": typed, "version": order.version if order else 0,
        **choices(ctx, book), "waits": order is not None and state_of(order) is OrderState.PENDING,
        "returned": reason_of(order.request) if order is not None and order.request and returned else "",
        **shown_flaws(flaws or []), **preview_values(seen),
    }  # fmt: skip
    return render(request, "payments/form.html", values, status=status)


def choices(ctx: Context, book: Book) -> dict[str, Any]:
    """What can be chosen in the fields."""
    return {
        "payers": payer_accounts(ctx, book), "payees": _payees(ctx, book), **_bank_choices(ctx, book),
        "purposes": list(PURPOSES.items()), "holidays": list(HOLIDAYS.items()),
    }  # fmt: skip


def preview_values(seen: Preview) -> dict[str, Any]:
    words = ""
    if seen.reading.amount_minor:
        try:
            words = in_words(seen.reading.amount_minor, seen.reading.currency, get_language() or "ko")
        except DomainError:
            words = ""
    return {
        "seen": seen, "words": words, "nobody": problem_text(seen.nobody) if seen.nobody else None, "verdicts": VERDICTS,
    }  # fmt: skip


def _bank_choices(ctx: Context, book: Book) -> dict[str, Any]:
    """Nothing to choose where no account of ours is connected to its bank."""
    links = connected_links(book, book.functional_currency)
    if not links:
        return {"banks": [], "bank_payers": [], "vias": [], "bank_payees": [], "bank_names": {}}
    banks = [
        (one.code, str(one.short_name(ctx.language))) for one in list_banks(ctx) if one.country == COUNTRY
    ]
    # What leaves from an account of the centre is not what one may pay from oneself.
    own = [one for one in links if may(ctx, ENTER, one.ledger_account.unit_id or book.unit_id)]
    return {
        "banks": banks,
        "bank_payers": own,
        "vias": links,
        "bank_payees": bank_payees_used(ctx, book),
        "bank_names": dict(banks),
    }


def _payees(ctx: Context, book: Book) -> list[tuple[LedgerAccount, bool]]:
    """Those paid before come first."""
    used = payees_used(ctx, book)
    before = {one.id for one in used}
    accounts = LedgerAccount.objects.filter(book_id=book.id, subject__nature="liability").exclude(
        state="closed"
    )
    rest = [one for one in accounts.order_by("code")[:_PAYEES] if one.id not in before]
    return [(one, True) for one in used] + [(one, False) for one in rest]


def flaw_text(flaw: Flaw) -> str:
    """What is wrong and how it is mended; of a limit with what it comes to."""
    said = problem_text(flaw.code, "", flaw.value)
    what = f"{said.what} ({flaw.value})" if flaw.code in PASSED.values() and flaw.value else said.what
    return f"{what}. {said.mend}" if said.mend else what


def shown_flaws(flaws: list[Flaw], fields: Mapping[str, Any] = FIELDS) -> dict[str, Any]:
    """What is wrong by field, and the summary with links in the order of the form."""
    by_field: dict[str, str] = {}
    summary = []
    for flaw in flaws:
        text = flaw_text(flaw)
        by_field.setdefault(flaw.field, text)
        label = str(fields.get(flaw.field, _("Payment")))
        summary.append({"id": f"f-{flaw.field or 'payer'}", "label": label, "text": text})
    return {"flaws": by_field, "summary": summary}


def _started(request: HttpRequest, ctx: Context, book: Book) -> TypedOrder:
    """Empty, or as an earlier payment was: its day and document are not taken over."""
    like = row_number(request.GET.get("like", ""))
    if like is not None:
        former = access_order(ctx, like)
        typed = from_json(former.form)
        # The bank's word of today is compared with the name that was paid.
        name = typed.to_name or former.to_name
        return typed._replace(to_name=name, pay_on="", document_no="", duplicate_reason="")
    day = day_under_way(book)
    return TypedOrder(
        pay_on=str(max(day.business_date, ctx.today) if day else ctx.today), holiday_rule=FOLLOWING
    )
