"""What a typed voucher means in its book: accounts found by code or name, amounts, sums, and what is wrong where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from moa.control.context import Context
from moa.kernel.days import read_typed_day
from moa.kernel.errors import DomainError
from moa.kernel.money import CURRENCIES, to_minor
from moa.ledger.lifecycle import DayState
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.models.draft import ENTERED
from moa.ledger.queries import day_under_way
from moa.ledger.rules.sides import CREDIT, DEBIT
from moa.ledger.rules.typed_vouchers import MOST_TYPED, Flaw, Sum, TypedLeg, TypedVoucher, sums_of, too_long
from moa.ledger.rules.vouchers import MOST_MINOR, is_far_value, memo_fits
from moa.ui.fields import read_amount


class FoundAccount(NamedTuple):
    """An account that a text can mean."""

    id: int
    code: str
    name: str
    subject: str
    currency: str
    state: str


class ReadLeg(NamedTuple):
    """One leg understood. Shape: `minor` signed, debits positive."""

    row: int
    account: FoundAccount
    minor: int
    side: int
    memo: str


@dataclass(slots=True)
class Reading:
    """What was understood so far; without flaws it can be submitted."""

    business_date: date | None = None
    value_date: date | None = None
    legs: list[ReadLeg] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    accounts: dict[int, FoundAccount] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def is_balanced(self) -> bool:
        return bool(self.sums) and not any(one.missing for one in self.sums)


def find_accounts(book: Book, text: str, *, most: int = 20) -> list[FoundAccount]:
    """The accounts that a code, a name, or a subject's code or name can mean, the surest first: one alone is meant.

    "201101-HB 한빛제당" means the account of its first word, where there is one.
    """
    text = text.strip()
    if not text:
        return []
    accounts = LedgerAccount.objects.filter(book_id=book.id)
    open_first = accounts.exclude(state="closed")
    for exact in (
        accounts.filter(code=text), open_first.filter(name=text), accounts.filter(code=text.split()[0]),
        open_first.filter(Q(subject__code=text) | Q(subject__name=text)), open_first.filter(code__startswith=text),
        open_first.filter(Q(name__icontains=text) | Q(subject__name__icontains=text)),
    ):  # fmt: skip
        found = [
            FoundAccount(*row)
            for row in exact.order_by("code").values_list("id", "code", "name", "subject__code", "currency", "state")[:most]
        ]  # fmt: skip
        if found:
            return found
    return []


def read_typed(ctx: Context, book: Book, typed: TypedVoucher) -> Reading:
    """Everything that can be understood, and every flaw with its field."""
    reading = Reading()
    reading.flaws += [Flaw(name, "text_too_long") for name in too_long(typed)]
    _read_head(book, typed, reading)
    rows = [(n, leg) for n, leg in enumerate(typed.legs, 1) if not leg.is_empty()]
    if len(rows) > MOST_TYPED:
        reading.flaws.append(Flaw("account.1", "too_many_legs", str(MOST_TYPED)))
        rows = rows[:MOST_TYPED]
    for n, leg in rows:
        _read_leg(book, n, leg, reading)
    reading.sums = sums_of((leg.account.currency, leg.minor, leg.side) for leg in reading.legs)
    if len(rows) < 2:
        first_free = rows[-1][0] + 1 if rows else 1
        reading.flaws.append(Flaw(f"account.{first_free}", "too_few_legs"))
    elif len(reading.legs) == len(rows) and not reading.is_balanced:
        # Only what was read whole can be said to differ.
        reading.flaws.append(Flaw(f"debit.{rows[-1][0]}", "unbalanced"))
    return reading


def _read_head(book: Book, typed: TypedVoucher, reading: Reading) -> None:
    if typed.kind not in ENTERED:
        reading.flaws.append(Flaw("kind", "voucher_kind_unknown", typed.kind))
    if not memo_fits(typed.memo):
        reading.flaws.append(Flaw("memo", "memo_invalid"))
    reading.business_date = _day(typed.business_date, "business_date", reading)
    if typed.value_date.strip():
        reading.value_date = _day(typed.value_date, "value_date", reading)
        if (
            reading.value_date
            and reading.business_date
            and is_far_value(reading.value_date, reading.business_date)
        ):
            reading.flaws.append(Flaw("value_date", "date_invalid", typed.value_date))
    day = day_under_way(book)
    takes = day is not None and day.state in (DayState.OPEN, DayState.REOPENED)
    if reading.business_date is not None and (
        day is None or not takes or day.business_date != reading.business_date
    ):
        before = day is not None and reading.business_date < day.business_date
        code = "closed_day" if before or (day is not None and not takes) else "day_not_open"
        reading.flaws.append(Flaw("business_date", code, typed.business_date))


def _day(text: str, name: str, reading: Reading) -> date | None:
    try:
        return read_typed_day(text)
    except ValueError:
        reading.flaws.append(Flaw(name, "date_invalid", text))
        return None


def _read_leg(book: Book, n: int, leg: TypedLeg, reading: Reading) -> None:
    account = _read_account(book, n, leg, reading)
    side = DEBIT if leg.debit.strip() else CREDIT
    name = f"{'debit' if side == DEBIT else 'credit'}.{n}"
    if leg.debit.strip() and leg.credit.strip():
        reading.flaws.append(Flaw(f"credit.{n}", "leg_on_both_sides", leg.credit))
        return
    text = (leg.debit or leg.credit).strip()
    if not text:
        reading.flaws.append(Flaw(f"debit.{n}", "leg_without_amount"))
        return
    amount = read_amount(text)
    if amount is None:
        reading.flaws.append(Flaw(name, "amount_unreadable", text))
        return
    if account is None:
        return
    try:
        minor = to_minor(amount, account.currency)
    except DomainError:
        reading.flaws.append(Flaw(name, "amount_too_fine", text))
        return
    if not 0 < minor <= MOST_MINOR:
        reading.flaws.append(Flaw(name, "amount_invalid", text))
        return
    reading.legs.append(ReadLeg(n, account, minor * side, side, leg.memo.strip()))


def _read_account(book: Book, n: int, leg: TypedLeg, reading: Reading) -> FoundAccount | None:
    name, currency = f"account.{n}", leg.currency.strip().upper()
    if currency and currency not in CURRENCIES:
        reading.flaws.append(Flaw(f"currency.{n}", "currency_unknown", leg.currency))
        return None
    found = find_accounts(book, leg.account)
    fitting = [one for one in found if not currency or one.currency == currency]
    if not found:
        reading.flaws.append(
            Flaw(name, "account_unknown" if leg.account else "leg_without_account", leg.account)
        )
    elif not fitting:
        reading.flaws.append(Flaw(f"currency.{n}", "wrong_currency", leg.currency))
    elif len(fitting) > 1:
        reading.flaws.append(Flaw(name, "account_ambiguous", leg.account))
    elif fitting[0].state == "closed":
        reading.flaws.append(Flaw(name, "account_closed", leg.account))
    else:
        reading.accounts[n] = fitting[0]
        return fitting[0]
    return None
