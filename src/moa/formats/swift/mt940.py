"""Read MT940 and MT942 files as banks send them: enveloped or bare, one message or thousands, any line ends.

Source: SWIFT Standards MT, category 9: MT940 Customer Statement, MT942 Interim Transaction Report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from moa.formats.statements import Entry, Event, FileFacts, ReadOptions, StatementStart
from moa.formats.swift import amounts
from moa.formats.swift.fields import LONGEST_FIELD, MESSAGE_END, Block, is_plain, read_blocks, split_field
from moa.formats.swift.message import CREDIT, DEBIT, Message, split_account
from moa.formats.swift.pages import Pages
from moa.formats.swift.statement_line import entry_of
from moa.formats.text_encoding import GUESSED, detect, ends_inside_a_line
from moa.kernel.errors import Problem, error, warning
from moa.kernel.masking import mask_text
from moa.kernel.money import CURRENCIES

_TAG = re.compile(r"([0-9A-Z]{2,4}):")
_SWEDISH_BLOCK = re.compile(r"ä\d:")
_ENVELOPE_KIND = re.compile(r"\{2:[IO](94[02])")
# Lines that banks put around a message: sender, message type, running number.
_HEADER_LINE = re.compile(r"[A-Z0-9][A-Z0-9 ./]{0,79}\Z")
_MOMENT = re.compile(r"(\d{6})(\d{4})?([+-]\d{4})?\s*\Z")
_CURRENCY_IN_BALANCE = re.compile(r"\S{0,3}?\d{6}([A-Z]{3})")
_BALANCES = frozenset(["60F", "60M", "62F", "62M", "64", "65"])
# Dutch banks write each line of a narrative as a :86: of its own; no bank writes this many.
_MOST_NARRATIVES = 100
_MANY_LINES = frozenset(["61", "86", "NS", "25P"])
_IGNORED = frozenset(["21", "940", "942"])
_KNOWN = _BALANCES | _MANY_LINES | _IGNORED | {"13", "13D", "20", "25", "28", "28C", "34F", "90C", "90D"}
_HEAD_TAGS = frozenset(["13", "21", "25", "28"])
# A tag as the standard writes them; the text behind a damaged one still looks like what it was.
_TAG_SHAPE = re.compile(r"\d\d[A-Z]?\Z")
_LIKE_LINE = re.compile(r"\d{6}(?:\d{4})?(?:R?[CD]|E[CD])[A-Z]?\d+,|[CD]\d{6}[A-Z]{3}\d|\d*[A-Z]{3}\d+,")


def read(source: BinaryIO, options: ReadOptions, facts: FileFacts) -> Iterator[Event]:
    """Every statement of the file, entry by entry, with each problem at its line.

    Problems: account_missing, account_mismatch, opening_missing, closing_missing, closing_mismatch, totals_mismatch,
    currency_mismatch, currency_missing, currency_unknown, line_unreadable, message_cut, balance_unreadable, total_unreadable,
    floor_limit_unreadable, moment_unreadable, date_impossible, amount_too_fine, tag_unknown, content_unknown,
    field_too_long, page_mismatch, statement_missing; warnings tag_unknown, content_unknown, date_adjusted, amount_without_comma, page_missing,
    reference_missing, line_unexpected, encoding_mixed, encoding_guessed, character_unreadable.
    """
    facts.encoding = options.encoding or detect(source)
    if facts.encoding in GUESSED and not options.encoding:
        yield warning("encoding_guessed", "line 1", "", facts.encoding)
    source.seek(0)
    reader = _Reader(options, facts)
    for block in read_blocks(source, facts.encoding):
        if block.problems:
            yield from block.problems
        yield from reader.take(block)
    yield from reader.finish()
    if reader.unclosed and ends_inside_a_line(source):
        yield error("message_cut", reader.unclosed, "")


class _Reader:
    """The state between two fields. Problems gather in `_problems` and are given out after the field they belong to."""

    def __init__(self, options: ReadOptions, facts: FileFacts) -> None:
        self.unclosed = ""
        self._options = options
        self._facts = facts
        self._problems: list[Problem] = []
        self._pages = Pages()
        self._message: Message | None = None
        self._count = 0
        self._line = 1
        # The statement line that waits for its narrative, and that narrative.
        self._pending: tuple[int, str] | None = None
        self._narratives: list[str] = []
        self._extra = ""
        self._last_tag = ""
        self._kind = ""

    def take(self, block: Block) -> Iterator[Event]:
        """The events of one block. The two fields that make up nearly all of a file are handled here, at speed."""
        line = block.line
        parts = iter(block.fields)
        if not block.headed:
            text = next(parts, "")
            yield from self._loose(text, line)
            line += text.count("\n") + 1
        plain = block.plain
        for part in parts:
            tag = part[:3]
            if tag == "86:" and self._pending is not None and (plain or is_plain(part)):
                self._narratives.append(part[3:].rstrip())
                if len(self._narratives) > _MOST_NARRATIVES:
                    self._narratives.pop()
                    self._problems.append(error("field_too_long", f"line {line}", ":86:"))
                    yield from self._drain()
            elif tag == "61:" and self._message is not None and (plain or is_plain(part)):
                if self._pending is not None:
                    entry = self._entry()
                    if entry is not None:
                        yield entry
                    if self._problems:
                        yield from self._drain()
                self._pending = (line, part[3:].rstrip())
            else:
                self._line = line
                yield from self._field(part)
            line += part.count("\n") + 1
        self._line = line

    def finish(self) -> Iterator[Event]:
        yield from self._close_entry()
        yield from self._close_message()
        if not self._count:
            yield error("statement_missing", "line 1", "", "")
        yield from self._pages.left_open()

    def _drain(self) -> Iterator[Problem]:
        problems, self._problems = self._problems, []
        yield from problems

    def _error(self, code: str, tag: str, value: str = "") -> None:
        self._problems.append(error(code, f"line {self._line}", tag, mask_text(value[:80])))

    def _warning(self, code: str, tag: str, value: str = "") -> None:
        self._problems.append(warning(code, f"line {self._line}", tag, mask_text(value[:80])))

    def _close_entry(self) -> Iterator[Event]:
        """Give out the statement line that was waiting, now that its narrative is complete."""
        if self._pending is None:
            return
        entry = self._entry()
        if entry is not None:
            yield entry
        yield from self._drain()

    def _entry(self) -> Entry | None:
        assert self._pending is not None and self._message is not None
        number, line = self._pending
        place = f"line {number}"
        if self._message.digits < 0:
            self._settle_currency(self._message, place)
        entry = entry_of(self._message, place, line, self._narratives, self._extra, self._problems)
        self._pending = None
        self._narratives.clear()
        self._extra = ""
        return entry

    def _settle_currency(self, message: Message, place: str) -> None:
        """An interim report may state its currency only in its totals, which come last: the caller may know it."""
        message.currency = message.currency or self._options.currency
        try:
            message.digits = amounts.digits_of(message.currency)
        except amounts.Unreadable as refusal:
            if not message.unreadable:
                self._problems.append(error(refusal.code, place, ":61:", message.currency))

    def _field(self, part: str) -> Iterator[Event]:
        """Any field, also one that ends its message or is not as it should be."""
        part = part.lstrip("\n ")
        found = _TAG.match(part)
        if len(part) > LONGEST_FIELD:
            self._error("field_too_long", f":{found[1]}:" if found else "")
            yield from self._drain()
            return
        if found is None:
            yield from self._continued(part)
            return
        tag = found[1]
        if self._is_text(tag, part[found.end() :]):
            yield from self._continued(part)
            return
        value, after = split_field(part[found.end() :], single=tag not in _MANY_LINES)
        if tag not in ("86", "NS"):
            yield from self._close_entry()
        if self._starts_message(tag):
            yield from self._close_message()
            yield self._open_message()
        assert self._message is not None
        self._last_tag = tag
        self._take_value(self._message, tag, value)
        yield from self._drain()
        if after:
            yield from self._loose(after, self._line + value.count("\n") + 1)

    def _starts_message(self, tag: str) -> bool:
        message = self._message
        if message is None:
            return True
        if tag == "20" or tag == "940":
            return bool(message.reference or message.account or message.opening_mark)
        return tag[:2] in ("25", "28", "60") and message.closing_mark != ""

    def _open_message(self) -> StatementStart:
        self._count += 1
        place = f"line {self._line}"
        self._message = Message(self._count, place, stated_interim=self._kind == "942")
        self._kind = ""
        return StatementStart(self._count, place)

    def _close_message(self) -> Iterator[Event]:
        """Everything that can be said only at the end of a message, then the end itself."""
        yield from self._close_entry()
        message, self._message = self._message, None
        if message is None:
            return
        if not message.account:
            message.account = self._options.account
        elif self._options.account and not _same_account(self._options.account, message.account):
            yield error("account_mismatch", message.account_place, ":25:", message.account)
        if not message.reference:
            yield warning("reference_missing", message.place, ":20:", "")
        if not self._facts.format or message.index == 1:
            self._facts.format = "mt942" if message.is_interim else "mt940"
        place = f"line {self._line}"
        # An MT942 without totals has nothing that closes it; a last line without its end then tells of a cut.
        self.unclosed = place if message.is_interim and not message.totals else ""
        yield from message.problems_at_end(place)
        yield from self._pages.check(message)
        yield message.end(place)

    def _take_value(self, message: Message, tag: str, value: str) -> None:
        """Put one field's value where it belongs."""
        place = f"line {self._line}"
        if tag == "61":
            self._pending = (self._line, value)
        elif tag == "86":
            if self._pending is not None and len(self._narratives) >= _MOST_NARRATIVES:
                self._error("field_too_long", ":86:", value.split("\n")[0])
            elif self._pending is not None:
                self._narratives.append(value)
        elif tag == "NS":
            self._take_extension(message, value)
        elif tag == "20":
            message.reference = value
        elif tag in ("25", "25P"):
            self._take_account(message, value, place)
        elif tag in ("28", "28C"):
            message.number = value
        elif tag in ("13", "13D"):
            self._take_moment(message, value)
        elif tag in _BALANCES:
            self._take_balance(message, tag, value, place)
        elif tag == "34F":
            self._take_floor(message, value)
        elif tag in ("90C", "90D"):
            self._take_total(message, tag, value, place)
        elif tag not in _IGNORED:
            # A field of the bank's own is passed over, unless it may be one of ours with a damaged tag.
            report = self._error if _LIKE_LINE.match(value) or not _TAG_SHAPE.match(tag) else self._warning
            report("tag_unknown", f":{tag}:", value.split("\n")[0])

    def _take_extension(self, message: Message, value: str) -> None:
        """The German banks' :NS:, below a statement line or, with the holder's name, in the head."""
        if len(self._extra) + len(value) > LONGEST_FIELD:
            self._error("field_too_long", ":NS:", value.split("\n")[0])
        elif self._pending is not None:
            self._extra = f"{self._extra}\n{value}".strip()
        elif value.startswith("22"):
            message.holder = value.split("\n")[0][2:].strip()

    def _take_account(self, message: Message, value: str, place: str) -> None:
        bank, message.account, currency = split_account(value)
        message.bank = bank or message.bank
        message.account_place = place
        if currency:
            self._take_currency(message, currency, ":25:")

    def _take_moment(self, message: Message, value: str) -> None:
        message.interim = True if message.interim is None else message.interim
        found = _MOMENT.match(value)
        day = amounts.day_of(found[1]) if found else None
        if day is None:
            self._error("date_impossible" if found else "moment_unreadable", ":13D:", value)
        message.reported_on = day

    def _take_balance(self, message: Message, tag: str, value: str, place: str) -> None:
        try:
            balance = amounts.balance_of(value, message.currency)
        except amounts.Unreadable as refusal:
            self._error(refusal.code, f":{tag}:", value)
            balance = None
            stated = _CURRENCY_IN_BALANCE.match(value)
            if stated and tag[:2] == "60" and stated[1] in CURRENCIES:
                # The currency at least is known, so that the lines below can still be checked.
                self._take_currency(message, stated[1], f":{tag}:")
        if tag[:2] == "60":
            message.opening, message.opening_mark, message.opening_place = balance, tag, place
            if balance and balance.currency:
                self._take_currency(message, balance.currency, f":{tag}:")
            elif balance:
                message.digits = amounts.digits_of(message.currency)
        elif tag[:2] == "62":
            message.closing, message.closing_mark, message.closing_place = balance, tag, place
            message.currency = message.currency or (balance.currency if balance else "")

    def _take_floor(self, message: Message, value: str) -> None:
        message.interim = True
        try:
            self._take_currency(message, amounts.floor_currency(value), ":34F:")
        except amounts.Unreadable as refusal:
            self._error(refusal.code, ":34F:", value)

    def _take_total(self, message: Message, tag: str, value: str, place: str) -> None:
        if message.interim is None:
            message.interim = message.opening_mark == ""
        try:
            total = amounts.total_of(value)
        except amounts.Unreadable as refusal:
            self._error(refusal.code, f":{tag}:", value)
            return
        if not message.currency:
            message.currency = total.currency
        message.totals[CREDIT if tag == "90C" else DEBIT] = (total, place)

    def _take_currency(self, message: Message, currency: str, tag: str) -> None:
        if message.currency and message.currency != currency:
            self._error("currency_mismatch", tag, f"{message.currency} ≠ {currency}")
            return
        message.currency = currency
        message.digits = amounts.digits_of(currency)

    def _is_text(self, tag: str, value: str) -> bool:
        """Whether a line that begins like a tag is a narrative cut before a colon: a time, a word, a second account."""
        if self._pending is None:
            return False
        if tag in _HEAD_TAGS:
            return self._message is not None and self._message.opening_mark != ""
        return tag not in _KNOWN and bool(self._narratives) and not _LIKE_LINE.match(value)

    def _continued(self, part: str) -> Iterator[Event]:
        """A line that begins with a colon but with no tag. The standard forbids it; in a narrative it is only text."""
        text, after = split_field(":" + part, single=False)
        if self._last_tag == "NS" and self._message is not None and not self._narratives:
            self._take_extension(self._message, text[1:])
            self._warning("line_unexpected", ":NS:", text.split("\n")[0])
        elif (
            self._pending is not None and len(self._narratives) < _MOST_NARRATIVES and self._may_follow(part)
        ):
            self._go_on(text)
            self._warning("line_unexpected", ":86:", text.split("\n")[0])
        else:
            if self._pending is not None or self._last_tag != "86":
                self._error("content_unknown", "", ":" + part.split("\n")[0])
            after = ""
        yield from self._drain()
        if after:
            yield from self._loose(after, self._line + text.count("\n") + 1)

    def _go_on(self, text: str) -> None:
        """Adds text to the narrative. A time that was cut before its colon becomes whole again."""
        before = self._narratives[-1] if self._narratives else ""
        if before[-1:].isdigit() and text[1:3].isdigit() and len(before) < LONGEST_FIELD:
            self._narratives[-1] = before + text
        else:
            self._narratives.append(text if self._narratives else text[len(":25:") :])

    def _may_follow(self, part: str) -> bool:
        """Text goes on behind text; without any before it, only a field that stands where a narrative should."""
        return bool(self._narratives) or part[:3].rstrip(":") in _HEAD_TAGS

    def _loose(self, text: str, line: int) -> Iterator[Event]:
        """Lines outside any field: the end of a message, an envelope, a bank's header lines."""
        if len(text) > LONGEST_FIELD:
            self._line = line
            self._error("content_unknown", "", text[:80].strip())
            yield from self._drain()
            return
        for number, row in enumerate(text.split("\n"), line):
            row = row.strip("\x00\x01\x02\x03\x1a\ufffd \t")
            self._line = number
            if not row:
                continue
            if MESSAGE_END.match(row):
                yield from self._close_message()
                row = row[row.find("{1:") :] if "{1:" in row else ""
            if row.startswith("{"):
                found = _ENVELOPE_KIND.search(row)
                self._kind = found[1] if found else self._kind
                yield from self._close_message()
            elif row and not _HEADER_LINE.match(row) and not _SWEDISH_BLOCK.match(row):
                # In front of the first statement it can be nothing that a statement misses.
                report = self._error if self._count else self._warning
                report("content_unknown", "", row)
        yield from self._drain()


def _same_account(left: str, right: str) -> bool:
    """Whether two spellings are one account: signs and leading zeros aside, or one inside the other's IBAN."""
    one, two = ("".join(filter(str.isalnum, text)).upper().lstrip("0") for text in (left, right))
    return one == two or (min(len(one), len(two)) >= 6 and (one.endswith(two) or two.endswith(one)))
