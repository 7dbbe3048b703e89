"""The daily fund report as a workbook: every account, written while it is read, and the sums beside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from moa.control.context import Context
from moa.control.queries import group_zone, the_group_of
from moa.formats.spreadsheets.writing.columns import AMOUNT, DATE, NUMBER, TEXT, Column
from moa.formats.spreadsheets.writing.workbook import SheetData, stream_workbook
from moa.kernel.money import minor_digits
from moa.reports.daily import DailyReport, ReportRow, Total, daily_report
from moa.reports.daily_rows import stream_rows
from moa.reports.daily_words import HEADS, Cells, labels, notes, titles
from moa.ui.formatting import long_day


def report_workbook(ctx: Context, *, day: date) -> Iterator[bytes]:
    """The workbook in pieces, in the language that is active at the call: the accounts, then the sums by currency, bank and company.

    The Context must stay open until the last piece; a steady one, so that rows and sums are of one moment. Raises: forbidden.
    """
    report = daily_report(ctx, day=day, most=0)
    # All words are found here: the page's language may be gone when the rows are read.
    return stream_workbook(list(_sheets(ctx, report)))


def _sheets(ctx: Context, report: DailyReport) -> Iterator[SheetData]:
    base, none = report.base_currency, _("no data")
    said = _said(ctx, report, none)
    kinds = (TEXT, TEXT, TEXT, TEXT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, DATE, AMOUNT)
    columns = [Column(label, kind, 18) for label, kind in zip(labels(), kinds, strict=True)]
    more = [
        Column(_("in %(base)s") % {"base": base}, AMOUNT, 18, minor_digits(base)), Column(_("Rate"), NUMBER),
        Column(_("Date of the rate"), DATE), Column(_("Missing days"), TEXT, 24),
    ]  # fmt: skip
    rows = map(partial(_sheet_row, report, none), stream_rows(ctx, report))
    total = [_("Total"), *[None] * 9, report.total_base_minor, None, None, None]
    above = (f"{_('Daily fund report')} {report.day}", *said)
    yield SheetData(_("Accounts"), [*columns, *more], rows, above=above, below=[total])
    unknown = sum(part.sums.unknown for part in report.parts)
    whole = [_("Total"), None, report.accounts, unknown or None, *[None] * 5, report.total_base_minor]
    for by, title in titles():
        sums = [_sum_row(none, one) for one in report.totals(by)]
        above = (f"{title} {report.day}", *said)
        yield SheetData(title, _sum_columns(HEADS[by](), base), sums, above=above, below=[whole])


def _said(ctx: Context, report: DailyReport, none: str) -> list[str]:
    """What stands over every sheet."""
    zone, group = group_zone(ctx), the_group_of(ctx)
    name = group.names.get(ctx.language) or group.name
    known = f"{report.known_at.astimezone(zone):%Y-%m-%d %H:%M}"
    scope = _("%(group)s, from the end of %(previous)s to the end of %(day)s, as known at %(known)s") % {
        "group": name, "previous": long_day(report.previous_day), "day": long_day(report.day), "known": known,
    }  # fmt: skip
    said = [scope, *notes(report, zone)]
    if any(lacking for part in report.parts for lacking in part.sums.lacking.values()):
        said.append(_('"%(word)s": no statement told of it. It is in no sum.') % {"word": none})
    return said


def _pair(minor: int | None, currency: str) -> tuple[int, int] | None:
    return None if minor is None else (minor, minor_digits(currency))


def _told(minor: int | None, currency: str, none: str) -> tuple[int, int] | str:
    return none if minor is None else (minor, minor_digits(currency))


def _sheet_row(report: DailyReport, none: str, row: ReportRow) -> Cells:
    money = row.account.currency
    dated = None if money == report.base_currency else report.rates.get(money)
    amounts = (row.moved.previous_minor, row.moved.in_minor, row.moved.out_minor, row.moved.balance_minor)
    return [
        row.account.company, row.account.bank, row.account.number, money, *[_told(minor, money, none) for minor in amounts],
        row.balance_on, _pair(row.gap_minor or None, money), row.base_minor, dated.rate.value if dated else None,
        dated.on_date if dated else None, ", ".join(day.isoformat() for day in row.missing),
    ]  # fmt: skip


def _sum_columns(title: str, base: str) -> list[Column]:
    return [
        Column(title, TEXT, 24), Column(_("Currency"), TEXT), Column(_("Number of accounts"), NUMBER), Column(_("not fully known"), NUMBER),
        *[Column(label, AMOUNT, 18) for label in (_("Balance before"), _("In"), _("Out"), _("Gap"), _("Balance"))],
        Column(_("in %(base)s") % {"base": base}, AMOUNT, 18, minor_digits(base)),
    ]  # fmt: skip


def _sum_row(none: str, total: Total) -> Cells:
    sums, money = total.sums, total.currency
    before, came, went = (_told(sums.known(what), money, none) for what in ("previous", "in", "out"))
    balance = sums.known("balance")
    in_base = None if total.without_rate or balance is None else total.base_minor
    return [
        total.name, money, sums.accounts, sums.unknown or None, before, came, went, _pair(sums.gap_minor or None, money),
        _told(balance, money, none), in_base,
    ]  # fmt: skip
