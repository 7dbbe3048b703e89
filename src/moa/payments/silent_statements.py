"""Whether a bank's statement is silent about a payment: complete to the banking day after the payment's, and without a line of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo

from moa.accounts.models import Statement, Transaction
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.directory.queries import calendar_for
from moa.payments.bank_reading import COUNTRY
from moa.payments.contradictions import lines_taken_back
from moa.payments.models import PaymentAttempt, PaymentOrder


def silent_until(ctx: Context, attempt: PaymentAttempt) -> date | None:
    """The last day of the files that say nothing of it; None where one of the two days is missing, or a line may be this payment.

    A file of the payment's day that came before the day was over may lack its last lines; it is whole where the next one begins with
    the balance that it ends with.

    Day rule: what was typed by hand, and what is told during the day, is no statement; a line of that amount, or with the fee,
    may be this payment unless it is known to be another one.
    """
    if attempt.day is None:
        return None
    account_id = PaymentOrder.objects.values_list("via__account_id", flat=True).get(id=attempt.order_id)
    files = Statement.objects.filter(
        account_id=account_id, file__isnull=False, provisional=False, goes_on=False, to_date__gte=attempt.day
    )
    told = list(files.select_related("file").order_by("from_date", "id"))
    whole = [one for one in told if _is_whole(one, attempt.day, told, group_zone(ctx))]
    next_day = calendar_for(ctx, COUNTRY).next_business_day(attempt.day)
    if not whole or not any(one.from_date <= next_day <= one.to_date for one in told):
        return None
    return None if _has_line(attempt, account_id) else max(one.to_date for one in told)


def _is_whole(statement: Statement, day: date, told: Sequence[Statement], zone: tzinfo) -> bool:
    """Whether it tells all of that day."""
    if not statement.from_date <= day <= statement.to_date:
        return False
    assert statement.file is not None
    if statement.to_date > day or statement.file.received_at.astimezone(zone).date() > day:
        return True
    following = next((one for one in told if one.from_date > day), None)
    closing = statement.closing_minor
    return following is not None and closing is not None and following.opening_minor == closing


def _has_line(attempt: PaymentAttempt, account_id: int | None) -> bool:
    amounts = {-attempt.amount_minor, -(attempt.amount_minor + (attempt.fee_minor or 0))}
    found = Transaction.objects.filter(
        account_id=account_id, booked_on__gte=attempt.day, amount_minor__in=amounts
    )
    lines = set(found.values_list("id", flat=True))
    others = PaymentAttempt.objects.exclude(id=attempt.id).filter(line__line_id__in=lines)
    return bool(lines - lines_taken_back(lines) - set(others.values_list("line__line_id", flat=True)))
