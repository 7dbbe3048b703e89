"""What must hold between our payments and what the banks hold, after each round and at the end. Source: DESIGN §1.1.

The banks' side is read from their own books, and debits are told apart by their amounts: nothing that we wrote is believed. Where
several orders have one amount (the days of a series, the full parts of what is split), our references only share its debits among
them: all of them together are held against what was asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from moa.channels.bank_profiles import profile_of
from moa.entry.commands.world import ask
from moa.entry.simulation.plan import BANKS, MEMBERS, Plan
from moa.entry.simulation.scene import OPENING, Scene
from moa.ledger.models import Balance, Hold
from moa.ledger.rules.sides import on_normal_side
from moa.ledger.verification import verify_books
from moa.payments.lifecycle import HOLDING, AttemptState, OccurrenceState, OrderState
from moa.payments.models import BANK, Evidence, PaymentAttempt, PaymentOccurrence, PaymentOrder
from moa.payments.under_way import attempts_ahead

LOST, DOUBLED, GUESSED, STUCK, BOOKS, DIFFERS, ERROR = (
    "lost", "doubled", "guessed", "stuck", "book_difference", "differs", "error",
)  # fmt: skip
COUNTED = {LOST: "lost", DOUBLED: "doubled", GUESSED: "guessed", STUCK: "stuck", BOOKS: "book_differences"}
_PAID = (OrderState.PAID, OrderState.RECONCILED)
_FINAL = (*_PAID, OrderState.FAILED, OrderState.RETURNED_BY_BANK)
# What a bank may say of a transfer without knowing what becomes of it.
_SAYS_NOTHING = ("", "NREC", "VTIM", "0009", "H500", "H503")


class Finding(NamedTuple):
    """Shape: `payment` by its number in the plan, 0 for none; `at` the round in Korean time, the end of the run where empty."""

    problem: str
    payment: int
    what: str
    at: str = ""

    @property
    def matter(self) -> tuple[str, int, str]:
        """What is counted once: a payment, or an account, or else the words."""
        return (self.problem, self.payment, "" if self.payment else " ".join(self.what.split()[:1]))


@dataclass(slots=True)
class AtBanks:
    """What the banks hold of us. Shape: debits and returns by amount, each with the reference; `refused` by bank, day, number;
    `balances` and `fees` by bank."""

    debits: dict[int, list[str]] = field(default_factory=dict)
    returns: dict[int, list[str]] = field(default_factory=dict)
    refused: set[tuple[str, str, int]] = field(default_factory=set)
    balances: dict[str, int] = field(default_factory=dict)
    fees: int = 0

    def net(self, amount: int) -> int:
        return len(self.debits.get(amount, ())) - len(self.returns.get(amount, ()))


def our_number(bank_knows: str) -> int:
    """The number of the day that we gave it: a line's six digits, or the last four characters of bank_tran_id."""
    return int(bank_knows) if bank_knows.isdigit() else int(bank_knows[-4:], 36)


def read_banks(scene: Scene) -> AtBanks:
    banks = AtBanks()
    for bank in BANKS:
        account = ask("GET", f"/accounts/{bank}/{scene.ours[bank]}")
        banks.balances[bank] = int(account["balance"])
        for one in account["ledger"]:
            if one["kind"] == "fee":
                banks.fees -= one["amount"]
            elif one["kind"] == "transfer":
                banks.debits.setdefault(-one["amount"], []).append(one["reference"])
            elif one["kind"] == "return":
                banks.returns.setdefault(one["amount"], []).append(one["reference"])
        banks.refused |= {
            (bank, one["day"], our_number(one["msg_no"]))
            for one in ask("GET", f"/transfers/{bank}")
            if one["state"] == "refused"
        }
    return banks


class Share(NamedTuple):
    """An order with what the bank has debited and given back for it. Shape: references, as the bank's books have them."""

    order: PaymentOrder
    debits: list[str]
    returns: list[str]


def _shares(
    banks: AtBanks, orders: dict[int, list[PaymentOrder]], tries: list[PaymentAttempt]
) -> list[Share]:
    """Of an amount that one order has, all is that order's, whatever reference it carries."""
    owner = {one.reference: one.order_id for one in tries}
    shares = []
    for amount, mine in orders.items():
        debits, returns = banks.debits.get(amount, []), banks.returns.get(amount, [])
        for order in mine:
            alone = len(mine) == 1
            shares.append(
                Share(
                    order, [one for one in debits if alone or owner.get(one) == order.id],
                    [one for one in returns if alone or owner.get(one) == order.id],
                )
            )  # fmt: skip
    return shares


class Checker:
    """Of one run. Shape: each finding once, in the order in which it was seen."""

    def __init__(self, plan: Plan, scene: Scene) -> None:
        self.plan, self.scene = plan, scene
        self.numbers = {amount: one.number for amount, one in plan.by_amount.items()}
        self.wanted = plan.wanted
        self.findings: dict[tuple[str, int, str], Finding] = {}
        self._now = ""

    def has_found(self, problems: Collection[str]) -> bool:
        return any(one.problem in problems for one in self.findings.values())

    def after_round(self, at: datetime) -> None:
        """What must hold at every moment."""
        self._now = f"{at:%Y-%m-%dT%H:%M}"
        banks = read_banks(self.scene)
        ctx = self.scene.machine(at)
        with ctx.open():
            orders = self._orders()
            tries = list(PaymentAttempt.objects.select_related("connection", "order"))
            ahead = attempts_ahead(ctx)
            self._debits(banks, orders, tries)
            self._outcomes(_shares(banks, orders, tries))
            self._failures(banks, tries, at)
            self._holds(orders)
        for number in ahead:
            order = next(one.order for one in tries if one.id == number)
            self._find(STUCK, order, "its outcome is proven and the order does not stand there")

    def at_end(self, at: datetime) -> dict[str, Any]:
        """What must hold when nothing more can come. Shape: how the run has ended, to be compared with another's."""
        self._now = ""
        banks = read_banks(self.scene)
        ctx = self.scene.machine(at)
        with ctx.open():
            orders = self._orders()
            self._ends(_shares(banks, orders, list(PaymentAttempt.objects.all())))
            self._counts(banks, orders)
            balances = self._balances(banks, orders)
        treasurer = self.scene.person("treasurer", at)
        with treasurer.open():
            for book in verify_books(treasurer):
                for one in book.differences:
                    self._note(BOOKS, 0, str(one))
        states: dict[int, str] = {}
        for amount, mine in sorted(orders.items()):
            told = sorted(one.state for one in mine)
            states[self.numbers[amount]] = " ".join([*states.get(self.numbers[amount], "").split(), *told])
        return {"payments": states, "balances": balances, "banks": banks.balances}

    # At every moment -----------------------------------------------------------------------------------

    def _orders(self) -> dict[int, list[PaymentOrder]]:
        """By the amount."""
        found = PaymentOrder.objects.filter(kind=BANK, book_id=self.scene.book_id).select_related("payer")
        orders: dict[int, list[PaymentOrder]] = {}
        for one in found.order_by("id"):
            if one.amount_minor is not None:
                orders.setdefault(one.amount_minor, []).append(one)
        return orders

    def _debits(
        self, banks: AtBanks, orders: dict[int, list[PaymentOrder]], tries: list[PaymentAttempt]
    ) -> None:
        """Each try once at most, an order never twice without a return; none that is not a try of ours. No more orders and no
        more debits of an amount than were asked for."""
        known = Counter(one.reference for one in tries)
        for amount, mine in orders.items():
            if len(mine) > self.wanted[amount]:
                self._find(
                    DOUBLED,
                    mine[-1],
                    f"there are {len(mine)} orders of it, and {self.wanted[amount]} were asked for",
                )
        for amount, references in banks.debits.items():
            mine = orders.get(amount, [])
            if not mine:
                self._note(LOST, self.numbers.get(amount, 0), f"{amount} was debited and there is no order")
                continue
            for reference, count in Counter(references).items():
                if count > 1:
                    self._find(DOUBLED, mine[0], f"{reference} was debited {count} times")
                if not known[reference]:
                    self._find(LOST, mine[0], f"{reference} was debited and there is no such attempt")
            if banks.net(amount) > len(mine):
                self._find(DOUBLED, mine[0], f"debited for {', '.join(references)}")

    def _outcomes(self, shares: list[Share]) -> None:
        """A final state says what the bank has done. A return that was not heard of yet is told later."""
        for order, debits, returns in shares:
            if len(debits) - len(returns) > 1:
                self._find(DOUBLED, order, f"debited for {', '.join(debits)}")
            if order.state in _PAID and not debits:
                self._find(GUESSED, order, f"{order.state}, and nothing was debited")
            if order.state == OrderState.RETURNED_BY_BANK and (not debits or len(debits) != len(returns)):
                self._find(GUESSED, order, f"returned, with {len(debits)} debits and {len(returns)} returns")
            if order.state == OrderState.FAILED and len(debits) > len(returns):
                self._find(GUESSED, order, f"failed, and debited for {debits[-1]}")

    def _failures(self, banks: AtBanks, tries: list[PaymentAttempt], at: datetime) -> None:
        """A try has failed only when the bank refused it, or its day is over: until then it can still arrive. One that the
        line was given nothing of cannot; a debit of it would be found as doubled."""
        unsent = set(Evidence.objects.filter(kind=Evidence.NOT_SENT).values_list("attempt_id", flat=True))
        for one in tries:
            if one.state != AttemptState.FAILED or one.day is None or one.msg_no is None or one.id in unsent:
                continue
            bank = one.connection.bank_code
            closed = datetime.combine(one.day, profile_of(bank).closes)
            if one.day == self.plan.first_day:
                closed += timedelta(seconds=self.plan.slow.get(bank, 0))
            was_refused = (bank, f"{one.day:%Y%m%d}", one.msg_no) in banks.refused
            if at < closed and one.code in _SAYS_NOTHING and not was_refused:
                said = one.code or "silence"
                self._find(
                    GUESSED, one.order, f"{one.reference} failed on {said} before the bank's day was over"
                )

    def _holds(self, orders: dict[int, list[PaymentOrder]]) -> None:
        """What is set aside on each account is what is approved and not proven, and what waits for its line."""
        wanted: Counter[str] = Counter()
        for order in (one for mine in orders.values() for one in mine):
            if order.payer is not None and order.state in HOLDING:
                wanted[order.payer.code] += order.amount_minor or 0
        waiting = Hold.objects.filter(
            book_id=self.scene.book_id, source_kind="payment_transit", ended_at=None
        )
        for hold in waiting.select_related("account"):
            wanted[hold.account.code] += hold.amount_minor
        held = Balance.objects.filter(book_id=self.scene.book_id).values_list("account__code", "held_minor")
        for code, minor in held:
            if minor != wanted[code]:
                self._note(BOOKS, 0, f"{code} has {minor} set aside, and {wanted[code]} is not proven")

    # At the end ----------------------------------------------------------------------------------------

    def _ends(self, shares: list[Share]) -> None:
        for order, debits, returns in shares:
            net = len(debits) - len(returns)
            if net > 0 and order.state not in _PAID:
                self._find(LOST, order, f"{order.state}, and the bank has debited it")
            if order.state in _PAID and net != 1:
                self._find(GUESSED, order, f"{order.state}, with {net} debits that were not returned")
            if order.state not in _FINAL:
                self._find(STUCK, order, f"still {order.state} {order.problem}".strip())

    def _counts(self, banks: AtBanks, orders: dict[int, list[PaymentOrder]]) -> None:
        """As many as were asked for, each part and each day of them, and as many paid as the bank has debited."""
        for amount, count in self.wanted.items():
            mine = orders.get(amount, [])
            if len(mine) < count:
                self._note(STUCK, self.numbers[amount], f"{len(mine)} of {count} were entered or made")
            paid = sum(one.state in _PAID for one in mine)
            if mine and paid != banks.net(amount):
                self._find(
                    LOST if paid < banks.net(amount) else GUESSED, mine[0],
                    f"{paid} of it are paid, and {banks.net(amount)} debits were not returned",
                )  # fmt: skip

    def _balances(self, banks: AtBanks, orders: dict[int, list[PaymentOrder]]) -> dict[str, int]:
        """The books are the banks'. Shape: balances of the book on their normal sides."""
        found = Balance.objects.filter(book_id=self.scene.book_id).select_related("account")
        ours = {one.account.code: on_normal_side(one.current_minor, one.account.normal_side) for one in found}
        wanted = {f"b{bank}": banks.balances[bank] for bank in BANKS}
        wanted |= {"transit": 0, "suspense": 0, "fees": banks.fees}
        spent: Counter[str] = Counter()
        for amount, mine in orders.items():
            payer = mine[0].payer
            if payer is not None:
                spent[payer.code] += amount * banks.net(amount)
        wanted |= {code: OPENING - spent[code] for code in MEMBERS}
        wanted["goods"] = sum(minor for code, minor in spent.items() if code not in MEMBERS)
        for code, minor in wanted.items():
            if ours[code] != minor:
                self._note(BOOKS, 0, f"{code} has {ours[code]} in the book, and {minor} by the banks")
        for one in found:
            if one.held_minor:
                self._note(BOOKS, 0, f"{one.account.code} has {one.held_minor} set aside at the end")
        return ours

    def _find(self, problem: str, order: PaymentOrder, what: str) -> None:
        self._note(problem, self.numbers.get(order.amount_minor or 0, 0), f"P{order.id}: {what}")

    def _note(self, problem: str, payment: int, what: str) -> None:
        found = Finding(problem, payment, what, self._now)
        self.findings.setdefault(found.matter, found)


def is_over(plan: Plan, scene: Scene, at: datetime) -> bool:
    """Whether nothing more is to be awaited: every payment has its outcome and the statement's lines for it."""
    with scene.machine(at).open():
        orders = list(PaymentOrder.objects.filter(kind=BANK).values_list("state", "amount_minor"))
        lines = PaymentAttempt.objects.filter(state=AttemptState.RETURNED, return_line=None)
        return not lines.exists() and not any(awaits(plan, state, amount) for state, amount in orders)


def awaits(plan: Plan, state: str, amount: int | None) -> bool:
    """Whether something is to come for an order that stands so. What its bank gives back is on the statement of a later day
    than its debit, and over HTTP nothing else tells of it."""
    fault = plan.by_amount[amount].fault.get("kind") if amount in plan.by_amount else ""
    if state == OrderState.RECONCILED:
        return fault == "returned"
    return state != OrderState.RETURNED_BY_BANK and not (state == OrderState.FAILED and fault == "refused")


def next_day(scene: Scene, at: datetime) -> date | None:
    """The day of the next payment that comes again."""
    with scene.machine(at).open():
        waiting = PaymentOccurrence.objects.filter(state=OccurrenceState.WAITING)
        return waiting.order_by("pay_on").values_list("pay_on", flat=True).first()
