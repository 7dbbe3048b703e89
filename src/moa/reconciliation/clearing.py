"""Clear a suspense item: a voucher takes it from suspense to where it belongs."""

from __future__ import annotations

from datetime import date

from moa.accounts.line_sources import SOURCE, source_of
from moa.control.audit import record
from moa.control.context import Context
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.operations.post_vouchers import Answer, Authority, post_vouchers
from moa.ledger.rules.acts import RULE
from moa.ledger.rules.vouchers import NewVoucher
from moa.reconciliation.booking import memo_facts
from moa.reconciliation.lifecycle import LINE, SUSPENSE
from moa.reconciliation.models import ITEM_CHANGES, LINE_CHANGES, BankLine, SuspenseItem
from moa.reconciliation.rules.matching import Rule
from moa.reconciliation.rules.vouchers import clearing_legs, memo_of
from moa.reconciliation.stored_lines import what_they_say


def clear_item(
    ctx: Context, book: Book, item: SuspenseItem, line: BankLine, counter: str, memo: str, day: date, *,
    authority: Authority | None = None, rule: Rule | None = None,
) -> Answer:  # fmt: skip
    """By two persons (`authority`), or by a rule that came into force since. The line is locked by the caller.

    A refused voucher leaves the item as it is. Raises: forbidden, standing_order_missing.
    """
    said = what_they_say([line.id])[line.id]
    suspense = LedgerAccount.objects.get(id=line.link.suspense_id)
    facts = memo_facts(line, said, rule.name if rule else "")
    by = f"-request-{authority.request_id}" if authority else f"-rule-{rule.id if rule else 0}"
    # What was cleared and taken back is cleared by a voucher of its own.
    by += f"-{line.attempt}" if line.attempt > 1 else ""
    voucher = NewVoucher(
        f"bank-line-{line.line_id}-clear-{item.id}{by}", day, line.value_date,
        clearing_legs(suspense.code, counter, item.amount_minor, item.currency), memo_of(memo, facts),
        source_of(line.line_id, rule.name if rule else "clearing"),
    )  # fmt: skip
    answer = post_vouchers(
        ctx, book, [voucher], origin=RULE, source_kind=SOURCE, authority=authority
    ).answers[0]
    if answer.code:
        return answer
    item.state, item.cleared_on, item.counter = SUSPENSE.after(item.state, "clear"), day, counter
    item.voucher_id, item.period = answer.voucher_id, answer.period
    item.rule_id, item.request_id = rule.id if rule else None, authority.request_id if authority else None
    item.save(update_fields=ITEM_CHANGES)
    line.state, line.state_at, line.problem = LINE.after(line.state, "clear"), ctx.at, ""
    line.save(update_fields=LINE_CHANGES)
    record(
        ctx, "reconciliation.suspense.cleared", "suspense_item", item.id, before={"state": "open"},
        after={"state": "cleared", "counter": counter, "voucher": answer.voucher_id},
    )  # fmt: skip
    return answer
