"""`moa statements import` and `moa position` as a person types them, on a real database."""

from __future__ import annotations

import getpass
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from moa.entry.commands.position import position
from tests.accounts.bank_files import Line, mt940, table
from tests.accounts.books import Books
from tests.control.factories import make_group, make_person, make_unit
from tests.reports.asking import now, rate

pytestmark = pytest.mark.django_db(transaction=True)
WON, DOLLAR, UNKNOWN = "100000000001", "100000000002", "999999999999"
# Days that are over wherever and whenever this runs.
ONE, TWO = date(2024, 3, 4), date(2024, 3, 5)
RESULT = {"file", "stored", "duplicate", "entries_new", "entries_known", "parked", "conflicts", "errors"}


@pytest.fixture
def books(transactional_db: None) -> Books:
    machine = make_group("CLI")
    person = make_person(machine, "kim", roles=["treasurer"], os_user=getpass.getuser())
    books = Books(machine, person, make_unit(machine, "C1"))
    books.open(WON)
    books.open(DOLLAR, currency="USD")
    return books


def moa(environment: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "moa.entry", *map(str, arguments)],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def asked(*arguments: str) -> Any:
    found = CliRunner().invoke(position, [*arguments, "--json"], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return json.loads(found.output)


def write(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def test_files_come_in_and_the_position_is_told(
    books: Books, moa_environment: dict[str, str], tmp_path: Path
) -> None:
    good = write(tmp_path, "good.sta", mt940([Line(ONE, 1000), Line(TWO, -1)], account=WON))
    mixed = write(
        tmp_path,
        "mixed.sta",
        mt940([Line(ONE, 10)], account=DOLLAR, currency="USD") + mt940([Line(ONE, 1)], account=UNKNOWN),
    )
    first = moa(moa_environment, "statements", "import", good, mixed, good, "--json")
    assert first.returncode == 0, first.stderr
    results = json.loads(first.stdout)
    assert all(set(result) == RESULT for result in results)
    assert [tuple(result[name] for name in sorted(RESULT - {"file", "errors"})) for result in results] == [
        # conflicts, duplicate, entries_known, entries_new, parked, stored
        (0, False, 0, 2, [], True),
        (0, False, 0, 1, [UNKNOWN], True),
        (0, True, 2, 0, [], True),
    ]
    assert [result["file"] for result in results] == [str(good), str(mixed), str(good)]
    found = moa(moa_environment, "position", "--date", TWO, "--by", "currency", "--json")
    assert found.returncode == 0, found.stderr
    answer = json.loads(found.stdout)
    assert {name: answer[name] for name in ("date", "base_currency", "total_base", "missing_rates")} == {
        "date": "2024-03-05", "base_currency": "KRW", "total_base": "999", "missing_rates": ["USD"],
    }  # fmt: skip
    assert [
        {name: row[name] for name in ("key", "currency", "balance", "base")} for row in answer["rows"]
    ] == [
        {"key": "KRW", "currency": "KRW", "balance": "999", "base": "999"},
        {"key": "USD", "currency": "USD", "balance": "10.00", "base": None},
    ]


def test_a_file_with_errors_ends_with_one_and_tells_them_all(
    books: Books, moa_environment: dict[str, str], tmp_path: Path
) -> None:
    bad = write(tmp_path, "bad.sta", mt940([Line(ONE, 1000)], account=WON, closing=7))
    good = write(tmp_path, "good.csv", table([Line(ONE, 5)], account=""))
    done = moa(moa_environment, "statements", "import", bad, good, "--json")
    assert done.returncode == 1
    wrong, unnamed = json.loads(done.stdout)
    assert [set(one) for one in wrong["errors"]] == [{"code", "place", "field", "value"}]
    assert (wrong["errors"][0]["code"], wrong["stored"]) == ("closing_mismatch", False)
    assert unnamed["errors"][0]["code"] == "account_needed"
    named = moa(moa_environment, "statements", "import", good, "--account", WON, "--json")
    assert (named.returncode, json.loads(named.stdout)[0]["entries_new"]) == (0, 1)


def test_moments_and_differences(books: Books) -> None:
    before = now(books.ctx)
    books.bring(mt940([Line(ONE, 1000)], account=WON), "a.sta")
    rate(books.ctx, ONE, "USD", "1400.5")
    then = asked("--date", "2024-03-05", "--known-at", before.isoformat())
    assert (then["rows"], then["total_base"]) == ([], "0")
    answer = asked(
        "--date", "2024-03-05", "--by", "account", "--known-at", before.isoformat(), "--compare",
        now(books.ctx).isoformat(),
    )  # fmt: skip
    assert answer["differences"] == [
        {"account": WON, "currency": "KRW", "before": None, "after": "0", "file": "a.sta", "line": "balance"},
        {
            "account": WON,
            "currency": "KRW",
            "before": "0",
            "after": "1000",
            "file": "a.sta",
            "line": "line 5",
        },
    ]


def test_a_moment_without_offset_is_in_the_groups_time_zone(books: Books) -> None:
    books.bring(mt940([Line(ONE, 1000)], account=WON), "a.sta")
    answer = asked("--date", "2024-03-05", "--known-at", "2024-03-05T12:00:00")
    assert (answer["known_at"], answer["rows"]) == ("2024-03-05T12:00:00+09:00", [])


@pytest.mark.parametrize("by", ["company", "unit", "bank", "currency", "account"])
def test_every_grouping_has_the_same_total(books: Books, by: str) -> None:
    books.bring(mt940([Line(ONE, 1000)], account=WON))
    books.bring(mt940([Line(ONE, 10)], account=DOLLAR, currency="USD"))
    rate(books.ctx, ONE, "USD", "1400.55")
    answer = asked("--date", "2024-03-05", "--by", by)
    assert (answer["total_base"], len(answer["rows"])) == ("15006", 2)
    assert answer["rates"] == [{"currency": "USD", "rate": "1400.55", "date": "2024-03-04"}]


def test_today_is_the_default_and_the_table_is_for_people(books: Books) -> None:
    books.bring(mt940([Line(ONE, 1234567)], account=WON))
    assert asked()["total_base"] == "1234567"
    shown = CliRunner().invoke(position, [], catch_exceptions=False)
    assert "1,234,567" in shown.output


@pytest.mark.parametrize(
    "arguments", [("--date", "2024-02-30"), ("--known-at", "noon"), ("--compare", "x"), ("--by", "colour")]
)
def test_what_cannot_be_read_is_said(books: Books, arguments: tuple[str, str]) -> None:
    found = CliRunner().invoke(position, arguments)
    assert found.exit_code == 2


def test_another_login_sees_what_it_may(
    books: Books, moa_environment: dict[str, str], tmp_path: Path
) -> None:
    books.bring(mt940([Line(ONE, 1000)], account=WON))
    make_person(books.machine, "nobody")
    refused = moa(moa_environment, "position", "--as", "nobody", "--json")
    assert refused.returncode != 0
    assert "reports.position.view" in refused.stderr
    file = write(tmp_path, "a.sta", mt940([Line(TWO, 1)], account=WON, opening=1000))
    make_person(books.machine, "lee", roles=["auditor"])
    assert (
        json.loads(moa(moa_environment, "position", "--as", "lee", "--json").stdout)["total_base"] == "1000"
    )
    assert moa(moa_environment, "statements", "import", file, "--as", "lee").returncode == 1
