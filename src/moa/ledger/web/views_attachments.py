"""Attachments of drafts and vouchers: added, taken off, downloaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import open_document
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger.models import Voucher, VoucherAttachment, VoucherDraft
from moa.ledger.operations.attach_document import attach_to_draft, attach_to_voucher, detach
from moa.ledger.permissions import ENTER, VIEW
from moa.ledger.queries import access_book


@require_POST
@page(ENTER)
def attach(request: HttpRequest, ctx: Context, draft_id: int) -> HttpResponse:
    target = reverse("ledger:draft", args=[draft_id])
    file = request.FILES.get("file")
    removed = row_number(request.POST.get("remove", ""))
    if removed is not None:
        return _done(target, ctx, lambda: detach(ctx, removed))
    if file is None:
        # Who attaches a file is told by the operation that there is no such draft.
        if not VoucherDraft.objects.filter(id=draft_id).exists():
            raise NotFound(draft=draft_id)
        return HttpResponseRedirect(f"{target}?attach=missing")
    return _done(
        target, ctx, lambda: attach_to_draft(ctx, draft_id, cast(BinaryIO, file), name=file.name or "")
    )


@require_POST
@page(ENTER)
def attach_later(request: HttpRequest, ctx: Context, book: str, period: int, voucher_id: int) -> HttpResponse:
    found = access_book(ctx, book, ENTER)
    target = reverse("ledger:voucher", args=[book, period, voucher_id])
    file = request.FILES.get("file")
    if file is None:
        if not Voucher.objects.filter(id=voucher_id, period=period, book=found).exists():
            raise NotFound(voucher=voucher_id)
        return HttpResponseRedirect(f"{target}?attach=missing")
    return _done(
        target,
        ctx,
        lambda: attach_to_voucher(ctx, found, voucher_id, period, cast(BinaryIO, file), name=file.name or ""),
    )


@require_GET
@page(VIEW)
def attachment(request: HttpRequest, ctx: Context, attachment_id: int) -> HttpResponse:
    """Always as a download: what somebody attached is never shown as a page of ours."""
    found = VoucherAttachment.objects.select_related("document", "book").filter(id=attachment_id).first()
    if found is None:
        raise NotFound(attachment=attachment_id)
    access_book(ctx, found.book.code)
    with open_document(ctx, found.document_id) as source:
        response = HttpResponse(source.read(), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    record(ctx, "control.document.read", "document", found.document_id, after={"attachment": found.id})
    return response


def _done(target: str, ctx: Context, act: Callable[[], object]) -> HttpResponse:
    """Back to the page, with the code of a refusal."""
    try:
        with ctx.open():
            act()
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        return HttpResponseRedirect(f"{target}?attach={refusal.facts.get('problem', refusal.code)}")
    return HttpResponseRedirect(target)
