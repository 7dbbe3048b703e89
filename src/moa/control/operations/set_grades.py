"""Grades of approvers (직급), and which person has which from a day on."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from moa.control.access import require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalGrade, Person, PersonGrade
from moa.control.rights_guards import guarded
from moa.control.rules import code_fits
from moa.kernel.errors import DomainError, NotFound

CHANGE = "control.users.change"


class GradeUnfit(DomainError):
    """A grade has a code of 1 to 32 characters without spaces, a name, and a rank from 1."""

    code = "grade_unfit"


class GradeExists(DomainError):
    """There is a grade with this code or this rank already."""

    code = "grade_exists"


def add_grade(
    ctx: Context, *, code: str, name: str, rank: int, names: dict[str, str] | None = None
) -> ApprovalGrade:
    """The higher the rank, the more a person of the grade decides on. Raises: forbidden, grade_unfit, grade_exists."""
    _require(ctx)
    if not code_fits(code) or not name.strip() or not 1 <= rank <= 1000:
        raise GradeUnfit(grade=code)
    try:
        with transaction.atomic():
            grade = ApprovalGrade.objects.create(
                group_id=ctx.group_id, code=code, name=name.strip(), names=names or {}, rank=rank
            )
    except IntegrityError:
        raise GradeExists(grade=code, rank=rank) from None
    record(ctx, "control.grade.added", "approval_grade", grade.id, after={"code": code, "rank": rank})
    return grade


def give_grade(ctx: Context, person_id: int, *, grade_code: str, valid_from: date) -> PersonGrade:
    """The person has the grade from a day on, instead of another; with "" none. Raises: forbidden, not_found."""
    _require(ctx)
    if not Person.objects.filter(id=person_id, kind=Person.PERSON).exists():
        raise NotFound(person=person_id)
    grade = ApprovalGrade.objects.filter(code=grade_code).first() if grade_code else None
    if grade_code and grade is None:
        raise NotFound(grade=grade_code)
    with guarded(ctx):
        given = PersonGrade.objects.create(
            group_id=ctx.group_id, person_id=person_id, grade_id=grade.id if grade else None, valid_from=valid_from
        )  # fmt: skip
    facts = {"grade": grade_code, "valid_from": valid_from.isoformat()}
    record(ctx, "control.grade.given", "person", person_id, after=facts)
    return given


def _require(ctx: Context) -> None:
    # The machine user sets up a group; later only an administrator gives grades, and never approves.
    if ctx.actor.kind != Person.MACHINE:
        require_below(ctx, CHANGE, None)
