"""What a person decides about a bank line, and another agrees to: book it by hand, ignore it, clear it from suspense."""

from __future__ import annotations

from typing import Any

from moa.control.approvals import decide, is_approved, submit
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.operations.post_vouchers import Authority
from moa.reconciliation.booking import Booking, book_lines
from moa.reconciliation.clearing import clear_item
from moa.reconciliation.lifecycle import LINE, LineState, SuspenseState
from moa.reconciliation.models import LINE_CHANGES, BankLine, SuspenseItem
from moa.reconciliation.operations.confirm_line import LineRefused, day_for
from moa.reconciliation.permissions import ASSIGN
from moa.reconciliation.queries import access_line, book_of_line
from moa.reconciliation.stored_lines import what_they_say

SUBJECT = "reconciliation.line"
POST, IGNORE, CLEAR = "post", "ignore", "clear"


class LineDecisionInvalid(DomainError):
    """Facts: `problem`: action_unknown, counter_unknown, wrong_currency or reason_missing."""

    code = "line_decision_invalid"


def propose_line(
    ctx: Context, row_id: int, *, action: str, counter: str = "", memo: str = "", reason: str = ""
) -> ApprovalRequest:
    """File what is to become of a line: `post` against `counter`, `clear` its suspense item to `counter`, `ignore` it.

    Raises: not_found, forbidden, move_not_allowed, line_decision_invalid, request_already_open.
    """
    line = access_line(ctx, row_id, ASSIGN)
    if action not in (POST, IGNORE, CLEAR):
        raise LineDecisionInvalid(line=row_id, problem="action_unknown")
    LINE.after(line.state, action)
    book = Book.objects.get(id=line.book_id)
    said = what_they_say([line.id])[line.id]
    if action == IGNORE and not reason.strip():
        raise LineDecisionInvalid(line=row_id, problem="reason_missing")
    if action != IGNORE:
        account = LedgerAccount.objects.filter(book_id=book.id, code=counter).first()
        if account is None or account.currency != said.currency:
            raise LineDecisionInvalid(line=row_id, problem="wrong_currency" if account else "counter_unknown")
    content: dict[str, Any] = {
        "book": str(book.id), "row": str(line.id), "line": str(line.line_id), "action": action, "counter": counter, "memo": memo,
        "reason": reason.strip(), "amount_minor": str(line.amount_minor), "currency": said.currency,
        "booked_on": str(line.booked_on), "text": said.facts.text, "counterparty": said.facts.counterparty,
    }  # fmt: skip
    return submit(
        ctx, subject_type=SUBJECT, subject_id=line.id, content=content, unit_id=book.unit_id,
        amount_minor=abs(line.amount_minor), currency=said.currency,
    )  # fmt: skip


def decide_line(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Decide as another person; what was agreed happens in the same transaction, with both as maker and checker.

    A line that went to suspense meanwhile is cleared to the account that was proposed. Raises: not_found, forbidden,
    maker_is_checker, content_changed, reason_missing, move_not_allowed, no_day_open, line_not_due_yet, line_refused.
    """
    asked = ApprovalRequest.objects.filter(id=request_id, subject_type=SUBJECT).first()
    if asked is not None:
        share_book(book_of_line(int(asked.content["row"])).id)
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        _carry_out(ctx, request)
    return request


def _carry_out(ctx: Context, request: ApprovalRequest) -> None:
    content: dict[str, Any] = request.content
    line = BankLine.objects.select_for_update().get(id=int(content["row"]))
    book = Book.objects.get(id=line.book_id)
    if content["action"] == IGNORE:
        before = line.state
        line.state, line.state_at = LINE.after(line.state, "ignore"), ctx.at
        line.request_id, line.reason, line.problem = request.id, content["reason"], ""
        line.save(update_fields=LINE_CHANGES)
        record(
            ctx, "reconciliation.line.ignored", "bank_line", line.id, before={"state": before}, after=content
        )
        return
    day = day_for(book, line)
    authority = Authority(request.maker_id, ctx.actor.person_id, request.id)
    if line.state == LineState.SUSPENSE:
        item = SuspenseItem.objects.get(line_id=line.id, state=SuspenseState.OPEN)
        answer = clear_item(
            ctx, book, item, line, content["counter"], content["memo"], day, authority=authority
        )
    else:
        LINE.after(line.state, "post")
        said = what_they_say([line.id])[line.id]
        line.request_id, line.reason = request.id, content["reason"]
        booking = Booking(line, said, content["counter"], content["memo"])
        answer = book_lines(ctx, book, [booking], day, authority=authority)[0]
    if answer.code:
        raise LineRefused(problem=answer.code, account=answer.account)
    after = content | {"voucher": answer.voucher_id}
    record(ctx, "reconciliation.line.assigned", "bank_line", line.id, after=after)
