"""증명: the auditor takes closed days out in one file, with the script that checks it and what the file means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from moa.control.context import Context
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger.models import Book
from moa.ledger.operations.send_proof import send_proof
from moa.ledger.permissions import EXPORT_PROOF
from moa.ledger.queries import access_book, last_closed_day, list_books
from moa.ledger.seal_list import list_seals
from moa.ui.fields import DayField
from moa.ui.problems import Sentence, problem_text

_SHOWN = 60
# What an auditor needs beside the file; it stands in the tree and is handed out as it is.
_FOLDER = Path(__file__).resolve().parents[4] / "docs" / "proof"
_BESIDE = {"verify_proof.py": "text/x-python; charset=utf-8", "format.md": "text/markdown; charset=utf-8"}


class ProofForm(forms.Form):
    first = DayField(label=_("From"))
    last = DayField(label=_("To"))


@require_http_methods(["GET", "POST"])
@page(EXPORT_PROOF, opened=False)
def proof(request: HttpRequest, ctx: Context) -> HttpResponseBase:
    """The page, or on a press the file, which reads as it is sent."""
    sent = request.POST if request.method == "POST" else request.GET
    refusal = None
    with ctx.open():
        book = access_book(ctx, sent.get("book", ""), EXPORT_PROOF)
        newest = last_closed_day(book)
        day = newest.business_date if newest else None
        form = ProofForm(
            request.POST if request.method == "POST" else None, initial={"first": day, "last": day}
        )
        if request.method == "GET" or not form.is_valid():
            return _shown(request, ctx, book, form, None)
    given = form.cleaned_data
    try:
        with ctx.open():
            done = send_proof(ctx, book, first=given["first"], last=given["last"])
    except (Forbidden, NotFound):
        raise
    except DomainError as refused:
        refusal = problem_text(refused.code)
    if refusal is not None:
        with ctx.open():
            return _shown(request, ctx, book, form, refusal)
    response = StreamingHttpResponse(done.pieces, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name_of(book, done.first, done.last)}"'
    return response


@require_GET
@page(EXPORT_PROOF)
def beside(request: HttpRequest, ctx: Context, name: str) -> HttpResponse:
    """The verifier, or the specification of the file."""
    if name not in _BESIDE or not (_FOLDER / name).is_file():
        raise Http404(name)
    return HttpResponse(
        (_FOLDER / name).read_bytes(), content_type=_BESIDE[name],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def name_of(book: Book, first: Any, last: Any) -> str:
    return f"{book.code}-{first}-{last}.proof"


def _shown(
    request: HttpRequest, ctx: Context, book: Book, form: ProofForm, refusal: Sentence | None
) -> HttpResponse:
    seals = list_seals(book, limit=_SHOWN)
    newest = seals[0].seal if seals else None
    values = {
        "here": "proof", "book": book, "book_name": book.names.get(ctx.language.lower()) or book.name,
        "books": [(one.code, one.names.get(ctx.language.lower()) or one.name) for one in list_books(ctx)], "form": form,
        "seals": seals, "refusal": refusal, "beside": [name for name in _BESIDE if (_FOLDER / name).is_file()],
        "example": f"python verify_proof.py {name_of(book, newest.business_date, newest.business_date)}"
        f" --seal {newest.business_date}={newest.hex}" if newest else "",
    }  # fmt: skip
    return render(
        request, "ledger/proof.html", values, status=409 if refusal else 422 if form.errors else 200
    )
