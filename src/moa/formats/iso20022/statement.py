"""One statement (Stmt, Rpt or Ntfctn) while it is read: its header, what its entries add up to, and its end."""

from __future__ import annotations

from datetime import date, time, timedelta

from moa.formats.iso20022.balances import Balance, Ends, balance_code, find_ends, first_day, read_balance
from moa.formats.iso20022.entry import Reading
from moa.formats.iso20022.fields import Frame, shown
from moa.formats.iso20022.names import LOCAL, Element, parts_of, text_at, text_of
from moa.formats.iso20022.payment import account_number
from moa.formats.iso20022.summary import Claim, Tally, check_summary, read_summary
from moa.formats.iso20022.values import moment
from moa.formats.statements import Entry, ReadOptions, StatementEnd
from moa.kernel.errors import DomainError, Problem, error, warning
from moa.kernel.money import minor_digits, to_text

_MIDNIGHT = time(0, 0)


class Statement:
    """Collects a statement's facts; `finish` checks them against each other.

    Shape: `format` the message's name; `carried` the balance at the end of the page before, signed minor units.
    """

    def __init__(self, name: str, index: int, line: int, format: str, options: ReadOptions) -> None:
        self.index = index
        self.place = f"{name}[{index}] line {line}"
        self.path = f"{name}[{index}]"
        self.format = format
        self.problems: list[Problem] = []
        self.account = ""
        self.currency = ""
        self.page = 1
        self.more_pages = False
        self.entries = 0
        self.entries_seen = 0
        self.booked = Tally()
        self.others = Tally()
        self._options = options
        self._digits: int | None = None
        self.frame: Frame | None = None
        self._bank = self._holder = self._reference = ""
        self._balances: list[Balance] = []
        self._balances_seen = 0
        self._claims: list[Claim] = []
        self._period: tuple[date | None, time | None, date | None] = (None, None, None)
        self._created: date | None = None
        self._summable = True
        self._first_day: date | None = None
        self._last_day: date | None = None
        self._entry_day: date | None = None
        self._rises = self._falls = False

    def take(self, element: Element, line: int) -> None:
        """Reads a child of the statement that is not an entry."""
        name = LOCAL[element.tag]
        if name == "Id":
            self._reference = text_of(element)
        elif name == "Acct":
            self._take_account(element, line)
        elif name == "Bal":
            self._take_balance(element, line)
        elif name == "TxsSummry":
            self._claims += read_summary(element)
        elif name == "FrToDt":
            self._take_period(element, line)
        elif name == "CreDtTm":
            created = moment(text_of(element))
            self._created = created[0] if created else None
        elif name in ("StmtPgntn", "RptPgntn", "NtfctnPgntn"):
            self._take_page(element)

    def make_frame(self, entry: Element) -> Frame:
        """What an entry needs to know. A header without any currency leaves it to the first entry."""
        amount = parts_of(entry).get("Amt")
        written = amount.get("Ccy", "") if amount is not None else ""
        self._use_currency(written or self._options.currency)
        closing = find_ends(self._balances).closing
        fallback = (closing.day if closing else None) or self._period[2] or self._created
        unstated = "booked" if self.format == "camt.053" else "pending"
        self.frame = Frame(self.account, self.currency, self._digits, fallback, unstated)
        return self.frame

    def add(self, reading: Reading) -> None:
        """Counts an entry in, also one that cannot stand but whose amount is clear."""
        self.entries_seen += 1
        if reading.entry is not None:
            self.entries += 1
            self._see_day(reading.entry)
        minor, direction, status = reading.amount_minor, reading.direction, reading.status
        if minor is None or direction is None or status is None:
            self._summable = False
            return
        (self.booked if status == "booked" else self.others).add(direction, minor)

    def finish(self, carried: int | None, complete: bool) -> StatementEnd:
        """The end of the statement. Adds what does not agree to `problems`; of a broken file nothing is compared."""
        self._settle_account(complete)
        ends = find_ends(self._balances)
        opening = ends.opening.minor if ends.opening else carried
        closing = ends.closing.minor if ends.closing else None
        if complete:
            opening, closing = self._checked(ends, opening, closing)
        first, last = self._days(ends)
        return StatementEnd(
            account=self.account,
            currency=self.currency,
            opening_minor=opening,
            closing_minor=closing,
            from_date=first,
            to_date=last,
            entry_count=self.entries,
            provisional=self.format != "camt.053",
            newest_first=self._falls and not self._rises,
            reference=self._reference,
            bank=self._bank,
            holder=self._holder,
            place=self.place,
            continues=self.page > 1,
            goes_on=self.more_pages,
        )

    def _settle_account(self, complete: bool) -> None:
        """Account and currency, from the caller where the file has none; of a broken file both may have come later."""
        asked = self._options.account
        if self.account and asked and not _same_account(asked, self.account):
            self.problems.append(error("account_mismatch", self.place, "Acct/Id", self.account[:70]))
        self.account = self.account or asked
        self._use_currency(self._options.currency)
        if complete and not self.account:
            self.problems.append(error("account_missing", self.place, "Acct/Id"))
        if complete and not self.currency:
            self.problems.append(error("currency_missing", self.place, "Acct/Ccy"))

    def _checked(self, ends: Ends, opening: int | None, closing: int | None) -> tuple[int | None, int | None]:
        """Opening, booked entries and closing against each other, and the summary against the entries."""
        if self._summable and self._digits is not None:
            found = check_summary(self._claims, self.booked, self.others, self.currency, self.place)
            paged = self.page > 1 or self.more_pages
            # The summary of a statement in pages may be of all of them.
            self.problems += [problem._replace(severity="warning") if paged else problem for problem in found]
        if opening is not None and closing is None and self.more_pages:
            return opening, opening + self.booked.net_minor
        if self.format == "camt.053":
            if opening is None:
                self.problems.append(warning("opening_missing", self.place, "Bal"))
            if closing is None:
                self.problems.append(warning("closing_missing", self.place, "Bal"))
        if opening is None or closing is None or not self._summable:
            return opening, closing
        computed = opening + self.booked.net_minor
        if computed == closing:
            return opening, closing
        text = f"{to_text(closing, self.currency)} ≠ {to_text(computed, self.currency)}"
        if ends.interim and self.format == "camt.052":
            # A report within the day may hold only what is new since the last one.
            self.problems.append(warning("interim_mismatch", self.place, "Bal/ITBD", text))
            return None, closing
        self.problems.append(error("closing_mismatch", self.place, "closing", text))
        return opening, closing

    def _days(self, ends: Ends) -> tuple[date | None, date | None]:
        """The period: as stated, else from the balances' days, else from the entries. Day rule: both days inside."""
        first, last_time, last = self._period
        closing_day = ends.closing.day if ends.closing else None
        if last and last_time == _MIDNIGHT and closing_day and last - timedelta(days=1) == closing_day:
            # The bank wrote the moment at which the period ends; its closing balance is of the day before.
            last = closing_day
        opening_day = first_day(ends.opening)
        if opening_day and closing_day and opening_day > closing_day:
            opening_day = closing_day
        first = first or opening_day or closing_day or self._first_day
        last = last or closing_day or self._last_day or first
        if first and last and first > last:
            text = f"{first.isoformat()} to {last.isoformat()}"
            self.problems.append(error("period_reversed", self.place, "FrToDt", text))
        return first, last

    def _see_day(self, entry: Entry) -> None:
        day, before = entry.date, self._entry_day
        self._entry_day = day
        if before == day:
            return
        if before is not None:
            if day < before:
                self._falls = True
            else:
                self._rises = True
        if self._first_day is None or day < self._first_day:
            self._first_day = day
        if self._last_day is None or day > self._last_day:
            self._last_day = day

    def _take_account(self, element: Element, line: int) -> None:
        parts = parts_of(element)
        self.account = account_number(element) or text_at(parts.get("Prxy"), "Id")
        owner, servicer = parts.get("Ownr"), parts.get("Svcr")
        self._holder = text_at(owner, "Nm") or text_at(owner, "Pty", "Nm") or text_of(parts.get("Nm"))
        self._bank = (
            text_at(servicer, "FinInstnId", "BICFI")
            or text_at(servicer, "FinInstnId", "BIC")
            or text_at(servicer, "FinInstnId", "ClrSysMmbId", "MmbId")
            or text_at(servicer, "FinInstnId", "Nm")
        )
        currency = text_of(parts.get("Ccy"))
        if self.currency and currency and currency != self.currency:
            place = f"{self.path}/Acct line {line}"
            self.problems.append(error("currency_mismatch", place, "Acct/Ccy", shown(currency)))
        self.frame = None
        self._use_currency(currency)

    def _take_balance(self, element: Element, line: int) -> None:
        self._balances_seen += 1
        place = f"{self.path}/Bal[{self._balances_seen}] line {line}"
        amount = parts_of(element).get("Amt")
        if amount is not None and balance_code(element) in ("OPBD", "PRCD", "CLBD", "ITBD"):
            self._use_currency(amount.get("Ccy", ""))
        balance = read_balance(element, self.currency, self._digits, place, self.problems)
        if balance is not None:
            self._balances.append(balance)
            self.frame = None

    def _take_period(self, element: Element, line: int) -> None:
        parts = parts_of(element)
        first = self._moment(parts.get("FrDtTm"), parts.get("FrDt"), line)
        last = self._moment(parts.get("ToDtTm"), parts.get("ToDt"), line)
        self._period = (first[0], last[1], last[0])

    def _moment(
        self, exact: Element | None, day: Element | None, line: int
    ) -> tuple[date | None, time | None]:
        text = text_of(exact) or text_of(day)
        if not text:
            return None, None
        found = moment(text)
        if found is None:
            place = f"{self.path}/FrToDt line {line}"
            self.problems.append(error("date_impossible", place, "FrToDt", shown(text)))
            return None, None
        return found

    def _take_page(self, element: Element) -> None:
        number = text_at(element, "PgNb")
        self.page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
        self.more_pages = text_at(element, "LastPgInd") in ("false", "0")

    def _use_currency(self, currency: str) -> None:
        if self.currency or not currency:
            return
        self.currency = currency
        try:
            self._digits = minor_digits(currency)
        except DomainError:
            self.problems.append(error("currency_unknown", self.place, "Ccy", shown(currency)))


def _same_account(left: str, right: str) -> bool:
    """Whether two spellings are one account: signs and leading zeros aside, or one inside the other's IBAN."""
    one, two = ("".join(filter(str.isalnum, text)).upper().lstrip("0") for text in (left, right))
    return one == two or (min(len(one), len(two)) >= 6 and (one.endswith(two) or two.endswith(one)))
