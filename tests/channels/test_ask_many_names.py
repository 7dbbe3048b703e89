"""Many names asked over one line: each answer finds its question, whatever order and company it comes in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from moa.channels.models import ChannelMessage
from moa.channels.operations.ask_bank import inquire_payee, inquire_payees
from moa.channels.protocol import Answered
from tests.channels.bank_world import BANK, OTHER_BANK, BankWorld
from tests.channels.test_ask_banks import Desk, make_desk

NAME = "6000/100"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankWorld]:
    running = BankWorld(tmp_path_factory.mktemp("world"))
    yield running
    running.end()


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
    said = inquire_payees(desk.ctx, BANK, payees(world)[:5], seconds=1)
    assert all(one.asked.answered in (Answered.SILENCE, Answered.DONE, Answered.REFUSED) for one in said)
    assert said[0].asked.answered is Answered.SILENCE
    with desk.ctx.open():
        assert ChannelMessage.objects.filter(key=NAME, direction="out").count() == 5


def test_nothing_is_asked_where_nobody_listens(db):
    said = inquire_payees(make_desk(1).ctx, BANK, [(OTHER_BANK, "1"), (OTHER_BANK, "2")], seconds=1)
    assert [one.asked.answered for one in said] == [Answered.NOT_SENT] * 2
