"""Statement files for tests, put together byte by byte from plain lines, apart from the product's own code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

NUMBER = "1002003004005"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Shape: `amount` signed, in whole units of the currency."""

    day: date
    amount: int
    words: str = "PAY"
    reference: str = "NONREF"


def nov(day: int) -> date:
    return date(2026, 11, day)


def mt940(
    lines: Sequence[Line],
    *,
    opening: int = 0,
    account: str = NUMBER,
    currency: str = "KRW",
    first: date | None = None,
    last: date | None = None,
    marks: str = "FF",
    reference: str = "STMT",
    closing: int | None = None,
) -> bytes:
    """One message. Shape: `marks` F or M of the opening and of the closing balance; the opening is dated the day before."""
    days = [line.day for line in lines]
    first = first or min(days)
    last = last or max(days)
    dated = first - timedelta(days=1) if marks[0] == "F" else first
    closing = opening + sum(line.amount for line in lines) if closing is None else closing
    rows = [
        f":20:{reference}",
        f":25:{account}",
        ":28C:1/1",
        f":60{marks[0]}:{_balance(opening, dated, currency)}",
        *(row for line in lines for row in _rows_940(line)),
        f":62{marks[1]}:{_balance(closing, last, currency)}",
        "-",
    ]
    return "\r\n".join(rows).encode() + b"\r\n"


def _rows_940(line: Line) -> list[str]:
    side = "D" if line.amount < 0 else "C"
    return [
        f":61:{line.day:%y%m%d}{line.day:%m%d}{side}{abs(line.amount)},NTRF{line.reference}",
        f":86:{line.words}",
    ]


def _balance(amount: int, day: date, currency: str) -> str:
    return f"{'D' if amount < 0 else 'C'}{day:%y%m%d}{currency}{abs(amount)},"


def mt942(
    lines: Sequence[Line], *, account: str = NUMBER, currency: str = "KRW", at: str = "2611181500"
) -> bytes:
    """One interim report."""
    credits = [line.amount for line in lines if line.amount >= 0]
    debits = [-line.amount for line in lines if line.amount < 0]
    rows = [
        ":20:INTERIM",
        f":25:{account}",
        ":28C:1/1",
        f":34F:{currency}0,",
        f":13D:{at}+0900",
        *(row for line in lines for row in _rows_940(line)),
        f":90D:{len(debits)}{currency}{sum(debits)},",
        f":90C:{len(credits)}{currency}{sum(credits)},",
        "-",
    ]
    return "\r\n".join(rows).encode() + b"\r\n"


def camt(
    lines: Sequence[Line],
    *,
    kind: str = "052",
    account: str = NUMBER,
    currency: str = "KRW",
    opening: int | None = None,
    status: str = "BOOK",
) -> bytes:
    """A camt.052, .053 or .054 of version 08, with balances where an opening one is given."""
    message, report = {
        "052": ("BkToCstmrAcctRpt", "Rpt"),
        "053": ("BkToCstmrStmt", "Stmt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    days = [line.day for line in lines]
    balances = ""
    if opening is not None:
        closing = opening + sum(line.amount for line in lines)
        balances = _camt_balance("OPBD", opening, min(days), currency) + _camt_balance(
            "CLBD", closing, max(days), currency
        )
    entries = "".join(
        f'<Ntry><Amt Ccy="{currency}">{abs(line.amount)}</Amt>'
        f"<CdtDbtInd>{'DBIT' if line.amount < 0 else 'CRDT'}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>"
        f"<BookgDt><Dt>{line.day}</Dt></BookgDt><ValDt><Dt>{line.day}</Dt></ValDt>"
        f"<AcctSvcrRef>{line.reference}</AcctSvcrRef><AddtlNtryInf>{line.words}</AddtlNtryInf></Ntry>"
        for line in lines
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.08">'
        f"<{message}><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-18T15:00:00</CreDtTm></GrpHdr>"
        f"<{report}><Id>R1</Id><CreDtTm>2026-11-18T15:00:00</CreDtTm>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>"
        f"{balances}{entries}</{report}></{message}></Document>\n"
    )
    return text.encode()


def _camt_balance(code: str, amount: int, day: date, currency: str) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{abs(amount)}</Amt>'
        f"<CdtDbtInd>{'DBIT' if amount < 0 else 'CRDT'}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def table(
    lines: Sequence[Line],
    *,
    opening: int | None = 0,
    account: str = NUMBER,
    newest_first: bool = False,
    period: tuple[date, date] | None = None,
    extra: tuple[str, str] | None = None,
) -> bytes:
    """A bank's CSV download. Shape: without an opening it has no column of balances; `extra` a column and its value."""
    header = ["거래일자", "적요", "출금액", "입금액"]
    rows, balance = [], opening
    for line in lines:
        out, into = (-line.amount, 0) if line.amount < 0 else (0, line.amount)
        row = [str(line.day), line.words, str(out), str(into)]
        if balance is not None:
            balance += line.amount
            row.append(str(balance))
        rows.append([*row, extra[1]] if extra else row)
    if opening is not None:
        header.append("잔액")
    if extra:
        header.append(extra[0])
    titles = [f"계좌번호,{account}"] if account else []
    if period:
        titles.append(f"조회기간,{period[0]} ~ {period[1]}")
    body = [",".join(row) for row in (reversed(rows) if newest_first else rows)]
    return "\r\n".join([*titles, ",".join(header), *body, ""]).encode()
