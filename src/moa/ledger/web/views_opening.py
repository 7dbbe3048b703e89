"""Opening balances of a book (기초잔액): a file is read and shown, then filed, one voucher for each currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moa.control import documents
from moa.control.access import may, require
from moa.control.context import Context
from moa.control.models import Document
from moa.control.web.page import page
from moa.formats.named_columns import FileUnreadable
from moa.kernel.errors import DomainError, Forbidden, NotFound, Problem
from moa.kernel.money import to_minor
from moa.ledger.drafts import state_of
from moa.ledger.lifecycle import VOUCHER_DRAFT
from moa.ledger.models import Book, VoucherDraft
from moa.ledger.models.draft import OPENING
from moa.ledger.opening_files import OpeningFile, read_opening_file
from moa.ledger.operations.propose_opening import (
    OpeningRefused,
    OpeningTooLate,
    opening_day,
    propose_opening,
)
from moa.ledger.permissions import ENTER, VIEW
from moa.ledger.queries import access_book, list_books
from moa.ledger.rules.sides import DEBIT
from moa.ledger.web.voucher_words import FIELDS, STATES
from moa.ui.formatting import figure
from moa.ui.problems import problem_text

LARGEST = 20_000_000
_SHOWN, _TOLD = 500, 500
KIND = "attachment"


@require_http_methods(["GET", "POST"])
@page(VIEW)
def opening(request: HttpRequest, ctx: Context) -> HttpResponse:
    book = access_book(ctx, request.POST.get("book") or request.GET.get("book", ""))
    if request.method == "GET":
        return _answer(request, ctx, book)
    require(ctx, ENTER, book.unit_id)
    return (_propose if request.POST.get("step") == "propose" else _read)(request, ctx, book)


def _read(request: HttpRequest, ctx: Context, book: Book) -> HttpResponse:
    """What was read, with all that is wrong. Only a file without a fault is kept, for it becomes evidence."""
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > LARGEST:
        code = "attachment_too_large" if file and file.size else "opening_empty"
        return _answer(request, ctx, book, problems=[Problem("error", code, "file")], status=422)
    source = cast(BinaryIO, file)
    try:
        found = read_opening_file(book, source)
    except FileUnreadable as refusal:
        problem = Problem("error", refusal.code, refusal.facts["place"], "", str(refusal.facts["value"]))
        return _answer(request, ctx, book, problems=[problem], name=file.name or "", status=422)
    if not found.rows and not found.problems:
        found.problems.append(Problem("error", "opening_empty", "file"))
    kept: Document | None = None
    if not found.problems:
        source.seek(0)
        try:
            with ctx.open():
                kept = documents.store(ctx, source, name=file.name or "opening", kind=KIND)
        except DomainError as refusal:
            return _answer(request, ctx, book, refusal=refusal, status=422)
    return _answer(
        request, ctx, book, found=found, problems=found.problems, name=file.name or "", kept=kept,
        status=422 if found.problems else 200,
    )  # fmt: skip


def _propose(request: HttpRequest, ctx: Context, book: Book) -> HttpResponse:
    """The very file that was shown, by the fingerprint of its bytes."""
    kept = Document.objects.filter(kind=KIND, sha256=request.POST.get("sha256", "")[:64]).first()
    if kept is None:
        return _answer(request, ctx, book, refusal=DomainError("opening_forgotten"), status=409)
    with documents.open_document(ctx, kept.id) as source:
        found = read_opening_file(book, source)
    try:
        with ctx.open():
            propose_opening(ctx, book, found, source=kept)
    except (NotFound, Forbidden):
        raise
    except OpeningRefused as refusal:
        return _answer(request, ctx, book, found=found, problems=refusal.problems, name=kept.name, status=422)
    except DomainError as refusal:
        return _answer(request, ctx, book, refusal=refusal, status=409)
    return HttpResponseRedirect(f"{reverse('ledger:opening')}?book={book.code}&sent=1")


def _answer(
    request: HttpRequest, ctx: Context, book: Book, *, found: OpeningFile | None = None, problems: list[Problem] | None = None,
    name: str = "", kept: Document | None = None, refusal: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    try:
        day = opening_day(ctx, book)
    except OpeningTooLate:
        day = None
    told = problems or []
    rows = found.rows if found else []
    values: dict[str, Any] = {
        "book": book, "book_name": book.names.get(ctx.language.lower()) or book.name,
        "books": [(one.code, one.names.get(ctx.language.lower()) or one.name) for one in list_books(ctx)],
        "day": day, "may_enter": may(ctx, ENTER, book.unit_id), "filed": _filed(ctx, book), "name": name, "stored": kept,
        "refusal": problem_text(refusal.code) if refusal else None, "read": found, "debit": DEBIT,
        "rows": rows[:_SHOWN], "row_count": len(rows), "sums": found.sums if found else [],
        "problems": [_told(one) for one in told[:_TOLD]], "problem_count": len(told),
        "columns": [FIELDS["account"], FIELDS["currency"], FIELDS["side"], _("Amount")],
    }  # fmt: skip
    return render(request, "ledger/opening.html", values, status=status)


def _filed(ctx: Context, book: Book) -> list[dict[str, Any]]:
    """What was filed and where it stands; a discarded draft is on no list."""
    drafts = VoucherDraft.objects.filter(book_id=book.id, kind=OPENING, discarded_at=None)
    return [
        {
            "draft": one, "state": STATES[state_of(one).value],
            "may_discard": one.maker_id == ctx.actor.person_id and VOUCHER_DRAFT.allows(state_of(one), "discard"),
        }
        for one in drafts.select_related("request", "maker").order_by("id")
    ]  # fmt: skip


# Their own sentences speak of posting files, whose keys are used up by a refusal.
_KEYLESS = frozenset({"account_unknown", "account_closed", "wrong_currency"})


def _told(problem: Problem) -> dict[str, str]:
    """One fault: where it is, in which column, the value as it stood there, the sentences."""
    value = problem.value
    said = problem_text(problem.code, problem.field, value)
    if problem.code == "opening_unbalanced":
        # Here the place is the currency and the value what the debit side lacks.
        value = f"{problem.place} {figure(to_minor(Decimal(value), problem.place), problem.place)}"
    field = _("Amount") if problem.field == "amount" else str(FIELDS.get(problem.field, problem.field))
    return {
        "place": problem.place,
        "field": field,
        "value": value,
        "what": said.what,
        "mend": _("Correct the row, then have the file read again")
        if problem.code in _KEYLESS
        else said.mend,
    }
