"""The rows of a posting and how they are written: all in one statement, so that the triggers see every voucher whole.

A few rows travel as JSON; a batch is copied into temporary tables first, because PostgreSQL refuses COPY into tables
under row security.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from moa.control.driver import driver_cursor
from moa.kernel.masking import mask_text
from moa.ledger.rules.decision import Decision
from moa.ledger.rules.vouchers import period_of

# Up to here lists are quicker than temporary tables.
FEW = 500

_WRITE = """
with vouchers as (
    insert into ledger_voucher (id, group_id, book_id, maker_id, checker_id, standing_order_id, request_id, reverses_id,
        recorded_at, period, reverses_period, business_date, value_date, legs, origin, key, source_kind, source_id, memo,
        after_close)
    select v.id, %(group)s, %(book)s, %(maker)s, %(checker)s, %(order)s, %(request)s, v.reverses_id, %(stamp)s, %(period)s,
           v.reverses_period, %(day)s, v.value_date, v.legs, %(origin)s, v.key, %(source_kind)s, v.source_id, v.memo,
           %(after_close)s
      from {vouchers}
), entries as (
    insert into ledger_entry (account_id, n, group_id, voucher_id, amount_minor, functional_minor, balance_after,
        recorded_at, period, business_date, value_date, leg, side)
    select e.account_id, e.n, %(group)s, e.voucher_id, e.amount_minor, e.functional_minor, e.balance_after,
           %(stamp)s, %(period)s, %(day)s, e.value_date, e.leg, e.side
      from {entries}
), keys as (
    insert into ledger_postingkey (book_id, key, group_id, content, code, account_code, voucher_id, period, recorded_at)
    select %(book)s, k.key, %(group)s, k.content, k.code, k.account_code, k.voucher_id,
           case when k.voucher_id is not null then %(period)s::int end, %(stamp)s
      from {keys}
)
insert into control_auditline (group_id, person_id, actor_name, channel, request_id, code, subject_type, subject_id, after)
values (%(group)s, %(a_person)s, %(a_actor)s, %(a_channel)s, %(a_request)s, %(a_code)s, %(a_subject_type)s,
        %(a_subject_id)s, %(a_after)s::jsonb)
"""
_FROM_JSON = {
    "vouchers": "json_to_recordset(%(vouchers)s::json) v (id bigint, key text, value_date date, legs smallint, memo text,"
    " source_id text, reverses_id bigint, reverses_period int)",
    "entries": "json_to_recordset(%(entries)s::json) e (voucher_id bigint, leg smallint, side smallint, account_id bigint,"
    " n bigint, amount_minor bigint, functional_minor bigint, balance_after bigint, value_date date)",
    "keys": "json_to_recordset(%(keys)s::json) k (voucher_id bigint, key text, content uuid, code text, account_code text)",
}
_FROM_TABLES = {"vouchers": "posting_voucher v", "entries": "posting_entry e", "keys": "posting_key k"}
_TABLES = """
create temporary table if not exists posting_voucher (id bigint, key text, value_date date, legs smallint, memo text,
    source_id text, reverses_id bigint, reverses_period int) on commit delete rows;
create temporary table if not exists posting_entry (voucher_id bigint, leg smallint, side smallint, account_id bigint,
    n bigint, amount_minor bigint, functional_minor bigint, balance_after bigint, value_date date) on commit delete rows;
create temporary table if not exists posting_key (voucher_id bigint, key text, content uuid, code text, account_code text)
    on commit delete rows;
delete from posting_voucher; delete from posting_entry; delete from posting_key;
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all vouchers of one posting have in common. Shape: `after_close`: their business day has not come yet."""

    group_id: int
    book_id: int
    day: date | None
    origin: str
    source_kind: str
    maker_id: int | None
    checker_id: int | None
    standing_order_id: int | None
    request_id: int | None
    stamp: datetime
    after_close: bool = False


def write_rows(
    sheet: Sheet, decisions: Sequence[Decision], ids: Sequence[int], line: Mapping[str, Any]
) -> None:
    """Write vouchers, entries, keys and the line of the audit trail.

    Shape: `decisions` are the new ones, booked or refused, in order; `ids` as many as are booked, in the same order.
    """
    facts: dict[str, Any] = {
        "stamp": sheet.stamp, "group": sheet.group_id, "book": sheet.book_id, "maker": sheet.maker_id,
        "checker": sheet.checker_id, "order": sheet.standing_order_id, "request": sheet.request_id, "day": sheet.day,
        "period": period_of(sheet.day) if sheet.day else None, "origin": sheet.origin, "source_kind": sheet.source_kind,
        "after_close": sheet.after_close,
    }  # fmt: skip
    facts |= {f"a_{name}": value for name, value in line.items()}
    with driver_cursor() as cursor:
        if len(decisions) <= FEW:
            cursor.execute(_WRITE_FEW, facts | _lists(decisions, ids))
            return
        cursor.execute(_TABLES)
        for table, rows in _lines(decisions, ids).items():
            with cursor.copy(f"copy {table} from stdin") as copy:
                copy.write(rows)
        cursor.execute(_WRITE_MANY, facts)


_WRITE_FEW = _WRITE.format(**_FROM_JSON)
_WRITE_MANY = _WRITE.format(**_FROM_TABLES)


def _lists(decisions: Sequence[Decision], ids: Iterable[int]) -> dict[str, str]:
    """The rows as JSON: one value a list, of which the planner expects as many rows whatever is in it."""
    vouchers: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    keys: list[dict[str, Any]] = []
    waiting = iter(ids)
    for one in decisions:
        voucher, voucher_id = one.voucher, None if one.code else next(waiting)
        keys.append(
            {
                "voucher_id": voucher_id, "key": voucher.key, "content": one.content, "code": one.code,
                "account_code": one.account,
            }
        )  # fmt: skip
        if one.code:
            continue
        reverses_id, reverses_period = voucher.reverses or (None, None)
        vouchers.append(
            {
                "id": voucher_id, "key": voucher.key, "value_date": voucher.value_date or voucher.business_date,
                "legs": len(one.entries), "memo": mask_text(voucher.memo), "source_id": voucher.source_id,
                "reverses_id": reverses_id, "reverses_period": reverses_period,
            }
        )  # fmt: skip
        for leg, (account_id, n, minor, functional, after, value, side) in enumerate(one.entries, 1):
            entries.append(
                {
                    "voucher_id": voucher_id, "leg": leg, "side": side, "account_id": account_id, "n": n, "amount_minor": minor,
                    "functional_minor": functional, "balance_after": after, "value_date": value,
                }
            )  # fmt: skip
    return {"vouchers": _json(vouchers), "entries": _json(entries), "keys": _json(keys)}


# Made once, for making it costs more than using it; dates are written as ISO 8601.
_json = json.JSONEncoder(ensure_ascii=False, default=str).encode
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _lines(decisions: Sequence[Decision], ids: Iterable[int]) -> dict[str, str]:
    """The same rows as COPY reads them."""
    vouchers, entries, keys = [], [], []
    # Most vouchers of a batch have the same few days, and writing a date takes long.
    days: dict[date, str] = {}
    waiting = iter(ids)
    for voucher, content, code, account, _, booked, _ in decisions:
        key = voucher.key.translate(_ESCAPES) if "\\" in voucher.key else voucher.key
        if code:
            keys.append(f"\\N\t{key}\t{content}\t{code}\t{account.translate(_ESCAPES)}\n")
            continue
        number = next(waiting)
        keys.append(f"{number}\t{key}\t{content}\t\t{account.translate(_ESCAPES)}\n")
        memo = mask_text(voucher.memo).translate(_ESCAPES) if voucher.memo else ""
        reverses = "\\N\t\\N" if voucher.reverses is None else "{}\t{}".format(*voucher.reverses)
        usual = _written(voucher.value_date or voucher.business_date, days)
        source = voucher.source_id.translate(_ESCAPES)
        vouchers.append(f"{number}\t{key}\t{usual}\t{len(booked)}\t{memo}\t{source}\t{reverses}\n")
        for leg, (account_id, n, minor, functional, after, value, side) in enumerate(booked, 1):
            worth = "\\N" if functional is None else functional
            day = days.get(value) or _written(value, days)
            entries.append(f"{number}\t{leg}\t{side}\t{account_id}\t{n}\t{minor}\t{worth}\t{after}\t{day}\n")
    return {
        "posting_voucher": "".join(vouchers),
        "posting_entry": "".join(entries),
        "posting_key": "".join(keys),
    }


def _written(day: date | None, days: dict[date, str]) -> str:
    assert day is not None, "what is booked has a day"
    if day not in days:
        days[day] = str(day)
    return days[day]
