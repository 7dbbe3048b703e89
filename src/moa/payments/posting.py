"""Vouchers of payments: they rest on the two persons who decided on each, and the machine user's hand books them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from moa.control.context import Context
from moa.control.models import ApprovalDecision
from moa.control.queries import machine_context
from moa.ledger.models import Book
from moa.ledger.operations.post_vouchers import Answer, Authority, post_vouchers
from moa.ledger.rules import acts
from moa.ledger.rules.vouchers import NewVoucher
from moa.payments.models import PaymentOrder
from moa.payments.moves import SOURCE


def authorities_of(orders: Iterable[PaymentOrder]) -> dict[int, Authority]:
    """Who made each order and who decided on it last, by the order's id; several may rest on one decision."""
    mine = list(orders)
    decisions = ApprovalDecision.objects.filter(
        request_id__in={one.request_id for one in mine}, approved=True
    )
    # The last step of each comes last.
    last = {one.request_id: one.checker_id for one in decisions.order_by("step", "id")}
    return {
        one.id: Authority(one.maker_id, last[one.request_id], one.request_id)
        for one in mine
        if one.request_id in last
    }


def post_decided(ctx: Context, book: Book, wanted: Sequence[tuple[PaymentOrder, NewVoucher]]) -> list[Answer]:
    """One voucher for each order; a member's approver has no right in the centre's book, so it is the machine user's hand.

    Shape: the books' answers in their order.
    """
    deciders = authorities_of(order for order, _ in wanted)
    machine = machine_context(ctx.group_id, at=ctx.at, channel=ctx.channel, request_id=ctx.request_id)
    with machine.open():
        return post_vouchers(
            machine, book, [voucher for _, voucher in wanted], origin=acts.PAYMENT, source_kind=SOURCE,
            authority={voucher.key: deciders[order.id] for order, voucher in wanted},
        ).answers  # fmt: skip
