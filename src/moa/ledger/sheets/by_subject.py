"""Sheets by subject: daily (日计表), balances (余额表), monthly (月计表), cumulative (累计表), trial balance, positions at a day.

Source: domain.md §2.8. A subject's row holds what is below it; totals are of the highest subjects, one a currency.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from moa.control.context import Context
from moa.ledger.models import Book
from moa.ledger.sheets.shape import Asked, Column, Row, Sheet, sums
from moa.ledger.sheets.subject_tree import Node, SubjectTree
from moa.ledger.sheets.turnover import Turnover, Worth, turnovers

_NAMES = (Column("subject", "code"), Column("name", "text"), Column("currency", "code"))
_MOVED = (Column("debit", "amount"), Column("credit", "amount"))
_ENDED = (Column("closing", "amount"), Column("closing_worth", "worth"))
_FLOW = (Column("opening", "amount"), *_MOVED)
COLUMNS: dict[str, tuple[Column, ...]] = {
    "day": (*_NAMES, *_FLOW, Column("entries", "count"), *_ENDED),
    "balance": (
        *_NAMES, Column("opening_debit", "amount"), Column("opening_credit", "amount"), *_MOVED,
        Column("debit_balance", "amount"), Column("credit_balance", "amount"), Column("closing_worth", "worth"),
    ),
    "month": (*_NAMES, *_FLOW, Column("entries", "count"), *_ENDED),
    "cumulative": (
        *_NAMES, *_FLOW, Column("debit_month", "amount"), Column("credit_month", "amount"), *_ENDED,
    ),
    "subjects": (*_NAMES, *_ENDED),
    "trial-balance": (
        Column("subject", "code"), Column("name", "text"), Column("currency", "code"),
        Column("debit_balance", "amount"), Column("debit", "amount"), Column("credit", "amount"),
        Column("credit_balance", "amount"), Column("debit_worth", "worth"), Column("credit_worth", "worth"),
    ),
}  # fmt: skip
_WORTHLESS = frozenset({"closing_worth", "debit_worth", "credit_worth"})


def subject_sheet(ctx: Context, book: Book, asked: Asked, name: str) -> Sheet:
    """The sheet `name` of COLUMNS over the range; `asked.by` "account" gives a row an account instead.

    The month sheet and the cumulative one reach back by themselves to the first of the month or year of the last day.
    Raises: moment_in_future.
    """
    asked = _reaching(asked, name)
    tree = SubjectTree(ctx, book)
    found = [
        one
        for one in turnovers(
            ctx, book, asked.first, asked.last, by=asked.by or "subject", known_at=asked.known_at
        )
        if not one.is_idle and asked.currency in {"", one.currency}
    ]
    columns = COLUMNS[name]
    months = _months(ctx, book, asked) if name == "cumulative" else {}
    if asked.by == "account":
        rows = [_row(one, tree.by_id[one.subject_id], months, is_account=True) for one in found]
        lowest = rows
        columns = (Column("account", "code"), *columns)
    else:
        gathered = _upward(found, tree, months)
        rows = [_of_subject(node, parts, months) for node, parts in gathered]
        lowest = [row for row in rows if row["level"] == 1]
    cut = rows[: asked.most] if asked.most else rows
    # Balances on their own normal sides do not add up to anything: totals have what moved, and both sides apart.
    totals = sums(lowest, columns, leave=frozenset({"opening", "closing", "closing_worth"}))
    return Sheet(
        name, book.code, book.functional_currency, asked, _shown(columns, rows, book), cut, totals,
        is_cut=len(cut) < len(rows),
    )  # fmt: skip


def _shown(columns: tuple[Column, ...], rows: list[Row], book: Book) -> tuple[Column, ...]:
    """Without the worth in the book's currency where there is no other."""
    if any(row["currency"] != book.functional_currency for row in rows):
        return columns
    return tuple(one for one in columns if one.key not in _WORTHLESS)


def _reaching(asked: Asked, name: str) -> Asked:
    first = asked.first
    if name == "month":
        first = asked.last.replace(day=1)
    elif name == "cumulative":
        first = date(asked.last.year, 1, 1)
    elif name == "subjects":
        first = asked.last
    return Asked(
        **{field: getattr(asked, field) for field in Asked.__slots__ if field != "first"}, first=first
    )


def _months(ctx: Context, book: Book, asked: Asked) -> dict[tuple[int, str], tuple[int, int]]:
    """What the last day's month moved, by account or subject."""
    by = asked.by or "subject"
    found = turnovers(ctx, book, asked.last.replace(day=1), asked.last, by=by, known_at=asked.known_at)
    return {(one.account_id or one.subject_id, one.currency): (one.debit, one.credit) for one in found}


Parts = tuple[Turnover, ...]


def _upward(
    found: list[Turnover], tree: SubjectTree, months: dict[tuple[int, str], tuple[int, int]]
) -> list[tuple[Node, Parts]]:
    """Each subject that has anything, in the order of the chart, with what is below it in one currency."""
    gathered: dict[tuple[str, str], list[Turnover]] = {}
    nodes: dict[str, Node] = {}
    for one in found:
        node: Node | None = tree.by_id[one.subject_id]
        while node is not None:
            nodes[node.code] = node
            gathered.setdefault((node.code, one.currency), []).append(one)
            node = node.parent
    return [(nodes[code], tuple(parts)) for (code, _), parts in sorted(gathered.items())]


def _of_subject(node: Node, parts: Parts, months: dict[tuple[int, str], tuple[int, int]]) -> Row:
    whole = Turnover(
        None, "", "", node.id, parts[0].currency, node.normal_side, sum(one.opening for one in parts),
        sum(one.debit for one in parts), sum(one.credit for one in parts), sum(one.entries for one in parts),
        sum(one.opening_debit for one in parts), sum(one.closing_debit for one in parts),
        Worth(*(_sum([getattr(one.worth, each) for one in parts]) for each in ("opening", "debit", "credit", "closing_debit"))),
    )  # fmt: skip
    month = [months.get((one.subject_id, one.currency), (0, 0)) for one in parts]
    row = _row(whole, node, {})
    row["debit_month"], row["credit_month"] = sum(one[0] for one in month), -sum(one[1] for one in month)
    return row


def _sum(values: list[int | None]) -> int | None:
    known = [one for one in values if one is not None]
    return sum(known) if len(known) == len(values) else None


def _row(
    one: Turnover, node: Node, months: dict[tuple[int, str], tuple[int, int]], *, is_account: bool = False
) -> Row:
    """Shape: opening and closing on the normal side; debit and credit as their columns hold them, so a red entry is
    negative there; `signed` the closing with debits positive."""
    side = one.normal_side or node.normal_side
    worth, on_debit = one.worth.closing, one.worth.closing_debit
    debit_month, credit_month = months.get((one.account_id or 0, one.currency), (0, 0))
    row: dict[str, Any] = {
        "subject": node.code, "name": one.name if is_account else node.name, "level": node.level, "currency": one.currency,
        "opening": one.opening * side, "debit": one.debit, "credit": -one.credit, "entries": one.entries,
        "closing": one.closing * side, "closing_worth": None if worth is None else worth * side, "signed": one.closing,
        "side": side, "debit_month": debit_month, "credit_month": -credit_month,
        "opening_debit": one.opening_debit, "opening_credit": one.opening_debit - one.opening,
        "debit_balance": one.closing_debit, "credit_balance": one.closing_debit - one.closing,
        "debit_worth": on_debit, "credit_worth": None if worth is None or on_debit is None else on_debit - worth,
    }  # fmt: skip
    if is_account:
        row |= {"account": one.account, "level": 1}
    return row
