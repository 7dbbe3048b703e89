"""Add a subject to the chart of a book."""

from __future__ import annotations

from dataclasses import dataclass, field

from moa.control.access import require
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.rules import code_fits
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.book_lock import hold_book
from moa.ledger.models import Book, LedgerAccount, Subject
from moa.ledger.permissions import SET_UP
from moa.ledger.rules.sides import CREDIT, DEBIT, NATURES

SUBJECT = "ledger.chart_change"


class SubjectExists(DomainError):
    code = "subject_exists"


class SubjectUnfit(DomainError):
    """A code of at most 20 characters that begins with that of the subject above, a name, a known nature; facts: `problem`."""

    code = "subject_unfit"


class SubjectClosed(DomainError):
    """Nothing new comes under a closed subject."""

    code = "subject_closed"


class SubjectHasAccounts(DomainError):
    """Accounts hang on the lowest subjects, so one with accounts gets none below it."""

    code = "subject_has_accounts"


@dataclass(frozen=True, slots=True)
class NewSubject:
    """Shape: `parent` the code of the subject above, whose nature and side are taken; "" for one of the highest,
    then `nature` and `normal_side` (1 debit, -1 credit) are given. `names` by language."""

    code: str
    name: str
    parent: str = ""
    nature: str = ""
    normal_side: int = DEBIT
    names: dict[str, str] = field(default_factory=dict)


def add_subject(ctx: Context, book: Book, *, new: NewSubject) -> Subject:
    """The book is held alone, so no account comes under the parent meanwhile.

    Raises: forbidden, second_person_needed, subject_unfit, not_found (parent), subject_closed, subject_has_accounts,
    subject_exists.
    """
    require(ctx, SET_UP, book.unit_id)
    guard(ctx, SUBJECT, book.unit_id)
    hold_book(book.id)
    above = _parent(book, new.parent)
    if problem := _problem(new):
        raise SubjectUnfit(subject=new.code, problem=problem)
    if Subject.objects.filter(book_id=book.id, code=new.code).exists():
        raise SubjectExists(subject=new.code)
    subject = Subject.objects.create(
        group_id=book.group_id, book_id=book.id, parent_id=above.id if above else None, code=new.code,
        name=new.name.strip(), names=new.names, nature=above.nature if above else new.nature,
        normal_side=above.normal_side if above else new.normal_side,
    )  # fmt: skip
    after = {"book": book.code, "code": new.code, "name": subject.name, "parent": new.parent}
    record(ctx, "ledger.subject.added", "ledger_subject", subject.id, after=after)
    return subject


def _parent(book: Book, code: str) -> Subject | None:
    if not code:
        return None
    above = Subject.objects.filter(book_id=book.id, code=code).first()
    if above is None:
        raise NotFound(subject=code)
    if above.closed_on is not None:
        raise SubjectClosed(subject=code)
    if LedgerAccount.objects.filter(subject_id=above.id).exists():
        raise SubjectHasAccounts(subject=code)
    return above


def _problem(new: NewSubject) -> str:
    if not code_fits(new.code) or len(new.code) > 20:
        return "code_unfit"
    if new.parent and (not new.code.startswith(new.parent) or new.code == new.parent):
        return "code_not_below"
    if not new.name.strip() or len(new.name) > 200:
        return "name_unfit"
    if not new.parent and (new.nature not in NATURES or new.normal_side not in (DEBIT, CREDIT)):
        return "nature_unknown"
    return ""
