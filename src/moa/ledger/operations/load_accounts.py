"""Open and change many accounts of a book at once, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError, Problem, error
from moa.ledger.book_lock import stamp_book
from moa.ledger.models import Book, LedgerAccount, Subject
from moa.ledger.operations.post_vouchers import StandingOrderMissing
from moa.ledger.permissions import CHANGE_ACCOUNTS
from moa.ledger.posting_state import open_posting
from moa.ledger.rules.acts import LOAD_ACCOUNTS

_CHUNK = 5_000


class AccountsRefused(DomainError):
    """Rows of the file cannot be taken; nothing was changed. Facts: the first problem; `problems` holds all."""

    code = "accounts_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(None, place=first.place, value=first.value, problem=first.code, errors=len(problems))
        self.problems = list(problems)


class AccountRow(NamedTuple):
    """One account as a file has it. Shape: `floor_minor` counted on the account's normal side."""

    place: str
    code: str
    name: str
    subject: str
    currency: str
    floor_minor: int | None


@dataclass(frozen=True, slots=True)
class Loaded:
    created: int
    updated: int
    unchanged: int


def load_accounts(
    ctx: Context, book: Book, rows: Sequence[AccountRow], *, unreadable: Sequence[Problem] = ()
) -> Loaded:
    """Open the accounts that are new, and bring name and floor of the others up to the file.

    With `unreadable` rows nothing is changed, and they are told together with what is wrong in the others. A standing
    order of the book stands for the second person. The book is held alone, so no posting decides on a
    floor that is about to change.

    Raises: forbidden, standing_order_missing, accounts_refused.
    """
    require(ctx, CHANGE_ACCOUNTS, book.unit_id)
    facts = open_posting(ctx, book, LOAD_ACCOUNTS, alone=True)
    if facts.standing_order_id is None:
        raise StandingOrderMissing(book=book.code, act=LOAD_ACCOUNTS)
    subjects = {subject.code: subject for subject in Subject.objects.filter(book_id=book.id)}
    above = set(
        Subject.objects.filter(book_id=book.id, parent__isnull=False).values_list("parent_id", flat=True)
    )
    codes = [row.code for row in rows]
    present = {
        account.code: account
        for at in range(0, len(codes), _CHUNK)
        for account in LedgerAccount.objects.filter(book_id=book.id, code__in=codes[at : at + _CHUNK])
    }
    problems = list(unreadable)
    problems += [problem for row in rows if (problem := _problem(row, subjects, above, present)) is not None]
    problems += _repeated(rows)
    if problems:
        raise AccountsRefused(problems)
    created = _create(ctx, book, [row for row in rows if row.code not in present], subjects, facts.stamp)
    changed = [
        (present[row.code], row) for row in rows if row.code in present and _differs(present[row.code], row)
    ]
    _change(changed)
    loaded = Loaded(created, len(changed), len(rows) - created - len(changed))
    after = {"created": loaded.created, "updated": loaded.updated, "standing_order": facts.standing_order_id}
    record(ctx, "ledger.accounts.loaded", "book", book.id, after=after)
    return loaded


def _problem(
    row: AccountRow, subjects: dict[str, Subject], above: set[int], present: dict[str, LedgerAccount]
) -> Problem | None:
    subject = subjects.get(row.subject)
    if subject is None:
        return error("subject_not_in_chart", row.place, "subject", row.subject)
    if subject.closed_on is not None and row.code not in present:
        return error("subject_closed", row.place, "subject", row.subject)
    if subject.id in above:
        return error("subject_not_lowest", row.place, "subject", row.subject)
    former = present.get(row.code)
    if former is not None and former.subject_id != subject.id:
        return error("account_subject_fixed", row.place, "subject", row.subject)
    if former is not None and former.currency != row.currency:
        return error("account_currency_fixed", row.place, "currency", row.currency)
    return None


def _repeated(rows: Sequence[AccountRow]) -> list[Problem]:
    seen: set[str] = set()
    found = []
    for row in rows:
        if row.code in seen:
            found.append(error("account_repeated", row.place, "code", row.code))
        seen.add(row.code)
    return found


def _create(
    ctx: Context, book: Book, rows: Sequence[AccountRow], subjects: dict[str, Subject], stamp: datetime
) -> int:
    """In a book that is held alone; what is asked as known at an earlier moment knows nothing of these accounts."""
    if rows:
        stamp_book(book.id, stamp)
    LedgerAccount.objects.bulk_create(
        [
            LedgerAccount(
                group_id=book.group_id, book_id=book.id, subject_id=subjects[row.subject].id, code=row.code,
                name=row.name, currency=row.currency, normal_side=subjects[row.subject].normal_side,
                floor_minor=row.floor_minor, opened_on=ctx.today, recorded_at=stamp,
            )
            for row in rows
        ],
        batch_size=_CHUNK,
    )  # fmt: skip
    return len(rows)


def _differs(account: LedgerAccount, row: AccountRow) -> bool:
    return (account.name, account.floor_minor) != (row.name, row.floor_minor)


def _change(changed: Sequence[tuple[LedgerAccount, AccountRow]]) -> None:
    for account, row in changed:
        account.name, account.floor_minor = row.name, row.floor_minor
    LedgerAccount.objects.bulk_update(
        [account for account, _ in changed], ["name", "floor_minor"], batch_size=_CHUNK
    )
