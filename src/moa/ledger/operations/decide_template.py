"""Decide on a version of a template of vouchers as another person; what was agreed to is offered from then on."""

from __future__ import annotations

from moa.control.approvals import decide, is_approved
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.ledger.models import Book, VoucherTemplate
from moa.ledger.operations.propose_template import SUBJECT, TemplateChanged, newest_version, read_pinned


def decide_template(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Raises: what `approvals.decide` raises, template_changed."""
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        _put_in_force(ctx, request)
    return request


def stands_on_newest(book: Book, request: ApprovalRequest) -> bool:
    """Whether the version that the proposal was made from is still the newest."""
    newest = newest_version(book, request.content["code"])
    return int(request.content["revision"]) == (newest.revision if newest else 0) + 1


def _put_in_force(ctx: Context, request: ApprovalRequest) -> None:
    content = request.content
    # Two versions are put in force one after the other.
    book = Book.objects.select_for_update(no_key=True).get(id=int(content["book"]))
    if not stands_on_newest(book, request):
        raise TemplateChanged(template=content["code"], revision=int(content["revision"]))
    new = read_pinned(content)
    made = VoucherTemplate.objects.create(
        group_id=ctx.group_id, book_id=book.id, code=new.code, revision=int(content["revision"]), name=new.name,
        names=new.names, kind=new.kind, memo=new.memo, legs=[leg._asdict() for leg in new.legs], is_active=new.is_active,
        request_id=request.id,
    )  # fmt: skip
    record(
        ctx, "ledger.template.in_force" if new.is_active else "ledger.template.retired", "voucher_template", made.id,
        after={"book": book.code, "code": new.code, "revision": made.revision, "request": request.id},
    )  # fmt: skip
