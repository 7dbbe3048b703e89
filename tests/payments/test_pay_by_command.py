"""`moa payments create` and `show`: from options or a file, once for each key, with every flaw told."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.utils import timezone

from moa.control.models import Identity
from moa.entry.commands import payments
from moa.payments.models import PaymentOrder
from moa.payments.operations.submit_order import OrderFlawed
from tests.control.factories import make_person
from tests.payments.scene import Scene, make_scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def login(scene: Scene) -> str:
    ctx = make_person(scene.journal.machine, roles=["teller"], at=timezone.now())
    return Identity.objects.get(person_id=ctx.actor.person_id).login


OPTIONS = ["--from", "a", "--to-account", "b", "--amount", "1200", "--purpose", "goods"]


def test_it_is_entered_from_options_and_shown_with_all_that_is_known(scene):
    who = ["--as", login(scene), "--json"]
    made = json.loads(CliRunner().invoke(payments.create, [*OPTIONS, *who]).output)
    assert (made["state"], made["amount"], made["from"], made["to"], made["held"]) == (
        "pending",
        "1200",
        "a",
        "b",
        False,
    )
    shown = json.loads(CliRunner().invoke(payments.show, [f"P{made['id']}", *who]).output)
    assert shown == made
    assert set(shown) >= {"state", "evidence", "attempts", "messages", "approvals", "history"}


def test_a_file_with_a_key_enters_once_and_gives_the_same_answer(scene, tmp_path):
    file = tmp_path / "one.json"
    file.write_text(
        json.dumps({"from": "a", "to_account": "b", "amount": "50", "purpose": "tax", "key": "K1"})
    )
    arguments = [str(file), "--as", login(scene), "--json"]
    first, second = (json.loads(CliRunner().invoke(payments.create, arguments).output) for _ in range(2))
    assert first == second
    with scene.maker.open():
        assert PaymentOrder.objects.count() == 1


def test_every_flaw_is_told_by_field_and_nothing_is_entered(scene):
    done = CliRunner().invoke(
        payments.create, ["--from", "a", "--to-account", "a", "--amount", "1.5", "--as", login(scene)]
    )
    assert isinstance(done.exception, OrderFlawed)
    told = [line.split()[:2] for line in done.stderr.splitlines() if not line.startswith(" ")]
    assert told == [
        ["to_account", "payee_is_payer"],
        ["amount", "amount_too_fine"],
        ["purpose", "purpose_missing"],
    ]
    with scene.maker.open():
        assert not PaymentOrder.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"amount": true}', '{"iban": "x"}', '{"amount": ["1"]}'],
    ids=["cut", "list", "true", "field", "nested"],
)
def test_a_file_that_says_something_else_is_refused(scene, tmp_path, text):
    file = tmp_path / "bad.json"
    file.write_text(text)
    assert CliRunner().invoke(payments.create, [str(file), "--as", login(scene)]).exit_code == 1


def test_neither_file_nor_options_is_a_wrong_use():
    assert CliRunner().invoke(payments.create, []).exit_code == 2
    assert CliRunner().invoke(payments.show, ["x"]).exit_code == 2


def test_a_list_in_a_file_is_one_request_for_all_of_them(scene, tmp_path):
    file = tmp_path / "several.json"
    rows = [{"to_account": "b", "amount": 1000, "memo": "1"}, {"to_account": "b", "amount": "2000"}]
    file.write_text(json.dumps({"from": "a", "purpose": "goods", "key": "k", "payments": rows}))
    who = login(scene)
    done = CliRunner().invoke(payments.create, [str(file), "--as", who, "--json"])
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert (made["count"], made["total"], [row["state"] for row in made["rows"]]) == (
        2,
        "3000",
        ["pending", "pending"],
    )
    again = CliRunner().invoke(payments.create, [str(file), "--as", who, "--json"])
    assert json.loads(again.stdout) == made
    shown = CliRunner().invoke(payments.show, [f"B{made['id']}", "--as", who, "--json"])
    assert json.loads(shown.stdout) == made


def test_a_bad_row_of_a_list_is_named_and_nothing_is_entered(scene, tmp_path):
    file = tmp_path / "several.json"
    file.write_text(json.dumps([{"from": "a", "to_account": "b", "amount": "1.5", "purpose": "goods"}]))
    done = CliRunner().invoke(payments.create, [str(file), "--as", login(scene)])
    assert isinstance(done.exception, OrderFlawed) and done.stderr.startswith(
        "amount.1 amount_too_fine 1.5\n"
    )


def test_an_interval_in_a_file_is_a_series(scene, tmp_path):
    file = tmp_path / "series.json"
    said = {
        "from": "a",
        "to_account": "b",
        "amount": "10",
        "purpose": "goods",
        "every": "monthly",
        "on_day": 31,
        "times": 2,
    }
    file.write_text(json.dumps(said))
    who = login(scene)
    done = CliRunner().invoke(payments.create, [str(file), "--as", who, "--json"])
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert (made["count"], made["total"], len(made["occurrences"])) == (2, "20", 2)
    shown = CliRunner().invoke(payments.show, [f"S{made['id']}", "--as", who])
    assert shown.stdout.startswith(f"S{made['id']}  pending  2 x 10 KRW  a -> b")


@pytest.mark.parametrize("name", ["made_at", "since"])
def test_moments_of_several_and_of_a_series_are_told_in_the_groups_zone(scene, tmp_path, name):
    """As those of one payment are; they came in that of the database."""
    one = {"from": "a", "to_account": "b", "amount": "50", "purpose": "tax"}
    file = tmp_path / "plan.json"
    file.write_text(
        json.dumps([one] if name == "made_at" else one | {"every": "weekly", "on_day": 1, "times": 2})
    )
    made = json.loads(CliRunner().invoke(payments.create, [str(file), "--as", login(scene), "--json"]).output)
    assert made[name].endswith("+09:00")
