"""Where a row of the list of vouchers leads: to the voucher, or to the draft that it is still."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.control.web.page import page
from moa.kernel.errors import NotFound
from moa.ledger.models import Book, Voucher
from moa.ledger.permissions import VIEW
from moa.ledger.web.vouchers_table import DRAFTS_FROM


@require_GET
@page(VIEW)
def row(request: HttpRequest, ctx: Context, number: int) -> HttpResponse:
    """Raises: not_found."""
    if number >= DRAFTS_FROM:
        return HttpResponseRedirect(reverse("ledger:draft", args=[number - DRAFTS_FROM]))
    units = permitted_units(ctx, VIEW)
    books = Book.objects.all() if units is None else Book.objects.filter(unit_id__in=units)
    codes = dict(books.values_list("id", "code"))
    found = Voucher.objects.filter(id=number, book_id__in=codes).first()
    if found is None:
        raise NotFound(voucher=number)
    return HttpResponseRedirect(
        reverse("ledger:voucher", args=[codes[found.book_id], found.period, found.id])
    )
