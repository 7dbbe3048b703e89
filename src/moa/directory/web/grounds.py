"""Where an exchange rate comes from: who entered it or which file brought it, when, and what was said before."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from moa.control.access import require
from moa.control.context import Context
from moa.control.grounds import AskedFor, provide_ground
from moa.control.queries import person_names, the_group_of
from moa.directory.models import ExchangeRate
from moa.directory.permissions import VIEW_RATES
from moa.kernel.errors import NotFound
from moa.ui.formatting import rate
from moa.ui.ground import Fact, Ground, Step


def explain_rate(ctx: Context, asked: AskedFor) -> Ground:
    """Shape: `currency`, and `date` the day it is used for; `known_at`. Raises: forbidden, not_found."""
    require(ctx, VIEW_RATES)
    quote, base = the_group_of(ctx).base_currency, asked.text("currency")
    day, known_at = asked.day("date") or ctx.today, asked.moment("known_at")
    rows = ExchangeRate.objects.filter(base=base, quote=quote, on_date__lte=day)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    held = rows.order_by("-on_date", "-recorded_at", "-id").select_related("file").first()
    if held is None:
        raise NotFound(rate=base)
    earlier = list(
        rows.filter(on_date=held.on_date)
        .exclude(id=held.id)
        .order_by("-recorded_at", "-id")
        .select_related("file")[:10]
    )
    names = person_names(ctx, {row.entered_by_id for row in (held, *earlier)})
    steps = [
        _said(held, names, _("The latest word on this day")),
        *(_said(row, names, _("Said before")) for row in earlier),
    ]
    use = _("It is the last rate on or before the day, and holds until there is a newer one.")
    steps.append(Step("rule", _("Used as"), f"1 {base} = {rate(held.rate)} {quote}", note=use))
    return Ground(
        _("Rate of %(currency)s in %(base)s") % {"currency": base, "base": quote}, quote, steps, figure=rate(held.rate),
        on=held.on_date, known_at=known_at, url=reverse("directory:rates"),
    )  # fmt: skip


def _said(row: ExchangeRate, names: dict[int, str], title: str) -> Step:
    facts = [Fact(_("Rate"), "rate", row.rate), Fact(_("Date of the rate"), "day", row.on_date)]
    if row.file is not None:
        facts.append(Fact(_("File"), "text", row.file.name))
    if row.source_name:
        facts.append(Fact(_("Source"), "text", row.source_name))
    facts += [
        Fact(_("Entered by"), "text", names.get(row.entered_by_id, "")), Fact(_("Recorded"), "moment", row.recorded_at),
    ]  # fmt: skip
    return Step("file" if row.file else "pen", title, _("file") if row.file else _("by hand"), facts=facts)


provide_ground("rate", explain_rate)
