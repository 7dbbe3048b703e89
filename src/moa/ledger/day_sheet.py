"""The day sheet (日结单): what a closed day moved by subject, its seal in digits and as a picture, and room for names."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import segno
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.control.queries import the_group_of
from moa.ledger.models import Book, Seal
from moa.ui.printing.documents import amount, column, document, pairs, stamps, table
from moa.ui.printing.setting import pdf

_LINES = """
select s.code, coalesce(s.names ->> %(language)s, s.name), a.currency, sum(c.opening_minor * s.normal_side)::bigint,
       sum(c.debit_minor)::bigint, -sum(c.credit_minor)::bigint, sum(c.closing_minor * s.normal_side)::bigint, s.normal_side
  from ledger_dailyclosing c
  join ledger_account a on a.id = c.account_id
  join ledger_subject s on s.id = a.subject_id
 where c.book_id = %(book)s and c.business_date = %(day)s and c.revision = %(revision)s
   and (c.debit_minor <> 0 or c.credit_minor <> 0)
 group by 1, 2, 3, s.normal_side order by 1, 3
"""


def day_sheet(ctx: Context, book: Book, seal: Seal) -> bytes:
    """The PDF of one closing, of the accounts that moved on the day."""
    zone = ZoneInfo(the_group_of(ctx).time_zone)
    name = book.names.get(ctx.language) or book.name
    data = document(
        title=_("Day sheet"), scope=f"{name} ({book.code})", group=the_group_of(ctx).name,
        as_of=str(seal.business_date), printed_by=ctx.actor.name, printed_at=ctx.at.astimezone(zone),
        blocks=[*_blocks(ctx, book, seal, zone), _seal_block(seal)],
    )  # fmt: skip
    return pdf("ledger/printing/day_sheet", data)


def _blocks(ctx: Context, book: Book, seal: Seal, zone: ZoneInfo) -> list[dict[str, Any]]:
    facts = {
        "book": book.id, "day": seal.business_date, "revision": seal.revision, "language": ctx.language,
    }  # fmt: skip
    with driver_cursor() as cursor:
        rows = cursor.execute(_LINES, facts).fetchall()
    totals: dict[str, list[int]] = {}
    for _code, _name, currency, _opening, debit, credit, _closing, _side in rows:
        sums = totals.setdefault(currency, [0, 0])
        sums[0] += debit
        sums[1] += credit
    sealed = json.loads(seal.facts)
    counts = {"vouchers": f"{sealed['vouchers']:,}", "entries": f"{sealed['entries']:,}"}
    return [
        pairs([
            (_("Business day"), str(seal.business_date)), (_("Revision"), str(seal.revision)),
            (_("Vouchers and entries"), _("%(vouchers)s vouchers, %(entries)s entries") % counts),
            (_("Closed at"), f"{seal.closed_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"), (_("Closed by"), seal.closed_by.name),
        ]),
        table(
            [column(pgettext("books", "Subject")), column(_("Name"), width=1), column(_("Currency")),
             column(pgettext("books", "Side")), column(_("Opening"), "right"), column(_("Debit"), "right"),
             column(_("Credit"), "right"), column(_("Closing"), "right")],
            [[code, name, currency, pgettext("side", "Dr") if side == 1 else pgettext("side", "Cr"), amount(opening, currency),
              amount(debit, currency), amount(credit, currency), amount(closing, currency)]
             for code, name, currency, opening, debit, credit, closing, side in rows],
            sums=[[_("Sum"), None, currency, None, None, amount(debit, currency), amount(credit, currency), None]
                  for currency, (debit, credit) in sorted(totals.items())],
            empty=_("Nothing was booked on this day."),
        ),
        stamps([(_("Made"), "", ""), (_("Checked"), "", ""), (pgettext("stamp", "Approved"), "", "")]),
    ]  # fmt: skip


def _seal_block(seal: Seal) -> dict[str, Any]:
    said = f"{seal.business_date}={seal.hex}"
    return {
        "kind": "seal", "exact": True, "label": _("Seal of the day"), "hex": [seal.hex[:32], seal.hex[32:]], "line": said,
        "note": _("Keep this sheet: the proof of the day is checked with these digits."),
        "svg": segno.make(said, error="m").svg_inline(scale=3, border=2),
    }  # fmt: skip
