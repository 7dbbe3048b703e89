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
from moa.payments.bundle_files import COLUMNS, read_pasted, read_rows_file
from moa.payments.bundle_reading import BundleReading, read_bundle
from moa.payments.bundles import access_bundle, rows_of, whole
from moa.payments.lifecycle import OrderState
from moa.payments.models import PaymentBundle
from moa.payments.operations.submit_bundle import ask_all, submit_bundle
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.operations.withdraw_bundle import may_withdraw_bundle, withdraw_bundle
from moa.payments.payment_rows import PaymentRow
from moa.payments.permissions import ENTER, VIEW
from moa.payments.preview import preview_bundle
from moa.payments.queries import state_of
from moa.payments.reading import Flaw
from moa.payments.rules.pay_days import FOLLOWING
from moa.payments.rules.several import MOST_ROWS, Standing
from moa.payments.rules.typed_orders import LONGEST, TypedOrder, from_json
from moa.payments.web.order_words import FIELDS
from moa.payments.web.plan_state_words import STANDINGS
from moa.payments.web.shown_rows import row_stands, transfers_of
from moa.payments.web.views_form import book_of, choices, preview_values
from moa.ui.problems import problem_text

# What is said once for all rows; a row that says its payer itself keeps it.
COMMON = ("payer", "pay_on", "holiday_rule", "purpose", "via", "charge", "duplicate_reason", "name_reason")
_FIRST, _ADDED = 5, 5
LARGEST = 5_000_000


@require_http_methods(["GET", "POST"])
@page(ENTER, opened=False)
def new(request: HttpRequest, ctx: Context) -> HttpResponse:
    if request.method == "GET":
        with ctx.open():
            common, rows = _started(request, ctx)
            return _form(request, ctx, book_of(request), common, rows)
    common, rows = _read_common(request.POST), _read_rows(request.POST)
    step = request.POST.get("step", "look")
    with ctx.open():
        book = book_of(request)
    if step == "submit":
        ask_all(ctx, book, _typed(common, rows))
    with ctx.open():
        return _posted(request, ctx, book, common, rows, step)


def _read_common(given: QueryDict) -> dict[str, str]:
    return {
        name: given.get(f"all_{name}", "").replace("\0", "").strip()[: LONGEST[name] + 1] for name in COMMON
    }


def _read_rows(given: QueryDict) -> list[dict[str, str]]:
    """What stands in the rows; empty ones are left out."""
    text = given.get("rows", "")
    count = min(int(text), MOST_ROWS + _ADDED) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    rows = [
        {
            name: given.get(f"{name}.{number}", "").replace("\0", "").strip()[: LONGEST[name] + 1]
            for name in COLUMNS
        }
        for number in range(1, count + 1)
    ]
    return [row for row in rows if any(row.values())]


def _typed(common: dict[str, str], rows: list[dict[str, str]]) -> list[TypedOrder]:
    return [
        TypedOrder(**{**common, **{name: text for name, text in row.items() if text or name not in COMMON}})
        for row in rows
    ]


def _posted(
    request: HttpRequest,
    ctx: Context,
    book: Book,
    common: dict[str, str],
    rows: list[dict[str, str]],
    step: str,
) -> HttpResponse:
    if step == "rows":
        return _form(request, ctx, book, common, rows, added=_ADDED)
    if step in ("paste", "file"):
        return _taken_over(request, ctx, book, common, rows, step)
    if step != "submit":
        return _form(
            request,
            ctx,
            book,
            common,
            rows,
            flaws=read_bundle(ctx, book, _typed(common, rows), with_names=False).flaws,
        )
    try:
        with ctx.open():
            made = submit_bundle(ctx, book, _typed(common, rows))
    except (NotFound, Forbidden):
        raise
    except OrderFlawed as refusal:
        return _form(request, ctx, book, common, rows, flaws=refusal.flaws, status=422)
    except DomainError as refusal:
        return _form(request, ctx, book, common, rows, flaws=[Flaw("", refusal.code)], status=409)
    return HttpResponseRedirect(reverse("payments:bundle", args=[made.id]) + "?sent=1")


def _taken_over(
    request: HttpRequest,
    ctx: Context,
    book: Book,
    common: dict[str, str],
    rows: list[dict[str, str]],
    step: str,
) -> HttpResponse:
    """Rows of a spreadsheet behind those that stand there already; what is wrong in them is said at once, nothing is kept."""
    try:
        more = read_pasted(request.POST.get("pasted", "")) if step == "paste" else _of_file(request)
    except FileUnreadable as refusal:
        said = f"{refusal.facts['place']}: {refusal.facts['value']}"
        flaw = Flaw("pasted" if step == "paste" else "file", "bundle_rows_unreadable", said)
        return _form(request, ctx, book, common, rows, flaws=[flaw], status=422)
    taken = [*rows, *({name: row.get(name, "")[: LONGEST[name] + 1] for name in COLUMNS} for row in more)]
    flaws = read_bundle(ctx, book, _typed(common, taken), with_names=False).flaws
    return _form(request, ctx, book, common, taken, flaws=flaws, status=422 if flaws else 200)


def _of_file(request: HttpRequest) -> list[dict[str, str]]:
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > LARGEST:
        raise FileUnreadable(place="file", value=file.name if file and file.name else "—")
    return read_rows_file(cast(BinaryIO, file))


@require_POST
@page(ENTER)
def reckon(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Number, total, transfers and who will decide: while somebody types."""
    typed = _typed(_read_common(request.POST), _read_rows(request.POST))
    return render(request, "payments/fragments/bundle_preview.html", _seen(ctx, book_of(request), typed))


def _seen(ctx: Context, book: Book, typed: list[TypedOrder]) -> dict[str, Any]:
    reading, seen = preview_bundle(ctx, book, typed)
    return {"bundle": reading, "leaving": _leaving(reading), **preview_values(seen)}


def _leaving(reading: BundleReading) -> list[Any]:
    return sorted({row.reading.leaves_on for row in reading.rows if row.reading.leaves_on})


def _form(
    request: HttpRequest, ctx: Context, book: Book, common: dict[str, str], rows: list[dict[str, str]], *,
    flaws: list[Flaw] | None = None, added: int = 0, status: int = 200,
) -> HttpResponse:  # fmt: skip
    empty = dict.fromkeys(COLUMNS, "")
    count = max(_FIRST, len(rows) + added) if len(rows) < MOST_ROWS else len(rows)
    shown = [{"n": n, **row} for n, row in enumerate([*rows, *[empty] * (count - len(rows))], 1)]
    values: dict[str, Any] = {
        "book": book, "common": common, "rows": shown, **choices(ctx, book), **_shown_flaws(flaws or []),
        **_seen(ctx, book, _typed(common, rows)), "columns": [(name, FIELDS[name]) for name in COLUMNS],
    }  # fmt: skip
    return render(request, "payments/bundle_form.html", values, status=status)


def _shown_flaws(flaws: list[Flaw]) -> dict[str, Any]:
    """What is wrong by field and row. What is common to all rows is told at its one field."""
    by_field: dict[str, str] = {}
    summary = []
    for flaw in flaws:
        name, _dot, row = flaw.field.partition(".")
        said = problem_text(flaw.code, "", flaw.value)
        text = f"{said.what}. {said.mend}" if said.mend else said.what
        key = flaw.field if name in COLUMNS and row else f"all_{name}" if name in COMMON else name
        by_field.setdefault(key, text)
        word = str(FIELDS.get(name, _("Several payments")))
        label = _("Row %(row)s, %(field)s") % {"row": row, "field": word} if row else word
        summary.append({"id": f"f-{key or 'payee.1'}", "label": label, "text": text})
    return {"flaws": by_field, "summary": summary}


def _started(request: HttpRequest, ctx: Context) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Empty, or as an earlier bundle was entered: its day and its reasons are not taken over."""
    text = request.GET.get("like", "")
    common = dict.fromkeys(COMMON, "") | {"pay_on": str(ctx.today), "holiday_rule": FOLLOWING}
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        return common, []
    former = [from_json(one) for one in access_bundle(ctx, int(text)).rows]
    same = {name: getattr(former[0], name) for name in ("purpose", "via", "charge", "holiday_rule")}
    return common | same, [{name: getattr(one, name) for name in COLUMNS} for one in former]


@require_GET
@page(VIEW)
def one(request: HttpRequest, ctx: Context, bundle_id: int) -> HttpResponse:
    return _page(request, ctx, access_bundle(ctx, bundle_id))


@require_POST
@page(VIEW)
def withdraw(request: HttpRequest, ctx: Context, bundle_id: int) -> HttpResponse:
    found = access_bundle(ctx, bundle_id)
    try:
        with ctx.open():
            withdraw_bundle(ctx, bundle_id, reason=request.POST.get("reason", ""))
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        return _page(request, ctx, found, refusal=refusal, status=409)
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
        "bundle": found, "stands": STANDINGS[standing], "state_code": standing.value, "rows": [_row(row) for row in rows],
        "paid_minor": sum(row.paid_minor for row in rows), "transfers": sum(len(row.orders) for row in rows),
        "failed": _count(rows, OrderState.FAILED), "returned": _count(rows, OrderState.RETURNED_BY_BANK),
        "is_partly": standing in (Standing.PARTLY_PAID, Standing.UNKNOWN), "may_withdraw": may_withdraw_bundle(ctx, found),
        "needs_reason": found.maker_id != ctx.actor.person_id, "may_enter": may(ctx, ENTER),
        "refusal": problem_text(refusal.code) if refusal else None,
    }  # fmt: skip
    return render(request, "payments/bundle.html", values, status=status)


def _count(rows: Sequence[PaymentRow], state: OrderState) -> int:
    return sum(state_of(one) is state for row in rows for one in row.orders)


def _row(row: PaymentRow) -> dict[str, Any]:
    first = row.orders[0]
    return {
        "place": row.place, "payee": first.payee.name if first.payee else first.to_name,
        "account": f"{first.to_bank} {first.to_account or (first.payee.code if first.payee else '')}".strip(),
        "payer": first.payer.name if first.payer else "", "pay_on": first.pay_on, "amount_minor": row.amount_minor,
        "stands": row_stands(row), "orders": transfers_of(row),
    }  # fmt: skip
