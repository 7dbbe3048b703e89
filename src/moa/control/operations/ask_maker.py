"""A question to the maker of a request, and the answer; both are kept with it."""

from __future__ import annotations

from moa.control.access import require
from moa.control.approvals import DECIDE
from moa.control.audit import record
from moa.control.context import Context
from moa.control.lifecycle import ApprovalState
from moa.control.models import ApprovalRemark, ApprovalRequest
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.kernel.masking import mask_text


class RemarkEmpty(DomainError):
    code = "remark_empty"


class AnsweredAlready(DomainError):
    code = "question_answered"


def ask_maker(ctx: Context, request_id: int, *, text: str) -> ApprovalRemark:
    """Somebody who may decide asks. Raises: not_found, forbidden, move_not_allowed, remark_empty."""
    request = _open_request(request_id)
    require(ctx, DECIDE, request.unit_id)
    if request.maker_id == ctx.actor.person_id:
        raise NotFound(request=request_id)
    return _keep(ctx, request, text, None)


def answer_question(ctx: Context, question_id: int, *, text: str) -> ApprovalRemark:
    """The maker answers, once a question. Raises: not_found, move_not_allowed, remark_empty, question_answered."""
    question = ApprovalRemark.objects.filter(id=question_id, answers=None).first()
    if question is None:
        raise NotFound(question=question_id)
    request = _open_request(question.request_id)
    if request.maker_id != ctx.actor.person_id:
        raise NotFound(question=question_id)
    if ApprovalRemark.objects.filter(answers_id=question_id).exists():
        raise AnsweredAlready(question=question_id)
    return _keep(ctx, request, text, question.id)


def _open_request(request_id: int) -> ApprovalRequest:
    request = ApprovalRequest.objects.select_for_update().filter(id=request_id).first()
    if request is None:
        raise NotFound(request=request_id)
    if request.state != ApprovalState.OPEN:
        raise MoveNotAllowed(request=request_id)
    return request


def _keep(ctx: Context, request: ApprovalRequest, text: str, answers: int | None) -> ApprovalRemark:
    if not text.strip():
        raise RemarkEmpty(request=request.id)
    remark = ApprovalRemark.objects.create(
        group_id=ctx.group_id, request_id=request.id, person_id=ctx.actor.person_id,
        text=mask_text(text.strip())[:500], answers_id=answers,
    )  # fmt: skip
    record(
        ctx, "control.approval.answered" if answers else "control.approval.asked", request.subject_type,
        request.subject_id, after={"request": request.id, "text": remark.text},
    )  # fmt: skip
    return remark
