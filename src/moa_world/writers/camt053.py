"""camt.053 in two versions: .08 without prefix and with the time of each booking, .02 with a prefix and dates only.

Source: ISO 20022, BankToCustomerStatement, camt.053.001.02 and camt.053.001.08.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import NamedTuple
from xml.sax.saxutils import escape

from moa_world.group import BANKS
from moa_world.lines import Line, Part, Posted, Statement

_CODES = {
    "payroll": ("PMNT", "ICDT", "SALA"),
    "tax": ("PMNT", "ICDT", "DMCT"),
    "purchase": ("PMNT", "ICDT", "DMCT"),
    "card": ("PMNT", "MCRD", "POSC"),
    "sale": ("PMNT", "RCDT", "DMCT"),
    "fee": ("ACMT", "MDOP", "CHRG"),
    "interest": ("ACMT", "MCOP", "INTR"),
    "sweep": ("CAMT", "ACCB", "SWEP"),
}
_OTHER = ("PMNT", "OTHR", "OTHR")
_CHAR_LIMIT = 140


class Dialect(NamedTuple):
    """One bank's way. Shape: `prefix` with its colon or empty; `timed` books with DtTm, else with Dt."""

    version: str
    prefix: str
    timed: bool
    offset: str


DIALECTS = {
    "IBK": Dialect("camt.053.001.08", "", timed=True, offset="+09:00"),
    "BOC": Dialect("camt.053.001.02", "n:", timed=False, offset="+08:00"),
}


def write_camt053(statements: Iterable[Statement], *, created: datetime) -> bytes:
    """One document with a Stmt per statement. Shape: UTF-8; `created` without zone, local to the bank."""
    chosen = list(statements)
    dialect = DIALECTS[chosen[0].account.bank]
    xml = _Xml(dialect)
    space = f"xmlns{':' + dialect.prefix[:-1] if dialect.prefix else ''}"
    xml.put(f'<{dialect.prefix}Document {space}="urn:iso:std:iso:20022:tech:xsd:{dialect.version}">')
    xml.open("BkToCstmrStmt")
    xml.open("GrpHdr")
    xml.leaf("MsgId", f"{chosen[0].account.tail}{chosen[0].last:%Y%m%d}{chosen[-1].last:%Y%m%d}")
    xml.leaf("CreDtTm", created.isoformat() + dialect.offset)
    xml.shut("GrpHdr")
    for statement in chosen:
        _statement(xml, statement, created)
    xml.shut("BkToCstmrStmt")
    xml.put(f"</{dialect.prefix}Document>")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(xml.rows) + "\n").encode()


class _Xml:
    """Rows of a document in one dialect; every text is escaped on its way in."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.rows: list[str] = []
        self.put = self.rows.append

    def open(self, tag: str) -> None:
        self.rows.append(f"<{self.dialect.prefix}{tag}>")

    def shut(self, tag: str) -> None:
        self.rows.append(f"</{self.dialect.prefix}{tag}>")

    def leaf(self, tag: str, text: str, attributes: str = "") -> None:
        p = self.dialect.prefix
        self.rows.append(f"<{p}{tag}{attributes}>{escape(text)}</{p}{tag}>")

    def nest(self, path: str, text: str) -> None:
        """A chain of elements with one text: nest("Acct/Id/Othr/Id", "123")."""
        tags = path.split("/")
        p = self.dialect.prefix
        before = "".join(f"<{p}{tag}>" for tag in tags)
        after = "".join(f"</{p}{tag}>" for tag in reversed(tags))
        self.rows.append(f"{before}{escape(text)}{after}")


def decimal_text(minor: int, currency: str) -> str:
    return str(minor) if currency == "KRW" else f"{minor // 100}.{minor % 100:02d}"


def _statement(xml: _Xml, statement: Statement, created: datetime) -> None:
    account, offset = statement.account, xml.dialect.offset
    xml.open("Stmt")
    xml.leaf("Id", f"{account.tail}-{statement.last:%Y%m%d}-{statement.number}")
    xml.leaf("ElctrncSeqNb", str(statement.number))
    xml.leaf("CreDtTm", created.isoformat() + offset)
    xml.open("FrToDt")
    xml.leaf("FrDtTm", datetime.combine(statement.first, time()).isoformat() + offset)
    xml.leaf("ToDtTm", datetime.combine(statement.last, time(23, 59, 59)).isoformat() + offset)
    xml.shut("FrToDt")
    xml.open("Acct")
    xml.nest("Id/Othr/Id", account.number)
    xml.leaf("Ccy", account.currency)
    xml.nest("Ownr/Nm", statement.holder)
    tag = "BICFI" if xml.dialect.version.endswith("08") else "BIC"
    xml.nest(f"Svcr/FinInstnId/{tag}", BANKS[account.bank].bic)
    xml.shut("Acct")
    _balance(xml, "OPBD", statement.opening_minor, account.currency, statement.first)
    _balance(xml, "CLBD", statement.closing_minor, account.currency, statement.last)
    _summary(xml, statement)
    for posted in statement.lines:
        _entry(xml, posted, account.currency)
    xml.shut("Stmt")


def _balance(xml: _Xml, code: str, minor: int, currency: str, day: date) -> None:
    xml.open("Bal")
    xml.nest("Tp/CdOrPrtry/Cd", code)
    xml.leaf("Amt", decimal_text(abs(minor), currency), f' Ccy="{currency}"')
    xml.leaf("CdtDbtInd", "DBIT" if minor < 0 else "CRDT")
    xml.nest("Dt/Dt", day.isoformat())
    xml.shut("Bal")


def _summary(xml: _Xml, statement: Statement) -> None:
    currency = statement.account.currency
    amounts = [posted.line.amount_minor for posted in statement.lines]
    xml.open("TxsSummry")
    for tag, chosen in (
        ("TtlCdtNtries", [a for a in amounts if a > 0]),
        ("TtlDbtNtries", [-a for a in amounts if a < 0]),
    ):
        xml.open(tag)
        xml.leaf("NbOfNtries", str(len(chosen)))
        xml.leaf("Sum", decimal_text(sum(chosen), currency))
        xml.shut(tag)
    xml.shut("TxsSummry")


def _entry(xml: _Xml, posted: Posted, currency: str) -> None:
    line, dialect = posted.line, xml.dialect
    xml.open("Ntry")
    if posted.bank_reference:
        xml.leaf("NtryRef", posted.bank_reference)
    xml.leaf("Amt", decimal_text(abs(line.amount_minor), currency), f' Ccy="{currency}"')
    xml.leaf("CdtDbtInd", "DBIT" if line.amount_minor < 0 else "CRDT")
    if dialect.version.endswith("08"):
        xml.nest("Sts/Cd", "BOOK")
    else:
        xml.leaf("Sts", "BOOK")
    if dialect.timed:
        xml.nest("BookgDt/DtTm", datetime.combine(posted.day, line.at).isoformat() + dialect.offset)
    else:
        xml.nest("BookgDt/Dt", posted.day.isoformat())
    xml.nest("ValDt/Dt", posted.value_date.isoformat())
    if posted.bank_reference:
        xml.leaf("AcctSvcrRef", posted.bank_reference)
    _code(xml, line)
    _details(xml, line, currency)
    xml.leaf("AddtlNtryInf", _said(line))
    xml.shut("Ntry")


def _said(line: Line) -> str:
    """The bank's words of an entry; the memo of a single payment stands in its remittance information already."""
    if line.parts:
        party = "" if line.partner in line.text else line.partner
        return " ".join(word for word in (line.text, party, line.memo) if word)
    return line.text if line.partner or line.reference else f"{line.text} {line.memo}".strip()


def _code(xml: _Xml, line: Line) -> None:
    domain, family, sub = _CODES.get(line.kind, _OTHER)
    xml.open("BkTxCd")
    xml.open("Domn")
    xml.leaf("Cd", domain)
    xml.open("Fmly")
    xml.leaf("Cd", family)
    xml.leaf("SubFmlyCd", sub)
    xml.shut("Fmly")
    xml.shut("Domn")
    xml.shut("BkTxCd")


def _details(xml: _Xml, line: Line, currency: str) -> None:
    parts = line.parts or (Part(abs(line.amount_minor), line.partner, line.partner_account, line.memo),)
    if not line.partner and not line.reference:
        return
    xml.open("NtryDtls")
    if line.parts:
        xml.open("Btch")
        xml.leaf("PmtInfId", line.reference or line.memo)
        xml.leaf("NbOfTxs", str(len(parts)))
        xml.leaf("TtlAmt", decimal_text(abs(line.amount_minor), currency), f' Ccy="{currency}"')
        xml.leaf("CdtDbtInd", "DBIT" if line.amount_minor < 0 else "CRDT")
        xml.shut("Btch")
    for number, part in enumerate(parts, 1):
        xml.rows.extend(_transaction(xml, line, part, number, currency))
    xml.shut("NtryDtls")


def _transaction(xml: _Xml, line: Line, part: Part, number: int, currency: str) -> Iterator[str]:
    inner = _Xml(xml.dialect)
    side = "Cdtr" if line.amount_minor < 0 else "Dbtr"
    inner.open("TxDtls")
    if line.reference:
        inner.nest("Refs/EndToEndId", f"{line.reference}-{number}" if line.parts else line.reference)
    if inner.dialect.version.endswith("08"):
        inner.leaf("Amt", decimal_text(part.amount_minor, currency), f' Ccy="{currency}"')
        inner.leaf("CdtDbtInd", "DBIT" if line.amount_minor < 0 else "CRDT")
    elif line.parts:
        inner.open("AmtDtls")
        inner.open("TxAmt")
        inner.leaf("Amt", decimal_text(part.amount_minor, currency), f' Ccy="{currency}"')
        inner.shut("TxAmt")
        inner.shut("AmtDtls")
    if part.name:
        inner.open("RltdPties")
        party = f"{side}/Pty/Nm" if inner.dialect.version.endswith("08") else f"{side}/Nm"
        inner.nest(party, part.name)
        if part.account:
            inner.nest(f"{side}Acct/Id/Othr/Id", part.account)
        inner.shut("RltdPties")
    if part.text:
        inner.nest("RmtInf/Ustrd", part.text[:_CHAR_LIMIT])
    inner.shut("TxDtls")
    yield from inner.rows
