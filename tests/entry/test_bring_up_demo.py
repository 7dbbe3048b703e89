"""`moa up` on an empty machine: the demo group is loaded once, and a load that was killed is done anew."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from moa.entry.demo.loading import last_business_day
from moa.entry.postgres import embedded, roles
from tests import database_server
from tests.ledger.proofs import check

MOA = [sys.executable, "-m", "moa.entry"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def environment(moa_environment, admin):
    """A database of its own on the tests' server, with tables and without rows of anybody."""
    name = moa_environment["MOA_DATABASE"] + "_demo"
    roles.make_database(admin, name, owner=embedded.OWNER, template=database_server.template_name())
    roles.open_to_app(admin, name, embedded.APP)
    yield {**moa_environment, "MOA_DATABASE": name}
    admin.execute(f'drop database if exists "{name}" with (force)')


def moa(environment, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MOA, *arguments], env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def kill_while_loading(environment) -> None:
    """kill -9 of everything that `moa up` runs, once a first file of the demo is stored."""
    process = subprocess.Popen(
        [*MOA, "up", "--once"], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    for line in process.stdout:
        if line.startswith("Loading the demo group"):
            break
    process.stdout.readline()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def expected_figures(folder: Path) -> dict[str, Any]:
    """What the generator itself says that its files come to."""
    until = last_business_day(datetime.now(ZoneInfo("Asia/Seoul")).date())
    subprocess.run(
        [
            sys.executable,
            "-m",
            "moa_world",
            "files",
            "--out",
            str(folder),
            "--until",
            str(until),
            "--seed",
            "7",
        ],
        check=True,
    )
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["expected"]


def compare_with_the_generator(environment, expected: dict[str, Any]) -> None:
    """Every account's balance and every grouping's sum, to the last unit."""

    def rows(by: str) -> dict[str, Any]:
        return json.loads(moa(environment, "position", "--by", by, "--json").stdout)

    accounts = {re.sub(r"[^0-9]", "", row["key"]): row["balance"] for row in rows("account")["rows"]}
    assert accounts == {number: figures["closing"] for number, figures in expected["accounts"].items()}
    for by in ("company", "bank", "currency"):
        sums: dict[str, int] = {}
        answer = rows(by)
        for row in answer["rows"]:
            sums[row["key"]] = sums.get(row["key"], 0) + int(row["base"])
        figures = expected[f"by_{by}"]
        wanted = {
            key.replace("/", ""): int(one["base"] if by == "currency" else one)
            for key, one in figures.items()
        }
        assert (sums, answer["total_base"]) == (wanted, expected["total_base"])


def prove_the_closed_day(environment, path: Path) -> None:
    """The demo's centre has a closed day and the next one open; the closed one is proven."""
    status = json.loads(moa(environment, "day", "status", "--json").stdout)
    assert (status["book"], status["state"], status["last_closed"] < status["business_date"]) == (
        "SC",
        "open",
        True,
    )
    day = status["last_closed"]
    exported = moa(environment, "proof", "export", "--from", day, "--to", day, "-o", str(path))
    assert exported.returncode == 0, exported.stderr
    verdict = check(path, f"{day}={status['seal']}")
    assert verdict.holds and " 0 vouchers" not in verdict.said


def test_a_load_that_was_killed_is_done_anew_and_the_next_start_keeps_it(environment, tmp_path):
    kill_while_loading(environment)
    first = moa(environment, "up", "--once")
    assert first.returncode == 0, first.stderr
    assert "Removing a demo group that was not loaded to its end" in first.stdout
    assert "Demo logins" in first.stdout
    position = json.loads(moa(environment, "position", "--json").stdout)
    assert len(position["rows"]) > 5
    compare_with_the_generator(environment, expected_figures(tmp_path))
    prove_the_closed_day(environment, tmp_path / "proof.txt")
    second = moa(environment, "up", "--once")
    assert (second.returncode, "Loading" in second.stdout) == (0, False)
    assert json.loads(moa(environment, "position", "--json").stdout) == position
    assert moa(environment, "doctor", "--production").returncode == 1
    assert moa(environment, "demo", "remove", "--yes").returncode == 0
    assert "no_demo_users" in moa(environment, "doctor", "--production", "--json").stdout
