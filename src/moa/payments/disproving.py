"""What was proven to be paid, and was not: disproved by the bank's word and two persons, as putting_right.py does the other way.

The bank's word is that it failed (its answer, when asked), or that its statement is silent: complete to the day after the
payment's, without a line of it. Then the try has failed, the voucher is taken back with a link, and the payment may be sent again.
What a line of the statement closed was debited. Persons may also stand by the payment; then the bank's word is its mistake.
"""

from __future__ import annotations

from collections.abc import Mapping

from moa.control.context import Context
from moa.control.queries import machine_context
from moa.kernel.errors import DomainError
from moa.ledger.holds import end_hold, lock_accounts
from moa.ledger.models import Book, Entry, Reversal
from moa.ledger.operations.post_vouchers import Authority
from moa.ledger.operations.reverse_voucher import reverse_voucher
from moa.ledger.queries import open_day
from moa.payments.bank_booking import TRANSIT_HOLD, settle_order
from moa.payments.contradictions import BESIDES, TWICE, denied, has_its_line, to_claim_back
from moa.payments.lifecycle import OPEN_ATTEMPT, PROVEN_PAID, AttemptState
from moa.payments.models import Evidence, PaymentAttempt, PaymentOrder
from moa.payments.moves import Said, keep_evidence, keep_words, move_attempt, move_order
from moa.payments.notices import FAILED, tell_of
from moa.payments.posting import authorities_of
from moa.payments.putting_right import clear_line, settle_lines
from moa.payments.rules.evidence import CONTRADICTS, PROVE_FAILED, PROVE_PAID
from moa.payments.rules.statement_lines import PAID
from moa.payments.silent_statements import silent_until
from moa.reconciliation.lifecycle import LineState
from moa.reconciliation.models import BankLine


class LineClosedIt(DomainError):
    """A line of the bank's statement is this payment, or its fee: the money moved. Facts: `attempt`."""

    code = "payment_has_its_line"


class NextTryOpen(DomainError):
    """Another try of the payment is on its way; how that one ends comes first. Facts: `attempt`."""

    code = "next_try_is_open"


class NotTakenBack(DomainError):
    """The books cannot take the voucher back now, so nothing is decided. Facts: `problem`, `account`."""

    code = "voucher_not_taken_back"


def may_disprove(ctx: Context, attempt: PaymentAttempt, says: str) -> bool:
    """Persons decide between what was proven and what the bank says; that it was not paid, only on a word of the bank's."""
    if attempt.state != AttemptState.PAID:
        return False
    if says == PROVE_PAID:
        return is_denied(attempt)
    return says == PROVE_FAILED and (is_denied(attempt) or silent_until(ctx, attempt) is not None)


def is_denied(attempt: PaymentAttempt) -> bool:
    """Whether its bank says that it failed, and neither its statement nor persons have decided since."""
    is_open = attempt.state == AttemptState.PAID and attempt.id in denied([attempt.id])
    return is_open and not has_its_line(attempt)


def check_disproof(attempt: PaymentAttempt, says: str) -> None:
    """Raises: payment_has_its_line, next_try_is_open."""
    if attempt.state != AttemptState.PAID or says != PROVE_FAILED:
        return
    if has_its_line(attempt):
        raise LineClosedIt(attempt=attempt.id)
    if PaymentAttempt.objects.filter(order_id=attempt.order_id, state__in=OPEN_ATTEMPT).exists():
        raise NextTryOpen(attempt=attempt.id)


def disprove(
    ctx: Context, order: PaymentOrder, attempt: PaymentAttempt, says: str, facts: Mapping[str, str],
    authority: Authority | None,
) -> None:  # fmt: skip
    """What two persons agreed on of a locked try, after `may_disprove` and `check_disproof`.

    Raises: no_day_open, voucher_not_taken_back.
    """
    until = None if is_denied(attempt) else silent_until(ctx, attempt)
    if until is not None and says == PROVE_FAILED:
        silence = {"said": "no_line", "until": str(until)}
        keep_words(ctx, [Said(attempt, Evidence.STATEMENT, PROVE_FAILED, None, silence)])
    keep_words(ctx, [Said(attempt, Evidence.OUTSIDE, says, None, facts)])
    if says == PROVE_PAID:
        attempt.problem = "" if attempt.problem == CONTRADICTS else attempt.problem
        attempt.save(update_fields=["problem"])
        return
    decides = attempt.problem not in BESIDES
    if decides and order.state in PROVEN_PAID:
        _take_voucher_back(ctx, order, attempt, authority)
    lines = {"line_id": None, "fee_line_id": None}
    move_attempt(ctx, attempt, "disprove", problem="", ask_at=None, fee_minor=None, code="", **lines)
    if not decides:
        return
    if order.state in PROVEN_PAID:
        changes = {"problem": "payment_not_made", "voucher_id": None, "period": None}
        move_order(ctx, order, "disprove", note=attempt.reference, **changes)
    else:
        settle_order(ctx, order, attempt)
    if not _let_other_debit_stand(ctx, order):
        tell_of(ctx, FAILED, order, attempt, fact=f"disproved:{facts.get('request', '')}")


def _take_voucher_back(
    ctx: Context, order: PaymentOrder, attempt: PaymentAttempt, authority: Authority | None
) -> None:
    """With the link of a reversal; where a person did that before, nothing is booked. Raises: no_day_open, voucher_not_taken_back."""
    assert order.voucher_id is not None and order.period is not None
    book = Book.objects.get(id=order.book_id)
    legs = Entry.objects.filter(voucher_id=order.voucher_id, period=order.period)
    accounts = {*legs.values_list("account_id", flat=True), order.payer_id}
    lock_accounts(book, [number for number in accounts if number is not None])
    end_hold(ctx, book, source_kind=TRANSIT_HOLD, source_id=attempt.id)
    machine = machine_context(ctx.group_id, at=ctx.at, channel=ctx.channel, request_id=ctx.request_id)
    with machine.open():
        answer = reverse_voucher(
            machine, book, order.voucher_id, order.period, key=f"moa-payment-{order.id}-disproved-{order.voucher_id}",
            authority=authority or authorities_of([order])[order.id],
        )  # fmt: skip
    if answer.code not in ("", "not_reversible"):
        raise NotTakenBack(problem=answer.code, account=answer.account)
    taken = Reversal.objects.get(voucher_id=order.voucher_id, period=order.period)
    keep_evidence(
        ctx, order, Evidence.VOUCHER, book=book.code, voucher=str(taken.by_id), period=str(taken.by_period),
        reverses=str(order.voucher_id),
    )  # fmt: skip


def _let_other_debit_stand(ctx: Context, order: PaymentOrder) -> bool:
    """What was debited besides this try is what the payment stands for now, and its line leaves suspense for where its voucher has it.

    Raises: voucher_not_taken_back.
    """
    tries = PaymentAttempt.objects.select_for_update().filter(order_id=order.id, problem=TWICE)
    other = next(iter(to_claim_back(list(tries.order_by("id")))), None)
    if other is None:
        return _let_return_stand(ctx, order)
    # What its bank says of that one may be open still.
    other.problem = CONTRADICTS if other.id in denied([other.id]) else ""
    # A fee whose line is here is booked already.
    other.fee_minor = None if other.fee_line_id is not None else other.fee_minor
    other.save(update_fields=["problem", "fee_minor"])
    waiting = BankLine.objects.filter(id=other.line_id or 0, state=LineState.SUSPENSE)
    # Whoever works on it just now holds it, and waits for the balances that are held here.
    row = waiting.select_for_update(skip_locked=True).first()
    if row is None and waiting.exists():
        raise NotTakenBack(problem="suspense_not_cleared", account="")
    if row is not None:
        book = Book.objects.get(id=order.book_id)
        day = open_day(book)
        if day is None or not clear_line(ctx, book, order, other, row, PAID, day):
            raise NotTakenBack(problem="suspense_not_cleared", account="")
    settle_order(ctx, order, other)
    settle_lines(ctx, order, other)
    return True


def _let_return_stand(ctx: Context, order: PaymentOrder) -> bool:
    """A try of it came back while this one was under way: the payment is that one now, debited and given back."""
    tries = PaymentAttempt.objects.select_for_update().filter(order_id=order.id, state=AttemptState.RETURNED)
    other = tries.exclude(problem__in=BESIDES).order_by("id").first()
    if other is not None:
        settle_order(ctx, order, other)
    return other is not None
