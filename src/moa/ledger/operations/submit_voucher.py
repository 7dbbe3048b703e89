"""File a typed voucher for the decision of other persons; its legs, amounts, dates and attachments are pinned."""

from __future__ import annotations

from typing import Any

from moa.control.approvals import submit
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError
from moa.ledger.drafts import attachments_of, lock_own_draft, share_book_of, state_of
from moa.ledger.lifecycle import VOUCHER_DRAFT
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.models.draft import ENTERED, VoucherDraft
from moa.ledger.operations.save_draft import SUBJECT, DraftChanged
from moa.ledger.pinned_vouchers import pin, pinned_leg, size_of
from moa.ledger.rules.typed_vouchers import Flaw, differing, from_json
from moa.ledger.typed_reading import read_typed
from moa.ledger.voucher_templates import template_version


class VoucherFlawed(DomainError):
    """It cannot be submitted yet. Facts: the first flaw; `flaws` holds all."""

    code = "voucher_flawed"

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__(None, field=flaws[0].field, problem=flaws[0].code, flaws=len(flaws))
        self.flaws = flaws


def submit_voucher(ctx: Context, draft_id: int, *, seen_version: int) -> ApprovalRequest:
    """What the books would refuse for its form is refused here; floors and freezes are judged when it is booked.

    The book is shared meanwhile, so that no voucher is filed for a day while it is closed.

    Raises: not_found, forbidden, draft_changed, move_not_allowed, voucher_flawed, nobody_can_approve, no_rate_for_limit.
    """
    share_book_of(draft_id)
    draft, book = lock_own_draft(ctx, draft_id)
    VOUCHER_DRAFT.after(state_of(draft), "submit")
    typed = from_json(draft.form)
    if draft.version != seen_version:
        raise DraftChanged(version=draft.version, saved_at=draft.saved_at, fields=differing(typed, typed))
    if draft.kind not in ENTERED:
        raise VoucherFlawed([Flaw("kind", "voucher_kind_unknown", draft.kind)])
    reading = read_typed(ctx, book, typed)
    if reading.flaws or reading.business_date is None:
        raise VoucherFlawed(reading.flaws)
    # A draft from before versions were kept says none.
    if typed.template_version and template_version(book, typed.template, typed.template_version) is None:
        raise VoucherFlawed([Flaw("template", "template_unknown", typed.template)])
    accounts = LedgerAccount.objects.in_bulk([leg.account.id for leg in reading.legs])
    legs = [pinned_leg(accounts[leg.account.id], leg.minor, leg.side, leg.memo) for leg in reading.legs]
    content = pin(
        draft, reading.business_date, reading.value_date, legs, attachments=fingerprints(draft), template=typed.template,
        template_version=typed.template_version,
    )  # fmt: skip
    return file_request(ctx, book, draft, content)


def fingerprints(draft: VoucherDraft) -> list[str]:
    return [one.document.sha256 for one in attachments_of(draft)]


def file_request(ctx: Context, book: Book, draft: VoucherDraft, content: dict[str, Any]) -> ApprovalRequest:
    """The request over `content`, which the draft then waits for."""
    amount, currency = size_of(content)
    request = submit(
        ctx, subject_type=SUBJECT, subject_id=draft.id, content=content, unit_id=book.unit_id, amount_minor=amount,
        currency=currency, due_on=draft.business_date,
    )  # fmt: skip
    VoucherDraft.objects.filter(id=draft.id).update(request_id=request.id)
    draft.request = request
    return request
