"""The page of one file: what was stored of it, or exactly what is wrong with it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from moa.accounts.lifecycle import FileState
from moa.accounts.models import BalancePoint, BankAccount, Statement, StatementFile
from moa.accounts.overview import AccountRow, list_accounts
from moa.accounts.permissions import DEFINE, IMPORT, VIEW
from moa.accounts.queries import access_file
from moa.accounts.raw_lines import raw_lines
from moa.accounts.rules import number_keys
from moa.accounts.web.views_accounts import parked_offers
from moa.accounts.web.views_imports import conflict_rows, import_rows, job_facts, upload_form
from moa.control.access import may, rights
from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import open_document
from moa.control.models import Document
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number

_NUMBER = re.compile(r"(?:line|row) (\d+)")
_AROUND = 2
# A table that no reader knew has no format.
_TABLES = frozenset(("csv", "xlsx", "xls", "html", ""))
_COLUMNS_UNKNOWN = frozenset(("header_not_found", "format_unknown", "columns_missing"))


@require_GET
@page(VIEW)
def imported(request: HttpRequest, ctx: Context, file_id: int) -> HttpResponse:
    file = access_file(ctx, file_id)
    facts = import_rows(ctx, [file])[0]
    document = Document.objects.get(id=file.document_id)
    problems = [_problem(number, one) for number, one in enumerate(file.problems, 1)]
    errors = [one for one in problems if one["severity"] == "error"]
    order = "cause" if request.GET.get("order") == "cause" else "line"
    errors.sort(
        key=lambda one: (one["code"], one["line"] or 0) if order == "cause" else (one["line"] or 0, one["n"])
    )
    accounts = list_accounts(ctx, ids=_accounts_behind(file))
    busy = facts["state"] in {"waiting", "reading"}
    return render(
        request,
        "accounts/imported.html",
        {
            "file": facts | {
                "sha256": file.sha256, "lines": None, "kept_until": document.retain_until, "kept_raw": document.stored,
            },
            "job": job_facts(ctx, file) if busy else None, "errors": errors,
            "warnings": [one for one in problems if one["severity"] == "warning"], "error_count": file.error_count,
            "fine_entries": file.entries_read or None, "order": order, "raw": _raw(request, ctx, file, errors),
            "checks": [_check(check, accounts) for check in file.checks], "fills": _fills(file, accounts),
            "statements": _statements(file, accounts),
            "parked": [one for one in parked_offers(ctx) if one["file_url"].endswith(f"/{file.id}")],
            "conflicts": conflict_rows(ctx, file.id), "may_upload": may(ctx, IMPORT), "form": upload_form(request, ctx),
            "limit_bytes": settings.UPLOAD_LIMIT_BYTES, "point_url": _point_url(ctx, file, document),
            "columns_unknown": bool(_COLUMNS_UNKNOWN & {one["code"] for one in errors}),
        },
    )  # fmt: skip


def _accounts_behind(file: StatementFile) -> set[int]:
    """The accounts that the file speaks of or went to: not all that there are."""
    keys = {key for number in file.accounts for key in number_keys(number)}
    keys |= {key for check in file.checks for key in number_keys(check["account"])}
    ids = set(Statement.objects.filter(file_id=file.id).values_list("account_id", flat=True))
    return ids | set(BankAccount.objects.filter(number_key__in=keys).values_list("id", flat=True))


def _point_url(ctx: Context, file: StatementFile, document: Document) -> str:
    """Where a person points at the columns of a refused table; empty where that is no use."""
    pointable = file.state == FileState.REFUSED and document.stored and file.format in _TABLES
    if not pointable or DEFINE not in rights(ctx).everywhere:
        return ""
    return reverse("accounts:point", args=[document.id])


def _problem(number: int, one: dict[str, str]) -> dict[str, Any]:
    found = _NUMBER.search(one["place"])
    return one | {
        "n": number, "line": int(found.group(1)) if found else None, "group": _group(one["code"]), "facts": {},
    }  # fmt: skip


def _group(code: str) -> str:
    if "mismatch" in code or "balance" in code or "total" in code:
        return "balance"
    return "content" if code.startswith(("account", "currency", "resident")) else "form"


def _raw(
    request: HttpRequest, ctx: Context, file: StatementFile, errors: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """The lines around the chosen error, its value marked. Only text files have lines to show."""
    numbered = [one for one in errors if one["line"]]
    line = row_number(request.GET.get("at", ""))
    if line is None:
        line = numbered[0]["line"] if numbered else 0
    if not line:
        return None
    first = max(1, line - _AROUND)
    found = raw_lines(ctx, file.document_id, first, line + _AROUND, file.encoding or "utf-8")
    if not found:
        return None
    values = {one["line"]: one["value"] for one in numbered}
    places = sorted({one["line"] for one in numbered})
    before = [one for one in places if one < line]
    after = [one for one in places if one > line]
    return {
        "line": line, "first": first, "last": found[-1][0],
        "lines": [
            {"number": number, "text": text, "wrong": number in values, "mark": _mark(text, values.get(number, ""))}
            for number, text in found
        ],
        "previous_url": f"?at={before[-1]}" if before else None, "next_url": f"?at={after[0]}" if after else None,
    }  # fmt: skip


def _mark(text: str, value: str) -> list[int] | None:
    at = text.find(value) if value else -1
    return [at, at + len(value)] if at >= 0 else None


def _account_of(number: str, accounts: list[AccountRow]) -> AccountRow | None:
    keys = set(number_keys(number))
    return next((one for one in accounts if keys & set(number_keys(one.number))), None)


def _check(check: dict[str, Any], accounts: list[AccountRow]) -> dict[str, Any]:
    account = _account_of(check["account"], accounts)
    known, day = _known_before(account, check["from"])
    computed, closing = check["computed_minor"], check["closing_minor"]
    return check | {
        "account_end": account.account_end if account else check["account"][-4:],
        "company": account.company if account else "", "opening_known_minor": known, "opening_date": day,
        "difference_minor": None if computed is None or closing is None else closing - computed,
    }  # fmt: skip


def _known_before(account: AccountRow | None, first: str) -> tuple[int | None, date | None]:
    if account is None or not first:
        return None, None
    point = (
        BalancePoint.objects.filter(account_id=account.id, day__lt=date.fromisoformat(first))
        .order_by("-day", "-recorded_at", "-id")
        .first()
    )
    return (point.balance_minor, point.day) if point else (None, None)


def _fills(file: StatementFile, accounts: list[AccountRow]) -> list[dict[str, Any]]:
    """Which missing days a mended file would fill."""
    if file.state != "refused" or file.from_date is None or file.to_date is None:
        return []
    fills = []
    for number in file.accounts:
        account = _account_of(number, accounts)
        if account is None:
            continue
        dates = [day for day in account.missing if file.from_date <= day <= file.to_date]
        if dates:
            fills.append(
                {
                    "company": account.company,
                    "bank": account.bank,
                    "account_end": account.account_end,
                    "dates": dates,
                }
            )
    return fills


def _statements(file: StatementFile, accounts: list[AccountRow]) -> list[dict[str, Any]]:
    by_id = {one.id: one for one in accounts}
    rows = []
    for one in Statement.objects.filter(file_id=file.id).order_by("index")[:200]:
        account = by_id.get(one.account_id)
        if account is None:
            continue
        rows.append(
            {
                "account_end": account.account_end, "company": account.company,
                "url": reverse("accounts:account", args=[account.id]), "from_date": one.from_date,
                "to_date": one.to_date, "opening_minor": one.opening_minor, "closing_minor": one.closing_minor,
                "currency": account.currency, "entries_new": one.entries_new,
                "entries_known": one.entry_count - one.entries_new,
                "state": "provisional" if one.provisional else "stored",
            }
        )  # fmt: skip
    return rows


@require_GET
@page(VIEW, opened=False)
def import_raw(request: HttpRequest, ctx: Context, file_id: int) -> StreamingHttpResponse:
    """The file as it came. Who took it away is in the audit trail, for it holds unmasked text."""
    with ctx.open():
        file = access_file(ctx, file_id)
        with open_document(ctx, file.document_id):
            record(ctx, "accounts.file.downloaded", "statement_file", file.id, after={"name": file.name})
    response = StreamingHttpResponse(_chunks(ctx, file.document_id), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response["Content-Length"] = str(file.size_bytes)
    return response


def _chunks(ctx: Context, document_id: int) -> Iterator[bytes]:
    with ctx.open(), open_document(ctx, document_id) as source:
        while chunk := source.read(1 << 18):
            yield chunk


@require_GET
@page(VIEW)
def import_errors(request: HttpRequest, ctx: Context, file_id: int) -> HttpResponse:
    """The errors as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    file = access_file(ctx, file_id)
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(["severity", "place", "field", "value", "code"])
    for one in file.problems:
        writer.writerow([_safe_cell(one[name]) for name in ("severity", "place", "field", "value", "code")])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="errors-{file.id}.csv"'
    return response


def _safe_cell(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
