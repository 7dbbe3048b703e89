"""What is asked to be booked: vouchers and their legs as values, and the content that a key stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple

from moa.kernel.plain_text import unseen_in
from moa.ledger.rules.sides import CREDIT, DEBIT

# Beyond this an amount is a mistake, and sums of amounts would come near the end of 64 bits.
MOST_MINOR = 10**16
LONGEST_KEY = 200
LONGEST_ACCOUNT = 40
LONGEST_MEMO = 1_000
MOST_LEGS = 10_000
# Interest is corrected from a value date: a mistyped year would move it by all the days between.
EARLIEST_VALUE, LATEST_VALUE = timedelta(days=5 * 366), timedelta(days=366)


class Leg(NamedTuple):
    """One leg. Shape: `minor` signed, debits positive; `side` the column it stands in, so that -100 may be a debit.

    `functional_minor` is the same in the book's currency where the caller knows better than the day's rate;
    `value_date` where it is not the voucher's.
    """

    account: str
    minor: int
    side: int
    currency: str
    functional_minor: int | None = None
    value_date: date | None = None


class NewVoucher(NamedTuple):
    """A voucher to be booked under `key`. Shape: `reverses` is (id, period) of the voucher that this takes back.

    `problem` is the code of what made it unreadable, with `raw` what stood there; it is refused with that code.
    """

    key: str
    business_date: date | None
    value_date: date | None
    legs: tuple[Leg, ...]
    memo: str = ""
    source_id: str = ""
    reverses: tuple[int, int] | None = None
    problem: str = ""
    raw: tuple[str, ...] = ()


def debit(account: str, minor: int, currency: str) -> Leg:
    return Leg(account, minor, DEBIT, currency)


def credit(account: str, minor: int, currency: str) -> Leg:
    return Leg(account, -minor, CREDIT, currency)


def transfer(debit_account: str, credit_account: str, minor: int, currency: str) -> tuple[Leg, Leg]:
    """The two legs of the ordinary voucher."""
    return debit(debit_account, minor, currency), credit(credit_account, minor, currency)


def key_fits(key: str) -> bool:
    """Whether a key can be kept: 1 to 200 printable characters without a space at either end."""
    return 0 < len(key) <= LONGEST_KEY and key.isprintable() and key == key.strip()


def account_fits(code: str) -> bool:
    """Whether a text can be the code of an account: 1 to 40 printable characters without a space at either end."""
    return 0 < len(code) <= LONGEST_ACCOUNT and code.isprintable() and code == code.strip()


def memo_fits(memo: str) -> bool:
    """Whether a memo can be kept: up to 1,000 characters that text can hold, and that somebody sees."""
    if memo.isprintable() and not unseen_in(memo):
        return len(memo) <= LONGEST_MEMO
    return (
        len(memo) <= LONGEST_MEMO and not unseen_in(memo) and not any("\ud800" <= c <= "\udfff" for c in memo)
    )


def is_far_valued(voucher: NewVoucher) -> bool:
    """Whether a value date is more than five years before the business date, or more than one after it."""
    day = voucher.business_date
    if day is None:
        return False
    asked = [leg.value_date for leg in voucher.legs if leg.value_date is not None]
    if voucher.value_date is not None and voucher.value_date != day:
        asked.append(voucher.value_date)
    return any(is_far_value(one, day) for one in asked)


def is_far_value(value_date: date, business_date: date) -> bool:
    return not business_date - EARLIEST_VALUE <= value_date <= business_date + LATEST_VALUE


def content_of(voucher: NewVoucher) -> str:
    """128 bits of the SHA-256 over what is asked, as hexadecimal text. The key and the source are no part of it.

    The texts that a person chose are written as Python literals, so no text can pass for two fields.
    """
    if voucher.problem:
        said = f"unreadable {voucher.raw!r}"
    else:
        legs = ",".join(
            [
                f"{account!r} {minor} {side} {currency!r} {functional} {value_date}"
                for account, minor, side, currency, functional, value_date in voucher.legs
            ]
        )
        said = f"{voucher.business_date} {voucher.value_date} {voucher.reverses} {legs} {voucher.memo!r}"
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def accounts_of(vouchers: Iterable[NewVoucher]) -> set[str]:
    """The accounts that are spoken of, but for texts that no account can have."""
    return _askable({leg.account for voucher in vouchers for leg in voucher.legs}, account_fits)


def keys_of(vouchers: Iterable[NewVoucher]) -> set[str]:
    """The keys, but for texts that no key can be."""
    return _askable({voucher.key for voucher in vouchers}, key_fits)


def _askable(texts: set[str], fits: Callable[[str], bool]) -> set[str]:
    """Those that the database can be asked for: what is printable but does not fit is found nowhere, and told so much quicker."""
    return texts if "".join(texts).isprintable() else {text for text in texts if fits(text)}


def currencies_of(vouchers: Iterable[NewVoucher]) -> set[str]:
    return {leg.currency for voucher in vouchers for leg in voucher.legs}


def period_of(day: date) -> int:
    """The month that a day's vouchers are kept in: 202611."""
    return day.year * 100 + day.month
