"""Whether a bank's statement is silent about a payment: complete to the banking day after the payment's, and without a line of it."""

from __future__ import annotations

from datetime import date

from moa.accounts.models import Statement, Supersession, Transaction
from moa.control.context import Context
from moa.directory.queries import calendar_for
from moa.payments.bank_reading import COUNTRY
from moa.payments.models import PaymentAttempt, PaymentOrder


def silent_until(ctx: Context, attempt: PaymentAttempt) -> date | None:
    """The last day of the files that say nothing of it; None where one of the two days is missing, or a line may be this payment.

    Day rule: what was typed by hand, and what is told during the day, is no statement; a line of that amount, or with the fee,
    may be this payment unless it is known to be another one.
    """
    if attempt.day is None:
        return None
    account_id = PaymentOrder.objects.values_list("via__account_id", flat=True).get(id=attempt.order_id)
    files = Statement.objects.filter(
        account_id=account_id, file__isnull=False, provisional=False, goes_on=False, to_date__gte=attempt.day
    )
    told = list(files.values_list("from_date", "to_date"))
    days = (attempt.day, calendar_for(ctx, COUNTRY).next_business_day(attempt.day))
    if not all(any(first <= day <= last for first, last in told) for day in days):
        return None
    return None if _has_line(attempt, account_id) else max(last for _, last in told)


def _has_line(attempt: PaymentAttempt, account_id: int | None) -> bool:
    amounts = {-attempt.amount_minor, -(attempt.amount_minor + (attempt.fee_minor or 0))}
    found = Transaction.objects.filter(
        account_id=account_id, booked_on__gte=attempt.day, amount_minor__in=amounts
    )
    lines = set(found.values_list("id", flat=True))
    taken_back = Supersession.objects.filter(transaction_id__in=lines).values_list(
        "transaction_id", flat=True
    )
    others = PaymentAttempt.objects.exclude(id=attempt.id).filter(line__line_id__in=lines)
    return bool(lines - set(taken_back) - set(others.values_list("line__line_id", flat=True)))
