"""A book with member accounts, a maker, two approvers, and the short ways to pay that the tests use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.ledger.models import Balance
from moa.ledger.operations.close_day import close_day
from moa.payments.models import PaymentOrder
from moa.payments.operations.decide_order import decide_order
from moa.payments.operations.propose_limit import NewLimit, decide_limit, propose_limit
from moa.payments.operations.save_order import save_order
from moa.payments.operations.submit_order import submit_order
from moa.payments.rules.typed_orders import TypedOrder
from tests.control.factories import TODAY, make_person
from tests.ledger.journal import Journal, make_journal, voucher

TYPED = TypedOrder(
    payer="a", payee="b", amount="1,000", pay_on=str(TODAY), purpose="funding", memo="운영자금"
)

# Monday: the next business day of the book.
LATER = TODAY + timedelta(days=3)


@dataclass
class Scene:
    """`maker` enters; `first` and `second` may approve. Account a has 5,000, b nothing; neither may fall below zero."""

    journal: Journal
    maker: Context
    first: Context
    second: Context

    def order(self, **typed: str) -> PaymentOrder:
        with self.maker.open():
            return save_order(self.maker, self.journal.book, TYPED._replace(**typed))

    def submit(self, order: PaymentOrder | None = None, **typed: str) -> ApprovalRequest:
        order = order or self.order(**typed)
        with self.maker.open():
            return submit_order(self.maker, order.id, seen_version=order.version)

    def decide(self, request: ApprovalRequest, *, by: Context | None = None, **more: Any) -> ApprovalRequest:
        ctx = by or self.first
        with ctx.open():
            return decide_order(
                ctx, request.id, **({"approve": True, "seen_hash": request.content_hash} | more)
            )

    def paid(self, **typed: str) -> PaymentOrder:
        request = self.submit(**typed)
        self.decide(request)
        return self.now(int(request.content["order"]))

    def now(self, order_id: int) -> PaymentOrder:
        with self.maker.open():
            return PaymentOrder.objects.get(id=order_id)

    def held(self, code: str = "a") -> int:
        with self.maker.open():
            return Balance.objects.get(account__code=code, book_id=self.journal.book.id).held_minor

    def stands(self) -> tuple[int, int, int]:
        """The balances of a and b, and what is held of a."""
        return self.journal.balance("a"), self.journal.balance("b"), self.held()

    def limit(self, scope: str, most: int | None, *, unit_id: int | None = None, day: date = TODAY) -> None:
        with self.first.open():
            request = propose_limit(self.first, new=NewLimit(scope, "KRW", most, day, unit_id))
        with self.second.open():
            decide_limit(self.second, request.id, approve=True, seen_hash=request.content_hash)

    def open_later(self) -> None:
        """The business day of LATER is under way, as after a closing."""
        with self.journal.ctx.open():
            close_day(self.journal.ctx, self.journal.book)


def make_scene() -> Scene:
    journal = make_journal()
    journal.post(voucher("open", "bank", "a", 5_000))
    return Scene(
        journal, make_person(journal.machine, roles=["teller"]), make_person(journal.machine, roles=["approver"]),
        make_person(journal.machine, roles=["approver"]),
    )  # fmt: skip
