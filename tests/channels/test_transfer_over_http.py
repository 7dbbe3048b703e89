"""Transfers over a bank's HTTP interface: each fault alone over a real socket, the token, what is kept of secrets, many at once."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest

from moa.channels.models import IN, OPEN_BANKING, ChannelMessage, Connection, HttpAccess, MessageCounter
from moa.channels.open_banking.access import TOKENS_A_DAY
from moa.channels.open_banking.requests import Place, blank, tran_id
from moa.channels.operations import ask_bank
from moa.channels.operations.ask_bank import (
    ask_balance,
    ask_movements,
    channel_of,
    channel_to,
    inquire_payee,
)
from moa.channels.operations.connect_account import connect_account
from moa.channels.operations.revoke_token import revoke_token
from moa.channels.operations.set_up_connection import NewConnection, set_up_connection
from moa.channels.protocol import Answered, Question, ResultAnswer, TransferAnswer, TransferOrder
from moa.control.context import Context
from moa.control.documents import rotate_keys
from moa.control.models import AuditLine
from moa.kernel.errors import Forbidden
from tests.channels.bank_world import COMPANY, OTHER_BANK, BankWorld
from tests.control.factories import TODAY, make_group, make_person
from tests.payments.bank_scene import connect_bank

BANK = "020"
TRANSFER, RESULT = "http/transfer", "http/result"
DONE, REFUSED, SILENCE, NO_RECORD = Answered.DONE, Answered.REFUSED, Answered.SILENCE, Answered.NO_RECORD
UNCLEAR, NOT_SENT = Answered.UNCLEAR, Answered.NOT_SENT
_days = itertools.count(1)
# Seconds: for an answer that comes, and for one that does not.
PATIENT, IMPATIENT = 8, 1
SILENT = ("no_reply", "applied_no_reply", "late_reply")


@dataclass
class Desk:
    """Who pays 1,000,000 from our account at a bank that speaks HTTP alone to a payee at OTHER_BANK."""

    world: BankWorld
    admin: Context
    ctx: Context
    order: TransferOrder
    before: int
    secret: str

    def pay(self, *orders: TransferOrder, seconds: int = PATIENT) -> list[TransferAnswer]:
        wanted = [replace(one, about=("attempt", n)) for n, one in enumerate(orders or [self.order])]
        return channel_to(self.ctx, BANK, seconds=seconds).transfers(wanted)

    def ask(self, paid: TransferAnswer) -> ResultAnswer:
        return channel_to(self.ctx, BANK, seconds=PATIENT).inquire_results([self.question(paid)])[0]

    def question(self, paid: TransferAnswer) -> Question:
        return Question(self.order, paid.asked.day, paid.asked.msg_no)

    def moved(self) -> int:
        return self.before - balance_of(self.world, self.order.debit_account)

    def fault(self, kind: str, **more: object) -> None:
        self.world.ask("POST", "/faults", {"kind": kind, "bank": BANK, "key": TRANSFER, **more})

    def messages(self, **wanted: object) -> list[ChannelMessage]:
        with self.ctx.open():
            return list(ChannelMessage.objects.filter(**wanted).order_by("id"))

    def trail(self) -> list[str]:
        with self.ctx.open():
            found = AuditLine.objects.filter(code__startswith="channels.token").order_by("id")
            return list(found.values_list("code", flat=True))


def balance_of(world: BankWorld, number: str) -> int:
    return next(one for one in world.accounts(BANK) if one["number"] == number)["balance"]


@pytest.fixture
def desk(db: None, world: BankWorld) -> Desk:
    world.ask("DELETE", "/faults")
    machine = make_group()
    admin, ctx = make_person(machine, roles=["admin"]), make_person(machine, roles=["teller"])
    ours = next(one for one in world.accounts(BANK) if one["is_ours"])
    payee = next(
        one
        for one in world.accounts(OTHER_BANK)
        if not (one["is_ours"] or one["is_internal"] or one["is_closed"])
    )
    with admin.open():
        line = connect_bank(admin, world, BANK)
        connect_account(admin, BANK, ours["number"], password=ours["number"][-4:])
        # The bank's day goes on from test to test, and a number of the institution is used once in it.
        MessageCounter.objects.create(
            group_id=admin.group_id, connection_id=line.id, day=admin.today, last_no=2000 * next(_days)
        )
    order = TransferOrder(
        ours["number"],
        1_000_000,
        OTHER_BANK,
        payee["number"],
        payee["holder"],
        "원자재대금",
        "M000000000010001",
    )
    return Desk(world, admin, ctx, order, ours["balance"], world.state()["open_banking"]["client_secret"])


def test_a_transfer_is_answered_and_the_question_says_the_same(desk):
    (paid,) = desk.pay()
    assert (paid.asked.answered, paid.asked.code, desk.moved()) == (DONE, "0000", 1_000_500)
    assert (desk.ask(paid).found, desk.ask(paid).code) == (DONE, "0000")
    line = desk.world.ask("GET", f"/accounts/{BANK}/{desk.order.debit_account}")["ledger"][-2]
    assert (line["reference"], line["memo"]) == (desk.order.reference, "원자재대금")
    said = channel_to(desk.ctx, BANK).totals(TODAY, desk.order.debit_account)
    assert said.ok_count is not None and said.ok_count >= 1 and said.ok_minor is not None


@pytest.mark.parametrize(
    ("fault", "answered", "found", "moved"),
    [
        ("no_reply", SILENCE, NO_RECORD, 0),
        ("applied_no_reply", SILENCE, DONE, 1_000_500),
        ("drop_before", SILENCE, NO_RECORD, 0),
        ("drop_after", SILENCE, DONE, 1_000_500),
        ("late_reply", SILENCE, DONE, 1_000_500),
        ("malformed", SILENCE, DONE, 1_000_500),
        ("short", SILENCE, DONE, 1_000_500),
        ("long", SILENCE, DONE, 1_000_500),
        ("timeout_reply", Answered.IN_PROCESS, DONE, 1_000_500),
        ("unexpected", UNCLEAR, DONE, 1_000_500),
        ("error_before", UNCLEAR, NO_RECORD, 0),
        ("error_after", UNCLEAR, DONE, 1_000_500),
        ("duplicate_reply", DONE, DONE, 1_000_500),
        ("rate_limited", REFUSED, None, 0),
        ("token_revoked", REFUSED, NO_RECORD, 0),
        ("token_expired", REFUSED, NO_RECORD, 0),
        ("refused", REFUSED, REFUSED, 0),
    ],
)
def test_what_is_known_is_what_the_bank_said_and_no_more(desk, fault, answered, found, moved):
    ask_bank.test_line(desk.ctx, BANK)
    desk.fault(fault)
    (paid,) = desk.pay(seconds=IMPATIENT if fault in SILENT else PATIENT)
    assert (paid.asked.answered, desk.moved()) == (answered, moved)
    said = desk.ask(paid)
    if found is None:
        assert (said.asked.answered, said.found) == (NOT_SENT, UNCLEAR), (
            "the bank wants to be asked nothing for a minute"
        )
    else:
        assert said.found is found
    (kept,) = desk.messages(about_kind="attempt")
    assert kept.sent_at and kept.key == TRANSFER


def test_that_a_bank_knows_nothing_is_no_failure_for_it_may_still_arrive(desk):
    ask_bank.test_line(desk.ctx, BANK)
    desk.fault("late_apply", delay=600)
    (paid,) = desk.pay(seconds=IMPATIENT)
    assert (paid.asked.answered, desk.ask(paid).found, desk.moved()) == (SILENCE, NO_RECORD, 0)
    desk.world.ask("POST", "/clock", {"seconds": 700})
    assert (desk.ask(paid).found, desk.moved()) == (DONE, 1_000_500)


def test_money_that_came_back_is_told_by_the_question(desk):
    desk.fault("returned", delay=60)
    (paid,) = desk.pay()
    desk.world.ask("POST", "/clock", {"seconds": 90})
    assert (desk.ask(paid).code, desk.moved()) == ("0052", 500)


def test_what_waits_behind_a_silence_has_not_left(desk, monkeypatch):
    ask_bank.test_line(desk.ctx, BANK)
    channel = channel_to(desk.ctx, BANK, seconds=1)
    monkeypatch.setattr(channel.session, "habits", replace(channel.session.habits, at_once=2))
    desk.fault("no_reply")
    said = channel.transfers(
        [replace(desk.order, amount_minor=1_000 + n, about=("attempt", n)) for n in range(5)]
    )
    assert [one.asked.answered for one in said] == [SILENCE, DONE, NOT_SENT, NOT_SENT, NOT_SENT]
    assert {one.problem for one in said[2:]} == {"bank_line_down"}
    assert len(desk.messages(about_kind="attempt")) == 2
    with desk.ctx.open():
        assert Connection.objects.get().state == "lost"
    # The next ones leave after a question that moves nothing was answered.
    assert desk.pay()[0].asked.answered is DONE


def test_many_leave_together_over_connections_that_last(desk):
    said = desk.pay(*(replace(desk.order, amount_minor=1_000 + n) for n in range(60)), seconds=5)
    assert {one.asked.answered for one in said} == {DONE}
    assert len({one.asked.msg_no for one in said}) == 60
    assert desk.moved() == sum(1_000 + n for n in range(60)) + 60 * 500


def test_a_refused_token_strikes_those_under_way_and_none_after_them(desk, monkeypatch):
    ask_bank.test_line(desk.ctx, BANK)
    channel = channel_to(desk.ctx, BANK, seconds=PATIENT)
    monkeypatch.setattr(channel.session, "habits", replace(channel.session.habits, at_once=2))
    desk.fault("token_revoked")
    said = channel.transfers([replace(desk.order, about=("attempt", n)) for n in range(4)])
    assert [(one.asked.answered, one.asked.code) for one in said] == [(REFUSED, "H401")] * 2 + [
        (DONE, "0000")
    ] * 2
    assert desk.trail() == ["channels.token.obtained", "channels.token.refused", "channels.token.obtained"]


def test_a_token_that_the_bank_has_ended_costs_no_payment(desk):
    assert desk.pay()[0].asked.answered is DONE
    desk.world.ask("POST", "/revoke")
    assert desk.pay(replace(desk.order, amount_minor=2_000))[0].asked.answered is DONE
    assert desk.trail() == ["channels.token.obtained", "channels.token.refused", "channels.token.obtained"]


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("rate_limited", "bank_asks_for_patience"),
        ("error_before", "bank_line_down"),
        ("no_reply", "bank_line_down"),
    ],
)
def test_what_strikes_the_question_before_them_leaves_the_payments_unsent(desk, fault, problem):
    desk.pay()
    left = len(desk.messages(about_kind="attempt"))
    desk.world.ask("POST", "/faults", {"kind": fault, "bank": BANK, "key": "http/accounts"})
    (paid,) = desk.pay(seconds=IMPATIENT)
    assert (paid.asked.answered, paid.problem, desk.moved()) == (NOT_SENT, problem, 1_000_500)
    assert len(desk.messages(about_kind="attempt")) == left


def test_a_question_with_a_revoked_token_is_asked_again_with_a_new_one(desk):
    assert ask_balance(desk.ctx, BANK, desk.order.debit_account).ledger_minor == desk.before
    desk.world.ask("POST", "/revoke")
    assert ask_balance(desk.ctx, BANK, desk.order.debit_account).ledger_minor == desk.before


def test_a_stolen_token_is_ended_at_the_bank_and_here(desk):
    ask_bank.test_line(desk.ctx, BANK)
    assert desk.world.state()["open_banking"]["tokens"] >= 1
    before = desk.world.state()["open_banking"]["tokens"]
    with pytest.raises(Forbidden):
        revoke_token(desk.ctx, BANK)
    assert revoke_token(desk.admin, BANK).answered is DONE
    assert desk.world.state()["open_banking"]["tokens"] == before - 1
    with desk.ctx.open():
        assert HttpAccess.objects.get().token is None
    assert desk.trail() == ["channels.token.obtained", "channels.token.revoked"]


def test_tokens_are_not_asked_for_without_end(desk):
    with desk.ctx.open():
        line = Connection.objects.get()
        ChannelMessage.objects.bulk_create(
            ChannelMessage(
                group_id=line.group_id, connection_id=line.id, direction="out", day=desk.ctx.today, msg_no=number,
                key="http/token", body=b"", sha256="0" * 64,
            )
            for number in range(1, TOKENS_A_DAY + 1)
        )  # fmt: skip
    (paid,) = desk.pay()
    assert (paid.asked.answered, paid.problem) == (NOT_SENT, "bank_gives_no_token")


def test_a_bank_that_has_too_much_is_left_alone_for_as_long_as_it_says(desk):
    ask_bank.test_line(desk.ctx, BANK)
    desk.fault("rate_limited", delay=300)
    assert desk.pay()[0].asked.code == "H429"
    (waits,) = desk.pay()
    assert (waits.asked.answered, waits.problem, desk.moved()) == (NOT_SENT, "bank_asks_for_patience", 0)
    later = replace(desk, ctx=replace(desk.ctx, at=desk.ctx.at.replace(minute=desk.ctx.at.minute + 6)))
    assert later.pay()[0].asked.answered is DONE


def test_secrets_are_in_no_stored_message_and_the_hash_is_of_what_was_sent(desk):
    desk.pay()
    ask_balance(desk.ctx, BANK, desk.order.debit_account)
    with desk.ctx.open():
        sealed = HttpAccess.objects.get().token
        bodies = b"".join(bytes(one.body) for one in ChannelMessage.objects.all())
    phrase = f'"wd_pass_phrase": "{desk.order.debit_account[-4:]}"'
    assert sealed and desk.secret.encode() not in bodies and phrase.encode() not in bodies
    assert (
        b"Authorization: Bearer \r\n" in bodies
        and b'"access_token": ""' in bodies
        and b'"wd_pass_phrase": ""' in bodies
    )
    assert desk.order.credit_account.encode() in bodies
    assert blank(b'x\r\n\r\n{"access_token": "ab\\"cd') == b'x\r\n\r\n{"access_token": "'


def test_names_balances_and_lines_are_told(desk):
    desk.pay()
    said = inquire_payee(desk.ctx, BANK, OTHER_BANK, desk.order.credit_account)
    assert said.name == desk.order.name
    unknown = inquire_payee(desk.ctx, BANK, OTHER_BANK, "1")
    assert (unknown.name, unknown.asked.answered, unknown.asked.code) == (None, REFUSED, "0014")
    balance = ask_balance(desk.ctx, BANK, desk.order.debit_account)
    assert balance.ledger_minor == balance.available_minor == balance_of(desk.world, desk.order.debit_account)
    told = ask_movements(desk.ctx, BANK, desk.order.debit_account, TODAY, TODAY).movements
    kept = desk.world.ask("GET", f"/accounts/{BANK}/{desk.order.debit_account}?day={TODAY}")["ledger"]
    assert told is not None and [(one.amount_minor, one.balance_minor) for one in told] == [
        (one["amount"], one["balance"]) for one in kept
    ]


def test_keys_are_renewed_and_everything_sealed_stays_readable(desk):
    ask_bank.test_line(desk.ctx, BANK)
    officer = make_person(desk.admin, roles=["admin"])
    rotate_keys(officer)
    with desk.ctx.open():
        row, access = Connection.objects.get(), HttpAccess.objects.get()
        assert row.key_version == access.token_key_version == row.accounts.get().key_version == 2
    assert desk.pay()[0].asked.answered is DONE


def test_another_way_to_the_bank_takes_what_is_new_and_the_former_one_is_still_asked(desk):
    (paid,) = desk.pay()
    with desk.admin.open():
        former = Connection.objects.get()
        set_up_connection(desk.admin, new=NewConnection(BANK, COMPANY, "127.0.0.1", 1, "S02001"))
        ways = dict(Connection.objects.values_list("kind", "in_use"))
    assert ways == {OPEN_BANKING: False, "firm_banking": True}
    (said,) = channel_of(desk.ctx, former.id, seconds=PATIENT).inquire_results([desk.question(paid)])
    assert said.found is DONE
    assert desk.pay()[0].problem == "account_not_connected"


def test_a_duplicate_is_kept_and_means_nothing(desk):
    desk.fault("duplicate_reply")
    assert desk.pay()[0].asked.answered is DONE
    stray = desk.messages(direction=IN, problem="nobody_asked")
    assert len(stray) <= 1
    assert desk.pay()[0].asked.answered is DONE


def test_numbers_are_never_the_same_on_another_day_or_at_another_bank():
    place = Place("h", "", "M202600001", "020")
    numbers = {
        tran_id(place._replace(bank=bank), day, number)
        for bank in ("004", "020") for day in (TODAY, TODAY.replace(day=TODAY.day - 1)) for number in (1, 2, 950_000)
    }  # fmt: skip
    assert len(numbers) == 12 and {len(one) for one in numbers} == {20}
    with pytest.raises(ValueError, match="no room"):
        tran_id(place, TODAY, 36**4)
