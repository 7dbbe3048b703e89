"""What can be linked by hand: open bank lines of an account, vouchers that nothing answers for, and links made before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.ledger.models import Book
from moa.reconciliation.lifecycle import LineState
from moa.reconciliation.models import BankLine, BankLink, LineMatch
from moa.reconciliation.permissions import VIEW
from moa.reconciliation.rules.pairing import Pairing, Side, suggest
from moa.reconciliation.unmatched import UnmatchedEntry, unmatched_entries

MOST_SHOWN = 200


class Sought(NamedTuple):
    """What a person looks for, on both sides. Shape: `minor` without its sign; days with both ends."""

    minor: int | None = None
    first: date | None = None
    last: date | None = None

    def takes(self, minor: int, on: date) -> bool:
        return (
            (self.minor is None or abs(minor) == self.minor)
            and (self.first is None or on >= self.first)
            and (self.last is None or on <= self.last)
        )


class Candidates(NamedTuple):
    """Shape: both sides in the order of their days; `pairings` over what is shown; `is_cut` where there is more."""

    lines: list[BankLine]
    vouchers: list[UnmatchedEntry]
    pairings: list[Pairing]
    is_cut: bool


def candidates(ctx: Context, book: Book, link: BankLink, sought: Sought) -> Candidates:
    """Lines of units that the actor may see. Raises: forbidden."""
    units = permitted_units(ctx, VIEW)
    found = BankLine.objects.filter(link_id=link.id, state__in=(LineState.UNPOSTED, LineState.WAITING))
    if units is not None and book.unit_id not in units:
        found = found.filter(unit_id__in=units)
    found = found.select_related("link", "rule", "unit", "link__account").order_by("booked_on", "id")
    lines = [one for one in found if sought.takes(one.amount_minor, one.booked_on)]
    vouchers = [
        one for one in unmatched_entries(book, link.id) if sought.takes(one.amount_minor, one.business_date)
    ]
    is_cut = len(lines) > MOST_SHOWN or len(vouchers) > MOST_SHOWN
    lines, vouchers = lines[:MOST_SHOWN], vouchers[:MOST_SHOWN]
    return Candidates(lines, vouchers, suggest(_of_lines(lines), _of_vouchers(vouchers)), is_cut)


def recent_matches(link: BankLink, *, most: int = 30) -> list[LineMatch]:
    """Links by hand of the account that hold, the newest first."""
    found = LineMatch.objects.filter(link_id=link.id, undone_at=None).select_related("person")
    return list(found.prefetch_related("vouchers", "lines").order_by("-id")[:most])


def _of_lines(lines: Sequence[BankLine]) -> list[Side]:
    return [Side(one.id, one.amount_minor, one.booked_on) for one in lines]


def _of_vouchers(vouchers: Sequence[UnmatchedEntry]) -> list[Side]:
    return [Side(one.voucher_id, one.amount_minor, one.business_date) for one in vouchers]
