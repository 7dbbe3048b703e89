"""The statements that a bank leaves at the end of its day: one MT940 file with all the company's accounts there.

Our reference comes back as the owner's reference of field 61 where the transfer carried one, and the text of the
passbook stands in field 86.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count

from moa_world.group import BY_NUMBER
from moa_world.lines import Line, Posted, Statement
from moa_world.writers.mt940 import write_mt940

from .books import Books, movements_on, opening_on
from .values import Account, BankProfile, Movement

MISSING, EXTRA, AMOUNT = "missing", "extra", "amount"
ABSENT, SHORT, TWICE = "absent", "short", "twice"
WAYS = (MISSING, EXTRA, AMOUNT, ABSENT, SHORT, TWICE)
_STRANGE = 777_000
_KINDS = {"fee": "fee", "return": "return"}


def statement_files(
    books: Books, profile: BankProfile, day: date, differs: str, before: date
) -> list[tuple[str, bytes]]:
    """The files of a day: paths below the folder and bytes. Shape: `differs` says how they are wrong, "" for a right one;
    `before` the day of the statement that it goes on from, which is a weekend's where the bank worked then.

    A statement with wrong lines still adds up: its closing balance is that of its lines.
    """
    path = f"{profile.code}/{profile.code}_{day:%Y%m%d}.sta"
    content = _content(books, profile, day, differs, before)
    if differs == ABSENT:
        return []
    if differs == SHORT:
        # Not within a character, so that it can be logged as text.
        return [(path, content[: len(content) * 2 // 3].decode("utf-8", "ignore").encode())]
    if differs == TWICE:
        return [(path, content), (path.replace(".sta", "_2.sta"), content)]
    return [(path, content)]


def _content(books: Books, profile: BankProfile, day: date, differs: str, before: date) -> bytes:
    accounts = [each for each in books.of_bank(profile.code) if each.is_ours and each.number in BY_NUMBER]
    spoilt = next((each for each in accounts if movements_on(each, day)), accounts[0])
    statements = [_statement(each, day, differs if each is spoilt else "", before) for each in accounts]
    return write_mt940(statements, encoding="utf-8")


def _statement(account: Account, day: date, differs: str, before: date) -> Statement:
    opening = opening_on(account, day)
    lines = list(_posted(day, opening, _told(movements_on(account, day), differs)))
    return Statement(
        account=BY_NUMBER[account.number],
        holder=account.holder,
        number=day.timetuple().tm_yday,
        first=day,
        last=day,
        opening_minor=opening,
        closing_minor=lines[-1].balance_minor if lines else opening,
        lines=tuple(lines),
        goes_on_from=before,
    )


def _told(movements: list[Movement], differs: str) -> list[Movement]:
    if differs == MISSING:
        return movements[:-1]
    if differs == AMOUNT and movements:
        last = movements[-1]
        return [*movements[:-1], last._replace(amount=last.amount + (1 if last.amount > 0 else -1))]
    if differs == EXTRA and movements:
        strange = movements[-1]._replace(
            amount=_STRANGE, kind="receipt", text="입금", memo="", reference="", partner=""
        )
        return [*movements, strange]
    return movements


def _posted(day: date, opening: int, movements: list[Movement]) -> Iterator[Posted]:
    balance = opening
    for number, movement in zip(count(1), movements, strict=False):
        balance += movement.amount
        line = Line(
            at=movement.at.time(),
            amount_minor=movement.amount,
            kind=_KINDS.get(movement.kind, "remittance"),
            text=movement.text,
            memo=movement.memo,
            partner=movement.partner,
            partner_account=movement.partner_account,
            reference=movement.reference,
        )
        yield Posted(day, day, number, balance, line)
