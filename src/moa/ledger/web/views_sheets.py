"""The sheets of a book: any of them over any days, as known now or at a moment; on the page, as a workbook, in print."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from moa.control.context import Context
from moa.control.web.page import page
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.permissions import VIEW
from moa.ledger.queries import list_books
from moa.ledger.sheets.catalogue import SHEETS, make_sheet
from moa.ledger.sheets.shape import AMOUNT_KINDS, Asked, Row, Sheet, SheetTooLong
from moa.ledger.sheets.subject_tree import SubjectTree
from moa.ledger.web.asked import Wanted, read_wanted
from moa.ledger.web.sheet_files import MOST_ROWS, print_of, range_of, shown_text, title_of, workbook
from moa.ledger.web.sheet_grounds import explain_total, grounds_of
from moa.ledger.web.sheet_words import FIELDS, ORIGINS, TITLES, label
from moa.ui.printing.setting import MOST_ROWS as MOST_PRINTED

PAGE_ROWS = 200
_FORMS = {
    "xlsx": (MOST_ROWS, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": (MOST_PRINTED + 1, "application/pdf"),
}


@require_GET
@page(VIEW)
def sheets(request: HttpRequest, ctx: Context) -> HttpResponseBase:
    """The list opens with the day sheet."""
    return _answer(request, ctx, "day")


@require_GET
@page(VIEW)
def sheet_page(request: HttpRequest, ctx: Context, name: str) -> HttpResponseBase:
    if name not in SHEETS:
        raise NotFound(sheet=name)
    return _answer(request, ctx, name)


def _answer(request: HttpRequest, ctx: Context, name: str) -> HttpResponseBase:
    form = request.GET.get("as", "")
    most, content_type = _FORMS.get(form, (PAGE_ROWS, ""))
    wanted = read_wanted(ctx, request.GET, name, most=most)
    refused, sheet = "", None
    try:
        sheet = make_sheet(ctx, wanted.book, name, wanted.asked)
        if content_type:
            return _file(ctx, wanted, sheet, form, content_type)
    except DomainError as refusal:
        # A sheet that waits for its subject, account or moment is no fault yet.
        refused = refusal.code if not (refusal.code == "sheet_needs" and not form) else "needs"
    if form == "why" and sheet is not None:
        return _why(request, ctx, wanted, sheet)
    return render(request, "ledger/sheet.html", _values(ctx, wanted, name, sheet, refused))


def _file(ctx: Context, wanted: Wanted, sheet: Sheet, form: str, content_type: str) -> HttpResponseBase:
    if sheet.is_cut and form == "xlsx":
        raise SheetTooLong(most=MOST_ROWS)
    name = f"{title_of(sheet)} {wanted.asked.last}.{form}".replace("/", "-")
    response: HttpResponseBase
    if form == "xlsx":
        response = StreamingHttpResponse(workbook(sheet, _book_name(ctx, wanted.book), wanted.zone))
    else:
        response = HttpResponse(
            print_of(sheet, _book_name(ctx, wanted.book), wanted.zone, ctx.actor.name, ctx.at)
        )
    response.headers["Content-Type"] = content_type
    way = "attachment" if form == "xlsx" else "inline"
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}"
    return response


def _why(request: HttpRequest, ctx: Context, wanted: Wanted, sheet: Sheet) -> HttpResponse:
    """Where a total comes from: `what` its column, `of` its currency, of the very sheet that the address names."""
    what = request.GET.get("what", "")
    url = f"{request.path}?{urlencode({each: value for each, value in wanted.query.items() if value})}"
    ground = explain_total(
        wanted.book, sheet, what, request.GET.get("of", ""), title=str(title_of(sheet)),
        words=str(label(what, sheet.functional)), url=url,
    )  # fmt: skip
    part = bool(request.headers.get("HX-Request"))
    template = "control/fragments/ground.html" if part else "control/why.html"
    return render(request, template, {"ground": ground})


def _book_name(ctx: Context, book: Book) -> str:
    return book.names.get(ctx.language.lower()) or book.name


def _values(ctx: Context, wanted: Wanted, name: str, sheet: Sheet | None, refused: str) -> dict[str, Any]:
    query = {each: value for each, value in wanted.query.items() if value}
    kept: dict[str, str] = {each: query[each] for each in ("book", "from", "to", "known_at") if each in query}
    known_at = wanted.asked.known_at
    values: dict[str, Any] = {
        "moment_text": f"{known_at.astimezone(wanted.zone):%Y-%m-%dT%H:%M:%S}" if known_at else wanted.query["known_at"],
        "name": name, "title": title_of(sheet) if sheet else TITLES[name], "book": wanted.book,
        "book_name": _book_name(ctx, wanted.book), "range": range_of(sheet.asked if sheet else wanted.asked),
        "known_at": wanted.asked.known_at, "query": wanted.query, "errors": wanted.errors, "fields": FIELDS[name],
        "first": wanted.asked.first, "last": wanted.asked.last, "refused": refused,
        "views": [(each, said, f"{reverse('ledger:sheet', args=[each])}?{urlencode(kept)}") for each, said in TITLES.items()],
        "books": [(one.code, _book_name(ctx, one)) for one in list_books(ctx)],
        "subjects": [(node.code, f"{node.code} {node.name}") for node in SubjectTree(ctx, wanted.book).in_order],
        "accounts": _accounts(wanted) if "account" in FIELDS[name] else [], "origins": list(ORIGINS.items()),
        "sheet": sheet, "export_url": None, "pdf_url": None, "changes_url": None,
    }  # fmt: skip
    if sheet is None:
        return values
    return values | {
        "table": _table(wanted.book, sheet, sheet.columns, sheet.rows),
        "totals": [_cells(sheet, sheet.columns, total, grounds=_of_total(query, sheet, total)) for total in sheet.totals],
        "why": _table(wanted.book, sheet, sheet.about["columns"], sheet.about["why"]) if "why" in sheet.about else None,
        "opening": list(sheet.about.get("opening", {}).items()),
        "export_url": f"?{urlencode({**query, 'as': 'xlsx'})}", "pdf_url": f"?{urlencode({**query, 'as': 'pdf'})}",
        "changes_url": f"{reverse('ledger:sheet', args=['changes'])}?{urlencode({**kept, **_of(query)})}"
        if wanted.asked.known_at and name != "changes" else None,
    }  # fmt: skip


def _of_total(query: dict[str, str], sheet: Sheet, total: Row) -> dict[str, str]:
    """The address of each total's ground: this sheet's own, with the column and the currency."""
    return {
        one.key: f"{reverse('ledger:sheet', args=[sheet.name])}?{urlencode({**query, 'as': 'why', 'what': one.key, 'of': total['currency']})}"
        for one in sheet.columns
        if one.kind in AMOUNT_KINDS and total.get(one.key)
    }


def _of(query: dict[str, str]) -> dict[str, str]:
    named: dict[str, str] = {each: query[each] for each in ("subject", "account") if each in query}
    return named


def _accounts(wanted: Wanted) -> list[tuple[str, str]]:
    """For the list beside the field; of many the first thousand, the field takes any code."""
    found = LedgerAccount.objects.filter(book_id=wanted.book.id).order_by("code").values_list("code", "name")
    return list(found[:1000])


def _table(book: Book, sheet: Sheet, columns: Any, rows: list[Row]) -> dict[str, Any]:
    """Shape: heads (words, is a figure), rows of cells as in `_cells`."""
    return {
        "heads": [(label(one.key, sheet.functional), one.kind in {"amount", "worth", "count"}) for one in columns],
        "rows": [_cells(sheet, columns, row, _links(book, sheet, row), grounds_of(book, sheet, row)) for row in rows],
    }  # fmt: skip


def _cells(
    sheet: Sheet, columns: Any, row: Row, links: dict[str, str] | None = None, grounds: dict[str, str] | None = None
) -> list[dict[str, Any]]:  # fmt: skip
    """Shape: kind, value, currency, link, why (the address of its ground), level (of a subject's name)."""
    return [
        {
            "kind": one.kind, "link": (links or {}).get(one.key, ""), "why": (grounds or {}).get(one.key, ""),
            "level": row.get("level", 1) if one.key == "name" else 1,
            "currency": sheet.functional if one.kind == "worth" else row.get("currency", ""),
            "value": shown_text(row, one.key) if one.kind in {"text", "code", "origin"} else row.get(one.key),
            "missing": one.key in row and row[one.key] is None and one.kind == "worth",
        }
        for one in columns
    ]  # fmt: skip


def _links(book: Book, sheet: Sheet, row: Row) -> dict[str, str]:
    """Where a cell leads: subject → its ledger → its entries of a day → the voucher; an account to its ledger."""
    asked = sheet.asked
    links: dict[str, str] = {}
    if "subject" in row:
        links["subject"] = _to("subject-ledger", book, asked, subject=row["subject"])
    if "account" in row:
        links["account"] = _to("account-ledger", book, asked, account=row["account"])
    if sheet.name == "subject-ledger":
        links["day"] = _to(
            "subject-entries", book, asked, subject=asked.subject, days=(row["day"], row["day"])
        )
    if sheet.name == "volume":
        narrowed = {asked.by: row[asked.by]} if asked.by in {"origin", "maker"} else {}
        days = None if narrowed else (row["day"], row["day"])
        links[asked.by or "day"] = _to("vouchers", book, asked, days=days, **narrowed)
    if "voucher" in row:
        links["voucher"] = reverse("ledger:voucher", args=[book.code, row["period"], row["voucher"]])
    return links


def _to(name: str, book: Book, asked: Asked, *, days: tuple[Any, Any] | None = None, **narrowed: str) -> str:
    first, last = days or (asked.first, asked.last)
    query = {"book": book.code, "from": str(first), "to": str(last), **narrowed}
    if asked.known_at is not None:
        query["known_at"] = asked.known_at.isoformat()
    return f"{reverse('ledger:sheet', args=[name])}?{urlencode(query)}"
