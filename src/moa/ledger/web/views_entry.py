"""Entering vouchers: a new one, a draft, its saving by itself, and what is done with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control import approvals
from moa.control.access import may
from moa.control.context import Context
from moa.control.inbox import reason_of, waits_for_rekeying, why_blocked
from moa.control.queries import the_group_of
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.money import to_minor
from moa.kernel.words import in_words
from moa.ledger.drafts import access_draft, attachments_of, state_of
from moa.ledger.lifecycle import VOUCHER_DRAFT, DraftState
from moa.ledger.models import Book, VoucherDraft
from moa.ledger.models.draft import ENTERED
from moa.ledger.operations.discard_draft import discard_draft
from moa.ledger.operations.move_draft import day_to_move_to, move_draft
from moa.ledger.operations.save_draft import DraftChanged, save_draft
from moa.ledger.operations.submit_voucher import VoucherFlawed, submit_voucher
from moa.ledger.permissions import ENTER, VIEW
from moa.ledger.queries import access_book
from moa.ledger.rules.typed_vouchers import Flaw, TypedVoucher, from_json
from moa.ledger.typed_reading import Reading, find_accounts, read_typed
from moa.ledger.voucher_history import history_of_draft
from moa.ledger.voucher_templates import list_templates
from moa.ledger.web.entry_form import (
    ROWS_ADDED,
    empty_entry,
    label_of,
    read_entry,
    rows_of,
    shown_flaws,
    shown_rows,
)
from moa.ledger.web.entry_starts import started
from moa.ledger.web.voucher_events import shown_events, trail_url
from moa.ledger.web.voucher_words import KINDS, STATES
from moa.ui.formatting import ended
from moa.ui.problems import problem_text

_LISTED = 300


@require_http_methods(["GET", "POST"])
@page(ENTER)
def new(request: HttpRequest, ctx: Context) -> HttpResponse:
    book = access_book(ctx, request.POST.get("book") or request.GET.get("book", ""), ENTER)
    if request.method == "POST":
        return _posted(request, ctx, book, None)
    typed = started(request, ctx, book) or empty_entry(book)
    return entry_page(request, ctx, book, None, typed)


@require_http_methods(["GET", "POST"])
@page(VIEW)
def draft(request: HttpRequest, ctx: Context, draft_id: int) -> HttpResponse:
    found, book = access_draft(ctx, draft_id)
    if found.voucher_id is not None:
        return HttpResponseRedirect(
            reverse("ledger:voucher", args=[book.code, found.period, found.voucher_id])
        )
    if request.method == "POST":
        return _posted(request, ctx, book, found)
    own = found.maker_id == ctx.actor.person_id and found.kind in ENTERED and may(ctx, ENTER, book.unit_id)
    state = state_of(found)
    if own and (state in (DraftState.DRAFT, DraftState.RETURNED) or "edit" in request.GET):
        return entry_page(request, ctx, book, found, from_json(found.form))
    return _waiting_page(request, ctx, book, found, own=own)


@require_POST
@page(ENTER)
def keep(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What the page saves by itself, every few seconds and when a field is left."""
    book = access_book(ctx, request.POST.get("book", ""), ENTER)
    try:
        with ctx.open():
            kept = _save(request, ctx, book, _number(request, "draft"))
    except DraftChanged as refusal:
        return JsonResponse({"conflict": _conflict_words(ctx, refusal)}, status=409)
    except DomainError as refusal:
        return JsonResponse({"said": problem_text(refusal.code).what}, status=422)
    zone = ZoneInfo(the_group_of(ctx).time_zone)
    said = _("%(at)s saved") % {"at": f"{kept.saved_at.astimezone(zone):%H:%M}"}
    return JsonResponse(
        {
            "draft": kept.id,
            "version": kept.version,
            "said": said,
            "url": reverse("ledger:draft", args=[kept.id]),
        }
    )


@require_POST
@page(ENTER)
def reckon(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Sums, what is missing, the amount in words, and the accounts understood, while somebody types."""
    book = access_book(ctx, request.POST.get("book", ""), ENTER)
    typed = read_entry(request.POST)
    return render(request, "ledger/fragments/sums.html", _sums(read_typed(ctx, book, typed)))


@require_GET
@page(VIEW)
def accounts(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Accounts that a text can mean, for the list under a field."""
    book = access_book(ctx, request.GET.get("book", ""))
    found = find_accounts(book, request.GET.get("q", "")[:200])
    return JsonResponse(
        {"accounts": [{"code": one.code, "name": one.name, "currency": one.currency} for one in found]}
    )


@require_POST
@page(ENTER)
def act(request: HttpRequest, ctx: Context, draft_id: int, what: str) -> HttpResponse:
    """Take back what waits, ask anew on the open day, or put a draft away."""
    found, book = access_draft(ctx, draft_id)
    if found.maker_id != ctx.actor.person_id:
        raise NotFound(draft=draft_id)
    if what == "withdraw" and found.request_id:
        approvals.withdraw(ctx, found.request_id)
        return HttpResponseRedirect(reverse("ledger:draft", args=[draft_id]))
    if what == "move":
        return _move(request, ctx, book, found)
    if what != "discard":
        raise NotFound(act=what)
    discard_draft(ctx, draft_id)
    return HttpResponseRedirect(reverse("ledger:vouchers"))


def _move(request: HttpRequest, ctx: Context, book: Book, found: VoucherDraft) -> HttpResponse:
    try:
        with ctx.open():
            asked = move_draft(ctx, found.id, seen_version=_number(request, "version") or 0)
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        words = problem_text(str(refusal.facts.get("problem") or refusal.code))
        return _waiting_page(request, ctx, book, found, own=True, refused=ended(words.whole))
    return HttpResponseRedirect(f"{reverse('ledger:draft', args=[asked.subject_id])}?sent=1")


def _posted(request: HttpRequest, ctx: Context, book: Book, found: VoucherDraft | None) -> HttpResponse:
    typed, step = read_entry(request.POST), request.POST.get("step", "save")
    if step == "rows":
        return entry_page(request, ctx, book, found, typed, rows=rows_of(request.POST) + ROWS_ADDED)
    try:
        with ctx.open():
            kept = _save(request, ctx, book, found.id if found else _number(request, "draft"))
            if step == "submit":
                submit_voucher(ctx, kept.id, seen_version=kept.version)
    except (NotFound, Forbidden):
        raise
    except DraftChanged as refusal:
        return entry_page(request, ctx, book, found, typed, conflict=refusal, status=409)
    except VoucherFlawed as refusal:
        return entry_page(request, ctx, book, found, typed, flaws=refusal.flaws, status=422)
    except DomainError as refusal:
        flaw = Flaw("memo", refusal.code)
        return entry_page(request, ctx, book, found, typed, flaws=[flaw], status=422)
    target = reverse("ledger:draft", args=[kept.id])
    return HttpResponseRedirect(f"{target}?sent=1" if step == "submit" else f"{target}?saved=1")


def _save(request: HttpRequest, ctx: Context, book: Book, draft_id: int | None) -> VoucherDraft:
    return save_draft(
        ctx, book, read_entry(request.POST), draft_id=draft_id, seen_version=_number(request, "version") or 0
    )


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def entry_page(
    request: HttpRequest, ctx: Context, book: Book, found: VoucherDraft | None, typed: TypedVoucher, *, rows: int = 0,
    flaws: list[Flaw] | None = None, conflict: DraftChanged | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    reading = read_typed(ctx, book, typed)
    version = conflict.facts["version"] if conflict else found.version if found else 0
    listed = list(book.accounts.exclude(state="closed").order_by("code")[:_LISTED])
    values: dict[str, Any] = {
        "book": book, "draft": found, "typed": typed, "rows": shown_rows(typed, reading, rows), "version": version,
        "kinds": [(kind, KINDS[kind]) for kind in ENTERED], "accounts": listed, "templates": list_templates(book),
        "conflict": _conflict_words(ctx, conflict) if conflict else "",
        "returned": reason_of(found.request) if found and state_of(found) == DraftState.RETURNED else "",
        "waits": found is not None and state_of(found) == DraftState.WAITING,
        "attached": list(attachments_of(found)) if found else [], "may_remove": True,
        "attach_url": reverse("ledger:attach", args=[found.id]) if found else "", **shown_flaws(flaws or []), **_sums(reading),
    }  # fmt: skip
    return render(request, "ledger/entry.html", values, status=status)


def _waiting_page(
    request: HttpRequest, ctx: Context, book: Book, found: VoucherDraft, *, own: bool, refused: str = ""
) -> HttpResponse:
    """What waits, or somebody else's draft: for reading."""
    state = state_of(found)
    pinned = found.request.content if found.request_id and state == DraftState.WAITING else None
    # Who types it again types from the paper.
    hidden = (
        pinned is not None
        and why_blocked(ctx, found.request) is None
        and waits_for_rekeying(ctx, found.request)
    )
    mine = found.maker_id == ctx.actor.person_id
    values = {
        "book": book, "draft": found, "typed": from_json(found.form), "pinned": pinned, "hidden": hidden, "stands": STATES.get(state, STATES["draft"]),
        "kind": KINDS[found.kind], "is_waiting": state == DraftState.WAITING, "may_edit": own, "attached": list(attachments_of(found)),
        "may_withdraw": mine and VOUCHER_DRAFT.allows(state, "withdraw"), "refused": refused,
        "moves_to": day_to_move_to(book, found) if mine and VOUCHER_DRAFT.allows(state, "move") else None,
        "reason": reason_of(found.request) if found.request_id else "",
        "pinned_legs": [leg | {"minor": to_minor(Decimal(leg["amount"]), leg["currency"])} for leg in pinned["legs"]] if pinned else [],
        "history": shown_events(history_of_draft(found)), "trail_url": trail_url(ctx, found),
    }  # fmt: skip
    return render(request, "ledger/draft.html", values, status=409 if refused else 200)


def _sums(reading: Reading) -> dict[str, Any]:
    shown = []
    for one in reading.sums:
        try:
            words = in_words(max(one.debit, one.credit), one.currency, get_language() or "ko")
        except DomainError:
            words = ""
        shown.append(
            {
                "currency": one.currency,
                "debit": one.debit,
                "credit": one.credit,
                "missing": one.missing,
                "words": words,
            }
        )
    return {"sums": shown, "is_balanced": reading.is_balanced, "understood": reading.accounts}


def _conflict_words(ctx: Context, refusal: DraftChanged) -> str:
    zone = ZoneInfo(the_group_of(ctx).time_zone)
    fields = ", ".join(label_of(field) for field in refusal.facts["fields"][:6])
    return _("%(name)s saved this draft at %(at)s in another window. It differs here: %(fields)s.") % {
        "name": ctx.actor.name, "at": f"{refusal.facts['saved_at'].astimezone(zone):%H:%M:%S}", "fields": fields,
    }  # fmt: skip
