"""The conditions of a list as they stand in the address: read, checked, and shown as removable words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from moa.accounts.choices import Choices
from moa.accounts.lines import LineFilter
from moa.accounts.queries import account_word
from moa.kernel.errors import DomainError
from moa.kernel.money import CURRENCIES, to_minor

NAMES = (
    "from",
    "to",
    "least",
    "most",
    "text",
    "direction",
    "company",
    "bank",
    "currency",
    "account",
    "state",
)


@dataclass(slots=True)
class Conditions:
    """What was asked, what of it was understood, and what could not be."""

    query: dict[str, str]
    wanted: LineFilter
    filters: list[dict[str, Any]]
    errors: dict[str, str]


def read_conditions(
    given: QueryDict, known: Choices, *, account_id: int | None = None, currency: str = ""
) -> Conditions:
    """Unreadable conditions are reported and left out; the others hold.

    `account_id` and its `currency` are those of the page of one account.
    """
    query = {name: given.get(name, "").strip() for name in NAMES}
    errors: dict[str, str] = {}
    from_date, to_date = _day(query, "from", errors), _day(query, "to", errors)
    if query["currency"] not in CURRENCIES:
        query["currency"] = ""
    counted_in = (
        currency or query["currency"] or (known.currencies[0][0] if len(known.currencies) == 1 else "KRW")
    )
    least, most = _amount(query, "least", counted_in, errors), _amount(query, "most", counted_in, errors)
    one = (
        account_id
        if account_id is not None
        else int(query["account"])
        if query["account"].isdigit()
        else None
    )
    wanted = LineFilter(
        None if one is None else (one,), from_date, to_date, least, most,
        query["direction"] if query["direction"] in {"credit", "debit"} else "", query["text"], query["company"],
        query["bank"], query["currency"],
    )  # fmt: skip
    return Conditions(query, wanted, _words(given, query, wanted, counted_in, known), errors)


def _day(query: dict[str, str], name: str, errors: dict[str, str]) -> date | None:
    if not query[name]:
        return None
    try:
        day = date.fromisoformat(query[name])
    except ValueError:
        errors[name] = _("This is not a date. Write it as 2026-06-24.")
        return None
    if day.year < 1900 or day > date.max - timedelta(days=366):
        errors[name] = _("This is not a date. Write it as 2026-06-24.")
        return None
    return day


def _amount(query: dict[str, str], name: str, currency: str, errors: dict[str, str]) -> int | None:
    if not query[name]:
        return None
    try:
        minor = to_minor(Decimal(query[name].replace(",", "")), currency)
    except (InvalidOperation, DomainError):
        minor = -1
    if not 0 <= minor < 2**63:
        errors[name] = _("This is not an amount. Write digits, such as 1,250,000.")
        return None
    return minor


def _words(
    given: QueryDict, query: dict[str, str], wanted: LineFilter, currency: str, known: Choices
) -> list[dict[str, Any]]:
    words: list[dict[str, Any]] = []
    if wanted.from_date or wanted.to_date:
        words.append(
            {
                "name": "period", "kind": "period", "from_date": wanted.from_date, "to_date": wanted.to_date,
                "remove_url": _without(given, "from", "to"),
            }
        )  # fmt: skip
    if wanted.least_minor is not None or wanted.most_minor is not None:
        words.append(
            {
                "name": "amount", "kind": "amount", "least_minor": wanted.least_minor, "most_minor": wanted.most_minor,
                "currency": currency, "remove_url": _without(given, "least", "most"),
            }
        )  # fmt: skip
    shown = {"text": wanted.text, "direction": wanted.direction, "currency": query["currency"]}
    shown |= {name: known.word(name, query[name]) for name in ("company", "bank")}
    if query["account"].isdigit():
        shown["account"] = account_word(int(query["account"]))
    for name, value in shown.items():
        if query[name] and value:
            words.append({"name": name, "kind": name, "value": value, "remove_url": _without(given, name)})
    return words


def _without(given: QueryDict, *names: str) -> str:
    left = given.copy()
    for name in (*names, "older", "newer", "n", "open"):
        left.pop(name, None)
    return "?" + left.urlencode()
