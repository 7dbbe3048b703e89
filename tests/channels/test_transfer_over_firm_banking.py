"""A transfer over TCP, with all that can go wrong at the bank: what is known afterwards, and what a question brings to light."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest

from moa.channels.connected_accounts import AccountNotConnected
from moa.channels.models import ChannelMessage, MessageCounter
from moa.channels.operations.ask_bank import channel_to
from moa.channels.operations.connect_account import connect_account
from moa.channels.operations.set_up_connection import ConnectionInvalid, NewConnection, set_up_connection
from moa.channels.protocol import (
    Answered,
    MessageUnwritable,
    Question,
    ResultAnswer,
    TransferAnswer,
    TransferOrder,
)
from moa.control.context import Context
from moa.kernel.errors import Forbidden
from tests.channels.bank_world import BANK, COMPANY, OTHER_BANK, BankWorld
from tests.control.factories import make_group, make_person

TRANSFER, RESULT = "2000/100", "7000/100"
DONE, REFUSED, SILENCE, NO_RECORD = Answered.DONE, Answered.REFUSED, Answered.SILENCE, Answered.NO_RECORD


_numbers = itertools.count(1)


@dataclass
class Teller:
    """Who pays 1,000,000 from our account at BANK to a payee at OTHER_BANK."""

    world: BankWorld
    admin: Context
    ctx: Context
    order: TransferOrder

    def pay(self, order: TransferOrder | None = None) -> TransferAnswer:
        wanted = replace(order or self.order, about=("attempt", 1))
        return channel_to(self.ctx, BANK, seconds=1).transfers([wanted])[0]

    def ask(self, paid: TransferAnswer, order: TransferOrder | None = None) -> ResultAnswer:
        found = channel_to(self.ctx, BANK, seconds=1)
        question = Question(order or self.order, paid.asked.day, paid.asked.msg_no)
        return found.inquire_results([question])[0]

    def moved(self) -> int:
        """What has left our account, the fees with it."""
        return before_of(self.world) - now_of(self.world, self.order.debit_account)

    def messages(self) -> list[ChannelMessage]:
        with self.ctx.open():
            return list(ChannelMessage.objects.filter(about_kind="attempt").order_by("id"))


_before: dict[str, int] = {}


def accounts_of(world: BankWorld, code: str) -> list[dict]:
    return next(one for one in world.state()["banks"] if one["code"] == code)["accounts"]


def now_of(world: BankWorld, number: str) -> int:
    return next(one for one in accounts_of(world, BANK) if one["number"] == number)["balance"]


def before_of(world: BankWorld) -> int:
    return _before[world.found["control"]]


@pytest.fixture
def teller(db: None, world: BankWorld) -> Teller:
    world.ask("DELETE", "/faults")
    machine = make_group()
    admin, ctx = make_person(machine, roles=["admin"]), make_person(machine, roles=["teller"])
    ours = next(one for one in accounts_of(world, BANK) if one.get("is_ours"))
    payee = next(
        one for one in accounts_of(world, OTHER_BANK)
        if not one.get("is_ours") and not one.get("is_internal") and not one.get("is_closed")
    )  # fmt: skip
    _before[world.found["control"]] = ours["balance"]
    with admin.open():
        line = set_up_connection(
            admin, new=NewConnection(BANK, COMPANY, "127.0.0.1", world.ports[BANK], "S00401")
        )
        connect_account(admin, BANK, ours["number"], password=ours["number"][-4:])
        # The bank's day goes on from test to test, and a number of the company is used once in it.
        MessageCounter.objects.create(
            group_id=admin.group_id, connection_id=line.id, day=admin.today, last_no=1000 * next(_numbers)
        )
    order = TransferOrder(
        ours["number"], 1_000_000, OTHER_BANK, payee["number"], payee["holder"], "원자재대금", "P2611200001"
    )
    return Teller(world, admin, ctx, order)


def test_a_transfer_is_answered_and_the_question_says_the_same(teller):
    paid = teller.pay()
    assert (paid.asked.answered, paid.fee_minor, teller.moved()) == (DONE, 500, 1_000_500)
    said = teller.ask(paid)
    assert (said.found, said.code, said.fee_minor) == (DONE, "0000", 500)
    (kept,) = teller.messages()
    assert kept.key == TRANSFER and kept.sent_at and b"S00401" not in bytes(kept.body)


@pytest.mark.parametrize(
    ("fault", "answered", "found", "moved"),
    [
        ("no_reply", SILENCE, NO_RECORD, 0),
        ("applied_no_reply", SILENCE, DONE, 1_000_500),
        ("drop_before", SILENCE, NO_RECORD, 0),
        ("drop_after", SILENCE, DONE, 1_000_500),
        ("malformed", SILENCE, DONE, 1_000_500),
        ("short", SILENCE, DONE, 1_000_500),
        ("long", SILENCE, DONE, 1_000_500),
        ("out_of_order", SILENCE, DONE, 1_000_500),
        ("timeout_reply", Answered.UNCLEAR, DONE, 1_000_500),
        ("duplicate_reply", DONE, DONE, 1_000_500),
        ("unexpected", DONE, DONE, 1_000_500),
    ],
)
def test_what_is_known_is_what_the_bank_said_and_no_more(teller, fault, answered, found, moved):
    teller.world.fault(fault, key=TRANSFER, times=1)
    paid = teller.pay()
    assert (paid.asked.answered, teller.ask(paid).found, teller.moved()) == (answered, found, moved)


def test_a_refusal_is_one_here_and_in_the_question(teller):
    teller.world.fault("refused", key=TRANSFER, times=1, code="0011")
    paid = teller.pay()
    assert (paid.asked.answered, paid.asked.code, paid.fee_minor) == (REFUSED, "0011", None)
    assert (teller.ask(paid).found, teller.moved()) == (REFUSED, 0)


def test_that_a_bank_knows_nothing_is_no_failure_for_it_may_still_arrive(teller):
    teller.world.fault("late_apply", key=TRANSFER, times=1, delay=600)
    paid = teller.pay()
    assert (paid.asked.answered, teller.ask(paid).found, teller.moved()) == (SILENCE, NO_RECORD, 0)
    teller.world.ask("POST", "/clock", {"seconds": 700})
    assert (teller.ask(paid).found, teller.moved()) == (DONE, 1_000_500)


@pytest.mark.parametrize(("fault", "found"), [("in_process", Answered.IN_PROCESS), ("no_record", NO_RECORD)])
def test_what_a_question_says_today_it_may_say_otherwise_tomorrow(teller, fault, found):
    paid = teller.pay()
    teller.world.fault(fault, key=RESULT, times=1)
    assert teller.ask(paid).found is found
    assert teller.ask(paid).found is DONE


def test_a_question_that_is_not_answered_says_nothing_of_the_transfer(teller):
    paid = teller.pay()
    teller.world.fault("no_reply", key=RESULT, times=1)
    said = teller.ask(paid)
    assert (said.asked.answered, said.found) == (SILENCE, Answered.UNCLEAR)


def test_a_question_about_another_amount_proves_nothing(teller):
    paid = teller.pay()
    assert teller.ask(paid, replace(teller.order, amount_minor=5)).found is not DONE


def test_without_a_line_it_is_certain_that_nothing_left(teller):
    teller.world.fault("bank_down", delay=60)
    paid = teller.pay()
    assert paid.asked.answered in (Answered.NOT_SENT, SILENCE)
    assert (teller.moved(), paid.asked.answered is SILENCE) == (0, bool(teller.messages()))
    teller.world.ask("POST", "/clock", {"seconds": 100})


def test_an_account_that_was_not_connected_is_not_debited(teller):
    paid = teller.pay(replace(teller.order, debit_account="1"))
    assert (paid.asked.answered, paid.problem) == (Answered.NOT_SENT, AccountNotConnected.code)
    assert not teller.messages()


def test_what_the_message_cannot_carry_is_refused_and_never_cut(teller):
    paid = teller.pay(replace(teller.order, memo="원자재대금과 운송비와 보관료"))
    assert (paid.asked.answered, paid.problem) == (Answered.NOT_SENT, MessageUnwritable.code)
    assert not teller.messages() and teller.moved() == 0


def test_a_name_that_does_not_fit_the_field_is_left_out_and_the_transfer_goes(teller):
    paid = teller.pay(replace(teller.order, name="해온정밀쑤저우유한공사"))
    assert paid.asked.answered is DONE


def test_who_pays_does_not_connect_accounts(teller):
    with teller.ctx.open(), pytest.raises(Forbidden):
        connect_account(teller.ctx, BANK, "1234", password="4182")
    with teller.admin.open(), pytest.raises(ConnectionInvalid):
        connect_account(teller.admin, BANK, "12-x", password="4182")
