"""Small camt files for the tests, and what the reader says of them in the words of the golden files."""

from __future__ import annotations

import io
from typing import Any

from moa.formats.iso20022.camt import read
from moa.formats.statements import Entry, FileFacts, ReadOptions, StatementEnd
from moa.kernel.errors import Problem
from moa.kernel.money import to_text

BOOKED = "<Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>"


def entry(amount: str = "10.00", side: str = "CRDT", rest: str = BOOKED, currency: str = "EUR") -> str:
    return f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{rest}</Ntry>\n'


def balance(
    code: str, amount: str, day: str = "2026-11-20", side: str = "CRDT", currency: str = "EUR"
) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n'
    )


ACCOUNT = "<Acct><Id><Othr><Id>110-1</Id></Othr></Id><Ccy>EUR</Ccy></Acct>\n"


def document(inside: str, message: str = "BkToCstmrStmt", namespace: str = "camt.053.001.02") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{namespace}"><{message}>\n'
        f"<GrpHdr><MsgId>M</MsgId></GrpHdr>\n{inside}</{message}></Document>\n"
    )


def statement(inside: str, account: str = ACCOUNT) -> str:
    return document(f"<Stmt><Id>S</Id>{account}{inside}</Stmt>\n")


def one_day(entries: str, opening: str = "100.00", closing: str = "110.00") -> str:
    """A statement with both balances. The first entry stands on line 7."""
    return statement(balance("OPBD", opening) + balance("CLBD", closing) + entries)


def events(content: str | bytes, **options: str) -> list[Any]:
    data = content.encode() if isinstance(content, str) else content
    return list(read(io.BytesIO(data), ReadOptions(**options), FileFacts()))  # type: ignore[arg-type]


def problems(content: str | bytes, **options: str) -> list[Problem]:
    return [event for event in events(content, **options) if isinstance(event, Problem)]


def codes(content: str | bytes, **options: str) -> list[str]:
    return [problem.code for problem in problems(content, **options)]


def entries_of(content: str | bytes) -> list[Entry]:
    return [event for event in events(content) if isinstance(event, Entry)]


def ends_of(content: str | bytes) -> list[StatementEnd]:
    return [event for event in events(content) if isinstance(event, StatementEnd)]


def told(content: bytes) -> dict[str, Any]:
    """Everything the reader says, in the shape of the golden files."""
    facts = FileFacts()
    found: list[list[str]] = []
    statements: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for event in read(io.BytesIO(content), ReadOptions(), facts):
        if isinstance(event, Problem):
            found.append(list(event))
        elif isinstance(event, Entry):
            lines.append(_line(event))
        elif isinstance(event, StatementEnd):
            statements.append(_statement(event, lines))
            lines = []
    return {
        "format": facts.format,
        "encoding": facts.encoding,
        "version": facts.extra.get("version", ""),
        "problems": found,
        "statements": statements,
    }


def _statement(end: StatementEnd, lines: list[dict[str, Any]]) -> dict[str, Any]:
    balances = (end.opening_minor, end.closing_minor)
    opening, closing = (None if minor is None else to_text(minor, end.currency) for minor in balances)
    first, last = (day.isoformat() if day else None for day in (end.from_date, end.to_date))
    return {
        "account": end.account,
        "currency": end.currency,
        "opening": opening,
        "closing": closing,
        "from": first,
        "to": last,
        "entry_count": end.entry_count,
        "provisional": end.provisional,
        "reference": end.reference,
        "bank": end.bank,
        "holder": end.holder,
        "entries": lines,
    }


def _line(line: Entry) -> dict[str, Any]:
    return {
        "date": line.date.isoformat(),
        "time": line.time.isoformat() if line.time else None,
        "value_date": line.value_date.isoformat() if line.value_date else None,
        "amount": to_text(line.amount_minor, line.currency),
        "direction": line.direction,
        "status": line.status,
        "reference": line.reference,
        "bank_reference": line.bank_reference,
        "description": line.description,
        "counterparty": line.counterparty,
        "counterparty_account": line.counterparty_account,
        "details": [[to_text(one.amount_minor, one.currency), *one[1:]] for one in line.details],
    }
