"""Try a rule on lines of the past before it is switched on: what it would take, what was really done, who goes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from moa.control.access import require
from moa.control.context import Context
from moa.ledger.models import Book
from moa.reconciliation.operations.propose_rule import NewRule
from moa.reconciliation.permissions import VIEW
from moa.reconciliation.queries import rules_of
from moa.reconciliation.rules.matching import LineFacts, first_match, matches

MOST_LINES = 20_000
SHOWN = 100

_LINES = """
select t.id, t.booked_on, t.amount_minor, a.id, a.bank_country || a.bank_code, a.currency,
       coalesce(nullif(a.nickname, ''), a.number), concat_ws(' ', nullif(t.description, ''), nullif(t.reference, '')),
       t.bank_reference, t.counterparty, t.counterparty_account, b.state, v.code
  from reconciliation_banklink k
  join accounts_bankaccount a on a.id = k.account_id
  join accounts_transaction t on t.account_id = k.account_id
  left join reconciliation_bankline b on b.group_id = k.group_id and b.line_id = t.id
  left join reconciliation_ruleversion v on v.id = b.rule_id
 where k.book_id = %(book)s and t.booked_on between %(first)s and %(last)s and t.amount_minor <> 0
   and not exists (select 1 from accounts_supersession x where x.transaction_id = t.id)
 order by t.booked_on desc, t.id desc limit %(most)s
"""


@dataclass(frozen=True, slots=True)
class TriedLine:
    """A line that the rule's conditions fit. Shape: `state` and `rule` what was really done; `earlier` the rule that goes first."""

    line_id: int
    booked_on: date
    amount_minor: int
    currency: str
    account: str
    text: str
    counterparty: str
    state: str
    rule: str
    earlier: str


@dataclass(frozen=True, slots=True)
class Trial:
    """Shape: `read` lines that were looked at; `fits` all that the conditions fit; `taken` those that no earlier rule has."""

    read: int
    fits: int
    taken: int
    lines: list[TriedLine]


def try_rule(ctx: Context, book: Book, new: NewRule, first: date, last: date) -> Trial:
    """Raises: forbidden. Both days are inside; the newest MOST_LINES lines are looked at."""
    require(ctx, VIEW, book.unit_id)
    mine = new.as_rule()
    others = [one for one in rules_of(book, max(last, new.valid_from)) if one.code != new.code]
    before = [one for one in others if (one.position, one.code) < (mine.position, mine.code)]
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"book": book.id, "first": first, "last": last, "most": MOST_LINES})
        rows = cursor.fetchall()
    found: list[TriedLine] = []
    taken = count = 0
    for (
        line,
        booked_on,
        minor,
        account,
        bank,
        currency,
        name,
        text,
        kind,
        counterparty,
        number,
        state,
        rule,
    ) in rows:
        facts = LineFacts(account, bank, minor, text, kind, counterparty, number)
        if not matches(mine.conditions, facts):
            continue
        earlier = first_match(before, facts)
        count += 1
        taken += earlier is None
        if len(found) < SHOWN:
            found.append(
                TriedLine(
                    line, booked_on, minor, currency, name, text, counterparty, state or "", rule or "",
                    earlier.code if earlier else "",
                )
            )  # fmt: skip
    return Trial(len(rows), count, taken, found)
