"""Lines whose voucher answers for them no more: they are open again, and a person decides anew."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.reconciliation.lifecycle import LINE, SUSPENSE, SuspenseState
from moa.reconciliation.models import (
    ITEM_CHANGES,
    LINE_CHANGES,
    BankLine,
    LineMatch,
    MatchedVoucher,
    SuspenseItem,
)

# Why an item is open again after it was cleared: its voucher was reversed, or its link to one was undone.
CLEARING_TAKEN_BACK = ("clearing_reversed", "clearing_undone")


def undo_match(ctx: Context, match_id: int, move: str, problem: str, *, reason: str = "") -> list[BankLine]:
    """All lines of the match at once, for its sums hold for all together or not at all. Returns those that were open to it."""
    changed = LineMatch.objects.filter(id=match_id, undone_at=None).update(
        undone_at=ctx.at, undone_by=ctx.actor.person_id, undone_reason=reason or problem
    )
    if not changed:
        return []
    MatchedVoucher.objects.filter(match_id=match_id).update(is_undone=True)
    lines = list(BankLine.objects.select_for_update().filter(match_id=match_id).order_by("id"))
    for line in lines:
        open_again(ctx, line, move, problem, reason=reason)
    return lines


def open_again(ctx: Context, line: BankLine, move: str, problem: str, *, reason: str = "") -> None:
    """The line is not in the books any more. What stood in suspense for it ends."""
    before = line.state
    line.state, line.state_at = LINE.after(line.state, move), ctx.at
    line.problem, line.attempt, line.explained = problem, line.attempt + 1, False
    line.voucher_id = line.period = line.business_date = None
    line.match = None
    line.save(update_fields=LINE_CHANGES)
    for item in SuspenseItem.objects.filter(line_id=line.id, state=SuspenseState.OPEN):
        end_item(item)
    record(
        ctx, f"reconciliation.line.{'unlinked' if move == 'unlink' else 'taken_back'}", "bank_line", line.id,
        before={"state": before}, after={"state": str(line.state)} | ({"reason": reason} if reason else {}),
    )  # fmt: skip


def reopen_item(ctx: Context, line: BankLine, item: SuspenseItem, problem: str, *, reason: str = "") -> None:
    """The money stands in suspense again, for its clearing does not hold. A rule does not clear it once more by itself."""
    cleared = {"counter": item.counter, "voucher": item.voucher_id}
    item.state, item.cleared_on, item.counter = SUSPENSE.after(item.state, "reopen"), None, ""
    item.voucher_id = item.period = None
    item.rule = item.request = None
    item.save(update_fields=ITEM_CHANGES)
    line.state, line.state_at = LINE.after(line.state, "reopen"), ctx.at
    line.problem, line.attempt = problem, line.attempt + 1
    line.save(update_fields=LINE_CHANGES)
    record(
        ctx, "reconciliation.suspense.reopened", "suspense_item", item.id, before={"state": "cleared"} | cleared,
        after={"state": str(item.state), "why": problem} | ({"reason": reason} if reason else {}),
    )  # fmt: skip


def end_item(item: SuspenseItem) -> None:
    item.state = SUSPENSE.after(item.state, "reverse")
    item.save(update_fields=ITEM_CHANGES)
