"""What a bank said outside of all messages: one person records it with its document, another agrees, and it counts as proof.

Never a state alone: the words, the document and what it proves are pinned, and the move follows from them.
"""

from __future__ import annotations

from typing import BinaryIO

from moa.control import documents
from moa.control.access import require
from moa.control.approvals import decide, is_approved, submit
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.masking import mask_text
from moa.ledger.operations.attach_document import LARGEST, AttachmentRefused
from moa.ledger.operations.post_vouchers import Authority
from moa.payments.attempts import lock_attempt, take_word
from moa.payments.disproving import check_disproof, disprove, may_disprove
from moa.payments.lifecycle import ATTEMPT, AttemptState
from moa.payments.models import Evidence, PaymentAttempt
from moa.payments.permissions import RECORD_EVIDENCE, VIEW
from moa.payments.putting_right import may_put_right, put_right
from moa.payments.queries import access_order
from moa.payments.rules.evidence import GIVE_BACK, PROVE_FAILED, PROVE_PAID

SUBJECT = "payments.evidence"
MAY_SAY = (PROVE_PAID, PROVE_FAILED, GIVE_BACK)
LONGEST_TEXT = 500


class EvidenceInvalid(DomainError):
    """Facts: `problem`: says_unknown, text_missing, or proves_nothing_here where the try does not wait for it."""

    code = "evidence_invalid"


def propose_evidence(
    ctx: Context, attempt_id: int, *, says: str, text: str, source: BinaryIO, name: str
) -> ApprovalRequest:
    """Raises: not_found, forbidden, evidence_invalid, payment_has_its_line, next_try_is_open, attachment_refused, request_already_open,
    nobody_can_approve."""
    attempt = PaymentAttempt.objects.select_related("order").filter(id=attempt_id).first()
    if attempt is None:
        raise NotFound(attempt=attempt_id)
    order = access_order(ctx, attempt.order_id)
    require(ctx, RECORD_EVIDENCE, order.unit_id)
    text = mask_text(text.strip())[:LONGEST_TEXT]
    if says not in MAY_SAY:
        raise EvidenceInvalid(problem="says_unknown")
    if not text:
        raise EvidenceInvalid(problem="text_missing")
    check_disproof(attempt, says)
    if not may_prove(ctx, attempt, says):
        raise EvidenceInvalid(problem="proves_nothing_here")
    size, digest = documents.measure(source)
    if not size or size > LARGEST:
        raise AttachmentRefused(problem="attachment_too_large" if size else "attachment_empty")
    document = documents.store(ctx, source, name=name, kind="attachment")
    content = {
        "attempt": str(attempt.id), "order": str(order.id), "says": says, "text": text, "document": str(document.id),
        "document_name": document.name, "sha256": digest, "amount_minor": str(attempt.amount_minor),
        "currency": order.currency, "payee_name": order.to_name, "reference": attempt.reference,
        "state": attempt.state, "book": str(order.book_id),
    }  # fmt: skip
    return submit(
        ctx, subject_type=SUBJECT, subject_id=attempt.id, content=content, unit_id=order.unit_id,
        amount_minor=attempt.amount_minor, currency=order.currency,
    )  # fmt: skip


def decide_evidence(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """With the agreement of another person it is proof, unless the bank has told meanwhile.

    Raises: what `approvals.decide` raises, evidence_invalid, payment_has_its_line, next_try_is_open, no_day_open, voucher_not_taken_back.
    """
    asked = ApprovalRequest.objects.filter(id=request_id, subject_type=SUBJECT).first()
    if asked is not None:
        require(ctx, VIEW, asked.unit_id)
        # Book, request, order, attempt: the order in which everybody locks them.
        order, attempt = lock_attempt(int(asked.content["attempt"]))
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        said = request.content["says"]
        check_disproof(attempt, said)
        if not may_prove(ctx, attempt, said):
            raise EvidenceInvalid(problem="proves_nothing_here")
        facts = {name: request.content[name] for name in ("text", "document", "sha256")} | {
            "request": str(request.id)
        }
        if may_put_right(attempt, said):
            put_right(ctx, order, attempt, said, facts)
        elif may_disprove(ctx, attempt, said):
            disprove(ctx, order, attempt, said, facts, _authority(ctx, request))
        else:
            take_word(ctx, order, attempt, said, kind=Evidence.OUTSIDE, **facts)
    return request


def _authority(ctx: Context, request: ApprovalRequest) -> Authority | None:
    """The two persons for what the books take back by it; those of a request of an earlier version are not known to the books."""
    if "book" not in request.content:
        return None
    return Authority(request.maker_id, ctx.actor.person_id, request.id)


def may_prove(ctx: Context, attempt: PaymentAttempt, says: str) -> bool:
    """Whether the try can still be brought there; what is proven already is not proven anew, and of what has not left there is
    nothing to prove, unless its bank contradicts it."""
    if attempt.state == AttemptState.PREPARED:
        return may_put_right(attempt, says)
    return (
        ATTEMPT.allows(attempt.state, says)
        or (says == GIVE_BACK and ATTEMPT.allows(attempt.state, PROVE_PAID))
        or may_put_right(attempt, says)
        or may_disprove(ctx, attempt, says)
    )
