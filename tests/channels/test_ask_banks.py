"""Banks are asked over TCP: every message is stored first, what comes is stored before it is understood, silence is no answer."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection, transaction

from moa.channels.message_store import NumbersUsedUp, Stored, Wanted, store_requests
from moa.channels.models import ChannelMessage, Connection, MessageCounter
from moa.channels.operations.ask_bank import ask_balance, inquire_payee
from moa.channels.operations.ask_bank import test_line as ask_line
from moa.channels.operations.set_up_connection import (
    ConnectionInvalid,
    NewConnection,
    secret_of,
    set_up_connection,
)
from moa.channels.protocol import Answered
from moa.control.context import Context
from moa.control.models import AuditLine
from moa.formats.firm_banking import LINE_TEST, TRANSFER, encode
from moa.kernel.errors import Forbidden, NotFound
from tests.channels.bank_world import BANK, COMPANY, OTHER_BANK, BankWorld
from tests.control.factories import TODAY, make_group, make_person

SECONDS = 1


@pytest.fixture(autouse=True)
def all_goes_right(world: BankWorld) -> None:
    world.ask("DELETE", "/faults")


@dataclass
class Desk:
    """An administrator who sets the connection up and a cashier who uses it."""

    admin: Context
    ctx: Context

    def messages(self, **which: object) -> list[ChannelMessage]:
        with self.ctx.open():
            return list(ChannelMessage.objects.filter(**which).order_by("id"))

    def line(self) -> Connection:
        with self.ctx.open():
            return Connection.objects.get(bank_code=BANK)


def make_desk(port: int) -> Desk:
    machine = make_group()
    desk = Desk(make_person(machine, roles=["admin"]), make_person(machine, roles=["teller"]))
    with desk.admin.open():
        set_up_connection(desk.admin, new=NewConnection(BANK, COMPANY, "127.0.0.1", port, "S00401"))
    return desk


@pytest.fixture
def desk(db: None, world: BankWorld) -> Desk:
    return make_desk(world.ports[BANK])


def payee_of(world: BankWorld, *, is_closed: bool = False) -> dict:
    bank = next(one for one in world.state()["banks"] if one["code"] == OTHER_BANK)
    return next(
        one for one in bank["accounts"]
        if not one.get("is_ours") and not one.get("is_internal") and bool(one.get("is_closed")) == is_closed
    )  # fmt: skip


def test_a_line_is_opened_once_a_day_and_tested(desk):
    first, second = ask_line(desk.ctx, BANK, seconds=SECONDS), ask_line(desk.ctx, BANK, seconds=SECONDS)
    assert (first.answered, first.msg_no, second.msg_no, first.day) == (Answered.DONE, 2, 3, TODAY)
    said = [(one.direction, one.key, one.msg_no, one.resp_code) for one in desk.messages()]
    assert said == [
        ("out", "1000/100", 1, ""), ("in", "1100/100", 1, "0000"), ("out", "1000/500", 2, ""),
        ("in", "1100/500", 2, "0000"), ("out", "1000/500", 3, ""), ("in", "1100/500", 3, "0000"),
    ]  # fmt: skip
    ours = desk.messages(direction="out")
    assert all(one.sent_at for one in ours)
    assert [one.answers_id for one in desk.messages(direction="in")] == [one.id for one in ours]
    line = desk.line()
    assert (line.state, line.opened_on) == ("open", TODAY) and line.heard_at is not None
    with desk.ctx.open():
        codes = (
            AuditLine.objects.filter(subject_type="connection").order_by("id").values_list("code", flat=True)
        )
        assert list(codes) == ["channels.connection.set_up", "channels.connection.open"]


def test_the_bank_says_who_holds_an_account(desk, world):
    payee = payee_of(world)
    said = inquire_payee(desk.ctx, BANK, OTHER_BANK, payee["number"], seconds=SECONDS)
    assert said.asked.answered is Answered.DONE and not said.is_closed
    assert said.name and payee["holder"].startswith(said.name)
    nobody = inquire_payee(desk.ctx, BANK, OTHER_BANK, "1", seconds=SECONDS)
    assert (nobody.asked.answered, nobody.name, nobody.asked.code) == (Answered.REFUSED, None, "0014")
    gone = inquire_payee(
        desk.ctx, BANK, OTHER_BANK, payee_of(world, is_closed=True)["number"], seconds=SECONDS
    )
    assert (gone.asked.answered, gone.is_closed, gone.name) == (Answered.REFUSED, True, None)


def test_the_bank_says_what_is_on_an_account(desk, world):
    bank = next(one for one in world.state()["banks"] if one["code"] == BANK)
    ours = next(one for one in bank["accounts"] if one.get("is_ours"))
    said = ask_balance(desk.ctx, BANK, ours["number"], seconds=SECONDS)
    assert (said.asked.answered, said.ledger_minor) == (Answered.DONE, ours["balance"])


@pytest.mark.parametrize("fault", ["no_reply", "drop_before", "drop_after", "applied_no_reply"])
def test_silence_is_silence_and_its_number_is_not_used_again(desk, world, fault):
    world.fault(fault, key="6000/100", times=1)
    said = inquire_payee(desk.ctx, BANK, OTHER_BANK, payee_of(world)["number"], seconds=SECONDS)
    assert (said.asked.answered, said.name) == (Answered.SILENCE, None)
    assert desk.line().state == "lost"
    again = inquire_payee(desk.ctx, BANK, OTHER_BANK, payee_of(world)["number"], seconds=SECONDS)
    assert again.asked.answered is Answered.DONE and again.asked.msg_no > said.asked.msg_no
    assert desk.line().state == "open"


@pytest.mark.parametrize("fault", ["malformed", "short", "long"])
def test_what_cannot_be_read_is_kept_with_its_fault_and_is_no_answer(desk, world, fault):
    world.fault(fault, key="6000/100", times=1)
    said = inquire_payee(desk.ctx, BANK, OTHER_BANK, payee_of(world)["number"], seconds=SECONDS)
    assert said.asked.answered is Answered.SILENCE
    kept = [one for one in desk.messages(direction="in") if one.problem]
    assert kept and all(one.understood_at and one.answers_id is None for one in kept)


@pytest.mark.parametrize("fault", ["unexpected", "duplicate_reply"])
def test_what_nobody_asked_for_is_kept_and_the_answer_is_found_beside_it(desk, world, fault):
    world.fault(fault, key="6000/100", times=1)
    said = inquire_payee(desk.ctx, BANK, OTHER_BANK, payee_of(world)["number"], seconds=SECONDS)
    assert said.asked.answered is Answered.DONE and said.name


def test_without_a_line_it_is_certain_that_nothing_left(db):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        desk = make_desk(taken.getsockname()[1])
    assert ask_line(desk.ctx, BANK, seconds=1).answered is Answered.NOT_SENT
    assert (desk.messages(), desk.line().state) == ([], "lost")


def store(
    desk: Desk, key: str, write: Callable[[int], bytes], *, about: tuple[str, object] = ("", "")
) -> Stored:
    """One message alone."""
    (stored,) = store_requests(
        desk.ctx, desk.line(), key, lambda number, _: write(number), [Wanted({}, about)]
    )
    assert stored is not None
    return stored


def written(desk: Desk) -> bytes:
    fields = {
        "company_no": COMPANY, "bank_code": BANK, "send_date": f"{TODAY:%Y%m%d}", "send_time": "100000", "msg_no": "7",
        "debit_account": "40277154182", "passbook_pw": "4182", "sign_code": "S00401", "amount": "1000",
        "credit_bank": OTHER_BANK, "credit_account": "140013345190",
    }  # fmt: skip
    return encode(TRANSFER, fields)


def test_a_stored_copy_holds_no_secret_and_the_hash_of_what_was_sent(desk):
    payload = written(desk)
    stored = store(desk, TRANSFER, lambda number: payload, about=("payment", 5))
    (kept,) = desk.messages(id=stored.id)
    assert stored.payload == payload and b"S00401" in payload
    assert b"S00401" not in bytes(kept.body) and b"4182 " not in bytes(kept.body)[114:130]
    assert kept.sha256 == hashlib.sha256(payload).hexdigest() != hashlib.sha256(bytes(kept.body)).hexdigest()
    # Stopped between storing and sending: nobody knows whether it left.
    assert (kept.sent_at, kept.about_kind, kept.about_id) == (None, "payment", "5")


def test_a_sign_code_is_sealed_and_opens_for_its_connection_alone(desk):
    line = desk.line()
    assert b"S00401" not in bytes(line.sign_code)
    with desk.ctx.open():
        assert secret_of(desk.ctx, line) == "S00401"
        assert "S00401" not in str(list(AuditLine.objects.values_list("before", "after")))


def test_numbers_that_are_used_up_refuse_and_use_nothing(desk):
    with desk.ctx.open():
        MessageCounter.objects.create(
            group_id=desk.ctx.group_id, connection_id=desk.line().id, day=TODAY, last_no=949_999
        )
    assert store(desk, LINE_TEST, lambda number: written(desk)).msg_no == 950_000
    with pytest.raises(NumbersUsedUp):
        store(desk, LINE_TEST, lambda number: written(desk))
    assert len(desk.messages()) == 1


def test_a_message_that_cannot_be_written_uses_no_number(desk):
    def fails(number: int) -> bytes:
        raise ValueError("too long")

    with pytest.raises(ValueError, match="too long"):
        store(desk, TRANSFER, fails)
    assert store(desk, TRANSFER, lambda number: written(desk)).msg_no == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_use_one_number(world):
    desk, numbers = make_desk(world.ports[BANK]), []
    gate = threading.Barrier(6)

    def work() -> None:
        gate.wait()
        numbers.extend(store(desk, TRANSFER, lambda number: written(desk)).msg_no for _ in range(10))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(numbers) == list(range(1, 61))


@pytest.mark.parametrize(
    "statement",
    [
        "update channels_channelmessage set body = ''",
        "update channels_channelmessage set understood_at = null",
        "update channels_channelmessage set resp_code = '9999'",
        "update channels_channelmessage set sent_at = null",
        "delete from channels_channelmessage",
        "update channels_messagecounter set last_no = 1",
        "delete from channels_connection",
    ],
)
def test_the_database_keeps_messages_and_numbers(desk, statement):
    ask_line(desk.ctx, BANK, seconds=SECONDS)
    refused = pytest.raises(DatabaseError)
    with desk.ctx.open(), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bank_code": "4"}, "bank_code"), ({"company_no": ""}, "company_no"), ({"host": "a b"}, "host"),
        ({"port": 0}, "port"), ({"sign_code": ""}, "sign_code"), ({"sign_code": "비밀"}, "sign_code"),
    ],
)  # fmt: skip
def test_a_connection_that_cannot_be_is_refused_with_its_field(desk, change, field):
    new = NewConnection(BANK, COMPANY, "bank.example", 443, "S00401")._replace(**change)
    with desk.admin.open(), pytest.raises(ConnectionInvalid) as refused:
        set_up_connection(desk.admin, new=new)
    assert refused.value.facts["field"] == field


def test_who_uses_a_connection_does_not_set_it_up_and_the_other_way_round(desk):
    new = NewConnection(BANK, COMPANY, "bank.example", 443, "S00401")
    with desk.ctx.open(), pytest.raises(Forbidden):
        set_up_connection(desk.ctx, new=new)
    with pytest.raises(Forbidden):
        ask_line(desk.admin, BANK)


def test_another_group_has_no_part_in_it(desk):
    stranger = make_person(make_group(), roles=["treasurer"])
    with pytest.raises(NotFound):
        ask_line(stranger, BANK)
    with stranger.open():
        assert not Connection.objects.exists() and not ChannelMessage.objects.exists()
