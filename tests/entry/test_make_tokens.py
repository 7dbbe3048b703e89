"""`moa tokens make|list|revoke`: shown once, listed without its secret, dead when revoked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from moa.control.tokens import TokenRefused, open_token
from moa.entry import cli
from tests.control.factories import make_group, make_person
from tests.entry.api.api_world import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(db: None, capsys: pytest.CaptureFixture[str]) -> Any:
    """`run("make", …)`: the exit code, what was printed and what was complained of."""
    machine = make_group()
    make_person(machine, "tokenmaker", ["treasurer"], name="정하은")
    make_person(machine, "clerkonly", ["clerk"])

    def ask(*words: str, login: str = "tokenmaker") -> tuple[int, str, str]:
        code = cli.run(["tokens", *words, "--as", login])
        said = capsys.readouterr()
        return code, said.out, said.err

    return ask


def test_a_token_is_made_listed_used_and_revoked(run: Any) -> None:
    code, out, _ = run(
        "make", "ERP", "--scope", "accounts.view", "--scope", "ledger.view", "--days", "30", "--json"
    )
    made = json.loads(out)
    assert code == 0 and made["scopes"] == ["accounts.view", "ledger.view"]
    assert open_token(made["token"], at=now()).ctx.scopes == {"accounts.view", "ledger.view"}
    listed = json.loads(run("list", "--json")[1])["rows"]
    assert [(one["name"], one["person"], one["state"]) for one in listed] == [("ERP", "정하은", "active")]
    assert made["token"] not in run("list", "--json")[1] and made["token"].startswith(listed[0]["prefix"])
    assert run("revoke", str(made["id"]))[:2] == (0, f"Token {made['id']} is revoked.\n")
    assert "revoked" in run("list")[1]
    with pytest.raises(TokenRefused):
        open_token(made["token"], at=now())


def test_for_people_the_secret_stands_alone_on_the_first_line(run: Any) -> None:
    code, out, _ = run("make", "night job", "--scope", "accounts.statement.import", "--machine")
    assert code == 0 and open_token(out.splitlines()[0], at=now()).ctx.actor.kind == "machine"


@pytest.mark.parametrize(
    ("words", "login", "refusal"),
    [
        (("--scope", "nothing.known"), "tokenmaker", "scope_unknown"),
        (("--scope", "accounts.view", "--days", "367"), "tokenmaker", "token_days_unfit"),
        (("--scope", "ledger.post"), "clerkonly", "scope_not_held"),
        (("--scope", "accounts.view", "--machine"), "clerkonly", "forbidden"),
    ],
)
def test_what_cannot_be_is_refused_by_its_code(
    run: Any, words: tuple[str, ...], login: str, refusal: str
) -> None:
    code, out, complaint = run("make", "ERP", *words, login=login)
    assert (code, out) == (1, "") and complaint.startswith(refusal), complaint
    assert "accounts.view" in complaint if refusal == "scope_unknown" else True


def test_anothers_token_is_not_there_for_who_does_not_manage_them(run: Any) -> None:
    number = json.loads(run("make", "mine", "--scope", "accounts.view", "--json")[1])["id"]
    code, _, complaint = run("revoke", str(number), login="clerkonly")
    assert code == 1 and complaint.startswith("not_found")
    assert json.loads(run("list", "--json", login="clerkonly")[1])["rows"] == []
