"""Tiny readers for the tests of the world: they know just the files that the world writes, and nothing of Moa."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from xml.etree import ElementTree

import openpyxl


class Row(NamedTuple):
    """A line as the file says it. Shape: `amount` signed; `words` everything that tells lines apart."""

    day: date
    amount: Decimal
    words: tuple
    balance: Decimal | None = None
    parts: tuple[Decimal, ...] = ()


class Told(NamedTuple):
    """A statement as the file says it, its rows oldest first."""

    account: str
    opening: Decimal
    closing: Decimal
    rows: list[Row]


def read(file: dict, content: bytes) -> list[Told]:
    if file["format"] in ("mt940", "mt942"):
        return _mt940(content.decode(file["encoding"]))
    if file["format"] == "camt.053":
        return _camt(content)
    if file["format"] == "csv":
        return [_table(list(csv.reader(io.StringIO(content.decode(file["encoding"])))))]
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
    return [_table([[_cell(cell) for cell in row] for row in sheet.iter_rows(values_only=True)])]


def _cell(value) -> str:
    return "" if value is None else str(value)


def _swift(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _mt940(text: str) -> list[Told]:
    told = []
    for block in re.split(r":20:", text)[1:]:
        account = re.search(r":25:(\d+)", block)[1]
        ends = [
            _swift(amount) * (-1 if side == "D" else 1)
            for side, amount in re.findall(r":6[02]F:([CD])\d{6}[A-Z]{3}([\d,]+)", block)
        ]
        rows = []
        for found in re.finditer(
            r":61:(\d{6})(\d{4})([CD])([\d,]+)(N\w{3})(\S*)\r\n:86:(.*?)(?=\r\n:|\r\n-)", block, re.DOTALL
        ):
            value, booked, side, amount, kind, references, said = found.groups()
            day = datetime.strptime(f"20{value[:2]}{booked}", "%Y%m%d").date()
            signed = _swift(amount) * (-1 if side == "D" else 1)
            rows.append(Row(day, signed, (value, kind, references, said)))
        assert len(rows) == block.count(":61:")
        told.append(Told(account, *(ends or [Decimal(0), Decimal(0)]), rows))
    return told


def _camt(content: bytes) -> list[Told]:
    told = []
    root = ElementTree.fromstring(content)
    for statement in root.iterfind(".//{*}Stmt"):
        balances = {}
        for balance in statement.iterfind("{*}Bal"):
            sign = -1 if balance.findtext("{*}CdtDbtInd") == "DBIT" else 1
            balances[balance.findtext(".//{*}Cd")] = sign * Decimal(balance.findtext("{*}Amt"))
        rows = [_camt_row(entry) for entry in statement.iterfind("{*}Ntry")]
        number = statement.findtext("{*}Acct/{*}Id/{*}Othr/{*}Id")
        told.append(Told(number, balances["OPBD"], balances["CLBD"], rows))
    return told


def _camt_row(entry: ElementTree.Element) -> Row:
    sign = -1 if entry.findtext("{*}CdtDbtInd") == "DBIT" else 1
    moment = "".join(entry.find("{*}BookgDt").itertext()).strip()
    parts = [
        part.findtext("{*}Amt") or part.findtext("{*}AmtDtls/{*}TxAmt/{*}Amt")
        for part in entry.iterfind("{*}NtryDtls/{*}TxDtls")
    ]
    return Row(
        date.fromisoformat(moment[:10]),
        sign * Decimal(entry.findtext("{*}Amt")),
        (moment, entry.findtext("{*}AddtlNtryInf"), entry.findtext("{*}AcctSvcrRef")),
        None,
        tuple(Decimal(part) for part in parts if part),
    )


_OUT = ("출금액", "출금금액", "출금(원)", "借方")
_IN = ("입금액", "입금금액", "입금(원)", "贷方")
_LEFT = ("잔액", "거래후잔액", "잔액(원)", "余额")
_DAY = ("거래일시", "거래일자", "交易日期")


def _table(rows: list[list[str]]) -> Told:
    top = next(at for at, row in enumerate(rows) if row and row[0] in _DAY)
    header = rows[top]
    account = next(
        re.sub(r"\D", "", " ".join(row)) for row in rows[:top] if re.match("계좌번호|账号", row[0])
    )
    told = [_table_row(header, row) for row in rows[top + 1 :] if re.match(r"\d{4}", row[0])]
    if told[0].day > told[-1].day or (told[0].day == told[-1].day and not _chained(told)):
        told.reverse()
    return Told(account, told[0].balance - told[0].amount, told[-1].balance, told)


def _table_row(header: list[str], row: list[str]) -> Row:
    cells = dict(zip(header, row, strict=True))

    def money(names: tuple[str, ...]) -> Decimal:
        text = next((cells[name] for name in names if name in cells), "")
        return Decimal(text.replace(",", "") or 0)

    amount = money(_IN) - money(_OUT)
    if "입출금구분" in cells:
        amount = Decimal(cells["거래금액"]) * (-1 if cells["입출금구분"] == "출금" else 1)
    day = date.fromisoformat(row[0][:10].replace(".", "-"))
    words = tuple(value for name, value in cells.items() if name not in _LEFT)
    return Row(day, amount, words, money(_LEFT))


def _chained(rows: list[Row]) -> bool:
    return all(
        before.balance + after.amount == after.balance for before, after in zip(rows, rows[1:], strict=False)
    )
