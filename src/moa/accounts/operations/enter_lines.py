"""Balances and lines typed or pasted by hand: one person submits, another decides, then they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from moa.accounts.incoming import incoming
from moa.accounts.models import BalancePoint, BankAccount, Statement
from moa.accounts.news import lines_changed
from moa.accounts.overlap import number_as_new
from moa.accounts.permissions import ENTER
from moa.accounts.points import derive_points, refresh_current, store_points
from moa.accounts.queries import access_account
from moa.accounts.staging import stage
from moa.accounts.storing import Target, lock_clock, make_months, store_booked_lines
from moa.accounts.surroundings import look_around
from moa.control.access import require
from moa.control.approvals import decide, is_approved, submit
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.formats.statements import Entry, StatementEnd, StatementStart
from moa.kernel.errors import DomainError
from moa.kernel.money import to_minor, to_text

SUBJECT = "accounts.manual_lines"


class NothingEntered(DomainError):
    code = "nothing_entered"


class EntryInFuture(DomainError):
    """A line or a balance by hand cannot be of a day to come."""

    code = "date_in_future"


class DayCoveredByFile(DomainError):
    """A file speaks of this day already; what it does not have, a person does not add."""

    code = "day_covered_by_file"


class BalanceContradicts(DomainError):
    """A file states another balance for this day; a person's figure does not replace the bank's."""

    code = "balance_contradicts_file"


@dataclass(frozen=True, slots=True)
class HandLine:
    """One line by hand. Shape: `amount` signed in major units, credits positive."""

    booked_on: date
    amount: Decimal
    description: str
    counterparty: str = ""
    reference: str = ""
    value_date: date | None = None


def submit_lines(ctx: Context, *, account_id: int, lines: list[HandLine], note: str = "") -> ApprovalRequest:
    """File lines for the decision of another person.

    Raises: not_found, forbidden, nothing_entered, date_in_future, amount_unreadable, day_covered_by_file.
    """
    account = _account(ctx, account_id)
    if not lines:
        raise NothingEntered(account=account.number)
    _refuse_covered(account, {line.booked_on for line in lines})
    content = {
        "account": account.id, "mode": "lines", "currency": account.currency,
        "lines": [_line_content(ctx, account, line) for line in lines],
        "note": note,
    }  # fmt: skip
    moved = sum(abs(to_minor(line.amount, account.currency)) for line in lines)
    return _submit(ctx, account, content, moved)


def submit_balance(
    ctx: Context, *, account_id: int, day: date, balance: Decimal, note: str = ""
) -> ApprovalRequest:
    """File the closing balance of a day for the decision of another person.

    Raises: not_found, forbidden, date_in_future, amount_unreadable, balance_contradicts_file.
    """
    account = _account(ctx, account_id)
    if day > ctx.today:
        raise EntryInFuture(date=day)
    minor = to_minor(balance, account.currency)
    _refuse_contradiction(account, day, minor)
    content = {
        "account": account.id, "mode": "balance", "currency": account.currency, "day": str(day),
        "balance": to_text(minor, account.currency), "lines": [], "note": note,
    }  # fmt: skip
    return _submit(ctx, account, content, minor)


def decide_entry(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Decide on lines or a balance by hand; approved ones are stored in the same transaction.

    Raises: not_found, forbidden, maker_is_checker, content_changed, move_not_allowed,
    balance_contradicts_file, day_covered_by_file.
    """
    require(ctx, "control.approvals.decide")
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        _store(ctx, request)
    return request


def _account(ctx: Context, account_id: int) -> BankAccount:
    return access_account(ctx, account_id, ENTER)


def _line_content(ctx: Context, account: BankAccount, line: HandLine) -> dict[str, str]:
    if line.booked_on > ctx.today:
        raise EntryInFuture(date=line.booked_on)
    return {
        "date": str(line.booked_on), "value_date": str(line.value_date or ""),
        "amount": to_text(to_minor(line.amount, account.currency), account.currency),
        "description": line.description, "counterparty": line.counterparty, "reference": line.reference,
    }  # fmt: skip


def _submit(
    ctx: Context, account: BankAccount, content: dict[str, object], amount_minor: int
) -> ApprovalRequest:
    # Several entries of one account may wait side by side, so the call's own number is part of the subject.
    return submit(
        ctx, subject_type=SUBJECT, subject_id=f"{account.id}:{ctx.request_id}", content=content,
        unit_id=account.unit_id, amount_minor=amount_minor, currency=account.currency,
    )  # fmt: skip


def _refuse_contradiction(account: BankAccount, day: date, minor: int) -> None:
    """A file that covers the day says its balance, also where it has no line on it."""
    if not _covered(account, {day}):
        return
    stated = (
        BalancePoint.objects.filter(account_id=account.id, day__lte=day, statement__file__isnull=False)
        .order_by("-day", "-recorded_at", "-id")
        .first()
    )
    if stated is not None and stated.balance_minor != minor:
        raise BalanceContradicts(day=day, stated=to_text(stated.balance_minor, account.currency))


def _refuse_covered(account: BankAccount, days: set[date]) -> None:
    covered = _covered(account, days)
    if covered:
        raise DayCoveredByFile(day=covered[0])


def _covered(account: BankAccount, days: set[date]) -> list[date]:
    """Those of the days that a booked statement file speaks of."""
    statements = Statement.objects.filter(account_id=account.id, provisional=False, file__isnull=False)
    periods = list(
        statements.filter(to_date__gte=min(days), from_date__lte=max(days)).values_list(
            "from_date", "to_date"
        )
    )
    return [day for day in sorted(days) if any(first <= day <= last for first, last in periods)]


def _store(ctx: Context, request: ApprovalRequest) -> None:
    content = request.content
    account = BankAccount.objects.get(id=content["account"])
    currency = account.currency
    entries = [_entry(number, line, currency) for number, line in enumerate(content["lines"], 1)]
    entries.sort(key=lambda entry: entry.date)
    at = lock_clock(ctx)
    balance = None
    if content["mode"] == "balance":
        balance = to_minor(Decimal(content["balance"]), currency)
        first = last = date.fromisoformat(content["day"])
        _refuse_contradiction(account, first, balance)
    else:
        first, last = min(one.date for one in entries), max(one.date for one in entries)
        _refuse_covered(account, {one.date for one in entries})
    end = StatementEnd(account.number, currency, balance, balance, first, last, len(entries))
    staged = stage([StatementStart(1, "hand"), *entries, end], lambda done: None)
    make_months(staged)
    one = incoming(staged, 1, fetched_on=ctx.today)
    assert one is not None
    statement = Statement.objects.create(
        group_id=ctx.group_id, account_id=account.id, request_id=request.id, from_date=first, to_date=last,
        opening_minor=balance, closing_minor=balance, entry_count=len(entries), entries_new=len(entries),
        recorded_at=at,
    )  # fmt: skip
    target = Target(account.id, statement.id, at)
    around = look_around(account.id, one)
    number_as_new(account.id, one)
    store_booked_lines(ctx, one, target, opening=around.before_minor)
    store_points(ctx, one, around, target, later_from=None)
    derive_points(ctx, account.id, at=at)
    refresh_current(account.id, received_at=None)
    lines_changed(ctx, [account.id])
    record(
        ctx, "accounts.hand_entry.stored", "bank_account", account.id,
        after={"mode": content["mode"], "lines": len(entries), "request": request.id},
    )  # fmt: skip


def _entry(number: int, line: dict[str, str], currency: str) -> Entry:
    try:
        amount = to_minor(Decimal(line["amount"]), currency)
    except InvalidOperation:
        raise NothingEntered(line=number) from None
    return Entry(
        date=date.fromisoformat(line["date"]),
        value_date=date.fromisoformat(line["value_date"]) if line["value_date"] else None,
        time=None, amount_minor=abs(amount), currency=currency, direction="credit" if amount >= 0 else "debit",
        status="booked", reference=line["reference"], bank_reference="", description=line["description"],
        counterparty=line["counterparty"], counterparty_account="", balance_minor=None, place=f"hand {number}",
    )  # fmt: skip
