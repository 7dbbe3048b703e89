"""Tries of which the bank says another thing than what is proven: until persons have decided, nothing of the payment leaves, is taken back
or given up."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Aggregate, Max, QuerySet

from moa.accounts.models import Supersession, Transaction
from moa.control.context import Context
from moa.payments.approving import PaymentRefused
from moa.payments.lifecycle import NOT_PAID, AttemptState
from moa.payments.models import Evidence, PaymentAttempt, PaymentOrder
from moa.payments.notices import DOUBLED, PAID_LATE, tell_of
from moa.payments.rules.evidence import CONTRADICTS, GIVE_BACK, PROVE_FAILED, PROVE_PAID
from moa.reconciliation.lifecycle import LineState, SuspenseState
from moa.reconciliation.line_claims import DEBITED_TWICE, PAID_AFTER_RETURN
from moa.reconciliation.models import BankLine, SuspenseItem

# The bank has debited this try besides another one of the same order: what it debited is to be claimed back.
TWICE = DEBITED_TWICE
# It has debited this one after another one of the order had come back, and the payer had been given the money.
AFTER_RETURN = PAID_AFTER_RETURN
# Debited, and not what the order stands for: nothing of it is in the payment's voucher.
BESIDES = (TWICE, AFTER_RETURN)
_TOLD = {TWICE: DOUBLED, AFTER_RETURN: PAID_LATE}
# Evidence that is the bank's own word.
OF_BANK = (Evidence.ANSWER, Evidence.INQUIRY, Evidence.NOTICE, Evidence.STATEMENT)


def contradicted(order_ids: Collection[int]) -> set[int]:
    """Those of the orders that have such a try, or one that was put right and that the books have not taken yet."""
    found = PaymentAttempt.objects.filter(order_id__in=order_ids, problem=CONTRADICTS)
    return set(found.values_list("order_id", flat=True)) | unbooked(order_ids)


def unbooked(order_ids: Collection[int]) -> set[int]:
    """Those of the orders that stand as not paid although a try of them was put right: the books could not take it yet. What was debited
    besides is none of the payment's."""
    found = PaymentAttempt.objects.filter(
        order_id__in=order_ids,
        order__state__in=NOT_PAID,
        state__in=(AttemptState.PAID, AttemptState.RETURNED),
    ).exclude(problem__in=BESIDES)
    return set(found.values_list("order_id", flat=True))


def has_its_line(attempt: PaymentAttempt) -> bool:
    """Whether a line of its account's statement is the payment or its fee, booked or not yet, and the bank has not taken that line back."""
    if attempt.state != AttemptState.PAID:
        return False
    booked = [number for number in (attempt.line_id, attempt.fee_line_id) if number is not None]
    if booked and BankLine.objects.filter(id__in=booked).exclude(state=LineState.SUPERSEDED).exists():
        return True
    account_id = PaymentOrder.objects.values_list("via__account_id", flat=True).get(id=attempt.order_id)
    told = Transaction.objects.filter(
        account_id=account_id, booked_on__gte=attempt.day, amount_minor__lt=0, reference__contains=attempt.reference
    )  # fmt: skip
    lines = {
        number for number, said in told.values_list("id", "reference") if said.strip() == attempt.reference
    }
    return bool(lines - lines_taken_back(lines))


def lines_taken_back(lines: Collection[int]) -> set[int]:
    """Those of the stored lines that the bank has replaced by others."""
    found = Supersession.objects.filter(transaction_id__in=lines)
    return set(found.values_list("transaction_id", flat=True))


def stood_by(attempt_ids: Collection[int], *, paid: bool = False) -> set[int]:
    """Those of the tries of which persons have said after the bank's word of a debit that they failed all the same (or, `paid`, after its
    word of a failure that they were paid): the bank's saying so again is no news, unless it has said the contrary in between."""
    debited, failed = (PROVE_PAID, GIVE_BACK), (PROVE_FAILED,)
    banks, ours = (failed, debited) if paid else (debited, failed)
    heard = Evidence.objects.filter(attempt_id__in=attempt_ids)
    of_bank = heard.filter(kind__in=OF_BANK)
    contrary = _places(of_bank.filter(says__in=ours), Max("id"))
    last = _places(heard.filter(kind=Evidence.OUTSIDE, says__in=ours), Max("id"))
    first: dict[int, int] = {}
    for number, at in of_bank.filter(says__in=banks).order_by("id").values_list("attempt_id", "id"):
        if number is not None and at > contrary.get(number, 0):
            first.setdefault(number, at)
    return {number for number, at in first.items() if last.get(number, 0) > at}


def denied(attempt_ids: Collection[int]) -> set[int]:
    """Those of the tries of which the bank has said, after the last word of persons, that they failed."""
    heard = Evidence.objects.filter(attempt_id__in=attempt_ids)
    banks = _places(heard.filter(kind__in=OF_BANK, says=PROVE_FAILED), Max("id"))
    persons = _places(heard.filter(kind=Evidence.OUTSIDE), Max("id"))
    return {number for number, at in banks.items() if at > persons.get(number, 0)}


def _places(heard: QuerySet[Evidence], at: Aggregate) -> dict[int, int]:
    """Where among all that was heard it stands. Shape: by the try's id."""
    return dict(heard.values("attempt_id").annotate(at=at).values_list("attempt_id", "at"))


def mark_besides(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt, problem: str) -> None:
    """Of a locked try. Shape: `problem` one of BESIDES."""
    attempt.problem = problem
    attempt.save(update_fields=["problem"])
    tell_of(ctx, _TOLD[problem], order, attempt, fact=decided_last(attempt))


def decided_last(attempt: PaymentAttempt) -> str:
    """The last word of persons, "0" without one: what is found after it is news again."""
    decided = Evidence.objects.filter(attempt_id=attempt.id, kind=Evidence.OUTSIDE).order_by("-id")
    return str(decided.values_list("id", flat=True).first() or 0)


def to_claim_back(attempts: Collection[PaymentAttempt]) -> list[PaymentAttempt]:
    """Those that were debited besides what the order stands for, as long as what the bank took for them is not seen to be done in suspense."""
    twice = [one for one in attempts if one.problem in BESIDES and one.state == AttemptState.PAID]
    lines = [one.line_id for one in twice if one.line_id is not None]
    done = SuspenseItem.objects.filter(line_id__in=lines, state=SuspenseState.CLEARED) if lines else ()
    over = {one.line_id for one in done}
    return [one for one in twice if one.line_id not in over]


def check_undisputed(order_id: int) -> None:
    """Of a locked order. Raises: payment_refused."""
    if contradicted([order_id]):
        raise PaymentRefused(problem=CONTRADICTS, account="")
