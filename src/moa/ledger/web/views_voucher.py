"""One voucher: its legs, who made and checked it, what it came from, what took it back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moa.control.access import may
from moa.control.context import Context
from moa.control.inbox import approval_line
from moa.control.models import ApprovalRequest
from moa.control.queries import person_names, the_group_of
from moa.control.web.page import page
from moa.kernel.errors import DomainError
from moa.kernel.words import in_words
from moa.ledger.drafts import attachments_of, draft_of_voucher, leg_memos
from moa.ledger.models import Book
from moa.ledger.permissions import ENTER, VIEW
from moa.ledger.queries import access_book
from moa.ledger.sheets.shape import Row
from moa.ledger.sheets.vouchers import VoucherLeg, voucher_facts
from moa.ledger.source_pages import rule_page, source_page
from moa.ledger.voucher_history import history_of_voucher
from moa.ledger.voucher_templates import template_version
from moa.ledger.web.sheet_words import ORIGINS
from moa.ledger.web.voucher_events import shown_events, trail_url
from moa.ledger.web.voucher_words import KINDS
from moa.ui import printing


@require_GET
@page(VIEW)
def voucher_page(request: HttpRequest, ctx: Context, book: str, period: int, voucher_id: int) -> HttpResponse:
    found = access_book(ctx, book)
    facts, legs = voucher_facts(ctx, found, voucher_id, period)
    if request.GET.get("as") == "pdf":
        return _printed(ctx, found, facts, legs)
    return render(
        request,
        "ledger/voucher.html",
        {
            "book": found, "voucher": facts, "legs": legs, "origin": ORIGINS.get(facts["origin"], facts["origin"]),
            "sums": sums_of(legs), "source": source_page(ctx, facts["source_kind"], facts["source_id"]),
            "rule": rule_page(ctx, found, facts["source_kind"], facts["source_id"]),
            "account_url": f"{reverse('ledger:sheet', args=['account-ledger'])}?book={found.code}",
            "reverses_url": _link(found, facts["reverses"], facts["reverses_period"]),
            "reversed_url": _link(found, facts["reversed_by"], facts["reversed_by_period"]),
            **_on_paper(ctx, found, facts, len(legs)),
        },
    )  # fmt: skip


def _on_paper(ctx: Context, book: Book, facts: Row, legs: int) -> dict[str, Any]:
    """What was decided on and what is attached; what this person may do with the voucher."""
    draft = draft_of_voucher(facts["voucher"], facts["period"])
    address = [book.code, facts["period"], facts["voucher"]]
    enters = may(ctx, ENTER, book.unit_id)
    return {
        "made_from": _template(book, draft.request.content if draft and draft.request else {}),
        "memos": leg_memos(draft, legs),
        "attached": list(attachments_of(draft, (facts["voucher"], facts["period"]))),
        "attach_url": reverse("ledger:attach_later", args=address) if enters else "", "may_enter": enters,
        "reversal_link": reverse("ledger:reversal", args=address) if enters and not facts["reversed_by"] else "",
        "history": shown_events(
            history_of_voucher(book, facts["voucher"], facts["period"], facts["recorded_at"], draft)
        ),
        "trail_url": trail_url(ctx, draft),
        "request_url": reverse("control:approval", args=[facts["request"]]) if facts["request"] else "",
    }  # fmt: skip


def _template(book: Book, content: dict[str, Any]) -> dict[str, str] | None:
    """The version of a template that the voucher was made from."""
    code, number = content.get("template", ""), content.get("template_version", "")
    version = template_version(book, code, number) if number else None
    if version is None:
        return None
    url = f"{reverse('ledger:template', args=[code])}?book={book.code}#v{number}"
    return {"name": version.name, "number": "" if number == "0" else number, "url": url}


def _link(book: Book, voucher: int | None, period: int | None) -> str:
    return reverse("ledger:voucher", args=[book.code, period, voucher]) if voucher and period else ""


def sums_of(legs: list[VoucherLeg]) -> list[tuple[str, int, int]]:
    """Shape: currency, debit, credit as the columns hold them."""
    totals: dict[str, list[int]] = {}
    for leg in legs:
        total = totals.setdefault(leg.currency, [0, 0])
        total[0 if leg.side == 1 else 1] += leg.minor * leg.side
    return [(currency, *totals[currency]) for currency in sorted(totals)]  # type: ignore[misc]


def _printed(ctx: Context, book: Book, facts: Row, legs: list[VoucherLeg]) -> HttpResponse:
    """The voucher on paper: boxes of maker and checker, legs, sums, the amount in words."""
    zone = ZoneInfo(the_group_of(ctx).time_zone)
    # What is taken back stands in red on both countries' forms.
    is_red = printing.language() == "zh" or facts["reverses"]
    negative: printing.Negative = "red" if is_red else "minus"
    sums = sums_of(legs)
    heads = [
        printing.column(pgettext("books", "Subject")), printing.column(pgettext("books", "Account")), printing.column(_("Name"), width=1),
        printing.column(_("Currency")), printing.column(_("Debit"), "right"), printing.column(_("Credit"), "right"),
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [leg.subject, {"text": leg.account, "exact": True}, leg.name, leg.currency,
         printing.amount(leg.minor, leg.currency, negative) if leg.side == 1 else None,
         printing.amount(-leg.minor, leg.currency, negative) if leg.side == -1 else None]
        for leg in legs
    ]  # fmt: skip
    totals = [
        [_("Total"), None, None, currency, printing.amount(debit, currency, negative),
         printing.amount(credit, currency, negative)]
        for currency, debit, credit in sums
    ]  # fmt: skip
    at = facts["recorded_at"].astimezone(zone)
    pairs: list[tuple[str, printing.Cell]] = [
        (_("Voucher"), str(facts["voucher"])), (_("Business date"), str(facts["day"])),
        (_("Value date"), str(facts["value_date"])), (_("Origin"), str(ORIGINS.get(facts["origin"], facts["origin"]))),
        (_("Memo"), facts["memo"]), (_("Recorded at"), f"{at:%Y-%m-%d %H:%M:%S}"),
    ]  # fmt: skip
    pairs += [(_("Amount in words"), words) for words in _words(sums)]
    draft = draft_of_voucher(facts["voucher"], facts["period"])
    pairs.append((_("Attachments"), str(attachments_of(draft, (facts["voucher"], facts["period"])).count())))
    if facts["reverses"]:
        pairs.append((_("Takes back"), f"{_('Voucher')} {facts['reverses']}"))
    title = str(KINDS.get(draft.kind, _("Voucher"))) if draft else _("Voucher")
    blocks = [
        printing.stamps([
            (_("Maker"), facts["maker"], f"{at:%m-%d %H:%M}"), *_signed(ctx, facts, zone),
            *([] if facts["request"] else [(_("Checker"), facts["checker"] or facts["order"], "")]),
        ]),
        printing.pairs(pairs), printing.table(heads, rows, sums=totals),
    ]  # fmt: skip
    data = printing.document(
        title=title, scope=book.names.get(ctx.language.lower()) or book.name, blocks=blocks,
        printed_by=ctx.actor.name, printed_at=ctx.at.astimezone(zone), as_of=ctx.at, group=book.name,
    )  # fmt: skip
    response = HttpResponse(printing.pdf("document", data), content_type="application/pdf")
    response.headers["Content-Disposition"] = (
        f"inline; filename*=UTF-8''{quote(_('Voucher'))}-{facts['voucher']}.pdf"
    )
    return response


def _signed(ctx: Context, facts: Row, zone: ZoneInfo) -> list[tuple[str, str, str]]:
    """Who approved it, step by step: the first checked it, the last let it be booked."""
    if not facts["request"]:
        return []
    steps = approval_line(ApprovalRequest.objects.get(id=facts["request"]))
    signed = [step.decision for step in steps if step.decision is not None]
    names = person_names(ctx, {one.checker_id for one in signed})
    return [
        (
            _("Checker") if n < len(signed) or len(signed) == 1 else _("Approver"), names.get(one.checker_id, ""),
            f"{one.recorded_at.astimezone(zone):%m-%d %H:%M}",
        )
        for n, one in enumerate(signed, 1)
    ]  # fmt: skip


def _words(sums: list[tuple[str, int, int]]) -> list[str]:
    said = []
    for currency, debit, _credit in sums:
        try:
            said.append(in_words(debit, currency, get_language() or "ko"))
        except DomainError:
            # What is taken back in red has no form in words.
            continue
    return said
