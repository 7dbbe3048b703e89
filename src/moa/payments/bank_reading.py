"""What a typed payment over a bank means: the account of ours that it leaves from, the payee's bank, account and name."""

from __future__ import annotations

import re
from datetime import timedelta

from django.db.models import Q

from moa.channels.bank_profiles import profile_of
from moa.channels.models import ConnectedAccount
from moa.control.context import Context
from moa.directory.models import Bank
from moa.directory.queries import bank_map, find_bank
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.typed_reading import find_accounts
from moa.payments.models import PayeeInquiry, PaymentAccounts
from moa.payments.queries import last_inquiry
from moa.payments.rules.payee_names import NameVerdict, compare_names
from moa.payments.rules.typed_orders import TypedOrder
from moa.reconciliation.models import BankLink

COUNTRY = "KR"
# What a bank said of a payee counts for so long; a name changes seldom, an account is closed any day.
ASKED_WITHIN = timedelta(hours=24)
# The bank knows no such account: there is nobody to pay, whatever reason is given.
NO_SUCH_ACCOUNT = frozenset({"0014"})
_NUMBER = re.compile(r"\d{6,15}", re.ASCII)


def plain_number(text: str) -> str:
    """An account number without what people write into it."""
    return re.sub(r"[\s-]", "", text)


def find_link(book: Book, text: str) -> BankLink | None:
    """A bank account of ours by its number, its nickname, or the code or name of its account in the book."""
    text = text.strip()
    if not text:
        return None
    number = plain_number(text)
    asked = (
        Q(account__number_key=number) | Q(account__nickname=text) | Q(ledger_account__code=text)
        | Q(ledger_account__name=text) | Q(ledger_account__code=text.split()[0])
    )  # fmt: skip
    found = list(
        BankLink.objects.filter(asked, book_id=book.id).select_related("account", "ledger_account")[:2]
    )
    return found[0] if len(found) == 1 else None


def connected_links(book: Book, currency: str) -> list[BankLink]:
    """The bank accounts of ours that may be debited over a connection."""
    links = BankLink.objects.filter(
        book_id=book.id, account__currency=currency, account__bank_country=COUNTRY, account__closed_on=None
    ).select_related("account", "ledger_account")
    connected = set(ConnectedAccount.objects.values_list("connection__bank_code", "number"))
    return [
        one for one in links.order_by("id") if (one.account.bank_code, one.account.number_key) in connected
    ]


def choose_link(book: Book, typed: TypedOrder, payer: LedgerAccount | None, to_bank: str) -> BankLink | str:
    """The account of ours that it leaves from: the named one, the payer itself, else one at the payee's bank. Or the code of
    what hinders it."""
    if payer is None:
        return ""
    usable = connected_links(book, payer.currency)
    if typed.via.strip():
        named = find_link(book, typed.via)
        if named is None:
            return "via_unknown"
        return named if named.id in {one.id for one in usable} else "bank_not_connected"
    own = [one for one in usable if one.ledger_account_id == payer.id]
    if own:
        return own[0]
    if BankLink.objects.filter(ledger_account_id=payer.id).exists() or not usable:
        return "bank_not_connected"
    same = [one for one in usable if one.account.bank_code == to_bank]
    return (same or usable)[0]


def read_bank(ctx: Context, text: str) -> Bank | None:
    """By its code (former codes too) or one of its names."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) == 3:
        return find_bank(ctx, country=COUNTRY, code=text)
    for (country, _code), bank in bank_map(ctx).items():
        if country == COUNTRY and text in {*bank.names.values(), *bank.short_names.values()}:
            return bank
    return None


def read_number(text: str) -> str:
    """The digits of an account number; empty when it is none."""
    number = plain_number(text)
    return number if _NUMBER.fullmatch(number) else ""


def find_charge(book: Book, text: str) -> LedgerAccount | str:
    """The account that a payment out of a bank account is booked to, or the code of what is wrong."""
    if not text.strip():
        return "payment_field_missing"
    found = find_accounts(book, text)
    if not found:
        return "account_unknown"
    if len(found) > 1:
        return "account_ambiguous"
    account = LedgerAccount.objects.select_related("subject").get(id=found[0].id)
    if account.state == "closed":
        return "account_closed"
    return "account_at_bank" if BankLink.objects.filter(ledger_account_id=account.id).exists() else account


def judge_name(
    ctx: Context, to_bank: str, to_account: str, to_name: str
) -> tuple[str, NameVerdict, PayeeInquiry | None]:
    """The payee's name, what the bank's word makes of it, and that word. Without a name of the maker's the bank's is taken."""
    inquiry = last_inquiry(to_bank, to_account, ctx.at - ASKED_WITHIN)
    if inquiry is None:
        return to_name, NameVerdict.UNAVAILABLE, None
    said = inquiry.name or None
    name = to_name.strip() or inquiry.name
    return name, compare_names(name, said) if name else NameVerdict.UNAVAILABLE, inquiry


def accounts_for(book: Book) -> PaymentAccounts | None:
    return PaymentAccounts.objects.filter(book_id=book.id).select_related("transit", "fees").first()


def above_limit(link: BankLink, amount_minor: int) -> bool:
    return amount_minor > profile_of(link.account.bank_code).most_minor
