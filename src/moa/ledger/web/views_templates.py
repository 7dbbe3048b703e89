"""One template of vouchers: its versions, and the form that asks for a further one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from moa.control.access import may, require
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.queries import person_names
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger.models import Book, VoucherTemplate
from moa.ledger.models.draft import ENTERED
from moa.ledger.operations.propose_template import (
    NONE_YET,
    SUBJECT,
    TemplateFlawed,
    as_new,
    propose_template,
)
from moa.ledger.permissions import CHANGE_TEMPLATES, ENTER, VIEW
from moa.ledger.queries import access_book, list_books
from moa.ledger.rules.templates import MOST_LEGS_OF_TEMPLATE, NewTemplate, TemplateLeg
from moa.ledger.rules.typed_vouchers import Flaw
from moa.ledger.voucher_templates import Template, nameable, template_versions
from moa.ledger.web.entry_form import shown_flaws
from moa.ledger.web.templates_table import PLACES, SHIPPED, SHIPPED_FROM
from moa.ledger.web.voucher_words import KINDS
from moa.ui.problems import problem_text

_ROWS, _ADDED, _LISTED = 4, 4, 400
SIDES = [("debit", _("Debit")), ("credit", _("Credit"))]


@require_http_methods(["GET", "POST"])
@page(CHANGE_TEMPLATES)
def new_template(request: HttpRequest, ctx: Context) -> HttpResponse:
    """An empty form, or with `from` what another template says under a code of its own."""
    book = access_book(ctx, request.POST.get("book") or request.GET.get("book", ""), CHANGE_TEMPLATES)
    if request.method == "POST":
        return _posted(request, ctx, book, [])
    new = NewTemplate("", "", ENTERED[0], legs=(TemplateLeg("debit", ""), TemplateLeg("credit", "")))
    if former := request.GET.get("from", ""):
        new = as_new(template_versions(book, former)[0])._replace(code="", is_active=True)
    return _answer(request, ctx, book, [], new)


@require_http_methods(["GET", "POST"])
@page(VIEW)
def template(request: HttpRequest, ctx: Context, code: str) -> HttpResponse:
    book = access_book(ctx, request.POST.get("book") or request.GET.get("book", ""))
    versions = template_versions(book, code)
    if request.method == "POST":
        require(ctx, CHANGE_TEMPLATES, book.unit_id)
        return _posted(request, ctx, book, versions)
    return _answer(request, ctx, book, versions, as_new(versions[0]))


@require_GET
@page(VIEW)
def template_row(request: HttpRequest, ctx: Context, number: int) -> HttpResponse:
    """Where a row of the list leads. Raises: not_found."""
    allowed = {book.id: book for book in list_books(ctx)}
    book, code = None, ""
    if number >= SHIPPED_FROM:
        book_id, place = divmod(number - SHIPPED_FROM, PLACES)
        if book_id in allowed and place < len(SHIPPED):
            book, code = allowed[book_id], SHIPPED[place][1].code
    elif row := VoucherTemplate.objects.filter(id=number, book_id__in=allowed).first():
        book, code = allowed[row.book_id], row.code
    if book is None:
        raise NotFound(template=number)
    return HttpResponseRedirect(f"{reverse('ledger:template', args=[code])}?book={book.code}")


def _posted(request: HttpRequest, ctx: Context, book: Book, versions: list[Template]) -> HttpResponse:
    step, given = request.POST.get("step", ""), request.POST
    new = _read(given)
    if versions:
        new = new._replace(code=versions[0].code)
    if step == "rows":
        return _answer(request, ctx, book, versions, new, rows=len(new.legs) + _ADDED)
    if versions and step in ("retire", "restore"):
        new = as_new(versions[0])._replace(is_active=step == "restore")
    seen = given.get("seen", "")
    try:
        with ctx.open():
            request_made = propose_template(
                ctx,
                book,
                new=new,
                seen_revision=int(seen) if seen.isdecimal() and len(seen) < 9 else NONE_YET,
            )
    except (NotFound, Forbidden):
        raise
    except TemplateFlawed as refusal:
        return _answer(request, ctx, book, versions, new, flaws=refusal.flaws, status=422)
    except DomainError as refusal:
        # A code that is taken is said at its field, anything else above the form.
        if not versions and refusal.code == "template_changed":
            flaws = [Flaw("code", "template_exists", new.code)]
            return _answer(request, ctx, book, versions, new, flaws=flaws, status=422)
        return _answer(request, ctx, book, versions, new, refusal=refusal, status=409)
    return HttpResponseRedirect(f"{reverse('ledger:templates')}?book={book.code}&sent={request_made.id}")


def _read(given: QueryDict) -> NewTemplate:
    def text(name: str) -> str:
        return given.get(name, "").replace("\0", "").strip()

    rows = given.get("rows", "")
    number = min(int(rows), MOST_LEGS_OF_TEMPLATE + _ADDED) if rows.isdecimal() and len(rows) < 4 else _ROWS
    legs = tuple(
        TemplateLeg(*(text(f"{name}.{n}") for name in TemplateLeg._fields)) for n in range(1, number + 1)
    )
    return NewTemplate(
        text("code"), text("name"), text("kind"), text("memo"), legs,
        ko=text("ko"), zh=text("zh"), en=text("en"),
    )  # fmt: skip


def _answer(
    request: HttpRequest, ctx: Context, book: Book, versions: list[Template], new: NewTemplate, *, rows: int = 0,
    flaws: list[Flaw] | None = None, refusal: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    named = nameable(book, ctx.language)
    number = max(_ROWS, rows, len(new.legs))
    legs = [*new.legs, *[TemplateLeg("", "")] * (number - len(new.legs))]
    code = versions[0].code if versions else ""
    waiting = ApprovalRequest.objects.filter(
        subject_type=SUBJECT, subject_id=f"{book.id}:{code}", state="open"
    ).first()
    values: dict[str, Any] = {
        "book": book, "book_name": book.names.get(ctx.language.lower()) or book.name, "code": code, "new": new,
        "rows": [{"n": n, **leg._asdict(), "called": named.get(leg.account, "")} for n, leg in enumerate(legs, 1)],
        "kinds": [(kind, KINDS[kind]) for kind in ENTERED], "kind_words": KINDS, "sides": SIDES, "named": named,
        "accounts": sorted(named.items())[:_LISTED], "seen": versions[0].revision if versions else "", "waiting": waiting,
        "versions": _with_persons(ctx, versions), "is_active": versions[0].is_active if versions else True,
        "refusal": problem_text(refusal.code) if refusal else None,
        "may_change": may(ctx, CHANGE_TEMPLATES, book.unit_id), "may_enter": may(ctx, ENTER, book.unit_id),
        **shown_flaws(flaws or []),
    }  # fmt: skip
    return render(request, "ledger/template.html", values, status=status)


def _with_persons(ctx: Context, versions: list[Template]) -> list[dict[str, Any]]:
    """Each version with who asked for it and who agreed to it last."""
    persons = {
        one for v in versions if v.row for one in (v.row.request.maker_id, v.row.request.state_by or 0)
    }
    names = person_names(ctx, persons)
    return [
        {"version": v, "maker": names.get(v.row.request.maker_id, "") if v.row else "",
         "checker": names.get(v.row.request.state_by or 0, "") if v.row else ""}
        for v in versions
    ]  # fmt: skip
