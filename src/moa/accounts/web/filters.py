"""The conditions of a list as they stand in the address: read, checked, and shown as removable words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from moa.accounts.lines import LineFilter
from moa.accounts.overview import AccountRow
from moa.kernel.errors import DomainError
from moa.kernel.money import to_minor

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
    given: QueryDict, accounts: list[AccountRow], *, account: AccountRow | None = None
) -> Conditions:
    """Unreadable conditions are reported and left out; the others hold."""
    query = {name: given.get(name, "").strip() for name in NAMES}
    errors: dict[str, str] = {}
    from_date, to_date = _day(query, "from", errors), _day(query, "to", errors)
    chosen = [account] if account else _chosen(query, accounts)
    currencies = {one.currency for one in chosen}
    currency = query["currency"] or (currencies.pop() if len(currencies) == 1 else "KRW")
    least, most = _amount(query, "least", currency, errors), _amount(query, "most", currency, errors)
    direction = query["direction"] if query["direction"] in {"credit", "debit"} else ""
    narrowed = account is not None or len(chosen) < len(accounts)
    wanted = LineFilter(
        tuple(one.id for one in chosen) if narrowed else None, from_date, to_date, least, most, direction,
        query["text"],
    )  # fmt: skip
    return Conditions(query, wanted, _words(given, query, wanted, currency, accounts), errors)


def _chosen(query: dict[str, str], accounts: list[AccountRow]) -> list[AccountRow]:
    return [
        one
        for one in accounts
        if (not query["company"] or one.company_key == query["company"])
        and (not query["bank"] or one.bank_key == query["bank"])
        and (not query["currency"] or one.currency == query["currency"])
        and (not query["account"] or str(one.id) == query["account"])
    ]


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
    given: QueryDict, query: dict[str, str], wanted: LineFilter, currency: str, accounts: list[AccountRow]
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
    shown = {
        "text": wanted.text, "direction": wanted.direction, "currency": query["currency"],
        "company": next((one.company for one in accounts if one.company_key == query["company"]), query["company"]),
        "bank": next((one.bank for one in accounts if one.bank_key == query["bank"]), query["bank"]),
        "account": next((one.name for one in accounts if str(one.id) == query["account"]), query["account"]),
    }  # fmt: skip
    for name, value in shown.items():
        if query[name] and value:
            words.append({"name": name, "kind": name, "value": value, "remove_url": _without(given, name)})
    return words


def _without(given: QueryDict, *names: str) -> str:
    left = given.copy()
    for name in (*names, "older", "newer", "n", "open"):
        left.pop(name, None)
    return "?" + left.urlencode()
