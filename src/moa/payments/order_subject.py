"""Payments, alone, in bundles and in series, as the approvals page shows and decides them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import Fact, Hold, RekeyField, Subject
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.ledger.holds import facts_of
from moa.ledger.models import Balance
from moa.ledger.rules.holding import hold_problem
from moa.payments.models import PaymentOrder
from moa.payments.operations.decide_order import decide_order
from moa.payments.order_document import facts_of_request, is_doubted
from moa.payments.plan_subject import describe_bundle, describe_series
from moa.payments.queries import KnownLimits, uses_of
from moa.ui.problems import problem_text


class OrderSubject:
    """Registered in entry/wiring.py for the subject type of `operations.save_order`."""

    label = gettext_lazy("Payment")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        return self.describe_all(ctx, [request])[0]

    def describe_all(self, ctx: Context, requests: Sequence[ApprovalRequest]) -> list[Subject]:
        """What they stand on is read once for all of them."""
        ground = _ground(requests)
        return [self._describe(ctx, request, ground) for request in requests]

    def _describe(self, ctx: Context, request: ApprovalRequest, ground: _Ground) -> Subject:
        content: dict[str, Any] = request.content
        unit = ground.units.get(request.unit_id or 0)
        unit_name = (unit.names.get(ctx.language) or unit.name) if unit else ""
        if "series" in content:
            return describe_series(ctx, request, unit_name)
        if "bundle" in content:
            return describe_bundle(ctx, request, unit_name)
        minor = int(content["amount_minor"])
        return Subject(
            kind=f"payment_{content['kind']}", title=content["payee_name"], amount_minor=minor,
            currency=content["currency"], unit=unit_name, account_name=content["payer_name"], account_number=content["payer"],
            lines_are="payments", must_read=is_doubted(content), due_on=date.fromisoformat(content["pay_on"]),
            ground_url=reverse("payments:order", args=[int(content["order"])]),
            rekey=(
                RekeyField("payee", _payee_label(content), content["payee"]),
                RekeyField("amount", _("Amount"), content["amount"]),
                RekeyField("name", _("Name of the payee"), content["payee_name"]),
            ),
            holds=_holds(ctx, content, ground) if request.state == "open" else (),
        )  # fmt: skip

    def facts(self, ctx: Context, request: ApprovalRequest) -> tuple[Fact, ...]:
        return facts_of_request(ctx, request)

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_order(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


def _payee_label(content: dict[str, Any]) -> str:
    if not content.get("to_bank"):
        return _("Payee's account")
    return _("Payee's account at %(bank)s") % {"bank": content["to_bank"]}


@dataclass(frozen=True, slots=True)
class _Ground:
    """What requests stand on, by id. Shape: `orders` and `balances` of those that are open; `limits` as they are read."""

    units: dict[int, Unit]
    orders: dict[int, PaymentOrder]
    balances: dict[int, Balance]
    limits: KnownLimits


def _ground(requests: Sequence[ApprovalRequest]) -> _Ground:
    waiting = [one.content for one in requests if one.state == "open"]
    single = [content for content in waiting if "order" in content]
    orders = PaymentOrder.objects.select_related("book", "payee")
    balances = Balance.objects.select_related("account")
    return _Ground(
        Unit.objects.in_bulk({one.unit_id for one in requests if one.unit_id is not None}),
        orders.in_bulk({int(content["order"]) for content in single}),
        balances.in_bulk({int(content["payer_id"]) for content in single}), {},
    )  # fmt: skip


def _holds(ctx: Context, content: dict[str, Any], ground: _Ground) -> tuple[Hold, ...]:
    """Why approving would be refused now: it is said before somebody signs."""
    order, balance = ground.orders[int(content["order"])], ground.balances[int(content["payer_id"])]
    found = []
    problem = hold_problem(facts_of(balance), int(content["amount_minor"]))
    if problem:
        found.append((problem_text(problem).what, content["payer"]))
    found += [
        (problem_text(use.code).what, "") for use in uses_of(ctx, order, known=ground.limits) if use.is_passed
    ]
    return tuple(
        Hold(f"{what}: {account}" if account else what, _("Mend the cause, or return it to its maker with the reason."))
        for what, account in found
    )  # fmt: skip
