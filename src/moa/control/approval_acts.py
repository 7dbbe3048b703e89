"""Operations that need a second person when a policy says so.

    register_act(Act("ledger.account_change", perform=…, describe=…))      # once, from the context
    asked = ask_or_do(ctx, "ledger.account_change", subject_id=…, content=…, unit_id=…)   # from a page or a command
    guard(ctx, "ledger.account_change", unit_id)                           # inside the operation

Without a policy the act is done at once. With one it is filed, and done when the last step is approved: as the
maker, whose rights are asked for again then. The guard refuses a call that goes round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from moa.control import approval_subjects
from moa.control.approval_route import policy_for
from moa.control.approval_subjects import Subject
from moa.control.approvals import decide, is_approved, submit
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Person
from moa.control.queries import context_for
from moa.kernel.errors import DomainError, NotFound

Content = dict[str, Any]


class SecondPersonNeeded(DomainError):
    """A policy asks for a second person, so the act is filed for approval instead; facts: `subject_type`."""

    code = "second_person_needed"


class MakerGone(DomainError):
    """Who asked for it has left meanwhile, and nothing is done in that person's name."""

    code = "maker_gone"


@dataclass(frozen=True, slots=True)
class Act:
    """One operation. Shape: `perform(ctx, content)` calls it; `describe(ctx, content)` shows it on the approvals page;
    `label` a lazy translation of what it is called."""

    subject_type: str
    perform: Callable[[Context, Content], object]
    describe: Callable[[Context, Content], Subject]
    label: Any


class ActSubject:
    """The provider of one act for the approvals page."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.label = act.label

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        return self.act.describe(ctx, request.content)

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        """Raises: what `approvals.decide` raises, maker_gone, and what the operation refuses."""
        request = decide(
            ctx,
            request_id,
            approve=approve,
            seen_hash=seen_hash,
            reason=reason,
            subject=self.act.subject_type,
        )
        if is_approved(request):
            maker = _as_maker(ctx, request)
            with maker.open():
                self.act.perform(maker, request.content)
        return request


_acts: dict[str, Act] = {}


def register_act(act: Act) -> None:
    """Once per type, when the context's module is imported by `entry/wiring.py`."""
    if _acts.get(act.subject_type, act) is not act:
        raise ValueError(f"two acts are named {act.subject_type}")
    if act.subject_type not in _acts:
        _acts[act.subject_type] = act
        approval_subjects.register(act.subject_type, ActSubject(act))


def is_act(subject_type: str) -> bool:
    """Whether a request of this type is performed in its maker's name."""
    return subject_type in _acts


def second_person_needed(ctx: Context, subject_type: str, unit_id: int | None = None) -> bool:
    """Whether a policy in force asks for approval of the act, for all persons; the machine user sets up without."""
    return ctx.actor.kind != Person.MACHINE and policy_for(ctx, subject_type, unit_id, "") is not None


def ask_or_do(
    ctx: Context, subject_type: str, *, subject_id: object, content: Content, unit_id: int | None = None
) -> ApprovalRequest | None:
    """The request that was filed, or None when the act is done. What would be refused later is refused now.

    Raises: what the operation raises, and what `approvals.submit` raises.
    """
    act = _acts[subject_type]
    if not second_person_needed(ctx, subject_type, unit_id):
        act.perform(ctx, content)
        return None
    point = transaction.savepoint()
    try:
        act.perform(_agreed(ctx, subject_type), content)
    finally:
        transaction.savepoint_rollback(point)
    return submit(ctx, subject_type=subject_type, subject_id=subject_id, content=content, unit_id=unit_id)


def guard(ctx: Context, subject_type: str, unit_id: int | None = None) -> None:
    """Called by the operation. Raises: second_person_needed."""
    if ctx.memo.get("agreed_act") != subject_type and second_person_needed(ctx, subject_type, unit_id):
        raise SecondPersonNeeded(subject_type=subject_type)


def _agreed(ctx: Context, subject_type: str) -> Context:
    return replace(ctx, memo=ctx.memo | {"agreed_act": subject_type})


def _as_maker(ctx: Context, request: ApprovalRequest) -> Context:
    try:
        maker = context_for(
            ctx.group_id, request.maker_id, at=ctx.at, channel=ctx.channel, request_id=ctx.request_id
        )
    except NotFound:
        raise MakerGone(request=request.id) from None
    return _agreed(maker, request.subject_type)
