"""Tries that are proven to have failed and of which the bank says otherwise: until persons have decided, nothing of the payment leaves,
is taken back or given up."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Max, Min

from moa.payments.approving import PaymentRefused
from moa.payments.lifecycle import NOT_PAID, AttemptState
from moa.payments.models import Evidence, PaymentAttempt
from moa.payments.rules.evidence import CONTRADICTS, GIVE_BACK, PROVE_FAILED, PROVE_PAID
from moa.reconciliation.lifecycle import SuspenseState
from moa.reconciliation.line_claims import DEBITED_TWICE
from moa.reconciliation.models import SuspenseItem

# The bank has debited this try besides another one of the same order: what it debited is to be claimed back.
TWICE = DEBITED_TWICE
# Evidence that is the bank's own word.
OF_BANK = (Evidence.ANSWER, Evidence.INQUIRY, Evidence.NOTICE, Evidence.STATEMENT)


def contradicted(order_ids: Collection[int]) -> set[int]:
    """Those of the orders that have such a try, or one that was put right and that the books have not taken yet."""
    found = PaymentAttempt.objects.filter(order_id__in=order_ids, problem=CONTRADICTS)
    return set(found.values_list("order_id", flat=True)) | unbooked(order_ids)


def unbooked(order_ids: Collection[int]) -> set[int]:
    """Those of the orders that stand as not paid although a try of them was put right: the books could not take it yet."""
    found = PaymentAttempt.objects.filter(
        order_id__in=order_ids,
        order__state__in=NOT_PAID,
        state__in=(AttemptState.PAID, AttemptState.RETURNED),
    )
    return set(found.values_list("order_id", flat=True))


def stood_by(attempt_ids: Collection[int]) -> set[int]:
    """Those of the tries of which persons have said after the bank's first word of a debit that they failed all the same: the bank's
    saying so again is no news."""
    heard = Evidence.objects.filter(attempt_id__in=attempt_ids)
    debited, failed = (
        dict(found.values("attempt_id").annotate(at=at).values_list("attempt_id", "at"))
        for found, at in (
            (heard.filter(kind__in=OF_BANK, says__in=(PROVE_PAID, GIVE_BACK)), Min("id")),
            (heard.filter(kind=Evidence.OUTSIDE, says=PROVE_FAILED), Max("id")),
        )
    )
    return {number for number, at in debited.items() if failed.get(number, 0) > at}


def to_claim_back(attempts: Collection[PaymentAttempt]) -> list[PaymentAttempt]:
    """Those that were debited twice, as long as what the bank took for them is not seen to be done in suspense."""
    twice = [one for one in attempts if one.problem == TWICE and one.state == AttemptState.PAID]
    lines = [one.line_id for one in twice if one.line_id is not None]
    done = SuspenseItem.objects.filter(line_id__in=lines, state=SuspenseState.CLEARED) if lines else ()
    over = {one.line_id for one in done}
    return [one for one in twice if one.line_id not in over]


def check_undisputed(order_id: int) -> None:
    """Of a locked order. Raises: payment_refused."""
    if contradicted([order_id]):
        raise PaymentRefused(problem=CONTRADICTS, account="")
