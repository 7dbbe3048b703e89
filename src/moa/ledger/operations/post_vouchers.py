"""Book vouchers, one or ten thousand: each is accepted or refused as if they came one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from moa.control.access import may, require
from moa.control.audit import line_of
from moa.control.context import Context, Names
from moa.kernel.errors import DomainError
from moa.ledger import posting_pieces
from moa.ledger.book_lock import stamp_book
from moa.ledger.models import Book
from moa.ledger.period_state import closed_until
from moa.ledger.permissions import CHECK, POST
from moa.ledger.posting_rows import Sheet
from moa.ledger.posting_state import BookFacts, enter_and_open, open_posting, read_rates, read_reversible
from moa.ledger.rules.acts import FILE
from moa.ledger.rules.decision import Days, Decider, Decision
from moa.ledger.rules.vouchers import (
    NewVoucher,
    accounts_of,
    currencies_of,
    keys_of,
    period_of,
)

# More than this, and holding the book alone is shorter for all than locking every balance.
SHARED_UP_TO = 50


class StandingOrderMissing(DomainError):
    """Nobody gave leave for this kind of booking by machine on the day; no voucher was looked at."""

    code = "standing_order_missing"
    is_passing = True


@dataclass(frozen=True, slots=True)
class Authority:
    """Two persons for these vouchers: the maker, and another who checked what `request_id` pinned."""

    maker_id: int
    checker_id: int
    request_id: int | None = None


class Answer(NamedTuple):
    """What became of one voucher. Shape: `code` empty when it is booked; `is_new` False when its key was answered before."""

    key: str
    code: str
    account: str
    is_new: bool
    voucher_id: int | None = None
    period: int | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """The answers in the order of the vouchers, and the moment under which the last new one was recorded."""

    answers: list[Answer] = field(default_factory=list)
    recorded_at: datetime | None = None

    @property
    def accepted(self) -> int:
        return sum(1 for one in self.answers if one.is_new and not one.code)

    @property
    def known(self) -> int:
        return sum(1 for one in self.answers if not one.is_new and not one.code)

    @property
    def rejected(self) -> list[Answer]:
        return [one for one in self.answers if one.code]


def post_vouchers(
    ctx: Context,
    book: Book,
    vouchers: Sequence[NewVoucher],
    *,
    origin: str = FILE,
    source_kind: str = "",
    authority: Authority | Mapping[str, Authority] | None = None,
) -> Posting:
    """Book what can be booked and keep every answer for its key; to be called in an open Context, once a transaction.

    Shape: `authority` of all of them, or of each by its key, up to posting_pieces.FEW of them. Without it the machine user books under a standing order of the book that gives leave for `origin`.

    Raises: forbidden, standing_order_missing. A voucher is never the cause: its refusal is an answer.
    """
    _require(ctx, book, authority)
    if not vouchers:
        return Posting()
    alone = len(vouchers) > SHARED_UP_TO
    # What a batch must know is read with its pieces.
    asked = vouchers if len(vouchers) <= posting_pieces.FEW else ()
    facts = open_posting(
        ctx, book, origin, alone=alone, keys=keys_of(asked), codes=accounts_of(asked), vouchers=len(vouchers)
    )
    sheet = _sheet(ctx, book, facts, origin, source_kind, authority)
    posting = _decide(ctx, book, facts, sheet, vouchers)
    if alone and posting.recorded_at is not None:
        stamp_book(book.id, posting.recorded_at)
    return posting


def post_at_once(
    ctx: Context, book: Book, vouchers: Sequence[NewVoucher], *, origin: str = FILE, source_kind: str = ""
) -> Posting:
    """The same by machine for at most SHARED_UP_TO, in a transaction of its own; to be called with the Context closed.

    Rights, locks and facts are asked by the message that begins the transaction.
    Raises: forbidden, standing_order_missing.
    """
    if not vouchers or len(vouchers) > SHARED_UP_TO:
        raise ValueError("a few vouchers are booked at once")
    found: list[BookFacts] = []
    # Within another transaction nothing is committed by this one.
    last = not connection.in_atomic_block

    def enter(own: Names) -> None:
        held, facts = enter_and_open(
            ctx, own, book, origin, keys_of(vouchers), accounts_of(vouchers), len(vouchers)
        )
        ctx.memo["held"] = held
        found.append(facts)

    with ctx.open(entering=enter):
        _require(ctx, book, None)
        sheet = _sheet(ctx, book, found[0], origin, source_kind, None)
        return _decide(ctx, book, found[0], sheet, vouchers, last=last)


def _require(ctx: Context, book: Book, authority: object) -> None:
    # Who checks what another made books it by that alone.
    if authority is None or not may(ctx, CHECK, book.unit_id):
        require(ctx, POST, book.unit_id)


def _decide(
    ctx: Context,
    book: Book,
    facts: BookFacts,
    sheet: Sheet,
    vouchers: Sequence[NewVoucher],
    *,
    last: bool = False,
) -> Posting:
    """Raises: standing_order_missing."""
    if facts.standing_order_id is None and sheet.by_machine:
        raise StandingOrderMissing(book=book.code, act=sheet.origin)
    decider = Decider(
        accounts=facts.accounts,
        known=facts.known,
        days=_days(book, facts.days, vouchers),
        functional=book.functional_currency,
        rates=read_rates(ctx, book, currencies_of(vouchers), facts.days.open_on),
        reversible=read_reversible(book, {one.reverses for one in vouchers if one.reverses is not None}),
    )
    return _write(ctx, sheet, decider, vouchers, facts.numbers, last=last)


def _days(book: Book, days: Days, vouchers: Sequence[NewVoucher]) -> Days:
    """Which months and years are closed is read only when a voucher asks for an earlier day."""
    last = days.open_on or days.closed_to
    dates = {one.business_date for one in vouchers if one.business_date is not None}
    if last is None or not any(asked < last or days.open_on is None for asked in dates):
        return days
    month, year = closed_until(book)
    return days._replace(month_closed_to=month, year_closed_to=year)


def _sheet(
    ctx: Context,
    book: Book,
    facts: BookFacts,
    origin: str,
    source_kind: str,
    authority: Authority | Mapping[str, Authority] | None,
) -> Sheet:
    each: Mapping[str, Authority] = authority if isinstance(authority, Mapping) else {}
    whole = authority if isinstance(authority, Authority) else None
    return Sheet(
        group_id=ctx.group_id, book_id=book.id, day=facts.days.open_on, origin=origin, source_kind=source_kind,
        maker_id=whole.maker_id if whole else None if each else facts.machine_id,
        checker_id=whole.checker_id if whole else None,
        standing_order_id=None if whole or each else facts.standing_order_id,
        request_id=whole.request_id if whole else None, stamp=facts.stamp,
        after_close=facts.days.open_on is not None and ctx.today < facts.days.open_on,
        people={key: (one.maker_id, one.checker_id, one.request_id) for key, one in each.items()},
    )  # fmt: skip


def _write(
    ctx: Context,
    sheet: Sheet,
    decider: Decider,
    vouchers: Sequence[NewVoucher],
    numbers: Sequence[int],
    *,
    last: bool,
) -> Posting:
    """Decide and write, a piece of the vouchers after the other."""
    answers: list[Answer] = []
    booked: dict[str, int] = {}
    new = 0
    period = period_of(sheet.day) if sheet.day else None
    with posting_pieces.posting_writer(sheet, len(vouchers), last=last) as writer:
        for some, contents in writer.pieces(vouchers, decider):
            piece = list(map(decider.decide, some, contents))
            if fresh := [one for one in piece if one.is_new]:
                keys = [one.voucher.key for one in fresh if not one.code]
                ids = numbers[len(booked) : len(booked) + len(keys)]
                writer.write(fresh, ids)
                booked.update(zip(keys, ids, strict=True))
                new += len(fresh)
            answers += [_answer(one, booked, period) for one in piece]
        if not new:
            return Posting(answers)
        # One line for the whole posting, with the numbers of its first and last voucher; each voucher has the rest.
        after = {
            "origin": sheet.origin, "accepted": len(booked), "refused": new - len(booked),
            "first": numbers[0] if booked else None, "last": numbers[len(booked) - 1] if booked else None,
        }  # fmt: skip
        writer.finish(line_of(ctx, "ledger.vouchers.posted", "book", sheet.book_id, after=after))
        return Posting(answers, writer.sheet.stamp)


def _answer(one: Decision, booked: dict[str, int], period: int | None) -> Answer:
    key, is_booked = one.voucher.key, not one.code
    if is_booked and key in booked:
        return Answer(key, "", "", one.is_new, booked[key], period)
    if is_booked and one.known is not None:
        return Answer(key, "", "", False, one.known.voucher_id, one.known.period)
    return Answer(key, one.code, one.account, one.is_new)
