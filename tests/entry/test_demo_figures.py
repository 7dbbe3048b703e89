"""The demo group, loaded through the ordinary import, says exactly what its generator worked out beside the files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from moa.accounts.lifecycle import FileState
from moa.accounts.models import BankAccount, Conflict, ParkedStatement, ProvisionalEntry, StatementFile
from moa.accounts.operations.open_account import NewAccount
from moa.accounts.operations.open_parked import open_parked
from moa.accounts.overview import AccountRow, list_accounts
from moa.control.context import Context
from moa.control.models import Unit
from moa.control.queries import the_group_of
from moa.entry.api.application import api
from moa.entry.demo.loading import last_business_day, load_demo, write_world
from moa.entry.demo.removing import remove_demo
from moa.kernel.money import to_text
from moa.ledger.models import LedgerAccount
from moa.reports.curve import position_by_day
from moa.reports.position import position
from tests import database_server
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books, make_books
from tests.control.factories import AT

TODAY = date(2026, 11, 20)
API_DOCS = Path(__file__).resolve().parents[2] / "docs" / "api"


@dataclass(frozen=True, slots=True)
class Demo:
    ctx: Context
    manifest: dict[str, Any]
    other: Books

    @property
    def expected(self) -> dict[str, Any]:
        return self.manifest["expected"]

    def accounts(self) -> dict[str, AccountRow]:
        """By the number that the manifest knows them under."""
        printed = {one["printed"] or one["number"]: one["number"] for one in self.manifest["accounts"]}
        with self.ctx.open():
            return {printed[row.number]: row for row in list_accounts(self.ctx)}

    def base(self, by: str, day: date) -> dict[str, int]:
        with self.ctx.open():
            found = position(self.ctx, day=day, by=by)
        sums: dict[str, int] = {}
        for row in found.rows:
            assert row.base_minor is not None
            sums[row.key] = sums.get(row.key, 0) + row.base_minor
        assert sum(sums.values()) == found.total_base_minor
        return sums


def rows_by_group() -> dict[tuple[str, int], int]:
    """How many rows each group has in each table."""
    found: dict[tuple[str, int], int] = {}
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'group_id'"
            " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"select group_id, count(*) from {table} group by 1")
            found |= {(table, group): count for group, count in cursor.fetchall()}
        cursor.execute("select id, 1 from control_group")
        found |= {("control_group", group): count for group, count in cursor.fetchall()}
    connections["owner"].close()
    return found


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    """Loaded once for this file, beside another group; the database is renewed afterwards."""
    with django_db_blocker.unblock():
        other = make_books("OTHER")
        other.open()
        other.bring(mt940([Line(nov(16), 1000)]))
        ctx = load_demo(at=AT, today=TODAY)
        manifest = write_world(tmp_path_factory.mktemp("world"), until=last_business_day(TODAY), seed=7)
        yield Demo(ctx, manifest, other)
        for one in connections.all(initialized_only=True):
            one.close()
        database_server.close_pool()
        server = database_server.throwaway(Path(settings.STATE_DIR))
        database_server.renew_copy(server, database_server.ensure_template(server))


def test_every_file_is_taken_as_its_kind_says(demo: Demo) -> None:
    with demo.ctx.open():
        states = Counter(StatementFile.objects.values_list("state", flat=True))
        assert not Conflict.objects.exists()
        parked = list(ParkedStatement.objects.all())
    assert states == {
        FileState.STORED: demo.expected["files_ordinary"] + demo.expected["files_unknown_account"],
        FileState.REFUSED: demo.expected["files_bad"],
    }
    assert len(parked) == demo.expected["files_unknown_account"]


def test_the_refused_file_tells_every_fault_that_was_put_in(demo: Demo) -> None:
    with demo.ctx.open():
        file = StatementFile.objects.get(state=FileState.REFUSED)
    (told,) = [one["faults"] for one in demo.manifest["files"] if one["kind"] == "bad"]
    found = {int(one["place"].split()[1].rstrip(",")) for one in file.problems if one["severity"] == "error"}
    assert {fault["line"] for fault in told} <= found


def test_each_account_has_its_lines_and_sums(demo: Demo) -> None:
    with demo.ctx.open(), connection.cursor() as cursor:
        cursor.execute(
            "select account_id, count(*), count(*) filter (where amount_minor < 0),"
            " coalesce(sum(-amount_minor) filter (where amount_minor < 0), 0)::bigint,"
            " coalesce(sum(amount_minor) filter (where amount_minor > 0), 0)::bigint"
            " from accounts_transaction group by 1"
        )
        held = {row[0]: row[1:] for row in cursor.fetchall()}
    found = {}
    for number, row in demo.accounts().items():
        count, debits, out, into = held[row.id]
        found[number] = (count, debits, to_text(out, row.currency), to_text(into, row.currency))
    assert found == {
        number: (one["entries"], one["debits"], one["debit_total"], one["credit_total"])
        for number, one in demo.expected["accounts"].items()
    }
    assert sum(one[0] for one in found.values()) == demo.expected["entries"]


def test_each_account_has_its_balance_its_day_and_its_missing_days(demo: Demo) -> None:
    found = {
        number: (
            to_text(row.balance_minor or 0, row.currency), str(row.covered_until), [str(day) for day in row.missing],
        )
        for number, row in demo.accounts().items()
    }  # fmt: skip
    assert found == {
        number: (one["closing"], one["closing_date"], one["missing"])
        for number, one in demo.expected["accounts"].items()
    }


def test_the_position_agrees_in_every_grouping(demo: Demo) -> None:
    day = date.fromisoformat(demo.expected["as_of"])
    rows = demo.accounts()
    expected = {
        "account": {
            rows[number].number: int(one["base"]) for number, one in demo.expected["accounts"].items()
        },
        "company": {key: int(base) for key, base in demo.expected["by_company"].items()},
        "bank": {key.replace("/", ""): int(base) for key, base in demo.expected["by_bank"].items()},
        "currency": {key: int(one["base"]) for key, one in demo.expected["by_currency"].items()},
    }
    for by, figures in expected.items():
        assert demo.base(by, day) == figures, by
    assert sum(expected["account"].values()) == int(demo.expected["total_base"])
    with demo.ctx.open():
        found = position(demo.ctx, day=day, by="currency")
    assert {row.currency: to_text(row.balance_minor, row.currency) for row in found.rows} == {
        key: one["balance"] for key, one in demo.expected["by_currency"].items()
    }
    rates = {one["currency"]: (one["rate"], one["rate_date"]) for one in demo.expected["accounts"].values()}
    for code, dated in found.rates.items():
        assert (dated.rate.value, str(dated.on_date)) == (
            type(dated.rate.value)(rates[code][0]),
            rates[code][1],
        )


def test_the_curve_of_thirty_days_is_the_true_one(demo: Demo) -> None:
    until = date.fromisoformat(demo.expected["as_of"])
    expected = {one["date"]: int(one["total_base"]) for one in demo.expected["curve"]}
    for by in ("bank", "company", "currency"):
        totals: dict[str, int] = {}
        with demo.ctx.open():
            for day, _, _, minor in position_by_day(demo.ctx, until=until, days=30, by=by).curve():
                totals[str(day)] = totals.get(str(day), 0) + (minor or 0)
        assert totals == expected, by


def test_each_account_has_the_balance_of_every_day_of_the_curve(demo: Demo) -> None:
    rows = demo.accounts()
    daily = {
        number: {one["date"]: one["closing"] for one in figures["daily"]}
        for number, figures in demo.expected["accounts"].items()
    }
    until = date.fromisoformat(demo.expected["as_of"])
    for back in range(0, 30, 3):
        day = until - timedelta(days=back)
        with demo.ctx.open():
            found = {row.key: row for row in position(demo.ctx, day=day, by="account").rows}
        for number, row in rows.items():
            held = found[row.number]
            assert to_text(held.balance_minor, held.currency) == daily[number][str(day)], (number, day)


def test_intraday_lines_stand_beside_where_no_statement_came_yet(demo: Demo) -> None:
    with demo.ctx.open():
        found = Counter(
            ProvisionalEntry.objects.filter(replaced_at=None).values_list("account_id", flat=True)
        )
    assert {number: found[row.id] for number, row in demo.accounts().items()} == {
        number: one["provisional_entries"] for number, one in demo.expected["accounts"].items()
    }


def test_twins_are_there_twice(demo: Demo) -> None:
    rows = demo.accounts()
    assert demo.expected["twins"]
    for twin in demo.expected["twins"]:
        row = rows[twin["account"]]
        with demo.ctx.open(), connection.cursor() as cursor:
            cursor.execute(
                "select amount_minor from accounts_transaction where account_id = %s and booked_on = %s"
                " and counterparty = %s and description like %s",
                [row.id, twin["date"], twin["counterparty"], f"%{twin['description']}%"],
            )
            amounts = [to_text(abs(minor), row.currency) for (minor,) in cursor.fetchall()]
        assert amounts.count(twin["amount"]) == twin["count"], twin


def test_the_parked_account_can_be_opened_and_adds_to_the_total(demo: Demo) -> None:
    (file,) = [one for one in demo.manifest["files"] if one["kind"] == "unknown_account"]
    with demo.ctx.open():
        parked = ParkedStatement.objects.get()
        unit_id = BankAccount.objects.order_by("id")[0].unit_id
        account = open_parked(
            demo.ctx, parked_id=parked.id,
            new=NewAccount(unit_id, "CN", "102", parked.account_number, parked.currency, is_simulated=True),
        )  # fmt: skip
        row = next(iter(list_accounts(demo.ctx, ids=[account.id])))
    assert (row.balance_minor, str(row.covered_until)) == (parked.closing_minor, file["to"])


def test_the_examples_of_the_api_name_what_the_demo_has(demo: Demo) -> None:
    """Whoever copies an example out of the description or the README can run it against the demo."""
    with demo.ctx.open():
        units = set(Unit.objects.values_list("code", flat=True))
        accounts = set(LedgerAccount.objects.values_list("code", "name"))
        numbers = set(BankAccount.objects.values_list("number", flat=True))
        group = the_group_of(demo.ctx)
    codes = {code for code, _ in accounts}
    plain = {"".join(letter for letter in number if letter.isalnum()) for number in numbers}
    named = list(_named(api.get_openapi_schema()["paths"]))
    books = [(key, value) for key, value in named if key in ("from", "to", "to_account", "account")]
    readme = re.findall(r'"(?:from|to_account)": "([^"]+)"', (API_DOCS / "README.md").read_text("utf-8"))
    assert {value for _, value in books if isinstance(value, str) and value} | {*readme} - {
        "2026-11-01"
    } <= codes
    assert len(books) > 8 and len(readme) >= 3
    assert {value for key, value in named if key in ("company", "unit") and value} <= units
    assert {value for key, value in named if key == "number" and value} <= numbers
    assert {
        one for key, value in named if key == "accounts" and isinstance(value, list) for one in value
    } <= plain
    assert {value for key, value in named if key == "group"} == {group.code}


def test_removing_it_leaves_no_row_of_it_and_every_row_of_the_other_group(demo: Demo) -> None:
    """The last test of this file: afterwards there is no demo any more."""
    group = demo.ctx.group_id
    before = rows_by_group()
    assert sum(count for (_, of), count in before.items() if of == group) > 20_000
    folder = Path(settings.STATE_DIR) / "documents" / str(group)
    assert folder.exists()
    assert remove_demo() == 1
    assert rows_by_group() == {key: count for key, count in before.items() if key[1] != group}
    assert not folder.exists()
    assert remove_demo() == 0
    assert demo.other.bring(mt940([Line(nov(17), 5)], opening=1000, reference="NEXT")).entries_new == 1
    with demo.other.ctx.open(), connection.cursor() as cursor:
        cursor.execute("savepoint guards")
        with pytest.raises(Exception, match=r"never changed|permission denied"):
            cursor.execute("delete from accounts_balancepoint")
        cursor.execute("rollback to guards")


def _named(part: Any, inside: bool = False) -> Iterator[tuple[str, Any]]:
    """(name, value) of everything in an example of the description."""
    if isinstance(part, dict):
        for key, value in part.items():
            if inside:
                yield key, value
            yield from _named(value, inside or key == "example")
    elif isinstance(part, list):
        for one in part:
            yield from _named(one, inside)
