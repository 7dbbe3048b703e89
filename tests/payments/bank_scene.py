"""A book whose accounts at a simulated bank are connected, with a maker and approvers: payments over a bank for tests.

The bank is a process of its own; its clock stands until a test steps it, and ours goes with it (`at`).
"""

from __future__ import annotations

import io
import itertools
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from moa.accounts.models import BankAccount
from moa.accounts.operations.import_file import import_file
from moa.accounts.operations.open_account import NewAccount, open_account
from moa.accounts.operations.receive_file import receive_file
from moa.channels.models import ChannelMessage, Connection, MessageCounter
from moa.channels.operations.connect_account import connect_account
from moa.channels.operations.set_up_connection import (
    NewConnection,
    NewHttpConnection,
    set_up_connection,
    set_up_http_connection,
)
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.queries import group_zone
from moa.ledger.models import Balance, LedgerAccount
from moa.payments.bank_days import may_arrive
from moa.payments.facts import order_facts
from moa.payments.models import Evidence, PaymentAttempt, PaymentOrder
from moa.payments.moves import keep_word
from moa.payments.operations.ask_payee import ask_payee
from moa.payments.operations.compare_totals import compare_totals
from moa.payments.operations.decide_order import decide_order
from moa.payments.operations.inquire_attempt import inquire_attempt
from moa.payments.operations.name_accounts import name_accounts
from moa.payments.operations.release_order import release_order
from moa.payments.operations.save_order import save_order
from moa.payments.operations.submit_order import submit_order
from moa.payments.operations.take_notices import take_notices
from moa.payments.queries import access_order
from moa.payments.rules.typed_orders import TypedOrder
from moa.reconciliation.models import BankLink
from moa.reconciliation.operations.reconcile_lines import reconcile_lines
from tests.channels.bank_world import BANK, COMPANY, OTHER_BANK, BankWorld
from tests.control.factories import AT, TODAY, make_person
from tests.ledger.journal import Journal, make_journal, voucher

TRANSFER, RESULT = "2000/100", "7000/100"
AMOUNT = 1_000_000
_numbers = itertools.count(1)


@dataclass
class BankScene:
    """Member account a has 5,000,000 in the book; the centre's account at BANK, code ours, has what the bank says."""

    journal: Journal
    world: BankWorld
    maker: Context
    first: Context
    machine: Context
    ours: dict[str, Any]
    payee: dict[str, Any]
    closed: dict[str, Any]
    before: int
    bank: str = BANK
    seconds: int = 1
    passed: timedelta = field(default_factory=timedelta)

    def typed(self, **more: str) -> TypedOrder:
        typed = TypedOrder(
            payer="a", payee=self.payee["number"], amount=str(AMOUNT), pay_on=str(TODAY), purpose="goods", memo="원자재대금",
            to_bank=OTHER_BANK, to_name=self.payee["holder"],
        )  # fmt: skip
        return typed._replace(**more)

    def submit(self, **more: str) -> ApprovalRequest:
        typed = self.typed(**more)
        ask_payee(self.maker, self.journal.book, typed, again=True)
        with self.maker.open():
            order = save_order(self.maker, self.journal.book, typed)
            return submit_order(self.maker, order.id, seen_version=order.version)

    def approved(self, **more: str) -> int:
        request = self.submit(**more)
        with self.first.open():
            decide_order(self.first, request.id, approve=True, seen_hash=request.content_hash)
        return int(request.content["order"])

    def release(self, order_id: int) -> str:
        return release_order(self.now(self.machine), order_id, seconds=self.seconds)

    def paid(self, **more: str) -> int:
        order_id = self.approved(**more)
        self.release(order_id)
        return order_id

    def now(self, ctx: Context) -> Context:
        """The context at the moment of the bank's clock."""
        at = AT + self.passed
        return replace(ctx, at=at, today=at.astimezone(self.zone()).date(), memo={})

    def zone(self) -> Any:
        with self.machine.open():
            return group_zone(self.machine)

    def wait(self, **step: float) -> None:
        """Both clocks go on."""
        delta = timedelta(**step)
        self.passed += delta
        self.world.ask("POST", "/clock", {"seconds": int(delta.total_seconds())})

    def wait_until(self, moment: str) -> None:
        at = datetime.fromisoformat(moment).replace(tzinfo=self.zone())
        self.passed = at - AT
        self.world.ask("POST", "/clock", {"to": moment})

    def inquire(self, order_id: int) -> str:
        """Ask now, whatever the pause says."""
        ctx = self.now(self.machine)
        with ctx.open():
            attempt = PaymentAttempt.objects.filter(order_id=order_id).latest("number")
            PaymentAttempt.objects.filter(id=attempt.id, ask_at__isnull=False).update(ask_at=ctx.at)
        return inquire_attempt(ctx, attempt.id, seconds=self.seconds)

    def hear(self) -> int:
        return take_notices(self.now(self.machine))

    def order(self, order_id: int) -> PaymentOrder:
        with self.machine.open():
            return PaymentOrder.objects.get(id=order_id)

    def state(self, order_id: int) -> str:
        return self.order(order_id).state

    def attempts(self, order_id: int) -> list[str]:
        with self.machine.open():
            found = PaymentAttempt.objects.filter(order_id=order_id).order_by("number")
            return list(found.values_list("state", flat=True))

    def evidence(self, order_id: int) -> list[tuple[str, str]]:
        return [(one["kind"], one["says"]) for one in self.facts(order_id)["evidence"]]

    def facts(self, order_id: int) -> dict[str, Any]:
        with self.maker.open():
            return order_facts(self.maker, access_order(self.maker, order_id))

    def messages(self, order_id: int) -> int:
        """Transfers that were stored for the order."""
        with self.machine.open():
            ids = [
                str(one)
                for one in PaymentAttempt.objects.filter(order_id=order_id).values_list("id", flat=True)
            ]
            return ChannelMessage.objects.filter(
                about_kind="attempt", about_id__in=ids, direction="out"
            ).count()

    def held(self, code: str = "a") -> int:
        with self.machine.open():
            return Balance.objects.get(account__code=code, book_id=self.journal.book.id).held_minor

    def books(self) -> dict[str, int]:
        """Balances on their normal sides: of the member, in transit, and the fees."""
        found = self.journal.balances()
        return {code: found[code] for code in ("a", "transit", "fees")}

    def moved(self) -> int:
        """What has left our account at the bank, the fees with it."""
        return self.before - balance_at(self.world, self.bank, self.ours["number"])


def accounts_at(world: BankWorld, code: str) -> list[dict[str, Any]]:
    return next(one for one in world.state()["banks"] if one["code"] == code)["accounts"]


def balance_at(world: BankWorld, code: str, number: str) -> int:
    return next(one for one in accounts_at(world, code) if one["number"] == number)["balance"]


def make_bank_scene(world: BankWorld, bank: str = BANK) -> BankScene:
    """A fresh group and a fresh run of the banks; our account is at `bank`, and the way to it is the one that it speaks."""
    world.ask("DELETE", "/faults")
    for file in (world.folder / "statements").glob("*/*.sta"):
        file.unlink()
    world.ask("POST", "/fresh", {"seed": 7, "start": f"{TODAY}T10:00", "speed": 0})
    journal = make_journal()
    journal.load(
        ("ours", "1002", "KRW", None), ("suspense", "224101", "KRW", None), ("transit", "3001", "KRW", None),
        ("fees", "6421", "KRW", None), ("goods", "6602", "KRW", None),
    )  # fmt: skip
    journal.post(voucher("open", "bank", "a", 5 * AMOUNT))
    ours = next(one for one in accounts_at(world, bank) if one.get("is_ours"))
    others = [
        one for one in accounts_at(world, OTHER_BANK) if not one.get("is_ours") and not one.get("is_internal")
    ]
    admin = make_person(journal.machine, roles=["admin"])
    _link(journal, bank, ours, balance_at(world, bank, ours["number"]))
    with admin.open():
        line = connect_bank(admin, world, bank)
        connect_account(admin, bank, ours["number"], password=ours["number"][-4:])
        # Numbers of the company are used once a day, also by the tests before.
        MessageCounter.objects.create(
            group_id=admin.group_id, connection_id=line.id, day=admin.today, last_no=2_000 * next(_numbers)
        )
    with journal.ctx.open():
        name_accounts(journal.ctx, journal.book, transit="transit", fees="fees")
    return BankScene(
        journal, world, make_person(journal.machine, roles=["teller"]), make_person(journal.machine, roles=["approver"]),
        journal.machine, ours, next(one for one in others if not one.get("is_closed")),
        next(one for one in others if one.get("is_closed")), ours["balance"], bank,
    )  # fmt: skip


def connect_bank(admin: Context, world: BankWorld, bank: str) -> Connection:
    """In an open Context: over firm banking where the bank speaks it, else over HTTP."""
    if bank in world.ports:
        new = NewConnection(bank, COMPANY, "127.0.0.1", world.ports[bank], f"S{bank}01")
        return set_up_connection(admin, new=new)
    return set_up_http_connection(admin, new=over_http(world, bank))


def over_http(world: BankWorld, bank: str) -> NewHttpConnection:
    known = world.state()["open_banking"]
    port = int(world.found["http"].rsplit(":", 1)[1])
    return NewHttpConnection(
        bank, known["institution"], "127.0.0.1", port, known["client_id"], known["client_secret"], f"/banks/{bank}",
        is_tls=False,
    )  # fmt: skip


def _link(journal: Journal, bank: str, ours: dict[str, Any], balance: int) -> None:
    """The bank's account with its balance of the evening before, linked from today on."""
    ctx = journal.ctx
    with ctx.open():
        account: BankAccount = open_account(
            ctx,
            new=NewAccount(
                unit_id=journal.book.unit_id, bank_country="KR", bank_code=bank, number=ours["number"], currency="KRW",
                holder=ours["holder"], nickname="운영계좌",
            ),
        )  # fmt: skip
        ledger = dict(LedgerAccount.objects.filter(book_id=journal.book.id).values_list("code", "id"))
        BankLink.objects.create(
            group_id=ctx.group_id, book_id=journal.book.id, account_id=account.id, ledger_account_id=ledger["ours"],
            suspense_id=ledger["suspense"], unit_id=journal.book.unit_id, since=TODAY, from_booked_on=TODAY,
            name=f"KR{bank} {ours['number']} KRW", opening_minor=balance, linked_by_id=ctx.actor.person_id,
        )  # fmt: skip


def take_statement(scene: BankScene, *, day: str = "20261120") -> None:
    """The bank's day ends; its statement is imported and its lines are brought into the book."""
    end = f"{day[:4]}-{day[4:6]}-{day[6:]}T23:45"
    if AT + scene.passed < datetime.fromisoformat(end).replace(tzinfo=scene.zone()):
        scene.wait_until(end)
    file = scene.world.folder / "statements" / scene.bank / f"{scene.bank}_{day}.sta"
    wait_for(file)
    ctx = scene.now(scene.journal.ctx)
    with ctx.open():
        received = receive_file(ctx, source=io.BytesIO(file.read_bytes()), name=file.name)
    import_file(ctx, file_id=received.id)
    reconcile_lines(ctx, scene.journal.book)


def hours_late(scene: BankScene, bank: str, transfer: str) -> None:
    """Three hours slow, a bank takes at half past two in the morning what it knew nothing of at 00:45, when its day was over by
    our clock, its profile and its totals."""
    scene.world.fault("slow_clock", bank=bank, amount=10_800)
    scene.world.fault("late_apply", bank=bank, key=transfer, delay=60_000)
    scene.world.fault("no_reply", bank=bank, key=transfer)
    scene.seconds = 1
    arrives, never = scene.paid(), scene.paid(amount="7000", memo="다른 건")
    scene.seconds = 8
    scene.wait_until("2026-11-21T00:45")
    assert [scene.inquire(one) for one in (arrives, never)] == ["unknown", "unknown"]
    with scene.machine.open():
        link, tried = BankLink.objects.get().id, PaymentAttempt.objects.get(order_id=arrives)
    assert compare_totals(scene.now(scene.machine), link, TODAY, seconds=8) is None
    now = scene.now(scene.maker)
    with now.open():
        said = may_arrive(now, tried)
        keep_word(scene.machine, tried, Evidence.INQUIRY, says="", said="unclear")
        assert may_arrive(now, tried) == said, "an answer that shows no day does not end the bank's"
    assert said is not None and said.is_after
    scene.wait_until("2026-11-21T02:45")
    assert [scene.inquire(one) for one in (arrives, never)] == ["paid", "failed"]
    assert scene.moved() == AMOUNT + 500
    with now.open():
        assert may_arrive(now, PaymentAttempt.objects.get(order_id=arrives)) is None
    totals = compare_totals(scene.now(scene.machine), link, TODAY, seconds=8)
    assert totals is not None and totals.agrees


def wait_for(file: Path) -> None:
    end = time.monotonic() + 10
    while not file.exists():
        assert time.monotonic() < end, file
        time.sleep(0.01)
