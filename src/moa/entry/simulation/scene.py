"""A group of its own for each run: a centre's book with members, our accounts at three banks, connected; and who acts in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from moa.accounts.operations.open_account import NewAccount, open_account
from moa.channels.operations.connect_account import connect_account
from moa.channels.operations.set_up_connection import (
    NewConnection,
    NewHttpConnection,
    set_up_connection,
    set_up_http_connection,
)
from moa.control.context import Context
from moa.control.models import Role
from moa.control.operations.add_unit import NewUnit, add_unit
from moa.control.operations.set_up_group import NewGroup, set_up_group
from moa.control.queries import context_for, machine_context
from moa.entry.simulation.plan import BANKS, MEMBERS, PAYEES, Payment
from moa.entry.staff import agree, hire
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.operations.agree_standing_order import (
    NewStandingOrder,
)
from moa.ledger.operations.load_accounts import AccountRow, load_accounts
from moa.ledger.operations.post_vouchers import post_vouchers
from moa.ledger.operations.set_up_book import NewBook, set_up_book
from moa.ledger.rules.acts import CLOSE, FILE, LOAD_ACCOUNTS, RULE
from moa.ledger.rules.vouchers import NewVoucher, transfer
from moa.payments.operations.name_accounts import name_accounts
from moa.payments.rules.pay_days import WEEKLY
from moa.payments.rules.typed_orders import TypedOrder
from moa.payments.rules.typed_series import TypedSeries
from moa.reconciliation.models import BankLink

ZONE = ZoneInfo("Asia/Seoul")
OPENING = 1_000_000_000
_ROLES = {
    "maker": "teller", "approver": "approver", "treasurer": "treasurer", "second": "treasurer", "admin": "admin",
}  # fmt: skip
_OTHERS = (("suspense", "224101"), ("transit", "3001"), ("fees", "6421"), ("goods", "6602"), ("cash", "1002"))


@dataclass(frozen=True, slots=True)
class Scene:
    """Shape: `people` person ids by what they do; `ours` the number of our account at each bank; `payees` by bank, each with
    number and holder; `at_start` what the bank had on ours."""

    group_id: int
    book_id: int
    people: dict[str, int]
    ours: dict[str, str]
    payees: dict[str, list[tuple[str, str]]]
    at_start: dict[str, int]

    def person(self, who: str, at: datetime) -> Context:
        return context_for(self.group_id, self.people[who], at=at.replace(tzinfo=ZONE), channel="command")

    def machine(self, at: datetime) -> Context:
        return machine_context(self.group_id, at=at.replace(tzinfo=ZONE), channel="job")

    def typed(self, payment: Payment, day: date) -> TypedOrder:
        at_bank = self.payees[payment.to_bank]
        number, holder = at_bank[payment.payee % len(at_bank)]
        return TypedOrder(
            payer=payment.payer, payee=number, amount=str(payment.typed_amount), pay_on=str(payment.later or day), holiday_rule=payment.holiday_rule, purpose="goods", memo=payment.key,
            to_bank=payment.to_bank, to_name=holder, via=self.ours[payment.via], name_reason="계약서 확인",
            duplicate_reason="다른 건", charge="goods" if payment.payer.startswith("b") else "",
        )  # fmt: skip

    def typed_series(self, payment: Payment) -> TypedSeries:
        day = payment.later
        assert day is not None
        order = self.typed(payment, day)._replace(pay_on="")
        return TypedSeries(order, WEEKLY, str(day.isoweekday()), str(day), times=str(payment.times))


def make_scene(state: dict[str, Any], ports: dict[str, int], start: datetime) -> Scene:
    """Shape: `state` of the banks as they begin."""
    banks = {bank["code"]: bank for bank in state["banks"]}
    ours = {code: next(one for one in banks[code]["accounts"] if one["is_ours"]) for code in BANKS}
    at = start.replace(tzinfo=ZONE)
    machine = set_up_group(
        NewGroup(f"S{uuid.uuid4().hex[:12].upper()}", "모의 지급", "KRW", is_demo=True), at=at
    )
    people = _people(machine)
    scene = Scene(
        machine.group_id, 0, people, {code: str(one["number"]) for code, one in ours.items()},
        {code: _payees(banks[code]["accounts"]) for code in PAYEES}, {code: int(one["balance"]) for code, one in ours.items()},
    )  # fmt: skip
    with machine.open():
        unit = add_unit(machine, new=NewUnit("company", "C", "회사", date(2020, 1, 1)))
        book = set_up_book(
            machine, new=NewBook("SC", "결제센터", unit.id, "KRW", start.date(), is_default=True)
        )
    _agree(scene, book, start)
    _fill(scene, book, start)
    treasurer, admin = scene.person("treasurer", start), scene.person("admin", start)
    with treasurer.open():
        name_accounts(treasurer, book, transit="transit", fees="fees")
    for code in BANKS:
        _link(scene, book, treasurer, code, str(ours[code]["holder"]))
        with admin.open():
            _connect(admin, state, ports, code)
            connect_account(admin, code, scene.ours[code], password=scene.ours[code][-4:])
    return Scene(scene.group_id, book.id, people, scene.ours, scene.payees, scene.at_start)


def _connect(admin: Context, state: dict[str, Any], ports: dict[str, int], code: str) -> None:
    """Over firm banking where the bank speaks it, else over HTTP."""
    if code in ports:
        sign_code = next(one["sign_code"] for one in state["banks"] if one["code"] == code)
        new = NewConnection(code, state["company_no"], "127.0.0.1", ports[code], sign_code)
        set_up_connection(admin, new=new)
        return
    known = state["open_banking"]
    set_up_http_connection(
        admin,
        new=NewHttpConnection(
            code, known["institution"], "127.0.0.1", int(state["http_port"]), known["client_id"], known["client_secret"],
            f"/banks/{code}", is_tls=False,
        ),
    )  # fmt: skip


def _people(machine: Context) -> dict[str, int]:
    with machine.open():
        made = {}
        for who, role in _ROLES.items():
            made[who] = hire(machine, who, Role.objects.get(code=role)).id
        return made


def _payees(accounts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    open_ones = [one for one in accounts if not (one["is_ours"] or one["is_internal"] or one["is_closed"])]
    return [(str(one["number"]), str(one["holder"])) for one in open_ones]


def _agree(scene: Scene, book: Book, start: datetime) -> None:
    maker, checker = scene.person("treasurer", start), scene.person("second", start)
    order = NewStandingOrder("ALL", "Simulated work", (FILE, LOAD_ACCOUNTS, RULE, CLOSE), start.date())
    agree(maker, checker, book, order)


def _fill(scene: Scene, book: Book, start: datetime) -> None:
    """Members with money, our accounts at banks with what the banks say."""
    rows = [(code, "201101", 0) for code in MEMBERS]
    codes = [
        *((code, subject, floor) for code, subject, floor in rows),
        *((f"b{code}", "1002", None) for code in BANKS),
    ]
    codes += [(code, subject, None) for code, subject in _OTHERS]
    treasurer = scene.person("treasurer", start)
    day = start.date()
    opening = [(code, "cash", code, OPENING) for code in MEMBERS]
    opening += [(f"b{code}", f"b{code}", "cash", scene.at_start[code]) for code in BANKS]
    with treasurer.open():
        load_accounts(
            treasurer, book,
            [AccountRow(f"row {n}", code, code, subject, "KRW", floor) for n, (code, subject, floor) in enumerate(codes, 1)],
        )  # fmt: skip
        post_vouchers(
            treasurer, book,
            [NewVoucher(f"open {key}", day, day, transfer(debit, credit, minor, "KRW"), "") for key, debit, credit, minor in opening],
        )  # fmt: skip


def _link(scene: Scene, book: Book, ctx: Context, code: str, holder: str) -> None:
    """From the first day on; what the bank had the evening before is in the book."""
    with ctx.open():
        account = open_account(
            ctx,
            new=NewAccount(
                unit_id=book.unit_id, bank_country="KR", bank_code=code, number=scene.ours[code], currency="KRW", holder=holder,
                nickname=f"b{code}",
            ),
        )  # fmt: skip
        ledger = dict(LedgerAccount.objects.filter(book_id=book.id).values_list("code", "id"))
        BankLink.objects.create(
            group_id=ctx.group_id, book_id=book.id, account_id=account.id, ledger_account_id=ledger[f"b{code}"],
            suspense_id=ledger["suspense"], unit_id=book.unit_id, since=ctx.today, from_booked_on=ctx.today,
            name=f"KR{code} {scene.ours[code]} KRW", opening_minor=scene.at_start[code], linked_by_id=ctx.actor.person_id,
        )  # fmt: skip
