"""The daily fund report in words and on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moa.accounts.gathered import has_more_accounts
from moa.control.context import Context
from moa.control.queries import group_zone, the_group_of
from moa.reports.daily import DailyReport, ReportRow, Total, daily_report, daily_sum
from moa.reports.permissions import VIEW_POSITION
from moa.ui import printing
from moa.ui.formatting import UNKNOWN, figure, long_day, rate

Cells = list[Any]
# 25 sheets of accounts. Nobody reads more on paper, and the typesetter would hold them all.
PRINTED = 1_000


def report_pdf(ctx: Context, *, day: date) -> bytes:
    """The report on A4, in the language that is active; of more accounts than `PRINTED` the largest, and the sums of all.

    Raises: forbidden."""
    report = _report_on_paper(ctx, day)
    zone = group_zone(ctx)
    group = the_group_of(ctx)
    data = printing.document(
        title=_("Daily fund report"), scope=long_day(report.day), group=group.names.get(ctx.language) or group.name,
        as_of=report.known_at, printed_by=ctx.actor.name, printed_at=ctx.at.astimezone(zone), landscape=True,
        blocks=[*_first_blocks(report, zone), *_table_blocks(report)],
    )  # fmt: skip
    return printing.pdf("document", data)


def _report_on_paper(ctx: Context, day: date) -> DailyReport:
    if has_more_accounts(ctx, PRINTED, on=day, also=VIEW_POSITION):
        return daily_sum(ctx, day=day, what="base", by="", key="", currency="", most=PRINTED)
    return daily_report(ctx, day=day)


def _first_blocks(report: DailyReport, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    base = report.base_currency
    values: list[tuple[str, Any]] = [
        (_("Total in %(base)s") % {"base": base}, figure(report.total_base_minor, base)),
        (_("From the end of"), long_day(report.previous_day)),
    ]
    yield printing.pairs(values)
    for sentence in notes(report, zone, on_paper=True):
        yield printing.text(sentence)
    if _is_cut(report):
        yield printing.text(
            _("Of %(all)s accounts the %(shown)s with the largest balances are printed. The sums are of all; Excel has every account.")
            % {"all": f"{report.accounts:,}", "shown": f"{len(report.rows):,}"}
        )  # fmt: skip


def _is_cut(report: DailyReport) -> bool:
    return len(report.rows) < report.accounts


def notes(report: DailyReport, zone: ZoneInfo, *, on_paper: bool = False) -> list[str]:
    """What a reader must know of these figures: banks that are late, days that miss, rates that are old, gaps.

    `on_paper`: of the accounts stand the report's rows alone."""
    said = []
    for late in report.late:
        days = ", ".join(day.isoformat() for day in late.days)
        since = (
            f"{late.last_received_at.astimezone(zone):%Y-%m-%d %H:%M}" if late.last_received_at else UNKNOWN
        )
        said.append(
            ngettext(
                "%(bank)s: the statement of %(num)s account is missing (%(days)s), last received %(since)s",
                "%(bank)s: the statements of %(num)s accounts are missing (%(days)s), last received %(since)s",
                late.accounts,
            )
            % {"bank": late.bank, "num": late.accounts, "days": days, "since": since}
        )
    if report.missing_rates:
        said.append(
            _("Not in the total, for want of a rate: %(codes)s") % {"codes": ", ".join(report.missing_rates)}
        )
    if on_paper and len(report.gaps) < report.gap_count:
        said.append(
            ngettext(
                "%(num)s account does not add up: its gap stands in Excel",
                "%(num)s accounts do not add up: their gaps stand in Excel",
                report.gap_count,
            )
            % {"num": report.gap_count}
        )
    elif report.gap_count:
        said.append(
            ngettext(
                "%(num)s account does not add up: its gap stands in the last column",
                "%(num)s accounts do not add up: their gaps stand in the last column",
                report.gap_count,
            )
            % {"num": report.gap_count}
        )
    begun = [one for one in report.totals("currency") if one.sums.begun_minor]
    if begun:
        amounts = ", ".join(f"{one.currency} {figure(one.sums.begun_minor, one.currency)}" for one in begun)
        said.append(
            _("Accounts whose balance before is not known add to the balance: %(amounts)s")
            % {"amounts": amounts}
        )
    return said


def labels() -> tuple[str, ...]:
    return (
        _("Company"), _("Bank"), _("Account"), _("Currency"), _("Balance before"), _("In"), _("Out"), _("Balance"),
        _("Balance of"), _("Gap"),
    )  # fmt: skip


HEADS: dict[str, Callable[[], str]] = {
    "currency": lambda: _("Currency of the accounts"), "bank": lambda: _("Bank"), "company": lambda: _("Company"),
}  # fmt: skip


def titles() -> tuple[tuple[str, str], ...]:
    """Of the sums, in their order."""
    return ("currency", _("By currency")), ("bank", _("By bank")), ("company", _("By company"))


def _table_blocks(report: DailyReport) -> Iterator[dict[str, Any]]:
    sides = ("left", "left", "left", "left", "right", "right", "right", "right", "left", "right")
    # The first three share what the figures leave, so that the table is as wide as the paper.
    widths = (3, 2, 4, *[0] * 7)
    columns = [
        printing.column(label, side, width)  # type: ignore[arg-type]
        for label, side, width in zip(labels(), sides, widths, strict=True)
    ]
    rows = [_printed(row) for row in report.rows]
    accounts = printing.table(columns, rows, size=7, empty=_("No account"))
    sums = [_totals_block(report, by, title) for by, title in titles()]
    # What is not whole comes last, behind what is.
    yield from [*sums, accounts] if _is_cut(report) else [accounts, *sums]


def _printed(row: ReportRow) -> Cells:
    money = row.account.currency
    # Not known is a dash, never an empty cell and never a zero.
    known = [
        UNKNOWN if minor is None else printing.amount(minor, money)
        for minor in (
            row.moved.previous_minor,
            row.moved.in_minor,
            row.moved.out_minor,
            row.moved.balance_minor,
        )
    ]
    held_on = row.balance_on.isoformat() if row.balance_on else UNKNOWN
    late = f"{held_on} *" if row.missing else held_on
    gap = printing.amount(row.gap_minor, money) if row.gap_minor else None
    return [
        row.account.company,
        row.account.bank,
        printing.account(row.account.number),
        money,
        *known,
        late,
        gap,
    ]


def _totals_block(report: DailyReport, by: str, title: str) -> dict[str, Any]:
    base = report.base_currency
    columns = [
        printing.column(HEADS[by](), width=1), *([] if by == "currency" else [printing.column(_("Currency"))]),
        printing.column(_("Number of accounts"), "right"),
        printing.column(_("not fully known"), "right"),
        printing.column(_("Balance before"), "right"), printing.column(_("In"), "right"),
        printing.column(_("Out"), "right"), printing.column(_("Balance"), "right"),
        printing.column(_("Rate"), "right"), printing.column(_("in %(base)s") % {"base": base}, "right"),
    ]  # fmt: skip
    totals = report.totals(by)
    if len(totals) > PRINTED:
        return printing.text(
            _("%(title)s: %(num)s sums are too many for paper; Excel has them.")
            % {"title": title, "num": f"{len(totals):,}"}
        )
    rows = [_total_cells(report, total, by) for total in totals]
    sums: list[Any] = [
        _("Total"),
        *[None] * (len(columns) - 2),
        printing.amount(report.total_base_minor, base),
    ]
    return printing.table(columns, rows, sums=[sums], title=title, size=7)


def _total_cells(report: DailyReport, total: Total, by: str) -> Cells:
    base, money = report.base_currency, total.currency
    dated = report.rates.get(money)
    words = (
        "" if money == base else UNKNOWN if dated is None else f"{rate(dated.rate.value)} ({dated.on_date})"
    )
    in_base = UNKNOWN if total.without_rate else printing.amount(total.base_minor, base)
    if total.sums.known("balance") is None:
        in_base = _("no data")
    amounts = [
        _("no data") if minor is None else printing.amount(minor, money)
        for minor in map(total.sums.known, ("previous", "in", "out", "balance"))
    ]
    return [
        total.name, *([] if by == "currency" else [money]), f"{total.sums.accounts:,}", f"{total.sums.unknown:,}" if total.sums.unknown else "", *amounts, words, in_base,
    ]  # fmt: skip
