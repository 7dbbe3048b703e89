"""The page that shows what the API can do; made from its own description, with no file of anybody else."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from moa.control.context import Context
from moa.control.web.page import page
from moa.entry.api.application import api
from moa.entry.api.reading import Area, read_description
from moa.entry.api.scopes import SCOPES

AREA_WORDS: dict[str, str | Promise] = {
    "token": _("The token"),
    "accounts": _("Accounts"),
    "transactions": _("Transactions"),
    "statements": _("Statement files"),
    "position": _("Cash position"),
    "payments": _("Payments"),
    "ledger": _("Books"),
    "directory": _("Banks, rates and calendars"),
    "organisation": _("Companies and units"),
    "audit": _("Audit trail"),
    "jobs": _("Jobs"),
}
SUMMARY_WORDS: dict[str, str | Promise] = {
    "read_me": _("As whom the token acts and what it may do"),
    "list_accounts": _("Accounts with their balances"),
    "read_account": _("One account"),
    "list_transactions": _("Transactions, page by page"),
    "read_transaction": _("One transaction"),
    "send_statement": _("Send a statement file"),
    "list_statements": _("Imports"),
    "read_statement": _("One import"),
    "list_problems": _("What is wrong with a file"),
    "read_position": _("The position by company, bank, currency or account"),
    "create_payment": _("Enter a payment and send it for approval"),
    "list_payments": _("Payments, the newest first"),
    "read_payment": _("One payment with its evidence"),
    "create_payment_bundle": _("Enter several payments for one decision"),
    "read_payment_bundle": _("Several payments decided on as one"),
    "create_payment_series": _("Enter a series of payments"),
    "read_payment_series": _("One series of payments"),
    "list_books": _("Books"),
    "read_balances": _("Balances on a day"),
    "read_trial_balance": _("Trial balance"),
    "read_day": _("Where the book's day stands"),
    "post_vouchers": _("Book vouchers"),
    "list_banks": _("Banks and institutions"),
    "read_rates": _("Exchange rates on a day"),
    "read_calendar": _("Business days"),
    "list_companies": _("Companies"),
    "list_units": _("Companies and units"),
    "list_audit": _("Audit trail, newest first"),
    "read_job": _("One job"),
}
PLACE_WORDS: dict[str, str | Promise] = {
    "path": _("in the path"), "query": _("in the query"), "header": _("header"), "body": _("in the body"),
}  # fmt: skip
KIND_WORDS: dict[str, str | Promise] = {
    "text": _("text"), "number": _("whole number"), "day": _("day"), "moment": _("moment"), "file": _("file"),
    "list": _("list"), "object": _("group of fields"), "boolean": _("true or false"),
}  # fmt: skip


@cache
def areas() -> list[Area]:
    return read_description(api.get_openapi_schema())


@require_GET
@page()
def docs(request: HttpRequest, ctx: Context) -> HttpResponse:
    values = {
        "areas": areas(), "area_words": AREA_WORDS, "summaries": SUMMARY_WORDS, "places": PLACE_WORDS,
        "kinds": KIND_WORDS, "scopes": SCOPES, "base": request.build_absolute_uri("/api/v1"),
        "document_url": reverse("api:openapi-json"), "per_minute": settings.API_REQUESTS_PER_MINUTE,
    }  # fmt: skip
    return render(request, "entry/api.html", values)
