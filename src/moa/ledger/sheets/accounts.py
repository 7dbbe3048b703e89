"""Where the accounts of a book stand at a day: balance, what is held, and how far each may go."""

from __future__ import annotations

from moa.control.context import Context
from moa.ledger.availability import not_yet_available
from moa.ledger.models import Balance, Book, LedgerAccount
from moa.ledger.sheets.shape import Asked, Column, Row, Sheet
from moa.ledger.sheets.subject_tree import SubjectTree
from moa.ledger.sheets.turnover import turnovers

COLUMNS = (
    Column("account", "code"), Column("name", "text"), Column("subject", "code"), Column("currency", "code"),
    Column("closing", "amount"), Column("held", "amount"), Column("not_yet", "amount"), Column("available", "amount"),
    Column("closing_worth", "worth"), Column("entries", "count"), Column("state", "text"),
)  # fmt: skip


def account_positions(ctx: Context, book: Book, asked: Asked, name: str = "accounts") -> Sheet:
    """Every account at the end of the last day; what is held and available only where that is the present.

    Shape: `not_yet` came after the close and is not to be used today (KAMCO-034, -035); `available` is balance less held, less
    that, less the floor, None without a floor; `entries` of the range.
    Raises: moment_in_future, not_found.
    """
    tree = SubjectTree(ctx, book)
    only = [one.id for one in tree.named(asked.subject).below()] if asked.subject else None
    found = turnovers(
        ctx, book, asked.first, asked.last, by="account", known_at=asked.known_at, subjects=only
    )
    present = asked.known_at is None and asked.last >= ctx.today
    accounts = LedgerAccount.objects.filter(book_id=book.id).values_list("id", "state", "floor_minor")
    states = {row[0]: (row[1], row[2]) for row in accounts}
    held = dict(
        Balance.objects.filter(book_id=book.id, held_minor__gt=0).values_list("account_id", "held_minor")
    )
    # What came after the close is in the balance of a day to come, and not to be used today.
    ahead = present and asked.last > ctx.today
    late = {one.account: one.minor for one in not_yet_available(ctx, book, until=asked.last)} if ahead else {}
    rows: list[Row] = []
    for one in found:
        if asked.currency not in {"", one.currency}:
            continue
        state, floor = states[one.account_id or 0]
        if one.is_idle and state == "closed":
            continue
        balance, worth = one.closing * one.normal_side, one.worth.closing
        set_aside = held.get(one.account_id or 0, 0) if present else None
        not_yet = late.get(one.account, 0) if present else None
        rows.append(
            {
                "account": one.account, "name": one.name, "subject": tree.by_id[one.subject_id].code,
                "currency": one.currency, "closing": balance, "held": set_aside,
                "not_yet": not_yet, "available": _usable(balance, set_aside, not_yet, floor),
                "closing_worth": None if worth is None else worth * one.normal_side, "entries": one.entries, "state": state,
                "signed": one.closing, "side": one.normal_side,
            }
        )  # fmt: skip
    kept = rows[: asked.most] if asked.most else rows
    idle = {"closing_worth"} if all(row["currency"] == book.functional_currency for row in rows) else set()
    idle |= set() if any(row["not_yet"] for row in rows) else {"not_yet"}
    columns = tuple(one for one in COLUMNS if one.key not in idle)
    return Sheet(
        name,
        book.code,
        book.functional_currency,
        asked,
        columns,
        kept,
        is_cut=len(kept) < len(rows),
        about={"found": len(rows)},
    )


def _usable(balance: int, held: int | None, not_yet: int | None, floor: int | None) -> int | None:
    return None if held is None or not_yet is None or floor is None else balance - held - not_yet - floor
