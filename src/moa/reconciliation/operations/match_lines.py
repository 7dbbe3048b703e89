"""Link bank lines to vouchers that somebody booked already: nothing is booked, both sides stand for each other."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction

from moa.control.access import permitted_units
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.kernel.masking import mask_text
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book
from moa.reconciliation.lifecycle import LINE
from moa.reconciliation.models import LINE_CHANGES, BankLine, LineMatch, MatchedVoucher
from moa.reconciliation.permissions import ASSIGN
from moa.reconciliation.queries import access_line
from moa.reconciliation.unmatched import UnmatchedEntry, unmatched_entries


class NoSuchMovement(DomainError):
    """A voucher does not move the bank's account, or answers for other lines. Facts: `voucher`."""

    code = "no_such_movement"


class MatchInvalid(DomainError):
    """Facts: `problem`: nothing_chosen, or several_accounts where the lines are not of one bank account."""

    code = "match_invalid"


class MatchUnequal(DomainError):
    """The two sides do not come to the same; facts: `bank_minor`, `book_minor`."""

    code = "match_unequal"


def match_lines(
    ctx: Context, book: Book, *, rows: Collection[int], vouchers: Collection[int], note: str = ""
) -> LineMatch:
    """One line or several of a bank account with one voucher or several; their sums are the same to the last unit.

    Raises: not_found, forbidden, move_not_allowed, match_invalid, no_such_movement, match_unequal.
    """
    permitted_units(ctx, ASSIGN)
    if not rows or not vouchers:
        raise MatchInvalid(problem="nothing_chosen")
    share_book(book.id)
    lines = [access_line(ctx, row, ASSIGN) for row in sorted(set(rows))]
    if len({line.link_id for line in lines}) > 1 or any(line.book_id != book.id for line in lines):
        raise MatchInvalid(problem="several_accounts")
    for line in lines:
        LINE.after(line.state, "post")
    link_id = lines[0].link_id
    free = {one.voucher_id: one for one in unmatched_entries(book, link_id)}
    for voucher in sorted(set(vouchers)):
        if voucher not in free:
            raise NoSuchMovement(voucher=voucher)
    entries = [free[voucher] for voucher in sorted(set(vouchers))]
    bank, books = sum(line.amount_minor for line in lines), sum(one.amount_minor for one in entries)
    if bank != books:
        raise MatchUnequal(bank_minor=bank, book_minor=books)
    match = _write(ctx, link_id, entries, mask_text(note.strip()))
    for line in lines:
        _answer(ctx, line, match, entries)
    return match


def _write(ctx: Context, link_id: int, entries: list[UnmatchedEntry], note: str) -> LineMatch:
    try:
        with transaction.atomic():
            match = LineMatch.objects.create(
                group_id=ctx.group_id,
                link_id=link_id,
                person_id=ctx.actor.person_id,
                made_at=ctx.at,
                note=note,
            )
            for one in entries:
                MatchedVoucher.objects.create(
                    group_id=ctx.group_id, match_id=match.id, link_id=link_id, voucher_id=one.voucher_id,
                    period=one.period, amount_minor=one.amount_minor,
                )  # fmt: skip
    except IntegrityError as refusal:
        if "voucher_in_one_match" not in str(refusal):
            raise
        raise NoSuchMovement(voucher=entries[0].voucher_id) from None
    return match


def _answer(ctx: Context, line: BankLine, match: LineMatch, entries: list[UnmatchedEntry]) -> None:
    before = line.state
    line.state, line.state_at, line.explained = LINE.after(line.state, "post"), ctx.at, True
    line.match, line.problem, line.problem_account = match, "", ""
    line.voucher_id, line.period = entries[0].voucher_id, entries[0].period
    line.business_date = max(*(one.business_date for one in entries), line.due_on)
    line.save(update_fields=LINE_CHANGES)
    record(
        ctx, "reconciliation.line.explained", "bank_line", line.id, before={"state": before},
        after={"state": str(line.state), "match": match.id, "vouchers": [one.voucher_id for one in entries]},
    )  # fmt: skip
