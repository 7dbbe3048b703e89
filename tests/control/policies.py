"""A group with grades, approvers of several grades and a policy, made through the product's own operations.

house = House()                     # machine user, a unit, a maker, grades team (1), head (2), ceo (3)
kim = house.person("head")          # an approver of that grade
house.policy(bands=[band("1000000", "team"), band("", "head")])
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from moa.control import approval_subjects, approvals
from moa.control.approval_subjects import Hold, RekeyField, Subject
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Assignment, Unit
from moa.control.operations.change_policy import NewPolicy, decide_policy, propose_policy
from moa.control.operations.set_grades import add_grade, give_grade
from moa.control.queries import context_for
from tests.control.factories import make_group, make_person, make_unit

KIND = "test.payment"
GRADES = (("team", 1, "팀장"), ("head", 2, "본부장"), ("ceo", 3, "대표이사"))


def band(up_to: str, *grades: str, review: str = "visual") -> dict[str, Any]:
    """Shape: each grade is a code, or "code!" for a step that re-keys."""
    steps = [
        {"grade": grade.rstrip("!"), "review": "rekey" if grade.endswith("!") else review} for grade in grades
    ]
    return {"up_to": up_to, "steps": steps}


class PaymentSubject:
    """What requests of KIND are about: a title, an amount, and as decisive fields the amount and what else is given."""

    def __init__(self, *more: RekeyField) -> None:
        self.more = more

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content = request.content
        holds = (Hold("예금주가 다릅니다.", "사유를 쓰십시오."),) if content.get("hold") else ()
        return Subject(
            kind="payment", title=content["title"], amount_minor=request.amount_minor, currency="KRW",
            rekey=(RekeyField("amount", "금액", content["amount"]), *self.more), holds=holds,
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return approvals.decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


@contextmanager
def payments_known(*more: RekeyField) -> Iterator[None]:
    """Requests of KIND can be described and decided meanwhile."""
    approval_subjects.register(KIND, PaymentSubject(*more))
    try:
        yield
    finally:
        approval_subjects._providers.pop(KIND)


class House:
    """With `live` the Contexts stand at the present moment, as pages do."""

    def __init__(self, *, live: bool = False) -> None:
        self.machine = make_group()
        self.live = live
        self.unit: Unit = make_unit(self.machine, name="해온정밀")
        self.maker = self.now(make_person(self.machine, roles=["teller"], name="박서연"))
        self.second = self.now(make_person(self.machine, roles=["treasurer"], name="윤가람"))
        with self.machine.open():
            for code, rank, name in GRADES:
                add_grade(self.machine, code=code, name=name, rank=rank)

    def now(self, ctx: Context) -> Context:
        """A fresh Context of the same person, for rights are looked up once per Context."""
        at = datetime.now(UTC) if self.live else ctx.at
        return context_for(ctx.group_id, ctx.actor.person_id, at=at, channel="test")

    def person(self, grade: str = "", *, limit: int | None = None, name: str = "") -> Context:
        made = self.now(make_person(self.machine, roles=["approver"], name=name))
        with self.machine.open():
            if grade:
                give_grade(
                    self.machine, made.actor.person_id, grade_code=grade, valid_from=self.machine.today
                )
            if limit is not None:
                Assignment.objects.filter(person_id=made.actor.person_id).update(limit_minor=limit)
        return made

    def policy(
        self, bands: list[dict[str, Any]], *, subject_type: str = KIND, currency: str = "KRW",
        includes_lower: bool = True, unit: Unit | None = None, days: int | None = None,
    ) -> None:  # fmt: skip
        proposer = self.now(make_person(self.machine, roles=["treasurer"]))
        new = NewPolicy(
            subject_type, unit.id if unit else None, currency, bands, includes_lower, proposer.today, days
        )
        with proposer.open():
            request = propose_policy(proposer, new=new)
        second = self.now(self.second)
        with second.open():
            decide_policy(second, request.id, approve=True, seen_hash=request.content_hash)

    def submit(self, amount: int | None = 500_000, **more: Any) -> ApprovalRequest:
        content = {"title": more.pop("title", "급여 11월"), "amount": str(amount or 0)} | more.pop(
            "content", {}
        )
        given = {
            "subject_type": KIND, "subject_id": more.pop("subject_id", content["title"]), "unit_id": self.unit.id,
            "amount_minor": amount, "currency": "KRW",
        } | more  # fmt: skip
        with self.maker.open():
            return approvals.submit(self.maker, content=content, **given)

    def decide(self, ctx: Context, request: ApprovalRequest, *, approve: bool = True) -> ApprovalRequest:
        fresh = self.now(ctx)
        with fresh.open():
            return approvals.decide(
                fresh, request.id, approve=approve, seen_hash=request.content_hash, reason="이유"
            )
