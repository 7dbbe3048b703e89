"""One SWIFT statement message while it is being read: its balances, its sums, and what must agree at its end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from moa.formats.statements import StatementEnd
from moa.formats.swift.amounts import Balance, Total
from moa.kernel.errors import Problem, error, warning
from moa.kernel.money import CURRENCIES, to_text

CREDIT, DEBIT = "credit", "debit"
BOOKED, PENDING = "booked", "pending"
# The mark gives the booked side: a reversed credit is booked as a debit. Expected items are not booked yet.
MARKS = {
    "C": (CREDIT, BOOKED),
    "D": (DEBIT, BOOKED),
    "RC": (DEBIT, BOOKED),
    "RD": (CREDIT, BOOKED),
    "EC": (CREDIT, PENDING),
    "ED": (DEBIT, PENDING),
}
# Per side: its plain mark, the mark of a reversal booked on it, of one taken back from it, of what is expected on it.
_SIDES = {CREDIT: ("C", "RD", "RC", "EC"), DEBIT: ("D", "RC", "RD", "ED")}
_BANK_SLASH = re.compile(r"([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?|\d{8})/(.+)\Z")
_CURRENCY_AT_END = re.compile(r"(.*[\d/ ])([A-Z]{3})\Z")


@dataclass(slots=True)
class Sums:
    """How many entries of one mark, and their sum."""

    count: int = 0
    minor: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.count + other.count, self.minor + other.minor)


@dataclass(slots=True)
class Message:
    """What has been read of the message so far. Shape: `sums` by the mark of the line, a key of `MARKS`."""

    index: int
    place: str
    reference: str = ""
    account: str = ""
    account_place: str = ""
    bank: str = ""
    holder: str = ""
    number: str = ""
    currency: str = ""
    digits: int = -1
    opening: Balance | None = None
    opening_mark: str = ""
    opening_place: str = ""
    closing: Balance | None = None
    closing_mark: str = ""
    closing_place: str = ""
    stated_interim: bool = False
    interim: bool | None = None
    reported_on: date | None = None
    unreadable: int = 0
    sums: dict[str, Sums] = field(default_factory=lambda: {mark: Sums() for mark in MARKS})
    totals: dict[str, tuple[Total, str]] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    latest_seen: date | None = None
    moved_on_opening_day: bool = False

    @property
    def is_interim(self) -> bool:
        """Whether this is an MT942: its envelope says so, or it has a floor limit, a moment or totals but no balances."""
        return self.stated_interim or bool(self.interim) and not self.opening_mark and not self.closing_mark

    @property
    def entry_count(self) -> int:
        return sum(sums.count for sums in self.sums.values())

    @property
    def moved(self) -> int:
        """What the booked entries add to the opening balance."""
        sides = (
            (1 if side == CREDIT else -1, mark) for mark, (side, status) in MARKS.items() if status == BOOKED
        )
        return sum(sign * self.sums[mark].minor for sign, mark in sides)

    def saw_day(self, day: date) -> None:
        self.latest_seen = day
        self.first_day = min(day, self.first_day or day)
        self.last_day = max(day, self.last_day or day)
        if self.opening is not None and day == self.opening.day:
            self.moved_on_opening_day = True

    def problems_at_end(self, place: str) -> list[Problem]:
        """Everything that must agree once the message is over. `place` is where it ended."""
        found: list[Problem] = []
        if not self.account:
            found.append(error("account_missing", self.place, ":25:"))
        if not self.is_interim and self.opening_mark == "":
            found.append(error("opening_missing", self.place, ":60F:"))
        if not self.is_interim and self.closing_mark == "":
            found.append(error("closing_missing", place, ":62F:"))
        if self.opening and self.closing:
            found += self._closing_disagrees(self.opening, self.closing)
        return found + self._totals_disagree()

    def _closing_disagrees(self, opening: Balance, closing: Balance) -> list[Problem]:
        tag = f":{self.closing_mark}:"
        if closing.currency and opening.currency and closing.currency != opening.currency:
            value = f"{opening.currency} ≠ {closing.currency}"
            return [error("currency_mismatch", self.closing_place, tag, value)]
        found = []
        if not closing.currency or not opening.currency:
            found.append(warning("currency_missing", self.closing_place, tag, self.currency))
        computed = opening.minor + self.moved
        # With an unreadable line the sum is unknown; that line is the error to mend.
        if computed != closing.minor and not self.unreadable:
            value = f"{to_text(closing.minor, self.currency)} ≠ {to_text(computed, self.currency)}"
            found.append(error("closing_mismatch", self.closing_place, tag, value))
        return found

    def _totals_disagree(self) -> list[Problem]:
        """The counts and sums of :90C: and :90D: against the lines."""
        found: list[Problem] = []
        if self.unreadable:
            return found
        for side, (total, place) in self.totals.items():
            tag = ":90C:" if side == CREDIT else ":90D:"
            if total.currency != self.currency:
                found.append(error("currency_mismatch", place, tag, f"{self.currency} ≠ {total.currency}"))
                continue
            readings = self._readings(side)
            if not any(total.minor == one.minor and total.entries in (None, one.count) for one in readings):
                stated, ours = (
                    f"{count} {to_text(minor, total.currency)}"
                    for count, minor in (
                        (total.entries or 0, total.minor),
                        (readings[0].count, readings[0].minor),
                    )
                )
                found.append(error("totals_mismatch", place, tag, f"{stated} ≠ {ours}"))
        return found

    def _readings(self, side: str) -> list[Sums]:
        """What a bank may mean by the total of a side: with or without expected items, a reversal counted on the
        side it is booked on, or on the side of the entry it takes back, with its sign."""
        plain, onto, back, expected = (self.sums[mark] for mark in _SIDES[side])
        readings = [plain + onto]
        if onto.count or back.count:
            readings += [plain + Sums(0, -back.minor), plain + Sums(back.count, -back.minor)]
        return readings + [reading + expected for reading in readings]

    def end(self, place: str) -> StatementEnd:
        first, last = self._days()
        return StatementEnd(
            account=self.account,
            currency=self.currency,
            opening_minor=self.opening.minor if self.opening else None,
            closing_minor=self._closing_minor(),
            from_date=first,
            to_date=last,
            entry_count=self.entry_count,
            provisional=self.is_interim,
            reference=self.reference,
            bank=self.bank,
            holder=self.holder,
            place=place,
            continues=self.opening_mark == "60M",
            goes_on=self.closing_mark == "62M",
        )

    def _closing_minor(self) -> int | None:
        """The closing balance, unless it is stated in another currency than the statement's."""
        if self.closing is None or self.closing.currency not in ("", self.currency):
            return None
        return self.closing.minor

    def _days(self) -> tuple[date | None, date | None]:
        """First and last day inside the statement.

        Day rule: the opening balance is dated with the day it closed, so the statement begins on the day after,
        unless it also holds entries of that day or ends with it. Entries booked late, with a day before that, do
        not count.
        """
        if self.is_interim:
            days = [day for day in (self.reported_on, self.last_day) if day]
            last = max(days, default=None)
            return self.first_day or last, last
        last = self.closing.day if self.closing else self.last_day
        if self.opening is None:
            return self.first_day or last, last
        first = min(self.opening.day, last or self.opening.day)
        if last and first < last and not self.moved_on_opening_day:
            first += timedelta(days=1)
        return first, last


def split_account(text: str) -> tuple[str, str, str]:
    """Bank, account and currency of a :25: or :25P: field, each empty where it is not stated."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        return "", "", ""
    account = lines[0]
    bank = lines[1] if len(lines) > 1 else ""
    currency = ""
    if not is_iban(account):
        found = _CURRENCY_AT_END.match(account)
        if found and found[2] in CURRENCIES:
            account, currency = found[1].rstrip("/ "), found[2]
        found = _BANK_SLASH.match(account)
        if found:
            bank, account = found[1], found[2].strip()
    if account.startswith("//") and "/" in account[2:]:
        # Austrian banks: two slashes, the bank's country and clearing number, the account.
        bank, _, account = account[2:].partition("/")
    if account.startswith("/"):
        account = account[1:]
    return bank, account, currency


def is_iban(text: str) -> bool:
    """Whether the text is an IBAN with a right check number. Source: ISO 13616."""
    text = text.replace(" ", "")
    if not (15 <= len(text) <= 34 and text.isalnum() and text.isascii() and text[:2].isalpha()):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1
