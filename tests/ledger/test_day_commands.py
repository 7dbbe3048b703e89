"""`moa day` and `moa proof export` as a person types them, on a real database."""

from __future__ import annotations

import getpass
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from moa.control.models import ApprovalRequest, Identity
from moa.ledger.check_sentences import OF_DAYS as SENTENCES
from moa.ledger.operations.reopen_day import decide_reopening
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import check

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = ("2026-11-20", "2026-11-23")


@pytest.fixture
def journal(transactional_db: None) -> Journal:
    made = make_journal("CLI")
    with made.ctx.open():
        Identity.objects.filter(person_id=made.ctx.actor.person_id).update(os_user=getpass.getuser())
    made.post(voucher("1", "bank", "a", 1000))
    return made


class Terminal:
    """Commands in processes of their own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "moa.entry", *map(str, arguments)],
            env=self.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def json(self, *arguments: object) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def moa(journal: Journal, moa_environment: dict[str, str]) -> Terminal:
    return Terminal(moa_environment)


def test_a_day_is_looked_at_closed_proven_and_reopened(
    journal: Journal, moa: Terminal, tmp_path: Path
) -> None:
    status = moa.json("day", "status", "--book", "SC")
    assert [status[name] for name in ("book", "business_date", "state", "last_closed")] == [
        "SC", DAYS[0], "open", None,
    ]  # fmt: skip
    with override("en"):
        held = [(name, True, str(words.well)) for name, words in SENTENCES.items()]
    assert [(one["name"], one["ok"], one["detail"]) for one in status["checks"]] == held
    closed = moa.json("day", "close", "--early")
    assert (closed["closed"], closed["business_date"], closed["state"]) == (*DAYS, "open")
    path = tmp_path / "proof.txt"
    told = moa.json("proof", "export", "--book", "SC", "--from", DAYS[0], "--to", DAYS[0], "-o", path)
    assert told["seals"] == {DAYS[0]: closed["seal"]}
    assert check(path, f"{DAYS[0]}={closed['seal']}").holds
    request = moa.json("day", "reopen", "--reason", "wrong amount")
    assert request["day"] == DAYS[0]
    with journal.second.open():
        found = ApprovalRequest.objects.get(id=request["request"])
        decide_reopening(journal.second, found.id, approve=True, seen_hash=found.content_hash)
    status = moa.json("day", "status")
    assert (status["business_date"], status["state"], status["last_closed"]) == (DAYS[0], "reopened", None)
    again = moa.run("day", "close", "--early", "--wait")
    assert again.returncode == 0 and f"{DAYS[0]}=" in again.stdout and "2026-11-23, waiting" in again.stdout
    assert moa.json("day", "open")["state"] == "open"
    assert moa.run("day", "status").stdout.startswith("SC: 2026-11-23 is open; last closed 2026-11-20\n  ok ")


def test_refusals_say_what_to_do(journal: Journal, moa: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "proof.txt"
    for arguments, code, said in (
        (("proof", "export", "--from", DAYS[0], "--to", DAYS[1], "-o", path), 1, f"{DAYS[0]} is not closed"),
        (("proof", "export", "--from", "today", "--to", DAYS[1], "-o", path), 2, "not a date like"),
        (
            ("proof", "export", "--from", DAYS[0], "--to", DAYS[0], "-o", tmp_path / "no" / "p"),
            2,
            "there is no folder",
        ),
        (("day", "reopen"), 1, "No day of the book is closed yet"),
        (("day", "close", "--book", "XX"), 1, "There is no book XX"),
        (("day", "open"), 1, f"{DAYS[0]} is open already"),
        (("day", "close", "--early", "--wait"), 0, ""),
        (("day", "close"), 1, "open the one that waits with moa day open"),
        (("day", "reopen"), 0, ""),
        (("day", "reopen"), 1, "waits for a decision already"),
    ):
        done = moa.run(*arguments)
        assert (done.returncode, said in done.stderr) == (code, True), (arguments, done)
    assert list(tmp_path.iterdir()) == []


def test_a_check_that_does_not_hold_is_named_with_the_way_to_mend_it(
    journal: Journal, moa: Terminal, as_owner: Any
) -> None:
    as_owner.execute("update ledger_balance set version = version + 1 where version = 1")
    done = moa.run("day", "close", "--early")
    assert done.returncode == 1
    assert "close_refused balances_are_last_entries: Account a stands elsewhere" in done.stderr
    status = moa.json("day", "status")
    assert [one["name"] for one in status["checks"] if not one["ok"]] == [
        "balances_are_last_entries", "subjects_add_up",
    ]  # fmt: skip


def test_a_day_that_lies_ahead_is_closed_only_when_it_is_meant_or_in_the_demo(
    transactional_db: None, moa_environment: dict[str, str], as_owner: Any
) -> None:
    """Whoever runs the command twice means one day: the closing opened the next."""
    journal = make_journal("FAR", acts=(), first_day=date(2090, 1, 4))
    with journal.ctx.open():
        Identity.objects.filter(person_id=journal.ctx.actor.person_id).update(os_user=getpass.getuser())
    terminal = Terminal(moa_environment)
    refused = terminal.run("day", "close")
    assert refused.returncode == 1 and "2090-01-04 has not come yet, today is 20" in refused.stderr
    assert terminal.json("day", "close", "--early")["business_date"] == "2090-01-05"
    as_owner.execute("update control_group set is_demo = true")
    closed = terminal.run("day", "close", "--json")
    assert json.loads(closed.stdout)["closed"] == "2090-01-05" and "had not come yet" in closed.stderr
