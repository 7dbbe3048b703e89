"""Give a subject of a book another name; its code, nature and side stay."""

from __future__ import annotations

from moa.control.access import require
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import NotFound
from moa.kernel.seen import check_seen
from moa.ledger.models import Book, Subject
from moa.ledger.operations.add_subject import SUBJECT, SubjectUnfit
from moa.ledger.permissions import SET_UP


def names_shown(subject: Subject) -> dict[str, str]:
    return {
        "name": subject.name, "zh": subject.names.get("zh-hans", ""), "en": subject.names.get("en", ""),
    }  # fmt: skip


def check_names_seen(book: Book, code: str, seen: str) -> None:
    """Holds the subject for what follows in the transaction. Raises: not_found, changed_meanwhile."""
    subject = Subject.objects.select_for_update(of=("self",)).filter(book_id=book.id, code=code).first()
    if subject is None:
        raise NotFound(subject=code)
    check_seen(seen, names_shown(subject))


def rename_subject(ctx: Context, book: Book, code: str, *, name: str, names: dict[str, str]) -> Subject:
    """Shape: `names` by language, instead of the former ones.

    Raises: forbidden, second_person_needed, not_found, subject_unfit.
    """
    require(ctx, SET_UP, book.unit_id)
    guard(ctx, SUBJECT, book.unit_id)
    subject = Subject.objects.select_for_update(of=("self",)).filter(book_id=book.id, code=code).first()
    if subject is None:
        raise NotFound(subject=code)
    if not name.strip() or len(name) > 200:
        raise SubjectUnfit(subject=code, problem="name_unfit")
    before = {"name": subject.name, "names": subject.names}
    Subject.objects.filter(id=subject.id).update(name=name.strip(), names=names)
    record(
        ctx, "ledger.subject.renamed", "ledger_subject", subject.id, before=before,
        after={"book": book.code, "code": code, "name": name.strip(), "names": names},
    )  # fmt: skip
    subject.refresh_from_db()
    return subject
