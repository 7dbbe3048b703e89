"""Close a subject of a book that is no longer used. Its entries stay, and the sheets go on showing them."""

from __future__ import annotations

from moa.control.access import require
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.book_lock import hold_book
from moa.ledger.lifecycle import AccountState
from moa.ledger.models import Book, LedgerAccount, Subject
from moa.ledger.operations.add_subject import SUBJECT, SubjectClosed
from moa.ledger.permissions import SET_UP


class SubjectInUse(DomainError):
    """Accounts under it, or subjects below it, are not closed yet, so there may be balances; facts: `accounts`, `subjects`."""

    code = "subject_in_use"


def close_subject(ctx: Context, book: Book, code: str) -> Subject:
    """An account is closed at zero only, so a subject whose accounts are all closed holds no balance.

    Raises: forbidden, second_person_needed, not_found, subject_closed, subject_in_use.
    """
    require(ctx, SET_UP, book.unit_id)
    guard(ctx, SUBJECT, book.unit_id)
    hold_book(book.id)
    subject = Subject.objects.filter(book_id=book.id, code=code).first()
    if subject is None:
        raise NotFound(subject=code)
    if subject.closed_on is not None:
        raise SubjectClosed(subject=code)
    accounts = LedgerAccount.objects.filter(subject_id=subject.id).exclude(state=AccountState.CLOSED).count()
    below = Subject.objects.filter(parent_id=subject.id, closed_on=None).count()
    if accounts or below:
        raise SubjectInUse(subject=code, accounts=accounts, subjects=below)
    Subject.objects.filter(id=subject.id).update(closed_on=ctx.today)
    record(
        ctx, "ledger.subject.closed", "ledger_subject", subject.id,
        before={"closed_on": None}, after={"book": book.code, "code": code, "closed_on": str(ctx.today)},
    )  # fmt: skip
    subject.refresh_from_db()
    return subject
