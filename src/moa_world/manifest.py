"""The manifest: who and what the demo group is, which files there are, and the figures that they must give."""

from __future__ import annotations

import hashlib
from typing import Any

from moa_world.delivery import missing_days
from moa_world.expected import expected_figures
from moa_world.group import (
    ACCOUNTS,
    BANKS,
    COMPANIES,
    GROUP_NAMES,
    PEOPLE,
    Account,
    Company,
    Person,
    country_of,
    holder_of,
)
from moa_world.packing import Written
from moa_world.simulation import World
from moa_world.troubles import NEW_ACCOUNT, Fault
from moa_world.writers.columns import SETS


def build_manifest(world: World, files: list[Written], faults: list[Fault]) -> dict[str, Any]:
    """All of manifest.json as plain values."""
    refused = next((file.path for file in files if file.kind == "bad"), "")
    return {
        "seed": world.seed,
        "until": world.until.isoformat(),
        "from": world.first.isoformat(),
        "days": (world.until - world.first).days + 1,
        "group": {
            "code": "HAEON",
            "name": GROUP_NAMES["ko"],
            "names": GROUP_NAMES,
            "base_currency": "KRW",
            "time_zone": "Asia/Seoul",
            "language": "ko",
        },
        "banks": [
            {
                "country": bank.country,
                "code": bank.code,
                "bic": bank.bic,
                "name": _home_name(bank.names, bank.country),
                "names": bank.names,
            }
            for bank in BANKS.values()
        ],
        "companies": [_company(company) for company in COMPANIES],
        "accounts": [_account(account) for account in ACCOUNTS],
        "people": [_person(person) for person in PEOPLE],
        "rates": _rates(world),
        "files": [_file(file, faults) for file in files],
        "missing": [
            {
                "account": gap.account.number,
                "bank": _bank(gap.account),
                "date": gap.day.isoformat(),
                "reason": gap.reason,
                "file": refused if gap.reason == "refused_file" else "",
            }
            for gap in missing_days(world)
        ],
        "expected": expected_figures(world, files),
    }


def _home_name(names: dict[str, str], country: str) -> str:
    return names["zh" if country == "CN" else "ko"]


def _company(company: Company) -> dict[str, Any]:
    return {
        "code": company.code,
        "name": _home_name(company.names, company.country),
        "names": company.names,
        "country": company.country,
        "units": [{"code": code, "name": names["ko"], "names": names} for code, names in company.units],
    }


def _bank(account: Account) -> dict[str, str]:
    return {"country": BANKS[account.bank].country, "code": BANKS[account.bank].code}


def _account(account: Account) -> dict[str, Any]:
    return {
        "number": account.number,
        "printed": account.printed,
        "bank": _bank(account),
        "currency": account.currency,
        "kind": account.kind,
        "company": account.company,
        "unit": account.unit,
        "holder": holder_of(account),
        "nickname": account.nickname,
        "opened_on": account.opened_on,
        "format": account.format,
        "profile": SETS[account.bank].profile if account.bank in SETS else "",
        "encoding": account.encoding,
        "business_country": country_of(account),
    }


def _person(person: Person) -> dict[str, Any]:
    roles = [
        {"role": role, "company": company} if company else {"role": role} for role, company in person.roles
    ]
    return {
        "login": person.login,
        "name": person.name,
        "title": person.title,
        "language": person.language,
        "roles": roles,
    }


def _rates(world: World) -> list[dict[str, str]]:
    return [
        {
            "date": day.isoformat(),
            "base": currency,
            "quote": "KRW",
            "rate": str(world.rates.on(currency, day)[0]),
        }
        for day in world.rates.days
        for currency in world.rates.hundredths
    ]


def _file(file: Written, faults: list[Fault]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "path": file.path,
        "format": file.format,
        "profile": file.profile,
        "encoding": file.encoding,
        "accounts": list(file.accounts),
        "kind": file.kind,
        "intraday": file.intraday,
        "from": file.first.isoformat(),
        "to": file.last.isoformat(),
        "entries": file.entries,
        "received_at": file.received_at.isoformat(),
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "bytes": len(file.content),
    }
    if file.kind == "bad":
        entry["faults"] = [
            {"line": each.line, "field": each.field, "value": each.value, "fault": each.fault}
            for each in faults
        ]
    if file.kind == "unknown_account":
        entry["new_account"] = {**_account(NEW_ACCOUNT), "currency": NEW_ACCOUNT.currency}
    return entry
