"""The daily fund report as the data of a printed document and as a workbook's sheets."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moa.control.context import Context
from moa.control.queries import group_zone, the_group_of
from moa.formats.spreadsheets.writing.columns import AMOUNT, DATE, NUMBER, TEXT, Column
from moa.formats.spreadsheets.writing.workbook import SheetData, write_workbook
from moa.kernel.money import minor_digits
from moa.reports.daily import DailyReport, ReportRow, Total
from moa.ui import printing
from moa.ui.formatting import UNKNOWN, figure, long_day, rate

Cells = list[Any]


def report_pdf(ctx: Context, report: DailyReport) -> bytes:
    """The report on A4, in the language that is active."""
    zone = group_zone(ctx)
    group = the_group_of(ctx)
    data = printing.document(
        title=_("Daily fund report"), scope=long_day(report.day), group=group.names.get(ctx.language) or group.name,
        as_of=report.known_at, printed_by=ctx.actor.name, printed_at=ctx.at.astimezone(zone), landscape=True,
        blocks=[*_first_blocks(report, zone), *_table_blocks(report)],
    )  # fmt: skip
    return printing.pdf("document", data)


def _first_blocks(report: DailyReport, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    base = report.base_currency
    values: list[tuple[str, Any]] = [
        (_("Total in %(base)s") % {"base": base}, figure(report.total_base_minor, base)),
        (_("From the end of"), long_day(report.previous_day)),
    ]
    yield printing.pairs(values)
    for sentence in notes(report, zone):
        yield printing.text(sentence)


def notes(report: DailyReport, zone: ZoneInfo) -> list[str]:
    """What a reader must know of these figures: banks that are late, days that miss, rates that are old, gaps."""
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
    if report.gap_count:
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


def _labels() -> tuple[str, ...]:
    return (
        _("Company"), _("Bank"), _("Account"), _("Currency"), _("Balance before"), _("In"), _("Out"), _("Balance"),
        _("Balance of"), _("Gap"),
    )  # fmt: skip


_HEADS: dict[str, Callable[[], str]] = {
    "currency": lambda: _("Currency of the accounts"), "bank": lambda: _("Bank"), "company": lambda: _("Company"),
}  # fmt: skip


def _table_blocks(report: DailyReport) -> Iterator[dict[str, Any]]:
    sides = ("left", "left", "left", "left", "right", "right", "right", "right", "left", "right")
    # The first three share what the figures leave, so that the table is as wide as the paper.
    widths = (3, 2, 4, *[0] * 7)
    columns = [
        printing.column(label, side, width)  # type: ignore[arg-type]
        for label, side, width in zip(_labels(), sides, widths, strict=True)
    ]
    yield printing.table(columns, [_printed(row) for row in report.rows], size=7, empty=_("No account"))
    for by, title in (("currency", _("By currency")), ("bank", _("By bank")), ("company", _("By company"))):
        yield _totals_block(report, by, title)


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
        printing.column(_HEADS[by](), width=1), *([] if by == "currency" else [printing.column(_("Currency"))]),
        printing.column(_("Number of accounts"), "right"),
        printing.column(_("not fully known"), "right"),
        printing.column(_("Balance before"), "right"), printing.column(_("In"), "right"),
        printing.column(_("Out"), "right"), printing.column(_("Balance"), "right"),
        printing.column(_("Rate"), "right"), printing.column(_("in %(base)s") % {"base": base}, "right"),
    ]  # fmt: skip
    rows = [_total_cells(report, total, by) for total in report.totals(by)]
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
        total.name, *([] if by == "currency" else [money]), str(total.sums.accounts), str(total.sums.unknown or ""), *amounts, words, in_base,
    ]  # fmt: skip


def report_workbook(ctx: Context, report: DailyReport) -> bytes:
    """The report as a workbook: the accounts, then the sums by currency, bank and company."""
    out = io.BytesIO()
    write_workbook(out, _sheets(ctx, report))
    return out.getvalue()


def _sheets(ctx: Context, report: DailyReport) -> Iterator[SheetData]:
    base = report.base_currency
    zone, group = group_zone(ctx), the_group_of(ctx)
    name = group.names.get(ctx.language) or group.name
    known = f"{report.known_at.astimezone(zone):%Y-%m-%d %H:%M}"
    scope = _("%(group)s, from the end of %(previous)s to the end of %(day)s, as known at %(known)s") % {
        "group": name, "previous": long_day(report.previous_day), "day": long_day(report.day), "known": known,
    }  # fmt: skip
    lacking = _('"%(word)s": no statement told of it. It is in no sum.') % {"word": _("no data")}
    said = [scope, *notes(report, zone), *([lacking] if any(row.lacks for row in report.rows) else [])]
    above = (f"{_('Daily fund report')} {report.day}", *said)
    kinds = (TEXT, TEXT, TEXT, TEXT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, DATE, AMOUNT)
    columns = [Column(label, kind, 18) for label, kind in zip(_labels(), kinds, strict=True)]
    more = [
        Column(_("in %(base)s") % {"base": base}, AMOUNT, 18, minor_digits(base)), Column(_("Rate"), NUMBER),
        Column(_("Date of the rate"), DATE), Column(_("Missing days"), TEXT, 24),
    ]  # fmt: skip
    rows = [_sheet_row(report, row) for row in report.rows]
    total = [_("Total"), *[None] * 9, report.total_base_minor, None, None, None]
    yield SheetData(_("Accounts"), [*columns, *more], rows, above=above, below=[total])
    for by, title in (("currency", _("By currency")), ("bank", _("By bank")), ("company", _("By company"))):
        rows = [_sum_row(total) for total in report.totals(by)]
        lacking_count = sum(row.lacks for row in report.rows)
        total = [
            _("Total"),
            None,
            len(report.rows),
            lacking_count or None,
            *[None] * 5,
            report.total_base_minor,
        ]
        yield SheetData(
            title,
            _sum_columns(_HEADS[by](), base),
            rows,
            above=(f"{title} {report.day}", *said),
            below=[total],
        )


def _pair(minor: int | None, currency: str) -> tuple[int, int] | None:
    return None if minor is None else (minor, minor_digits(currency))


def _told(minor: int | None, currency: str) -> tuple[int, int] | str:
    return _("no data") if minor is None else (minor, minor_digits(currency))


def _sheet_row(report: DailyReport, row: ReportRow) -> Cells:
    money = row.account.currency
    dated = None if money == report.base_currency else report.rates.get(money)
    amounts = (row.moved.previous_minor, row.moved.in_minor, row.moved.out_minor, row.moved.balance_minor)
    return [
        row.account.company, row.account.bank, row.account.number, money, *[_told(minor, money) for minor in amounts],
        row.balance_on, _pair(row.gap_minor or None, money), row.base_minor, dated.rate.value if dated else None,
        dated.on_date if dated else None, ", ".join(day.isoformat() for day in row.missing),
    ]  # fmt: skip


def _sum_columns(title: str, base: str) -> list[Column]:
    return [
        Column(title, TEXT, 24), Column(_("Currency"), TEXT), Column(_("Number of accounts"), NUMBER), Column(_("not fully known"), NUMBER),
        *[Column(label, AMOUNT, 18) for label in (_("Balance before"), _("In"), _("Out"), _("Gap"), _("Balance"))],
        Column(_("in %(base)s") % {"base": base}, AMOUNT, 18, minor_digits(base)),
    ]  # fmt: skip


def _sum_row(total: Total) -> Cells:
    sums, money = total.sums, total.currency
    before, came, went = (_told(sums.known(what), money) for what in ("previous", "in", "out"))
    balance = sums.known("balance")
    in_base = None if total.without_rate or balance is None else total.base_minor
    return [
        total.name, money, sums.accounts, sums.unknown or None, before, came, went, _pair(sums.gap_minor or None, money),
        _told(balance, money), in_base,
    ]  # fmt: skip
