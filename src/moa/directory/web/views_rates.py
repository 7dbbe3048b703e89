"""Exchange rates: the newest of each currency, what is missing, the history, and entering by hand or by file."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from moa.control.access import may, require
from moa.control.approval_acts import ask_or_do
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.queries import person_names, the_group_of
from moa.control.web.filed import back_with, filed_of
from moa.control.web.page import page
from moa.directory.currencies_in_use import currencies_in_use, currencies_without_rate
from moa.directory.models import ExchangeRate
from moa.directory.operations.enter_rate import SUBJECT
from moa.directory.operations.import_rates import RateFileTooLarge, import_rates
from moa.directory.permissions import ENTER_RATES, VIEW_RATES
from moa.directory.queries import RateRow, count_rates, latest_rate_rows, list_rates
from moa.directory.recording import newest_number, recorded_since
from moa.directory.rules.rates import NewRate, RateRefused, per_one, quoted, quoted_per
from moa.directory.web.forms import RateForm, RatesFileForm
from moa.kernel.errors import DomainError, Forbidden, Problem, error
from moa.kernel.money import CURRENCIES
from moa.kernel.seen import ChangedMeanwhile
from moa.ui.problems import problem_text

ROWS = 50
COUNT_LIMIT = 1000
_FORM_FIELDS = {"base": "currency", "quote": "currency", "rate": "rate", "date": "rate_date"}


@require_http_methods(["GET", "POST"])
@page(VIEW_RATES)
def rates(request: HttpRequest, ctx: Context) -> HttpResponse:
    if request.method == "POST":
        require(ctx, ENTER_RATES)
    group = the_group_of(ctx)
    latest = latest_rate_rows(ctx, group.base_currency)
    known = list(dict.fromkeys([row.base for row in latest] + sorted(currencies_in_use(ctx))))
    first = [code for code in known if code != group.base_currency]
    sent_file = request.method == "POST" and "file" in request.FILES
    typed = request.POST if request.method == "POST" and not sent_file else None
    form = RateForm(
        typed,
        base_currency=group.base_currency,
        first=first,
        initial={"rate_date": ctx.today, "seen": newest_number(ExchangeRate)},
    )
    problems: list[Problem] = []
    if sent_file:
        problems = _take_file(request, ctx)
    filed = None
    if typed is not None and form.is_valid():
        filed = _take_rate(ctx, form, group.base_currency)
    if request.method == "POST" and not problems and not form.errors:
        return back_with(reverse("directory:rates"), filed)
    facts = _page_facts(request, ctx, latest, first, group.base_currency)
    facts |= {
        "form": form,
        "upload_form": RatesFileForm(),
        "problems": problems,
        "filed": filed_of(request, ctx),
    }
    return render(request, "directory/rates.html", facts, status=422 if problems or form.errors else 200)


def _take_file(request: HttpRequest, ctx: Context) -> list[Problem]:
    upload = request.FILES["file"]
    try:
        return import_rates(ctx, source=upload.file, name=upload.name or "").problems  # type: ignore[union-attr,arg-type]
    except RateFileTooLarge as refusal:
        return [error(refusal.code, "", "file", str(refusal.facts["limit_bytes"]))]


def _take_rate(ctx: Context, form: RateForm, quote: str) -> ApprovalRequest | None:
    """Record what was typed, or file it where a policy says so; a refusal stands at its field."""
    typed = form.cleaned_data
    new = NewRate(
        on_date=typed["rate_date"],
        base=typed["currency"],
        quote=quote,
        rate=per_one(typed["rate"], quoted_per(typed["currency"])),
        source_name=typed["source_name"],
    )
    content = {
        "base": new.base, "quote": new.quote, "day": str(new.on_date), "rate": str(new.rate), "source": new.source_name,
    }  # fmt: skip
    try:
        with ctx.open():
            _check_newest(ctx, form, new)
            return ask_or_do(
                ctx, SUBJECT, subject_id=f"{new.base}:{new.quote}:{new.on_date}", content=content
            )
    except ChangedMeanwhile as changed:
        form.tell(changed, by=changed.facts["by"], seen=newest_number(ExchangeRate))
    except RateRefused as refusal:
        field, value = refusal.facts["field"], refusal.facts["value"]
        form.add_error(_FORM_FIELDS[field], problem_text(refusal.code, field, value).what)
    except Forbidden:
        raise
    except DomainError as refusal:
        form.add_error(None, problem_text(refusal.code).what)
    return None


def _check_newest(ctx: Context, form: RateForm, new: NewRate) -> None:
    """Raises: changed_meanwhile, where somebody entered another rate of that day since the page was shown."""
    since = recorded_since(
        ctx, ExchangeRate, form.was_seen(), base=new.base, quote=new.quote, on_date=new.on_date
    )
    if since is not None and since[0].rate != new.rate:
        raise ChangedMeanwhile(now={"rate": quoted_text(since[0])}, by=since[1])


def quoted_text(row: ExchangeRate) -> str:
    return f"{quoted(row.rate, quoted_per(row.base)).normalize():f}"


def _page_facts(
    request: HttpRequest, ctx: Context, latest: list[RateRow], first: list[str], base_currency: str
) -> dict[str, Any]:
    asked = request.GET.get("currency", "")
    currency = asked if asked in CURRENCIES else ""
    start = _cursor(request.GET.get("after", ""))
    before = _cursor(request.GET.get("before", ""))
    rows = list_rates(ctx, base=currency, after=start, before=before, limit=ROWS)
    names = person_names(ctx, {row.entered_by_id for row in [*latest, *rows]})
    missing = currencies_without_rate(ctx, base_currency, ctx.today)
    return {
        "here": "rates",
        "date": ctx.today,
        "base_currency": base_currency,
        "currencies": first,
        "query": {"currency": currency},
        "latest": [_shown(row, names) | {"age_days": (ctx.today - row.on_date).days} for row in latest],
        "rows": [_shown(row, names) for row in rows],
        "page": _page(ctx, currency, rows),
        "missing": [{"currency": code, "accounts": count} for code, count in missing.items()],
        "may_enter": may(ctx, ENTER_RATES),
    }


def _shown(row: RateRow, names: dict[int, str]) -> dict[str, Any]:
    units = quoted_per(row.base)
    return {
        "id": row.id,
        "date": row.on_date,
        "rate_date": row.on_date,
        "currency": row.base,
        "quote": row.quote,
        "rate": quoted(row.rate, units),
        "units": units,
        "source": "manual" if row.source == "hand" else "file",
        "source_name": row.source_name or row.file_name,
        "by": names.get(row.entered_by_id, ""),
        "at": row.recorded_at,
        "superseded": row.superseded,
    }


def _page(ctx: Context, currency: str, rows: list[RateRow]) -> dict[str, Any]:
    count = count_rates(ctx, base=currency, limit=COUNT_LIMIT)
    head, tail = (rows[0], rows[-1]) if rows else (None, None)
    newer = head is not None and list_rates(ctx, base=currency, before=(head.on_date, head.id), limit=1)
    older = tail is not None and list_rates(ctx, base=currency, after=(tail.on_date, tail.id), limit=1)
    first = count_rates(ctx, base=currency, limit=COUNT_LIMIT, newer_than=head) + 1 if head else 0
    return {
        "first": first,
        "last": first + len(rows) - 1 if rows else 0,
        "count": count,
        "capped": count >= COUNT_LIMIT,
        "previous_url": _link(currency, "before", head) if newer else None,
        "next_url": _link(currency, "after", tail) if older else None,
    }


def _link(currency: str, direction: str, row: RateRow | None) -> str:
    where = {"currency": currency} if currency else {}
    place = f"{row.on_date.isoformat()},{row.id}" if row else ""
    return f"{reverse('directory:rates')}?{urlencode(where | {direction: place})}"


def _cursor(text: str) -> tuple[date, int] | None:
    """The place in the history that a link names; a link that was cut or made up starts at the newest."""
    day, _, number = text.partition(",")
    try:
        return (date.fromisoformat(day), int(number))
    except ValueError:
        return None
