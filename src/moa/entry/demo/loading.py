"""Load the demo group: companies, accounts, persons, rates, then every statement file in the order it came."""

from __future__ import annotations

import csv
import getpass
import io
import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from moa.accounts.lifecycle import AccountKind
from moa.accounts.operations.import_file import ImportResult, import_file
from moa.accounts.operations.open_account import NewAccount, open_account
from moa.accounts.operations.receive_file import receive_file
from moa.control.context import Context
from moa.control.models import Unit
from moa.control.operations.add_person import NewPerson, add_person
from moa.control.operations.add_unit import NewUnit, add_unit
from moa.control.operations.set_up_group import NewGroup, set_up_group
from moa.control.password_rules import password_problem
from moa.directory.operations.import_rates import import_rates
from moa.entry.demo.books import begins_on, make_books
from moa.entry.demo.first_days import close_first_day
from moa.kernel.calendar_data import published_calendar
from moa.kernel.errors import DomainError
from moa.ledger.queries import access_book

Manifest = dict[str, Any]
Say = Callable[[str], None]

SEED = 7
OPERATOR_ROLES = ("treasurer", "teller")
_KINDS = {"foreign_currency": AccountKind.FOREIGN}
_LANGUAGES = {"zh": "zh-hans"}


class DemoFailed(DomainError):
    """A file of the demo was not taken as its generator says it must be."""

    code = "demo_failed"


def last_business_day(today: date) -> date:
    """The day that the demo's ninety days end on: the last Korean business day before `today`."""
    return published_calendar("KR", {}).previous_business_day(today)


def load_demo(*, at: datetime, today: date, seed: int = SEED, say: Say = lambda line: None) -> Context:
    """Make the demo group. Raises: group_exists, demo_failed."""
    with tempfile.TemporaryDirectory(prefix="moa-demo-", dir=settings.STATE_DIR) as folder:
        manifest = write_world(Path(folder), until=last_business_day(today), seed=seed)
        ctx = _make_group(manifest, at)
        with ctx.open():
            units = _make_units(ctx, manifest)
            passwords = _make_people(ctx, manifest, units)
            _make_accounts(ctx, manifest, units)
            _load_rates(ctx, manifest)
            make_books(ctx, manifest, units)
        _keep_passwords(passwords)
        _keep_balances(manifest)
        _import_files(ctx, Path(folder), manifest, say)
        with ctx.open():
            close_first_day(ctx, access_book(ctx), begins_on(ctx.today))
    with connections["owner"].cursor() as cursor:
        # After a bulk load the planner knows nothing yet.
        cursor.execute("analyze")
    connections["owner"].close()
    return ctx


def write_world(folder: Path, *, until: date, seed: int = SEED) -> Manifest:
    """Run the simulated world as a process of its own and return its manifest."""
    subprocess.run(
        [sys.executable, "-m", "moa_world", "files", "--out", str(folder), "--until", str(until), "--seed", str(seed)],
        check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def world_folder() -> Path:
    """Where the simulated banks keep their run; it ends with the demo group."""
    return Path(settings.STATE_DIR) / "world"


def _keep_balances(manifest: Manifest) -> None:
    """What the banks hold for the group at the end of its files, so that `moa world` goes on from there."""
    figures = manifest["expected"]["accounts"]
    won = {number: figure["closing"] for number, figure in figures.items() if figure["currency"] == "KRW"}
    world_folder().mkdir(parents=True, exist_ok=True)
    (world_folder() / "balances.json").write_text(json.dumps(won), encoding="utf-8")


def _make_group(manifest: Manifest, at: datetime) -> Context:
    group = manifest["group"]
    return set_up_group(
        NewGroup(
            code=group["code"], name=group["name"], base_currency=group["base_currency"],
            names=_names(group["names"]), time_zone=group["time_zone"], is_demo=True,
        ),
        at=at,
    )  # fmt: skip


def _names(names: dict[str, str]) -> dict[str, str]:
    return {_LANGUAGES.get(code, code): name for code, name in names.items()}


def _make_units(ctx: Context, manifest: Manifest) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    since = date(2015, 1, 1)
    for company in manifest["companies"]:
        made = add_unit(
            ctx,
            new=NewUnit(
                Unit.COMPANY, company["code"], company["name"], since, names=_names(company["names"]),
                country=company["country"],
            ),
        )  # fmt: skip
        units[company["code"]] = made
        for unit in company["units"]:
            units[unit["code"]] = add_unit(
                ctx,
                new=NewUnit(
                    Unit.UNIT, unit["code"], unit["name"], since, parent_id=made.id, names=_names(unit["names"]),
                    country=company["country"],
                ),
            )  # fmt: skip
    return units


def _make_people(ctx: Context, manifest: Manifest, units: dict[str, Unit]) -> dict[str, dict[str, str]]:
    """Every person of the manifest, and one for the operating-system user that loads the demo."""
    passwords: dict[str, dict[str, str]] = {}
    for person in manifest["people"]:
        roles = tuple(
            (one["role"], units[one["company"]].id if one.get("company") else None) for one in person["roles"]
        )
        password = _password()
        add_person(
            ctx,
            new=NewPerson(
                person["login"], person["name"], password, roles, title=person.get("title", ""),
                language=_LANGUAGES.get(person["language"], person["language"]), is_demo=True,
            ),
        )  # fmt: skip
        passwords[person["login"]] = {"password": password, "roles": ", ".join(role for role, _ in roles)}
    user = getpass.getuser()
    password = _password()
    add_person(
        ctx,
        new=NewPerson(
            "operator", "데모 운영자", password, tuple((role, None) for role in OPERATOR_ROLES), os_user=user, is_demo=True
        ),
    )  # fmt: skip
    passwords["operator"] = {
        "password": password,
        "roles": f"{', '.join(OPERATOR_ROLES)}; commands of {user}",
    }
    return passwords


def _password() -> str:
    """Chance gives now and then what the rules call common, so it is asked again."""
    while True:
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        if not password_problem(password, ""):
            return password


def _make_accounts(ctx: Context, manifest: Manifest, units: dict[str, Unit]) -> None:
    for account in manifest["accounts"]:
        open_account(
            ctx,
            new=NewAccount(
                unit_id=units[account["unit"] or account["company"]].id, bank_country=account["bank"]["country"],
                bank_code=account["bank"]["code"], number=account.get("printed") or account["number"],
                currency=account["currency"], kind=_KINDS.get(account["kind"], account["kind"]),
                holder=account["holder"], nickname=account["nickname"],
                opened_on=date.fromisoformat(account["opened_on"]), is_simulated=True,
            ),
        )  # fmt: skip


def _load_rates(ctx: Context, manifest: Manifest) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["date", "base", "quote", "rate"])
    writer.writerows([one["date"], one["base"], one["quote"], one["rate"]] for one in manifest["rates"])
    result = import_rates(ctx, source=io.BytesIO(text.getvalue().encode()), name="rates.csv")
    if result.problems:
        raise DemoFailed(file="rates.csv", problem=str(result.problems[0]))


def _import_files(ctx: Context, folder: Path, manifest: Manifest, say: Say) -> None:
    kinds = {"ordinary": 0, "bad": 0, "unknown_account": 0}
    entries = 0
    for number, file in enumerate(manifest["files"], 1):
        arrived = min(datetime.fromisoformat(file["received_at"]), ctx.at)
        # The same memo: rights are looked up once for the whole load.
        then = replace(ctx, at=arrived)
        result = _import_one(then, folder / file["path"], file)
        kinds[file["kind"]] += 1
        entries += result.entries_new
        if number % 100 == 0:
            say(f"  {number} of {len(manifest['files'])} files")
    say(f"  {sum(kinds.values())} files, {entries} lines; {kinds['bad']} refused on purpose")


def _import_one(ctx: Context, path: Path, file: Manifest) -> ImportResult:
    with ctx.open(), path.open("rb") as source:
        received = receive_file(
            ctx,
            source=source,
            name=path.name,
            account=file["accounts"][0] if file.get("needs_account") else "",
        )
    result = import_file(ctx, file_id=received.id)
    if (file["kind"] == "bad") != bool(result.errors):
        first = result.errors[0] if result.errors else "no error"
        raise DemoFailed(file=file["path"], kind=file["kind"], problem=str(first))
    return result


def passwords_path() -> Path:
    return Path(settings.STATE_DIR) / "demo-logins.json"


def _keep_passwords(passwords: dict[str, dict[str, str]]) -> None:
    path = passwords_path()
    path.touch(mode=0o600)
    path.write_text(json.dumps(passwords, ensure_ascii=False, indent=1), encoding="utf-8")
