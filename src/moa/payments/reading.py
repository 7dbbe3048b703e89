"""What a typed payment means in its book: accounts, amount, day, and what is wrong where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import NamedTuple

from moa.channels.bank_profiles import profile_of
from moa.control.access import may, permitted_units
from moa.control.context import Context
from moa.directory.queries import calendar_for
from moa.kernel.days import read_typed_day
from moa.kernel.errors import DomainError
from moa.kernel.money import to_minor
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.rules.vouchers import MOST_MINOR
from moa.ledger.typed_reading import find_accounts
from moa.payments.bank_reading import (
    COUNTRY,
    NO_SUCH_ACCOUNT,
    above_limit,
    accounts_for,
    choose_link,
    find_charge,
    find_link,
    judge_name,
    read_bank,
    read_number,
)
from moa.payments.models import PayeeInquiry
from moa.payments.permissions import ENTER
from moa.payments.queries import Payee
from moa.payments.rules.pay_days import HOLIDAY_RULES, after_holiday, day_of_leaving
from moa.payments.rules.payee_names import FLAWS, NameVerdict
from moa.payments.rules.several import MOST_TRANSFERS, split
from moa.payments.rules.typed_orders import PURPOSES, TypedOrder, too_long
from moa.reconciliation.models import BankLink
from moa.ui.fields import read_amount

ABOVE_LIMIT = "above_bank_limit"
# Balances of these subjects are somebody's money; a cost or equity is no party to a payment.
_NATURES = ("asset", "liability", "common")


class Flaw(NamedTuple):
    """What is wrong in one field of the form. Shape: `code` as the sentences know it."""

    field: str
    code: str
    value: str = ""


@dataclass(slots=True)
class Reading:
    """What was understood so far; without flaws it can be submitted.

    Shape: `asked_on` as it was typed, `pay_on` after the holiday rule, `leaves_on` the first day from then on that is worked;
    `parts` the transfers that its bank would take of an amount that is over its limit, else empty.
    """

    payer: LedgerAccount | None = None
    payee: LedgerAccount | None = None
    amount_minor: int | None = None
    asked_on: date | None = None
    pay_on: date | None = None
    leaves_on: date | None = None
    purpose: str = ""
    via: BankLink | None = None
    charge: LedgerAccount | None = None
    to_bank: str = ""
    to_account: str = ""
    to_name: str = ""
    verdict: str = ""
    inquiry: PayeeInquiry | None = None
    parts: tuple[int, ...] = ()
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def transfers(self) -> tuple[int, ...]:
        """The amounts that it leaves in: one, or its parts; none before the amount is understood."""
        return self.parts or ((self.amount_minor,) if self.amount_minor else ())

    @property
    def can_be_split(self) -> bool:
        """Whether nothing but the bank's limit of one transfer hinders it."""
        return self.is_split and all(one.code == ABOVE_LIMIT for one in self.flaws)

    @property
    def is_split(self) -> bool:
        """Whether it would leave in several transfers, as many as one decision may cover."""
        return 1 < len(self.parts) <= MOST_TRANSFERS

    @property
    def currency(self) -> str:
        return self.payer.currency if self.payer else ""

    @property
    def is_whole(self) -> bool:
        return None not in (self.payer, self.paid, self.amount_minor, self.pay_on)

    @property
    def paid(self) -> Payee | None:
        """Who is paid."""
        if self.payee is not None:
            return Payee(self.payee.code)
        return Payee(self.to_account, self.to_bank) if self.to_bank and self.to_account else None


def read_order(ctx: Context, book: Book, typed: TypedOrder) -> Reading:
    """Everything that can be understood, and every flaw with its field, in the order of the form."""
    reading = Reading()
    reading.flaws += [Flaw(name, "text_too_long") for name in too_long(typed)]
    if typed.is_of_bank:
        own = find_link(book, typed.payer)
        reading.payer = _account(ctx, book, "payer", own.ledger_account.code if own else typed.payer, reading)
        _read_amount(typed, reading)
        _read_bank_payee(ctx, book, typed, reading)
    else:
        reading.payer = _account(ctx, book, "payer", typed.payer, reading)
        reading.payee = _account(ctx, book, "payee", typed.payee, reading)
        _check_parties(book, typed, reading)
        _read_amount(typed, reading)
    _read_day(ctx, book, typed, reading)
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


def _read_bank_payee(ctx: Context, book: Book, typed: TypedOrder, reading: Reading) -> None:
    """The account at the bank, whose it is as the bank says, and the account of ours that the money leaves from."""
    if accounts_for(book) is None:
        reading.flaws.append(Flaw("payer", "payment_accounts_missing"))
    bank = read_bank(ctx, typed.to_bank)
    reading.to_account = read_number(typed.payee)
    if bank is None:
        reading.flaws.append(Flaw("to_bank", "bank_unknown", typed.to_bank))
    if not reading.to_account:
        reading.flaws.append(Flaw("payee", "bank_account_number_invalid", typed.payee))
    if bank is None or not reading.to_account:
        return
    reading.to_bank = bank.code
    link = choose_link(book, typed, reading.payer, bank.code)
    if isinstance(link, BankLink):
        _leave_from(book, typed, reading, link)
    elif link:
        reading.flaws.append(Flaw("via" if typed.via.strip() else "payer", link, typed.via))
    name, verdict, reading.inquiry = judge_name(ctx, bank.code, reading.to_account, typed.to_name)
    reading.to_name, reading.verdict = name.strip(), verdict.value
    if reading.inquiry is not None and reading.inquiry.is_closed:
        reading.flaws.append(Flaw("payee", "payee_account_closed", typed.payee))
    elif reading.inquiry is not None and reading.inquiry.code in NO_SUCH_ACCOUNT:
        reading.flaws.append(Flaw("payee", "payee_account_unknown", typed.payee))


def _leave_from(book: Book, typed: TypedOrder, reading: Reading, link: BankLink) -> None:
    reading.via = link
    if reading.payer is not None and link.ledger_account_id == reading.payer.id:
        charge = find_charge(book, typed.charge)
        if isinstance(charge, str):
            reading.flaws.append(Flaw("charge", charge, typed.charge))
            return
        reading.charge = charge
    else:
        reading.charge = reading.payer
    if reading.charge is not None and reading.charge.currency != link.account.currency:
        reading.flaws.append(Flaw("via", "wrong_currency", typed.via))
    if (link.account.bank_code, link.account.number_key) == (reading.to_bank, reading.to_account):
        reading.flaws.append(Flaw("payee", "payee_is_payer", typed.payee))
    if reading.amount_minor is not None and above_limit(link, reading.amount_minor):
        reading.parts = split(reading.amount_minor, profile_of(link.account.bank_code).most_minor)
        reading.flaws.append(Flaw("amount", ABOVE_LIMIT, typed.amount))


def name_flaws(reading: Reading, typed: TypedOrder) -> list[Flaw]:
    """What of the payee's name hinders sending: nobody asked the bank, or it says another name and the maker not why."""
    if not reading.to_bank or not reading.to_account:
        return []
    if reading.inquiry is None:
        return [Flaw("payee", "payee_not_asked", typed.payee)]
    if reading.inquiry.is_closed or reading.inquiry.code in NO_SUCH_ACCOUNT:
        # Said of the account already: its name is no question any more.
        return []
    if not reading.to_name:
        return [Flaw("to_name", "payee_name_missing")]
    if reading.verdict != NameVerdict.MATCH and not typed.name_reason.strip():
        return [Flaw("name_reason", FLAWS[NameVerdict(reading.verdict)], reading.inquiry.name)]
    return []


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


def _read_day(ctx: Context, book: Book, typed: TypedOrder, reading: Reading) -> None:
    text = typed.pay_on.strip()
    try:
        day = read_typed_day(text) if text else ctx.today
    except ValueError:
        reading.flaws.append(Flaw("pay_on", "date_invalid", text))
        return
    if day < ctx.today:
        reading.flaws.append(Flaw("pay_on", "pay_day_over", text))
    elif (day - ctx.today).days > 366:
        reading.flaws.append(Flaw("pay_on", "pay_day_far", text))
    else:
        reading.asked_on = day
        _keep_day(ctx, book, typed, reading)


def _keep_day(ctx: Context, book: Book, typed: TypedOrder, reading: Reading) -> None:
    """The day after the holiday rule, and the one on which it will really leave."""
    days = calendar_for(ctx, COUNTRY if typed.is_of_bank else book.calendar)
    rule = typed.holiday_rule.strip()
    if rule not in ("", *HOLIDAY_RULES):
        reading.flaws.append(Flaw("holiday_rule", "holiday_rule_unknown", typed.holiday_rule))
        return
    assert reading.asked_on is not None
    pay_on = after_holiday(reading.asked_on, rule, days)
    if pay_on < ctx.today:
        reading.flaws.append(Flaw("pay_on", "pay_day_over", str(pay_on)))
        return
    reading.pay_on = pay_on
    via = reading.via
    works = days.is_business_day
    if via is not None:
        profile = profile_of(via.account.bank_code)
        works = partial(profile.works_on, calendar=days)
    reading.leaves_on = day_of_leaving(pay_on, works)


def _at_banks(book: Book) -> frozenset[int]:
    return frozenset(BankLink.objects.filter(book_id=book.id).values_list("ledger_account_id", flat=True))
