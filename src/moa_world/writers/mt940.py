"""MT940 as two Korean banks send it: in full SWIFT envelopes with ?nn subfields, or bare with running text.

Source: SWIFT User Handbook, category 9, MT940 and the fields 61 and 86.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from moa_world.calendars import ONE_DAY, bank_calendar
from moa_world.group import BANKS, Account, country_of
from moa_world.lines import Line, Posted, Statement

_TYPES = {
    "fee": "NCHG",
    "interest": "NINT",
    "sweep": "NCMI",
    "tax": "NMSC",
    "utility": "NDDT",
    "direct_debit": "NCOL",
    "remittance": "NTRF",
    "deposit": "NLDP",
}
_OUR_BIC = "HAEOKRSE"
_WIDTH = 65
_LINES = 6


class Dialect(NamedTuple):
    """How one bank fills the free parts. Shape: `envelope` blocks 1 to 4 around each message."""

    envelope: bool
    subfields: bool


DIALECTS = {"하나": Dialect(envelope=True, subfields=True), "KDB": Dialect(envelope=False, subfields=False)}
# Banks whose demo files have another format write MT940 when they live in the world in a box.
USUAL = Dialect(envelope=True, subfields=True)


def write_mt940(statements: Iterable[Statement], *, encoding: str) -> bytes:
    """One file with a message per statement. Shape: CR LF lines in `encoding`."""
    rows: list[str] = []
    for statement in statements:
        rows.extend(enclosed(statement.account, "940", list(_message(statement))))
    return ("\r\n".join(rows) + "\r\n").encode(encoding)


def enclosed(account: Account, kind: str, body: list[str]) -> list[str]:
    if not DIALECTS.get(account.bank, USUAL).envelope:
        return [*body, "-"]
    sender = BANKS[account.bank].bic.ljust(11, "X")
    head = f"{{1:F01{_OUR_BIC}AXXX0000000000}}{{2:O{kind}0000000000{sender}X00000000000000000000N}}{{4:"
    return [head, *body, "-}"]


def _message(statement: Statement) -> Iterator[str]:
    account = statement.account
    yield f":20:{account.tail}{statement.last:%y%m%d}"
    yield f":25:{account.number}"
    yield f":28C:{statement.number}/1"
    # The opening balance bears the day on which it was the closing one.
    calendar = bank_calendar(country_of(account))
    before = statement.goes_on_from or calendar.on_or_before(statement.first - ONE_DAY)
    yield f":60F:{balance(before, account, statement.opening_minor)}"
    for posted in statement.lines:
        yield from entry(account, posted)
    yield f":62F:{balance(statement.last, account, statement.closing_minor)}"
    yield f":64:{balance(statement.last, account, statement.closing_minor)}"


def balance(day: date, account: Account, minor: int) -> str:
    side = "D" if minor < 0 else "C"
    return f"{side}{day:%y%m%d}{account.currency}{figure(abs(minor), account.currency)}"


def figure(minor: int, currency: str) -> str:
    """An unsigned amount with the comma that SWIFT demands even without decimals."""
    if currency == "KRW":
        return f"{minor},"
    return f"{minor // 100},{minor % 100:02d}"


def entry(account: Account, posted: Posted) -> Iterator[str]:
    """Field 61 and the field 86 that belongs to it."""
    line = posted.line
    side = "D" if line.amount_minor < 0 else "C"
    kind = _TYPES.get(line.kind, "NTRF")
    own = line.reference[:16] or "NONREF"
    bank = f"//{posted.bank_reference}" if posted.bank_reference else ""
    amount = figure(abs(line.amount_minor), account.currency)
    yield f":61:{posted.value_date:%y%m%d}{posted.day:%m%d}{side}{amount}{kind}{own}{bank}"
    yield from _described(account, line)


def _described(account: Account, line: Line) -> Iterator[str]:
    """Field 86: one subfield a line, or what a person would say in running lines."""
    rows = list(_subfields(line) if DIALECTS.get(account.bank, USUAL).subfields else _running(line))
    yield f":86:{rows[0]}"
    yield from rows[1:_LINES]


def _subfields(line: Line) -> Iterator[str]:
    yield f"?00{line.text}"
    if line.memo:
        yield f"?20{line.memo}"[:_WIDTH]
    if line.partner_account:
        yield f"?31{line.partner_account}"[:_WIDTH]
    if line.partner:
        yield f"?32{line.partner}"[:_WIDTH]


def _running(line: Line) -> Iterator[str]:
    yield line.text
    if line.memo:
        yield line.memo[:_WIDTH]
    if line.partner:
        yield f"{line.partner} {line.partner_account}".strip()[:_WIDTH]
