"""Whether a voucher may be booked, and what it then moves: the one place where this is decided, for one or ten thousand.

Vouchers are decided strictly in their order, each on what those before it left. Source: issue "Books that cannot be
wrong" part 2; domain.md §2.7 (a floor and a freeze bind what lowers a balance, never what raises it).
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from moa.kernel.rates import Rate
from moa.ledger.rules.valuation import functional_amounts
from moa.ledger.rules.vouchers import (
    MOST_LEGS,
    MOST_MINOR,
    NewVoucher,
    account_fits,
    is_far_valued,
    key_fits,
    memo_fits,
)

# A hundred accounts of the largest balance still add up within 64 bits.
MOST_BALANCE = 9 * 10**16
# Not stored: the key stands for something else already, or cannot be kept.
KEY_CONFLICT, KEY_INVALID, ROW_INVALID = "key_conflict", "key_invalid", "row_invalid"


@dataclass(slots=True)
class AccountFacts:
    """An account as it stands; `current` and `version` go on while vouchers are decided."""

    id: int
    code: str
    currency: str
    normal_side: int
    floor_minor: int | None
    state: str
    current: int
    held: int
    version: int


class KnownKey(NamedTuple):
    """What a key stands for already. Shape: `code` empty for what was booked."""

    content: str
    code: str
    account: str
    voucher_id: int | None = None
    period: int | None = None


class Days(NamedTuple):
    """The book's days. Shape: `open_on` the day that takes vouchers, None without one; all days to `closed_to` are closed.

    Of those, the days to the other two are in closed months and years; None when no voucher asks for such a day.
    """

    open_on: date | None
    closed_to: date | None
    month_closed_to: date | None = None
    year_closed_to: date | None = None


class BookedEntry(NamedTuple):
    """One entry as it is written."""

    account_id: int
    n: int
    minor: int
    functional_minor: int | None
    balance_after: int
    value_date: date
    side: int


class Decision(NamedTuple):
    """The answer to one voucher. Shape: `code` empty when it is booked; `is_new` False when its key knew it already."""

    voucher: NewVoucher
    content: str
    code: str
    account: str
    is_new: bool
    entries: tuple[BookedEntry, ...] = ()
    known: KnownKey | None = None


class Refusal(NamedTuple):
    code: str
    account: str = ""


@dataclass(slots=True)
class Decider:
    """Decides vouchers one after the other on facts that it carries forward."""

    accounts: MutableMapping[str, AccountFacts]
    known: MutableMapping[str, KnownKey]
    days: Days
    functional: str
    rates: Mapping[str, Rate]
    # Vouchers that are in the book and that nothing has taken back yet, of those that are to be reversed.
    reversible: set[tuple[int, int]]

    def learn(self, known: Mapping[str, KnownKey], accounts: Mapping[str, AccountFacts]) -> None:
        """Facts for the vouchers that follow; what is carried forward stands."""
        for key, answer in known.items():
            self.known.setdefault(key, answer)
        for code, account in accounts.items():
            self.accounts.setdefault(code, account)

    def decide(self, voucher: NewVoucher, content: str) -> Decision:
        """Shape: `content` what `content_of` says of the voucher."""
        key = voucher.key
        if not key_fits(key):
            return Decision(voucher, "", ROW_INVALID if _is_unread(voucher) else KEY_INVALID, "", False)
        known = self.known.get(key)
        if known is not None:
            code = known.code if known.content == content else KEY_CONFLICT
            return Decision(voucher, content, code, known.account, False, known=known)
        answer = self._answer(voucher)
        if isinstance(answer, Refusal):
            self.known[key] = KnownKey(content, answer.code, answer.account)
            return Decision(voucher, content, answer.code, answer.account, True)
        self.known[key] = KnownKey(content, "", "")
        return Decision(voucher, content, "", "", True, answer)

    def _answer(self, voucher: NewVoucher) -> Refusal | tuple[BookedEntry, ...]:
        if voucher.problem:
            return Refusal(voucher.problem)
        if not memo_fits(voucher.memo):
            return Refusal("memo_invalid")
        if code := day_problem(voucher.business_date, self.days):
            return Refusal(code)
        if voucher.reverses is None and is_far_valued(voucher):
            return Refusal("date_invalid")
        if voucher.reverses is not None and voucher.reverses not in self.reversible:
            return Refusal("not_reversible")
        legs = voucher.legs
        if len(legs) > MOST_LEGS:
            return Refusal("voucher_too_long")
        if len(legs) < 2:
            return Refusal("unbalanced")
        accounts, foreign = self.accounts, False
        sums: dict[str, int] = {}
        changes: dict[str, int] = {}
        for leg in legs:
            code, minor, side, currency, _, _ = leg
            account = accounts.get(code)
            if (
                account is None
                or account.currency != currency
                or account.state == "closed"
                or not 0 < minor * side <= MOST_MINOR
            ):
                refusal = self._leg_problem(voucher)
                if refusal is not None:
                    return refusal
            foreign = foreign or currency != self.functional
            sums[currency] = sums.get(currency, 0) + minor
            changes[code] = changes.get(code, 0) + minor
        if any(sums.values()):
            return Refusal("unbalanced")
        worth: Sequence[int | None] | None
        if not foreign:
            worth = [leg.minor for leg in legs]
        elif voucher.reverses is not None:
            # Worth what it was then, or as unvalued as it was: the day's rate has no say.
            worth = [leg.minor if leg.currency == self.functional else leg.functional_minor for leg in legs]
        else:
            worth = functional_amounts(legs, self.functional, self.rates)
        if worth is None:
            return Refusal("unbalanced")
        return self._move_problem(changes) or self._book(voucher, worth)

    def _leg_problem(self, voucher: NewVoucher) -> Refusal | None:
        """The first problem of the legs: an account that is not there counts before one that is closed, and so on."""
        found = [(leg, self.accounts.get(leg.account)) for leg in voucher.legs]
        for leg, account in found:
            if account is None:
                return Refusal("account_unknown", leg.account if account_fits(leg.account) else "")
        known = [(leg, account) for leg, account in found if account is not None]
        for leg, account in known:
            if account.currency != leg.currency:
                return Refusal("wrong_currency", leg.account)
        for leg, account in known:
            if account.state == "closed":
                return Refusal("account_closed", leg.account)
        for leg, _ in known:
            # Red figures, negative on their own side, take a voucher back and are nothing else.
            is_red = leg.minor * leg.side < 0
            if not 0 < abs(leg.minor) <= MOST_MINOR or (is_red and voucher.reverses is None):
                return Refusal("amount_invalid", leg.account)
        return None

    def _move_problem(self, changes: Mapping[str, int]) -> Refusal | None:
        """Shape: `changes` what the voucher adds to each account, debits positive."""
        for code, change in changes.items():
            account = self.accounts[code]
            after = account.current + change
            if abs(after) > max(MOST_BALANCE, abs(account.current)):
                return Refusal("balance_too_large", code)
            if change * account.normal_side < 0:
                if account.state == "frozen":
                    return Refusal("frozen", code)
                floor = account.floor_minor
                if floor is not None and after * account.normal_side - account.held < floor:
                    return Refusal("below_floor", code)
        return None

    def _book(self, voucher: NewVoucher, worth: Sequence[int | None]) -> tuple[BookedEntry, ...]:
        if voucher.reverses is not None:
            self.reversible.discard(voucher.reverses)
        usual_day = voucher.value_date or voucher.business_date
        entries = []
        for (code, minor, side, _, _, own_day), functional in zip(voucher.legs, worth, strict=True):
            account = self.accounts[code]
            account.version += 1
            account.current += minor
            day = own_day or usual_day
            assert day is not None
            entries.append(
                BookedEntry(account.id, account.version, minor, functional, account.current, day, side)
            )
        return tuple(entries)


def _is_unread(voucher: NewVoucher) -> bool:
    """Whether not even a key could be found in what was given."""
    return not voucher.key and voucher.problem == ROW_INVALID


def day_problem(business_date: date | None, days: Days) -> str:
    """The code of why a day takes no voucher; empty when it does."""
    if business_date is None:
        return "date_invalid"
    if days.open_on == business_date:
        return ""
    last = days.open_on or days.closed_to
    if last is None or business_date > last:
        return "day_not_open"
    if days.year_closed_to is not None and business_date <= days.year_closed_to:
        return "closed_year"
    if days.month_closed_to is not None and business_date <= days.month_closed_to:
        return "closed_month"
    return "closed_day"
