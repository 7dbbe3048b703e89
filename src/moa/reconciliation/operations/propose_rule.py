"""Rules for bank lines: one person proposes a version, another agrees; from its day on it is in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from moa.control.access import require
from moa.control.approvals import decide, is_approved, submit
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.rules import code_fits
from moa.kernel.errors import DomainError
from moa.ledger.models import Book, LedgerAccount
from moa.reconciliation.models import RuleVersion
from moa.reconciliation.permissions import PROPOSE_RULE
from moa.reconciliation.rule_templates import filled_by_template
from moa.reconciliation.rules.matching import IN, MODES, OUT, Conditions, Rule

SUBJECT = "reconciliation.rule"


class RuleInvalid(DomainError):
    """Facts: `problem`: code_unfit, mode_unknown, counter_unknown, no_condition, direction_unknown, amounts_crossed,
    template_unknown, template_needs_direction, template_unfit, template_needs_account or template_other_account."""

    code = "rule_invalid"


@dataclass(frozen=True, slots=True)
class NewRule:
    """A version as it is proposed. Shape: `counter` the account against the bank's; the lower `position` goes first.

    With a `template` of vouchers, `counter` may be empty where the template names an account, and must be under the subject
    that it names otherwise; an empty `memo` is the template's.
    """

    code: str
    title: str
    conditions: Conditions
    counter: str
    valid_from: date
    mode: str = "post"
    memo: str = ""
    position: int = 100
    unit_id: int | None = None
    is_on: bool = True
    note: str = field(default="", compare=False)
    template: str = ""
    template_revision: int = 0

    def as_rule(self) -> Rule:
        """As it would stand among the others, for trying it."""
        return Rule(
            0, self.code, 0, self.position, self.valid_from, self.is_on, self.conditions, self.mode, self.counter,
            self.memo, self.unit_id,
        )  # fmt: skip


def propose_rule(ctx: Context, book: Book, *, new: NewRule) -> ApprovalRequest:
    """File a new rule, or the next version of one. Raises: forbidden, rule_invalid, request_already_open."""
    require(ctx, PROPOSE_RULE, book.unit_id)
    new, problem = filled_by_template(book, new)
    if problem := problem or rule_problem(ctx, book, new):
        raise RuleInvalid(rule=new.code, problem=problem)
    content: dict[str, Any] = {
        "book": str(book.id), "code": new.code, "title": new.title, "position": str(new.position),
        "valid_from": str(new.valid_from), "is_on": "yes" if new.is_on else "no", "mode": new.mode,
        "counter": new.counter, "memo": new.memo, "unit": str(new.unit_id or ""), "note": new.note,
        "conditions": {name: str(value) for name, value in new.conditions.as_json().items()},
    }  # fmt: skip
    if new.template:
        content |= {"template": new.template, "template_revision": str(new.template_revision)}
    return submit(
        ctx, subject_type=SUBJECT, subject_id=f"{book.id}:{new.code}", content=content, unit_id=book.unit_id
    )


def decide_rule(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Decide as another person; what was agreed is a version in the same transaction.

    Raises: not_found, forbidden, maker_is_checker, content_changed, move_not_allowed, reason_missing.
    """
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        _put_in_force(ctx, request)
    return request


def rule_problem(ctx: Context, book: Book, new: NewRule) -> str:
    """The code of what is wrong with it; empty when nothing is."""
    asked = new.conditions
    if not code_fits(new.code):
        return "code_unfit"
    if new.mode not in MODES:
        return "mode_unknown"
    if not LedgerAccount.objects.filter(book_id=book.id, code=new.counter).exists():
        return "counter_unknown"
    if not asked.as_json():
        return "no_condition"
    if asked.direction not in ("", IN, OUT):
        return "direction_unknown"
    if (
        asked.least_minor is not None
        and asked.most_minor is not None
        and asked.least_minor > asked.most_minor
    ):
        return "amounts_crossed"
    return ""


def _put_in_force(ctx: Context, request: ApprovalRequest) -> None:
    content: dict[str, Any] = request.content
    former = (
        RuleVersion.objects.filter(book_id=int(content["book"]), code=content["code"])
        .order_by("-number")
        .first()
    )
    made = RuleVersion.objects.create(
        group_id=ctx.group_id, book_id=int(content["book"]), code=content["code"], title=content["title"],
        number=former.number + 1 if former else 1, position=int(content["position"]),
        valid_from=date.fromisoformat(content["valid_from"]), is_on=content["is_on"] == "yes", mode=content["mode"],
        counter=content["counter"], unit_id=int(content["unit"]) if content["unit"] else None, content=content,
        maker_id=request.maker_id, checker_id=ctx.actor.person_id, request_id=request.id,
    )  # fmt: skip
    record(ctx, "reconciliation.rule.in_force", "bank_rule", made.id, after=content | {"number": made.number})
