"""Lines of a bank's statement that carry our reference: each closes its payment, its fee or its return, once."""

from __future__ import annotations

from moa.control.context import Context
from moa.ledger.holds import end_hold
from moa.ledger.models import Book
from moa.payments.attempts import lock_attempt, mark_contradiction, take_word
from moa.payments.bank_booking import TRANSIT_HOLD, settle_order
from moa.payments.bank_reading import accounts_for
from moa.payments.contradictions import BESIDES
from moa.payments.lifecycle import AttemptState
from moa.payments.models import Evidence, PaymentAttempt, PaymentOrder
from moa.payments.moves import keep_word
from moa.payments.posting import authorities_of
from moa.payments.rules.bank_texts import is_reference
from moa.payments.rules.evidence import CONTRADICTS, GIVE_BACK, NOTHING, PROVE_PAID
from moa.payments.rules.statement_lines import COLUMNS, FEE, PAID, RETURN, Closed, role_of
from moa.reconciliation.lifecycle import LineState
from moa.reconciliation.line_claims import CONTRADICTS_PAYMENT, Claim, Parked
from moa.reconciliation.models import BankLine
from moa.reconciliation.stored_lines import Said

_PROVES = {PAID: PROVE_PAID, FEE: NOTHING, RETURN: GIVE_BACK}


class PaymentClaims:
    """Registered in entry/wiring.py."""

    def claim(self, ctx: Context, book: Book, row: BankLine, said: Said) -> Claim | Parked | None:
        reference = said.reference.strip()
        if not is_reference(reference):
            return None
        attempts = PaymentAttempt.objects.filter(reference=reference, order__via_id=row.link_id)
        number = attempts.values_list("id", flat=True).first()
        named = accounts_for(book)
        if number is None or named is None:
            return None
        order, attempt = lock_attempt(number)
        closed = Closed(*(self._is_taken(attempt, role, row) for role in (PAID, FEE, RETURN)))
        role = role_of(row.amount_minor, attempt.amount_minor, attempt.fee_minor, closed)
        if not role:
            return None
        facts = {
            "line": str(row.line_id),
            "day": str(row.booked_on),
            "amount": str(row.amount_minor),
            "of": role,
        }
        if attempt.state in (AttemptState.PREPARED, AttemptState.FAILED):
            is_decided = not self._contradicts(ctx, order, attempt, role, facts)
            return None if is_decided else Parked(CONTRADICTS_PAYMENT)
        if getattr(attempt, COLUMNS[role]) is None:
            take_word(
                ctx,
                order,
                attempt,
                _PROVES[role],
                kind=Evidence.STATEMENT,
                said=role,
                line=str(row.line_id),
                day=str(row.booked_on),
                amount=str(row.amount_minor),
            )
        if role == PAID:
            end_hold(ctx, book, source_kind=TRANSIT_HOLD, source_id=attempt.id)
        # What was debited besides another try is nothing that the payment's voucher knows of.
        is_besides = attempt.problem in BESIDES
        direct = role == FEE and (is_besides or not attempt.fee_minor)
        counter = named.fees if direct else row.link.suspense if is_besides else named.transit
        return Claim(
            counter.code,
            f"P{order.id} {order.to_name}".strip(),
            authorities_of([order])[order.id],
            (role, order, attempt),
            attempt.problem if is_besides and not direct else "",
        )

    def booked(self, ctx: Context, row: BankLine, claim: Claim) -> None:
        role, order, attempt = claim.matter
        setattr(attempt, COLUMNS[role], row.id)
        if role in (PAID, FEE) and attempt.state == AttemptState.PAID and attempt.problem == CONTRADICTS:
            # It was debited: its own statement says so, whatever the bank said before.
            attempt.problem = ""
        attempt.save(update_fields=[COLUMNS[role].removesuffix("_id"), "problem"])
        settle_order(ctx, order, attempt)

    def _is_taken(self, attempt: PaymentAttempt, role: str, row: BankLine) -> bool:
        """By another line, unless the bank has taken that one back."""
        line = getattr(attempt, COLUMNS[role])
        if line is None or line == row.id:
            return False
        return not BankLine.objects.filter(id=line, state=LineState.SUPERSEDED).exists()

    def _contradicts(
        self, ctx: Context, order: PaymentOrder, attempt: PaymentAttempt, role: str, facts: dict[str, str]
    ) -> bool:
        """The bank has moved money for a try that failed or never left: persons look at it, and no rule books the line meanwhile.

        False where they have decided on this very line already: it goes its own way.
        """
        heard = Evidence.objects.filter(
            attempt_id=attempt.id, kind=Evidence.STATEMENT, facts__line=facts["line"], facts__of=role
        )
        if heard.exists():
            return attempt.problem == CONTRADICTS
        keep_word(ctx, attempt, Evidence.STATEMENT, says=_PROVES[role], message_id=None, **facts)
        if role != FEE or attempt.problem != CONTRADICTS:
            mark_contradiction(ctx, order, attempt, f"{Evidence.STATEMENT}:{facts['line']}")
        return True
