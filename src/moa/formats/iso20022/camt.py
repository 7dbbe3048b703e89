"""Reads camt.052, camt.053 and camt.054: one pass over the file, entries given out as soon as they are complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from moa.formats.iso20022.entry import read_entry
from moa.formats.iso20022.names import LOCAL, Element
from moa.formats.iso20022.payment import Payment, read_payment
from moa.formats.iso20022.prolog import MESSAGES, read_prolog
from moa.formats.iso20022.statement import Statement
from moa.formats.iso20022.xml_stream import XmlStream
from moa.formats.statements import Event, FileFacts, ReadOptions, StatementStart
from moa.kernel.errors import Problem, error, warning

_STATEMENTS = {"BkToCstmrStmt": "Stmt", "BkToCstmrAcctRpt": "Rpt", "BkToCstmrDbtCdtNtfctn": "Ntfctn"}
_VERSIONS = frozenset(f"{number:02}" for number in range(2, 14))
# An entry that is still open after so many bytes is a great batch: its payments are read before it ends.
_BATCH_BYTES = 1_000_000


def read(source: BinaryIO, options: ReadOptions, facts: FileFacts) -> Iterator[Event]:
    """The statements of an ISO 20022 cash management file, whatever envelope they come in.

    Shape: camt.052 and camt.054 are provisional; a notification has no balances. Nothing is raised for what stands
    in the file: every fault is a Problem with its place, and what was read before it is given out.

    Problems: file_empty, camt_missing, statement_missing, xml_broken, xml_doctype_refused, xml_instruction_refused,
    xml_too_deep, xml_part_too_large, encoding_unknown, encoding_wrong, account_missing, account_mismatch,
    currency_missing, currency_unknown, currency_mismatch, amount_missing, amount_unreadable, amount_too_fine,
    direction_unknown, status_unknown, date_impossible, date_missing, period_reversed, closing_mismatch,
    summary_mismatch, summary_unreadable; warnings date_adjusted, booking_date_missing, status_missing,
    status_proprietary, opening_missing, closing_missing, interim_mismatch, balance_code_unknown, batch_sum_differs,
    detail_amount_missing, version_untested.
    Source: ISO 20022 camt.052.001, camt.053.001, camt.054.001, versions .02 to .13.
    """
    prolog = read_prolog(source, options.encoding)
    facts.encoding, facts.format = prolog.encoding, prolog.format
    stream = XmlStream(source, prolog)
    walk = _Walk(options, facts, stream)
    news, broken = walk.news, False
    for step in stream:
        if isinstance(step, Problem):
            broken = True
            yield step
            continue
        walk.envelope(step.root, step.complete)
        if news:
            yield from news
            news.clear()
    if broken:
        walk.abandon()
        yield from news
    elif not walk.statements:
        code = "statement_missing" if prolog.format else "camt_missing"
        yield error(code, "line 1", "xml", prolog.root)


class _Walk:
    """Where the reader stands in the growing tree. What it has read leaves the tree and stands in `news`.

    An element is complete when another follows it or when all around it is; the last one may still be growing.
    """

    def __init__(self, options: ReadOptions, facts: FileFacts, stream: XmlStream) -> None:
        self.news: list[Event] = []
        self.statements = 0
        self._options = options
        self._facts = facts
        self._stream = stream
        self._statement: Statement | None = None
        self._growing: Element | None = None
        self._payments: list[Payment] = []
        self._carried: dict[tuple[str, str], tuple[int, int]] = {}

    def envelope(self, element: Element, complete: bool) -> None:
        """Anything around the messages, down to them."""
        name = LOCAL[element.tag]
        if name in _STATEMENTS:
            self._message(element, name, complete)
            return
        for part, done in _parts(element, complete):
            self.envelope(part, done)
            if done:
                self._remove(element, part)

    def abandon(self) -> None:
        """Closes the statement that a broken file left open, with what is known of it."""
        statement, growing = self._statement, self._growing
        if statement is not None:
            if growing is not None and growing.tail and LOCAL[growing.tag] == "Ntry":
                # Blanks already follow it, so the entry itself was not cut.
                self._entry(growing, statement)
            end = statement.finish(None, complete=False)
            self._give_problems(statement)
            self.news.append(end)

    def _message(self, element: Element, name: str, complete: bool) -> None:
        for part, done in _parts(element, complete):
            if LOCAL[part.tag] == _STATEMENTS[name]:
                statement = self._statement or self._begin(part, MESSAGES[name])
                self._inside(part, statement, done)
                if done:
                    self._end(statement)
            if done:
                self._remove(element, part)

    def _inside(self, element: Element, statement: Statement, complete: bool) -> None:
        """What has become complete in a statement: its header part by part, then entry after entry."""
        parts = list(element)
        self._growing = growing = None if complete or not parts else parts.pop()
        for part in parts:
            if LOCAL[part.tag] == "Ntry":
                self._entry(part, statement)
            else:
                statement.take(part, self._stream.line_of(part))
            element.remove(part)
        if statement.problems:
            self._give_problems(statement)
        if parts:
            self._stream.unread = 0
        elif growing is not None and self._stream.unread > _BATCH_BYTES and LOCAL[growing.tag] == "Ntry":
            self._take_payments(growing)

    def _entry(self, element: Element, statement: Statement) -> None:
        frame = statement.frame or statement.make_frame(element)
        place = f"{statement.path}/Ntry[{statement.entries_seen + 1}] line {self._stream.line_of(element)}"
        reading = read_entry(element, place, frame, self._payments, statement.problems)
        if self._payments:
            self._payments = []
        statement.add(reading)
        if statement.problems:
            self._give_problems(statement)
        if reading.entry is not None:
            self.news.append(reading.entry)

    def _take_payments(self, entry: Element) -> None:
        """The payments of a great batch that are complete already; they leave the tree before their entry does."""
        for details in entry.iterchildren("{*}NtryDtls"):
            for part in list(details.iterchildren("{*}TxDtls"))[:-1]:
                self._payments.append(read_payment(part))
                self._remove(details, part)

    def _begin(self, element: Element, format: str) -> Statement:
        self.statements += 1
        line = self._stream.line_of(element)
        statement = Statement(LOCAL[element.tag], self.statements, line, format, self._options)
        self._statement = statement
        self.news.append(StatementStart(self.statements, statement.place))
        if self.statements == 1:
            self._facts.format = format
            self._note_version(element.tag, statement)
        return statement

    def _end(self, statement: Statement) -> None:
        key = (statement.account, statement.currency)
        page, balance = self._carried.pop(key, (0, 0))
        end = statement.finish(balance if page and statement.page == page + 1 else None, complete=True)
        if statement.more_pages and end.closing_minor is not None:
            self._carried[key] = (statement.page, end.closing_minor)
        self._give_problems(statement)
        self.news.append(end)
        self._statement = None

    def _remove(self, parent: Element, element: Element) -> None:
        parent.remove(element)
        self._stream.unread = 0

    def _give_problems(self, statement: Statement) -> None:
        self.news += statement.problems
        statement.problems.clear()

    def _note_version(self, tag: str, statement: Statement) -> None:
        """The namespace names the version; the names of the elements decide what is read."""
        namespace = tag[1:].partition("}")[0] if tag.startswith("{") else ""
        version = namespace.rpartition(":")[2]
        self._facts.extra["version"] = version[:40]
        if namespace and (version[:8] != statement.format or version[-2:] not in _VERSIONS):
            self.news.append(warning("version_untested", statement.place, "xmlns", namespace[:120]))


def _parts(element: Element, complete: bool) -> Iterator[tuple[Element, bool]]:
    """The children, each with whether it is complete."""
    parts = list(element)
    last = len(parts) if complete else len(parts) - 1
    for number, part in enumerate(parts):
        yield part, number < last
