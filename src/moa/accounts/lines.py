"""Pages of transactions by key for the API, and where one line comes from. The page's list is `web/transactions_table.py`.

A page is read by the place of its last line, never by OFFSET, so page 100,000 costs what page 1 costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any, NamedTuple

from django.db import connection

from moa.accounts.permissions import VIEW
from moa.control.access import permitted_units
from moa.control.context import Context

PAGE_SIZE = 50


class Place(NamedTuple):
    """Where a line stands in the order of all lines: newest day first, later lines of a day first."""

    booked_on: date
    id: int


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines. Shape: both days inside; amounts unsigned minor units; `account_ids` None means all."""

    account_ids: tuple[int, ...] | None = None
    from_date: date | None = None
    to_date: date | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    direction: str = ""
    text: str = ""
    company: str = ""
    bank: str = ""
    currency: str = ""


class LineRow(NamedTuple):
    id: int
    booked_on: date
    time: time | None
    value_date: date | None
    account_id: int
    counterparty: str
    description: str
    amount_minor: int
    balance_minor: int | None
    manual: bool


@dataclass(frozen=True, slots=True)
class LinePage:
    rows: list[LineRow]
    has_older: bool
    has_newer: bool


_COLUMNS = (
    "t.id, t.booked_on, t.booked_time, t.value_date, t.account_id, t.counterparty, t.description, t.amount_minor,"
    " t.balance_minor, t.place like 'hand %%'"
)


def list_lines(
    ctx: Context, wanted: LineFilter, *, older_than: Place | None = None, newer_than: Place | None = None,
    limit: int = PAGE_SIZE,
) -> LinePage:  # fmt: skip
    """One page, newest first: from just below `older_than`, or the page that ends just above `newer_than`."""
    where, facts = _where(ctx, wanted)
    backwards = newer_than is not None
    place = newer_than if backwards else older_than
    if place is not None:
        where.append(f"(t.booked_on, t.id) {'>' if backwards else '<'} (%(day)s, %(id)s)")
        facts |= {"day": place.booked_on, "id": place.id}
    order = "asc" if backwards else "desc"
    statement = (
        f"select {_COLUMNS} from accounts_transaction t where {' and '.join(where) or 'true'}"
        f" order by t.booked_on {order}, t.id {order} limit {limit + 1}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        found = [LineRow(*row) for row in cursor.fetchall()]
    more = len(found) > limit
    rows = found[:limit]
    if backwards:
        rows.reverse()
        return LinePage(rows, True, more)
    return LinePage(rows, more, older_than is not None)


def superseded_ids(ids: list[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select transaction_id from accounts_supersession where transaction_id = any(%s)", [ids]
        )
        return {one for (one,) in cursor.fetchall()}


def _where(ctx: Context, wanted: LineFilter) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    facts: dict[str, Any] = {}
    units = permitted_units(ctx, VIEW)
    if units is not None:
        where.append("t.account_id in (select id from accounts_bankaccount where unit_id = any(%(units)s))")
        facts["units"] = list(units)
    if wanted.account_ids is not None:
        if len(wanted.account_ids) == 1:
            where.append("t.account_id = %(account)s")
            facts["account"] = wanted.account_ids[0]
        else:
            where.append("t.account_id = any(%(accounts)s)")
            facts["accounts"] = list(wanted.account_ids)
    account_conditions = {
        "company": "coalesce(u.company_id, u.id) = (select id from control_unit where code = %(company)s)",
        "bank": "a.bank_country || a.bank_code = %(bank)s", "currency": "a.currency = %(currency)s",
    }  # fmt: skip
    asked = {name: getattr(wanted, name) for name in account_conditions if getattr(wanted, name)}
    if asked:
        where.append(
            "t.account_id in (select a.id from accounts_bankaccount a join control_unit u on u.id = a.unit_id where "
            + " and ".join(account_conditions[name] for name in asked)
            + ")"
        )
        facts |= asked
    conditions = {
        "from_date": "t.booked_on >= %(from_date)s", "to_date": "t.booked_on <= %(to_date)s",
        "least_minor": "abs(t.amount_minor) >= %(least_minor)s", "most_minor": "abs(t.amount_minor) <= %(most_minor)s",
    }  # fmt: skip
    for name, condition in conditions.items():
        value = getattr(wanted, name)
        if value is not None:
            where.append(condition)
            facts[name] = value
    if wanted.direction:
        where.append("t.amount_minor >= 0" if wanted.direction == "credit" else "t.amount_minor < 0")
    if wanted.text:
        escaped = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where.append(
            "(t.counterparty ilike %(text)s or t.description ilike %(text)s or t.reference ilike %(text)s)"
        )
        facts["text"] = f"%{escaped}%"
    return where, facts


_EXPLAINED = """
select t.id, t.booked_on, t.booked_time, t.value_date, t.account_id, t.counterparty, t.description, t.amount_minor,
       t.balance_minor, t.balance_stated, t.recorded_at, t.reference, t.bank_reference, t.counterparty_account,
       t.details, t.place, s.id, s.from_date, s.to_date, s.reference, s.request_id,
       f.id, f.name, f.received_at, f.channel, f.sha256, f.encoding, f.document_id, p.name
  from accounts_transaction t
  join accounts_statement s on s.id = t.statement_id
  left join accounts_statementfile f on f.id = s.file_id
  left join control_person p on p.id = f.person_id
 where t.id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line with all that tells where it comes from."""

    id: int
    booked_on: date
    time: time | None
    value_date: date | None
    account_id: int
    counterparty: str
    description: str
    amount_minor: int
    balance_minor: int | None
    balance_stated: bool
    recorded_at: Any
    reference: str
    bank_reference: str
    counterparty_account: str
    # The database's JSON, as text.
    details: str | None
    place: str
    statement_id: int
    from_date: date
    to_date: date
    statement_reference: str
    request_id: int | None
    file_id: int | None
    file: str | None
    received_at: Any
    channel: str | None
    sha256: str | None
    encoding: str | None
    document_id: int | None
    by: str | None
    next_agrees: bool | None = field(default=None)


_PROVISIONAL = """
select e.id, e.booked_on, e.booked_time, e.value_date, e.account_id, e.counterparty, e.description, e.amount_minor,
       null, false, e.recorded_at, e.reference, e.bank_reference, e.counterparty_account, null, e.place, s.id, s.from_date,
       s.to_date, s.reference, s.request_id, f.id, f.name, f.received_at, f.channel, f.sha256, f.encoding, f.document_id,
       p.name
  from accounts_provisionalentry e
  join accounts_statement s on s.id = e.statement_id
  left join accounts_statementfile f on f.id = s.file_id
  left join control_person p on p.id = f.person_id
 where e.id = %(id)s
"""


def explain_provisional(ctx: Context, entry_id: int) -> ExplainedLine | None:
    """An intraday line with its file; it has no balance."""
    with connection.cursor() as cursor:
        cursor.execute(_PROVISIONAL, {"id": entry_id})
        row = cursor.fetchone()
    return None if row is None else ExplainedLine(*row)


def explain_line(ctx: Context, line_id: int) -> ExplainedLine | None:
    """The line with its file and statement, and whether the next line of the account goes on from its balance."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPLAINED, {"id": line_id})
        row = cursor.fetchone()
        if row is None:
            return None
        line = ExplainedLine(*row)
        cursor.execute(
            "select t.amount_minor, t.balance_minor from accounts_transaction t where t.account_id = %s"
            " and (t.booked_on, t.id) > (%s, %s) order by t.booked_on, t.id limit 1",
            [line.account_id, line.booked_on, line.id],
        )
        following = cursor.fetchone()
    if following is None or following[1] is None or line.balance_minor is None:
        return line
    return replace(line, next_agrees=following[1] - following[0] == line.balance_minor)
