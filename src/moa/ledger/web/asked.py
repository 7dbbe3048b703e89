"""What a page's address asks of a sheet, read forgivingly: nonsense is named beside its field, the page still opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.kernel.days import read_typed_day
from moa.kernel.errors import DomainError
from moa.kernel.money import to_minor
from moa.ledger.models import Book
from moa.ledger.queries import access_book, day_under_way, last_closed_day
from moa.ledger.rules.decision import MOST_BALANCE
from moa.ledger.sheets.shape import Asked
from moa.ledger.web.sheet_words import FIELDS

NAMES = (
    "book", "from", "to", "known_at", "by", "subject", "account", "currency", "text", "least", "most", "maker", "origin",
)  # fmt: skip
# Of which the last closed day is looked at, rather than the one under way.
_RANGES = {"vouchers", "large", "volume", "subject-ledger", "subject-entries", "account-ledger"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked, with the texts as they came and what is wrong with which."""

    book: Book
    asked: Asked
    query: dict[str, str]
    errors: dict[str, str]
    zone: ZoneInfo


def read_wanted(ctx: Context, given: QueryDict, name: str, *, most: int) -> Wanted:
    """Without a range: the day under way, or the month to it where a sheet is of a range. Raises: not_found."""
    query = {each: given.get(each, "").strip() for each in NAMES}
    errors: dict[str, str] = {}
    book = access_book(ctx, query["book"])
    zone = ZoneInfo(the_group_of(ctx).time_zone)
    day = day_under_way(book) or last_closed_day(book)
    last = _day(query, "to", errors) or (day.business_date if day else ctx.today)
    first = _day(query, "from", errors) or (last.replace(day=1) if name in _RANGES else last)
    if last < first:
        errors["from"], first = _("The range begins after it ends."), last
    known_at = _moment(query, zone, errors)
    if known_at is not None and known_at > ctx.at:
        errors["known_at"], known_at = _("This moment has not come yet."), None
    fields = FIELDS.get(name, ())
    currency = query["currency"].upper()
    amounts = currency or book.functional_currency
    asked = Asked(
        first, last, known_at=known_at, currency=currency, least_minor=_amount(query, "least", amounts, errors),
        most_minor=_amount(query, "most", amounts, errors), most=most,
        **{each: query[each] for each in ("by", "subject", "account", "text", "maker", "origin") if each in fields},
    )  # fmt: skip
    return Wanted(book, asked, query, errors, zone)


def _day(query: dict[str, str], name: str, errors: dict[str, str]) -> date | None:
    try:
        return read_typed_day(query[name]) if query[name] else None
    except ValueError:
        errors[name] = _("This is not a date. Write it as 2026-06-24.")
        return None


def _moment(query: dict[str, str], zone: ZoneInfo, errors: dict[str, str]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(query["known_at"]) if query["known_at"] else None
    except ValueError:
        errors["known_at"] = _("This is not a moment. Write it as 2026-06-24 14:05.")
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=zone)


def _amount(query: dict[str, str], name: str, currency: str, errors: dict[str, str]) -> int | None:
    text = query[name].replace(",", "")
    try:
        minor = to_minor(Decimal(text), currency) if text else None
    except (InvalidOperation, DomainError):
        minor = MOST_BALANCE + 1
    if minor is not None and abs(minor) > MOST_BALANCE:
        errors[name] = _("This is not an amount.")
        return None
    return minor
