"""What a typed payment means in its book: accounts, amount, day, and what is wrong where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from moa.control.access import may, permitted_units
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.kernel.money import to_minor
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.rules.vouchers import MOST_MINOR
from moa.ledger.typed_reading import find_accounts
from moa.payments.permissions import ENTER
from moa.payments.rules.typed_orders import PURPOSES, TypedOrder, too_long
from moa.reconciliation.models import BankLink
from moa.ui.fields import read_amount

# Balances of these subjects are somebody's money; a cost or equity is no party to a payment.
_NATURES = ("asset", "liability", "common")


class Flaw(NamedTuple):
    """What is wrong in one field of the form. Shape: `code` as the sentences know it."""

    field: str
    code: str
    value: str = ""


@dataclass(slots=True)
class Reading:
    """What was understood so far; without flaws it can be submitted."""

    payer: LedgerAccount | None = None
    payee: LedgerAccount | None = None
    amount_minor: int | None = None
    pay_on: date | None = None
    purpose: str = ""
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def currency(self) -> str:
        return self.payer.currency if self.payer else ""

    @property
    def is_whole(self) -> bool:
        return None not in (self.payer, self.payee, self.amount_minor, self.pay_on)


def read_order(ctx: Context, book: Book, typed: TypedOrder) -> Reading:
    """Everything that can be understood, and every flaw with its field, in the order of the form."""
    reading = Reading()
    reading.flaws += [Flaw(name, "text_too_long") for name in too_long(typed)]
    reading.payer = _account(ctx, book, "payer", typed.payer, reading)
    reading.payee = _account(ctx, book, "payee", typed.payee, reading)
    _check_parties(book, typed, reading)
    _read_amount(typed, reading)
    _read_day(ctx, typed, reading)
    reading.purpose = typed.purpose.strip()
    if reading.purpose not in PURPOSES:
        reading.flaws.append(Flaw("purpose", "purpose_missing", typed.purpose))
    return reading


def payer_accounts(ctx: Context, book: Book) -> list[LedgerAccount]:
    """The accounts that the person may pay from: open, of the own units, followed by no bank's statement."""
    accounts = (
        LedgerAccount.objects.filter(book_id=book.id, subject__nature__in=_NATURES)
        .exclude(state="closed")
        .exclude(id__in=_at_banks(book))
        .order_by("code")
    )
    units = permitted_units(ctx, ENTER)
    if units is not None and book.unit_id not in units:
        accounts = accounts.filter(unit_id__in=units)
    return list(accounts)


def _account(ctx: Context, book: Book, name: str, text: str, reading: Reading) -> LedgerAccount | None:
    found = find_accounts(book, text)
    if not text.strip():
        reading.flaws.append(Flaw(name, "payment_field_missing"))
    elif not found:
        reading.flaws.append(Flaw(name, "account_unknown", text))
    elif len(found) > 1:
        reading.flaws.append(Flaw(name, "account_ambiguous", text))
    elif found[0].state == "closed":
        reading.flaws.append(Flaw(name, "account_closed", text))
    else:
        account = LedgerAccount.objects.select_related("subject", "balance").get(id=found[0].id)
        if name == "payer" and not may(ctx, ENTER, account.unit_id or book.unit_id):
            reading.flaws.append(Flaw(name, "payer_of_others", text))
        elif account.subject.nature not in _NATURES:
            reading.flaws.append(Flaw(name, "account_no_party", text))
        else:
            return account
    return None


def _check_parties(book: Book, typed: TypedOrder, reading: Reading) -> None:
    payer, payee = reading.payer, reading.payee
    at_banks = _at_banks(book)
    for name, account, text in (("payer", payer, typed.payer), ("payee", payee, typed.payee)):
        if account is not None and account.id in at_banks:
            reading.flaws.append(Flaw(name, "account_at_bank", text))
    if payer is None or payee is None:
        return
    if payer.id == payee.id:
        reading.flaws.append(Flaw("payee", "payee_is_payer", typed.payee))
    elif payer.currency != payee.currency:
        reading.flaws.append(Flaw("payee", "wrong_currency", typed.payee))
    elif payer.normal_side != payee.normal_side:
        # Only between two accounts of one side does one fall by what the other rises.
        reading.flaws.append(Flaw("payee", "accounts_of_two_sides", typed.payee))


def _read_amount(typed: TypedOrder, reading: Reading) -> None:
    text = typed.amount.strip()
    amount = read_amount(text) if text else None
    if not text:
        reading.flaws.append(Flaw("amount", "payment_field_missing"))
    elif amount is None:
        reading.flaws.append(Flaw("amount", "amount_unreadable", text))
    elif reading.payer is not None:
        try:
            minor = to_minor(amount, reading.payer.currency)
        except DomainError:
            reading.flaws.append(Flaw("amount", "amount_too_fine", text))
            return
        if 0 < minor <= MOST_MINOR:
            reading.amount_minor = minor
        else:
            reading.flaws.append(Flaw("amount", "amount_invalid", text))


def _read_day(ctx: Context, typed: TypedOrder, reading: Reading) -> None:
    text = typed.pay_on.strip()
    try:
        day = date.fromisoformat(text.replace(".", "-").replace("/", "-")) if text else ctx.today
    except ValueError:
        reading.flaws.append(Flaw("pay_on", "date_invalid", text))
        return
    if day < ctx.today:
        reading.flaws.append(Flaw("pay_on", "pay_day_over", text))
    elif (day - ctx.today).days > 366:
        reading.flaws.append(Flaw("pay_on", "pay_day_far", text))
    else:
        reading.pay_on = day


def _at_banks(book: Book) -> frozenset[int]:
    return frozenset(BankLink.objects.filter(book_id=book.id).values_list("ledger_account_id", flat=True))
