"""What payments over banks tells persons of."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from moa.control import notices
from moa.control.context import Context
from moa.control.notice_kinds import NoticeKind, register_kind
from moa.payments.models import PaymentAttempt, PaymentOccurrence, PaymentOrder
from moa.payments.permissions import RESEND, VIEW

UNKNOWN, FAILED, RETURNED, CONTRADICTED, DOUBLED, PAID_LATE, TOTALS = (
    "payments.unknown", "payments.failed", "payments.returned", "payments.contradicted", "payments.doubled",
    "payments.paid_after_return", "payments.totals_differ",
)  # fmt: skip
HELD_UP, MISSED = "payments.occurrence_held_up", "payments.occurrence_missed"
_PAYMENT = _("P%(number)s to %(payee)s, %(amount)s.")

for _kind in (
    NoticeKind(UNKNOWN, _("It is not known whether a payment was made"), _PAYMENT, right=RESEND, channel="both", pace="now", tone="unknown"),
    NoticeKind(FAILED, _("A payment failed, and no money moved"), _PAYMENT, right=VIEW, channel="both", pace="now", tone="failed"),
    NoticeKind(RETURNED, _("A payment was given back by the bank"), _PAYMENT, right=VIEW, channel="both", pace="now", tone="failed"),
    NoticeKind(CONTRADICTED, _("What is known of a payment contradicts itself"), _PAYMENT, right=RESEND, channel="both", pace="now", tone="failed"),
    NoticeKind(DOUBLED, _("A payment was debited twice; the second amount is to be claimed back"), _PAYMENT, right=RESEND, channel="both", pace="now", tone="failed"),
    NoticeKind(PAID_LATE, _("A payment was paid after the payer had been given the money back"), _PAYMENT, right=RESEND, channel="both", pace="now", tone="failed"),
    NoticeKind(
        TOTALS, _("A bank's totals of payments differ from ours"),
        _("%(bank)s, %(day)s: the bank has %(theirs)s payments, we know of %(ours)s."), right=RESEND, channel="both", pace="now",
        tone="failed",
    ),
    NoticeKind(
        HELD_UP, _("A payment of a series could not be made yet"), _("S%(number)s of %(day)s to %(payee)s, %(amount)s."),
        right=VIEW, channel="both", pace="now", tone="unknown",
    ),
    NoticeKind(
        MISSED, _("A payment of a series was not made"), _("S%(number)s of %(day)s to %(payee)s, %(amount)s."), right=VIEW,
        channel="both", pace="now", tone="failed",
    ),
):  # fmt: skip
    register_kind(_kind)


def tell_of(ctx: Context, kind: str, order: PaymentOrder, attempt: PaymentAttempt, *, fact: str = "") -> None:
    """Who works on payments, and the maker; once for each try, or for each `fact` of it."""
    tell_of_all(ctx, kind, [(order, attempt)], fact=fact)


def tell_of_all(
    ctx: Context, kind: str, pairs: Sequence[tuple[PaymentOrder, PaymentAttempt]], *, fact: str = ""
) -> None:
    """The same of many."""
    for unit_id in sorted({pair[0].unit_id for pair in pairs}, key=lambda one: one or 0):
        there = [pair for pair in pairs if pair[0].unit_id == unit_id]
        telling = [
            notices.Telling(
                f"{attempt.id}:{fact}" if fact else f"{attempt.id}",
                {
                    "number": order.id, "payee": order.to_name, "amount_minor": attempt.amount_minor,
                    "currency": order.currency,
                },
                f"/payments/{order.id}",
            )
            for order, attempt in there
        ]  # fmt: skip
        makers = [
            one._replace(key=f"{one.key}:maker", persons={order.maker_id})
            for one, (order, _attempt) in zip(telling, there, strict=True)
        ]
        notices.tell_all(ctx, kind, telling, right=RESEND, unit_id=unit_id)
        notices.tell_all(ctx, kind, makers, right=VIEW, unit_id=unit_id)


def tell_of_occurrence(ctx: Context, kind: str, one: PaymentOccurrence) -> None:
    """The maker of the series and who works on payments, once for each reason."""
    series = one.series
    facts = {
        "number": series.id, "day": str(one.pay_on), "payee": series.payee_name, "amount_minor": series.amount_minor,
        "currency": series.currency,
    }  # fmt: skip
    key, link = f"{one.id}:{one.problem}", f"/payments/series/{series.id}"
    notices.tell(ctx, kind, key=key, facts=facts, right=RESEND, unit_id=series.unit_id, link=link)
    notices.tell(
        ctx, kind, key=f"{key}:maker", facts=facts, persons={series.maker_id}, right=VIEW, unit_id=series.unit_id, link=link
    )  # fmt: skip
