"""Bring bank lines into the books through the one posting operation, and keep what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from moa.accounts.line_sources import SOURCE, source_of
from moa.control.context import Context
from moa.directory.queries import calendar_for
from moa.ledger.models import Book
from moa.ledger.operations.post_vouchers import Answer, Authority, post_vouchers
from moa.ledger.rules.acts import RULE
from moa.ledger.rules.vouchers import NewVoucher
from moa.reconciliation.lifecycle import LINE, LineState
from moa.reconciliation.models import LINE_CHANGES, BankLine, BankLink, SuspenseItem
from moa.reconciliation.rules.ageing import due_by
from moa.reconciliation.rules.matching import Rule
from moa.reconciliation.rules.vouchers import key_of, legs_of, memo_of
from moa.reconciliation.stored_lines import Said


@dataclass(slots=True)
class Booking:
    """One line that is to be booked. Shape: `move` post or suspend; `cause` why it goes to suspense."""

    line: BankLine
    said: Said
    counter: str
    memo: str = ""
    rule: Rule | None = None
    move: str = "post"
    cause: str = ""


def book_lines(
    ctx: Context,
    book: Book,
    bookings: Sequence[Booking],
    day: date,
    *,
    authority: Authority | None = None,
    origin: str = RULE,
) -> list[Answer]:
    """Post one voucher a line on `day`; each row says what came of it, so a refused one is parked with its code.

    The rows are locked by the caller. Raises: forbidden, standing_order_missing.
    """
    if not bookings:
        return []
    links = {one.id: one for one in BankLink.objects.filter(book_id=book.id).select_related("ledger_account")}
    vouchers = [_voucher(one, links[one.line.link_id].ledger_account.code, day) for one in bookings]
    posting = post_vouchers(ctx, book, vouchers, origin=origin, source_kind=SOURCE, authority=authority)
    for one, answer in zip(bookings, posting.answers, strict=True):
        _keep(ctx, book, one, answer, day)
    return posting.answers


def memo_facts(line: BankLine, said: Said, rule: str = "") -> dict[str, str]:
    """What the places of a memo's pattern are filled with."""
    return {
        "counterparty": said.facts.counterparty, "text": said.facts.text, "kind": said.facts.kind,
        "date": str(line.booked_on), "account": said.account, "rule": rule,
    }  # fmt: skip


def _voucher(one: Booking, bank: str, day: date) -> NewVoucher:
    line, said = one.line, one.said
    facts = memo_facts(line, said, one.rule.name if one.rule else "")
    return NewVoucher(
        key_of(line.line_id, line.attempt), day, line.value_date,
        legs_of(bank, one.counter, line.amount_minor, said.currency), memo_of(one.memo, facts),
        source_of(line.line_id, one.rule.name if one.rule else ""),
    )  # fmt: skip


def _keep(ctx: Context, book: Book, one: Booking, answer: Answer, day: date) -> None:
    line = one.line
    line.rule_id = one.rule.id if one.rule else line.rule_id
    if answer.code:
        # The refusal stands for its key for ever, so the next try has another.
        line.attempt += 1
        line.problem, line.problem_account = answer.code, answer.account
        if line.state == LineState.WAITING:
            line.state = LINE.after(line.state, "release")
    else:
        line.state, line.state_at = LINE.after(line.state, one.move), ctx.at
        line.voucher_id, line.period, line.business_date = answer.voucher_id, answer.period, day
        line.problem = line.problem_account = ""
    line.save(update_fields=LINE_CHANGES)
    if not answer.code and one.move == "suspend":
        SuspenseItem.objects.create(
            group_id=ctx.group_id, line_id=line.id, book_id=book.id, amount_minor=line.amount_minor,
            currency=one.said.currency, cause=one.cause, unit_id=line.unit_id, opened_on=day,
            due_on=due_by(calendar_for(ctx, book.calendar), day),
        )  # fmt: skip
