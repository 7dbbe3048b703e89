"""Several payments in one request: entering them as rows, and where each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.access import may
from moa.control.context import Context
from moa.control.web.page import page
from moa.formats.named_columns import FileUnreadable
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger.models import Book
from moa.payments.bundle_drafts import access_bundle_draft
from moa.payments.bundle_files import read_pasted, read_rows_file
from moa.payments.bundle_reading import BundleReading, read_bundle
from moa.payments.bundles import access_bundle, rows_of, whole
from moa.payments.lifecycle import OrderState
from moa.payments.models import BundleDraft, PaymentBundle
from moa.payments.operations.discard_bundle_draft import discard_bundle_draft
from moa.payments.operations.save_bundle_draft import save_bundle_draft
from moa.payments.operations.save_order import OrderTooLong
from moa.payments.operations.submit_bundle import ask_all, submit_bundle
from moa.payments.operations.submit_bundle_draft import submit_bundle_draft
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.operations.withdraw_bundle import may_withdraw_bundle, withdraw_bundle
from moa.payments.payment_rows import PaymentRow
from moa.payments.permissions import ENTER, VIEW
from moa.payments.preview import preview_bundle
from moa.payments.queries import state_of
from moa.payments.reading import Flaw
from moa.payments.rules.pay_days import FOLLOWING
from moa.payments.rules.several import MOST_ROWS, Standing
from moa.payments.rules.typed_bundles import COLUMNS, COMMON, TypedBundle, bundle_from_json
from moa.payments.rules.typed_orders import LONGEST, TypedOrder, from_json
from moa.payments.web.bank_parts import bank_name
from moa.payments.web.bundles_table import DRAFTS_FROM
from moa.payments.web.order_words import FIELDS
from moa.payments.web.plan_state_words import STANDINGS
from moa.payments.web.shown_rows import row_stands, transfers_of
from moa.payments.web.views_form import book_of, choices, flaw_text, number_of, preview_values, taken_over
from moa.ui.problems import problem_text

_FIRST, _ADDED = 5, 5
LARGEST = 5_000_000


@require_http_methods(["GET", "POST"])
@page(ENTER, opened=False)
def new(request: HttpRequest, ctx: Context) -> HttpResponse:
    if request.method == "GET":
        with ctx.open():
            return _form(request, ctx, book_of(request), None, _started(request, ctx))
    with ctx.open():
        book = book_of(request)
    return _posted(request, ctx, book, None)


@require_http_methods(["GET", "POST"])
@page(ENTER, opened=False)
def draft(request: HttpRequest, ctx: Context, draft_id: int) -> HttpResponse:
    """What was typed so far; what was submitted meanwhile is shown where it stands."""
    with ctx.open():
        found = access_bundle_draft(ctx, draft_id)
        if found.bundle_id is not None:
            return HttpResponseRedirect(reverse("payments:bundle", args=[found.bundle_id]))
        if found.discarded_at is not None:
            raise NotFound(draft=draft_id)
        if request.method == "GET":
            return _form(request, ctx, found.book, found, bundle_from_json(found.form))
    return _posted(request, ctx, found.book, found)


@require_POST
@page(ENTER)
def discard(request: HttpRequest, ctx: Context, draft_id: int) -> HttpResponse:
    discard_bundle_draft(ctx, draft_id)
    return HttpResponseRedirect(reverse("payments:bundles"))


@require_GET
@page(VIEW)
def row(request: HttpRequest, ctx: Context, row_id: int) -> HttpResponse:
    """The page behind a row of the list: drafts and bundles stand in it together."""
    if row_id >= DRAFTS_FROM:
        found = access_bundle_draft(ctx, row_id - DRAFTS_FROM)
        return HttpResponseRedirect(reverse("payments:bundle_draft", args=[found.id]))
    return HttpResponseRedirect(reverse("payments:bundle", args=[access_bundle(ctx, row_id).id]))


def _read(given: QueryDict) -> TypedBundle:
    """What was sent; rows in which nothing stands are left out."""
    common = {
        name: given.get(f"all_{name}", "").replace("\0", "").strip()[: LONGEST[name] + 1] for name in COMMON
    }
    text = given.get("rows", "")
    count = min(int(text), MOST_ROWS + _ADDED) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    rows = [
        {
            name: given.get(f"{name}.{number}", "").replace("\0", "").strip()[: LONGEST[name] + 1]
            for name in COLUMNS
        }
        for number in range(1, count + 1)
    ]
    return TypedBundle(common, tuple(row for row in rows if any(row.values())))


def _posted(request: HttpRequest, ctx: Context, book: Book, kept: BundleDraft | None) -> HttpResponse:
    typed, step = _read(request.POST), request.POST.get("step", "look")
    if "take" in request.POST:
        step = "take"
    if step == "submit":
        ask_all(ctx, book, typed.orders())
    with ctx.open():
        if step in ("submit", "save"):
            return _kept_or_sent(request, ctx, book, kept, typed, step)
        if step in ("paste", "file"):
            return _taken_over(request, ctx, book, kept, typed, step)
        if step == "rows":
            return _form(request, ctx, book, kept, typed, added=_ADDED)
        if step == "take":
            return _form(request, ctx, book, kept, _with_payee(request.POST, typed))
        flaws = read_bundle(ctx, book, typed.orders(), with_names=False).flaws
        return _form(request, ctx, book, kept, typed, flaws=flaws)


def _kept_or_sent(
    request: HttpRequest, ctx: Context, book: Book, kept: BundleDraft | None, typed: TypedBundle, step: str
) -> HttpResponse:
    seen = number_of(request, "version") or 0
    try:
        with ctx.open():
            if step == "save":
                saved = save_bundle_draft(
                    ctx, book, typed, draft_id=kept.id if kept else None, seen_version=seen
                )
                return HttpResponseRedirect(reverse("payments:bundle_draft", args=[saved.id]) + "?saved=1")
            if kept is None:
                made = submit_bundle(ctx, book, typed.orders())
            else:
                made = submit_bundle_draft(ctx, book, typed, draft_id=kept.id, seen_version=seen)
    except (NotFound, Forbidden):
        raise
    except OrderFlawed as refusal:
        return _form(request, ctx, book, kept, typed, flaws=refusal.flaws, status=422)
    except OrderTooLong as refusal:
        flaws = [Flaw(field, "text_too_long") for field in refusal.facts["fields"]]
        return _form(request, ctx, book, kept, typed, flaws=flaws, status=422)
    except DomainError as refusal:
        return _form(request, ctx, book, kept, typed, flaws=[Flaw("", refusal.code)], status=409)
    return HttpResponseRedirect(reverse("payments:bundle", args=[made.id]) + "?sent=1")


def _with_payee(given: QueryDict, typed: TypedBundle) -> TypedBundle:
    """One more row, for a payee that was paid before; the bank is asked for the name again, so no old one is taken over."""
    payee = taken_over(given, TypedOrder())
    more = dict.fromkeys(COLUMNS, "") | {"to_bank": payee.to_bank, "payee": payee.payee}
    return typed._replace(rows=(*typed.rows, more)[:MOST_ROWS])


def _taken_over(
    request: HttpRequest, ctx: Context, book: Book, kept: BundleDraft | None, typed: TypedBundle, step: str
) -> HttpResponse:
    """Rows of a spreadsheet behind those that stand there already; what is wrong in them is said at once, nothing is kept."""
    try:
        more = read_pasted(request.POST.get("pasted", "")) if step == "paste" else _of_file(request)
    except FileUnreadable as refusal:
        said = f"{refusal.facts['place']}: {refusal.facts['value']}"
        flaw = Flaw("pasted" if step == "paste" else "file", "bundle_rows_unreadable", said)
        return _form(request, ctx, book, kept, typed, flaws=[flaw], status=422)
    taken = ({name: row.get(name, "")[: LONGEST[name] + 1] for name in COLUMNS} for row in more)
    typed = typed._replace(rows=(*typed.rows, *taken))
    flaws = read_bundle(ctx, book, typed.orders(), with_names=False).flaws
    return _form(request, ctx, book, kept, typed, flaws=flaws, status=422 if flaws else 200)


def _of_file(request: HttpRequest) -> list[dict[str, str]]:
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > LARGEST:
        raise FileUnreadable(place="file", value=file.name if file and file.name else "—")
    return read_rows_file(cast(BinaryIO, file))


@require_POST
@page(ENTER)
def reckon(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Number, total, transfers and who will decide: while somebody types."""
    values = _seen(ctx, book_of(request), _read(request.POST))
    return render(request, "payments/fragments/bundle_preview.html", values)


def _seen(ctx: Context, book: Book, typed: TypedBundle) -> dict[str, Any]:
    reading, seen = preview_bundle(ctx, book, typed.orders())
    return {"bundle": reading, "leaving": _leaving(reading), **preview_values(seen)}


def _leaving(reading: BundleReading) -> list[Any]:
    return sorted({row.reading.leaves_on for row in reading.rows if row.reading.leaves_on})


def _form(
    request: HttpRequest, ctx: Context, book: Book, kept: BundleDraft | None, typed: TypedBundle, *,
    flaws: list[Flaw] | None = None, added: int = 0, status: int = 200,
) -> HttpResponse:  # fmt: skip
    empty, rows = dict.fromkeys(COLUMNS, ""), typed.rows
    count = max(_FIRST, len(rows) + added) if len(rows) < MOST_ROWS else len(rows)
    shown = [{"n": n, **row} for n, row in enumerate([*rows, *[empty] * (count - len(rows))], 1)]
    values: dict[str, Any] = {
        "book": book, "draft": kept, "version": kept.version if kept else 0, "common": typed.common, "rows": shown,
        **choices(ctx, book), **_shown_flaws(flaws or []), **_seen(ctx, book, typed),
        "columns": [(name, FIELDS[name]) for name in COLUMNS],
    }  # fmt: skip
    return render(request, "payments/bundle_form.html", values, status=status)


def _shown_flaws(flaws: list[Flaw]) -> dict[str, Any]:
    """What is wrong by field and row. What is common to all rows is told at its one field."""
    by_field: dict[str, str] = {}
    summary = []
    for flaw in flaws:
        name, _dot, row = flaw.field.partition(".")
        text = flaw_text(flaw)
        key = flaw.field if name in COLUMNS and row else f"all_{name}" if name in COMMON else name
        by_field.setdefault(key, text)
        word = str(FIELDS.get(name, _("Several payments")))
        label = _("Row %(row)s, %(field)s") % {"row": row, "field": word} if row else word
        summary.append({"id": f"f-{key or 'payee.1'}", "label": label, "text": text})
    return {"flaws": by_field, "summary": summary}


def _started(request: HttpRequest, ctx: Context) -> TypedBundle:
    """Empty, or as an earlier bundle was entered: its day and its reasons are not taken over."""
    text = request.GET.get("like", "")
    common = dict.fromkeys(COMMON, "") | {"pay_on": str(ctx.today), "holiday_rule": FOLLOWING}
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        return TypedBundle(common)
    former = [from_json(one) for one in access_bundle(ctx, int(text)).rows]
    same = {name: getattr(former[0], name) for name in ("purpose", "via", "charge", "holiday_rule")}
    rows = tuple({name: getattr(one, name) for name in COLUMNS} for one in former)
    return TypedBundle(common | same, rows)


@require_GET
@page(VIEW)
def one(request: HttpRequest, ctx: Context, bundle_id: int) -> HttpResponse:
    return _page(request, ctx, access_bundle(ctx, bundle_id))


@require_POST
@page(VIEW)
def withdraw(request: HttpRequest, ctx: Context, bundle_id: int) -> HttpResponse:
    try:
        with ctx.open():
            withdraw_bundle(ctx, bundle_id, reason=request.POST.get("reason", ""))
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        return _page(request, ctx, access_bundle(ctx, bundle_id), refusal=refusal, status=409)
    return HttpResponseRedirect(reverse("payments:bundle", args=[bundle_id]))


def _page(
    request: HttpRequest,
    ctx: Context,
    found: PaymentBundle,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = rows_of(found)
    standing = whole(rows)
    values: dict[str, Any] = {
        "bundle": found, "stands": STANDINGS[standing], "state_code": standing.value, "rows": [_row(ctx, row) for row in rows],
        "paid_minor": sum(row.paid_minor for row in rows), "transfers": sum(len(row.orders) for row in rows),
        "failed": _count(rows, OrderState.FAILED), "returned": _count(rows, OrderState.RETURNED_BY_BANK),
        "is_partly": standing in (Standing.PARTLY_PAID, Standing.UNKNOWN), "may_withdraw": may_withdraw_bundle(ctx, found),
        "needs_reason": found.maker_id != ctx.actor.person_id, "may_enter": may(ctx, ENTER),
        "refusal": problem_text(refusal.code) if refusal else None,
    }  # fmt: skip
    return render(request, "payments/bundle.html", values, status=status)


def _count(rows: Sequence[PaymentRow], state: OrderState) -> int:
    return sum(state_of(one) is state for row in rows for one in row.orders)


def _row(ctx: Context, row: PaymentRow) -> dict[str, Any]:
    first = row.orders[0]
    return {
        "place": row.place, "payee": first.payee.name if first.payee else first.to_name,
        "account": f"{bank_name(ctx, first.to_bank)} {first.to_account or (first.payee.code if first.payee else '')}".strip(),
        "payer": first.payer.name if first.payer else "", "pay_on": first.pay_on, "amount_minor": row.amount_minor,
        "stands": row_stands(row), "orders": transfers_of(row),
    }  # fmt: skip
