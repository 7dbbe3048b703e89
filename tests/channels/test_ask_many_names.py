"""Many names asked over one line: each answer finds its question, whatever order and company it comes in."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.utils import timezone

from moa.channels.models import ChannelMessage
from moa.channels.operations.ask_bank import inquire_payee, inquire_payees
from moa.channels.protocol import Answered
from moa.control.models import Identity
from moa.entry.commands.channels import names
from tests.channels.bank_world import BANK, OTHER_BANK, BankWorld
from tests.channels.test_ask_banks import Desk, make_desk
from tests.control.factories import make_person

NAME = "6000/100"


@pytest.fixture
def desk(db: None, world: BankWorld) -> Desk:
    world.ask("DELETE", "/faults")
    return make_desk(world.ports[BANK])


def payees(world: BankWorld) -> list[tuple[str, str]]:
    bank = next(one for one in world.state()["banks"] if one["code"] == OTHER_BANK)
    return [(OTHER_BANK, one["number"]) for one in bank["accounts"]]


def test_what_is_asked_together_is_answered_as_one_by_one(desk, world):
    wanted = [*payees(world)[:6], (OTHER_BANK, "1")]
    together = inquire_payees(desk.ctx, BANK, wanted, seconds=2)
    alone = [inquire_payee(desk.ctx, BANK, *one, seconds=2) for one in wanted]
    assert [(one.name, one.is_closed, one.asked.answered, one.asked.code) for one in together] == [
        (one.name, one.is_closed, one.asked.answered, one.asked.code) for one in alone
    ]
    assert len({one.name for one in together}) > 2
    numbers = [one.asked.msg_no for one in together]
    assert numbers == list(range(numbers[0], numbers[0] + len(wanted)))
    with desk.ctx.open():
        sent = list(ChannelMessage.objects.filter(key=NAME, direction="out").order_by("id"))
        answers = ChannelMessage.objects.filter(answers_id__in=[one.id for one in sent])
        assert all(one.sent_at for one in sent) and answers.count() == len(sent) == 2 * len(wanted)
        assert all(one.understood_at for one in answers)


@pytest.mark.parametrize(
    ("fault", "silent"),
    [("no_reply", 1), ("malformed", 1), ("duplicate_reply", 0), ("unexpected", 0), ("out_of_order", 0)],
)
def test_what_goes_wrong_with_one_is_that_ones_alone(desk, world, fault, silent):
    world.fault(fault, key=NAME, times=1)
    wanted = payees(world)[:5]
    said = inquire_payees(desk.ctx, BANK, wanted, seconds=1)
    silences = [one for one in said if one.asked.answered is Answered.SILENCE]
    assert len(silences) == silent and all(one.name is None for one in silences)
    world.ask("DELETE", "/faults")
    for one, wish in zip(said, wanted, strict=True):
        if one.asked.answered is not Answered.SILENCE:
            assert one.name == inquire_payee(desk.ctx, BANK, *wish, seconds=2).name


def test_a_line_that_breaks_leaves_the_rest_in_silence(desk, world):
    world.fault("drop_before", key=NAME, times=1)
    said = inquire_payees(desk.ctx, BANK, payees(world)[:5], seconds=5)
    assert all(one.asked.answered in (Answered.SILENCE, Answered.DONE, Answered.REFUSED) for one in said)
    assert said[0].asked.answered is Answered.SILENCE
    with desk.ctx.open():
        assert ChannelMessage.objects.filter(key=NAME, direction="out").count() == 5


@pytest.mark.django_db(transaction=True)
def test_the_names_of_a_file_are_compared(world, tmp_path):
    world.ask("DELETE", "/faults")
    desk = make_desk(world.ports[BANK])
    ctx = make_person(desk.admin, roles=["teller"], at=timezone.now())
    who = ["--as", Identity.objects.get(person_id=ctx.actor.person_id).login, "--json"]
    one = next(
        each for each in world.accounts(OTHER_BANK) if not each.get("is_ours") and not each.get("is_closed")
    )
    rows = [
        ("088", one["number"], one["holder"]),
        ("088", one["number"], "전혀 다른 상회"),
        ("088", "100000", "없음"),
    ]
    file = tmp_path / "payees.csv"
    file.write_text("bank,account,name\n" + "".join(f"{','.join(row)}\n" for row in rows), encoding="utf-8")
    run = CliRunner().invoke(names, [BANK, str(file), *who], standalone_mode=False)
    said = json.loads(run.output)["rows"]
    assert [row["verdict"] for row in said] == ["match", "mismatch", "unavailable"] and run.return_value == 1
    file.write_text("bank,account,name\n88,12,\n088,12x34567,가\n088,1234567,\n088,1\n", encoding="utf-8")
    run = CliRunner().invoke(names, [BANK, str(file), *who], standalone_mode=False)
    told = [(each["code"], each["row"]) for each in json.loads(run.stdout)["errors"]]
    assert told == [
        ("bank_unknown", 2), ("bank_account_number_invalid", 3), ("payee_name_missing", 4), ("row_invalid", 5),
    ]  # fmt: skip


def test_nothing_is_asked_where_nobody_listens(db):
    said = inquire_payees(make_desk(1).ctx, BANK, [(OTHER_BANK, "1"), (OTHER_BANK, "2")], seconds=1)
    assert [one.asked.answered for one in said] == [Answered.NOT_SENT] * 2
