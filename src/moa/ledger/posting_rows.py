"""The rows of a posting and the statements that write them: every voucher in one statement, so that the triggers see it whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import psycopg

from moa.control.driver import say_last
from moa.kernel.masking import mask_text
from moa.ledger.arrays import array, numbers, texts
from moa.ledger.rules.decision import Decision
from moa.ledger.rules.vouchers import period_of

_ROWS = """
with vouchers as (
    insert into ledger_voucher (id, group_id, book_id, maker_id, checker_id, standing_order_id, request_id, reverses_id,
        recorded_at, period, reverses_period, business_date, value_date, legs, origin, key, source_kind, source_id, memo,
        after_close)
    select v.id, %(group)s::bigint, %(book)s::bigint, {people}, v.reverses_id, %(stamp)s::timestamptz, %(period)s::int,
           v.reverses_period, %(day)s::date, v.value_date, v.legs, %(origin)s::text, v.key, %(source_kind)s::text,
           v.source_id, v.memo, %(after_close)s::boolean
      from {vouchers}
), entries as (
    insert into ledger_entry (account_id, n, group_id, voucher_id, amount_minor, functional_minor, balance_after,
        recorded_at, period, business_date, value_date, leg, side)
    select e.account_id, e.n, %(group)s::bigint, e.voucher_id, e.amount_minor, e.functional_minor, e.balance_after,
           %(stamp)s::timestamptz, %(period)s::int, %(day)s::date, e.value_date, e.leg, e.side
      from {entries}
){keys_begin}
    insert into ledger_postingkey (book_id, key, group_id, content, code, account_code, voucher_id, period, recorded_at)
    select %(book)s::bigint, k.key, %(group)s::bigint, k.content, k.code, k.account_code, k.voucher_id,
           case when k.voucher_id is not null then %(period)s::int end, %(stamp)s::timestamptz
      from {keys}
"""
_LINE = """
insert into control_auditline (group_id, person_id, actor_name, channel, request_id, code, subject_type, subject_id, after)
values (%(group)s::bigint, %(a_person)s::bigint, %(a_actor)s::text, %(a_channel)s::text, %(a_request)s::text,
        %(a_code)s::text, %(a_subject_type)s::text, %(a_subject_id)s::text, %(a_after)s::jsonb)
"""
# A few rows are said quickest in three texts, and each voucher of them may have its own people.
_FROM_JSON = {
    "people": "coalesce(v.maker_id, %(maker)s::bigint), coalesce(v.checker_id, %(checker)s::bigint), %(order)s::bigint,"
    " coalesce(v.request_id, %(request)s::bigint)",
    "vouchers": "json_to_recordset(%(vouchers)s::json) v (id bigint, key text, value_date date, legs smallint, memo text,"
    " source_id text, reverses_id bigint, reverses_period int, maker_id bigint, checker_id bigint, request_id bigint)",
    "entries": "json_to_recordset(%(entries)s::json) e (voucher_id bigint, leg smallint, side smallint, account_id bigint,"
    " n bigint, amount_minor bigint, functional_minor bigint, balance_after bigint, value_date date)",
    "keys": "json_to_recordset(%(keys)s::json) k (voucher_id bigint, key text, content uuid, code text, account_code text)",
}
# One array a column: they are read as quickly as COPY, which PostgreSQL refuses into tables under row security, and need
# neither temporary tables nor more than one answer of the server.
_FROM_ARRAYS = {
    "people": "%(maker)s::bigint, %(checker)s::bigint, %(order)s::bigint, %(request)s::bigint",
    "vouchers": "unnest(%(v_id)s::bigint[], %(v_key)s::text[], %(v_day)s::date[], %(v_legs)s::smallint[], %(v_memo)s::text[],"
    " %(v_source)s::text[], %(v_reverses)s::bigint[], %(v_former)s::int[])"
    " v (id, key, value_date, legs, memo, source_id, reverses_id, reverses_period)",
    "entries": "unnest(%(e_voucher)s::bigint[], %(e_leg)s::smallint[], %(e_side)s::smallint[], %(e_account)s::bigint[],"
    " %(e_n)s::bigint[], %(e_minor)s::bigint[], %(e_functional)s::bigint[], %(e_after)s::bigint[], %(e_day)s::date[])"
    " e (voucher_id, leg, side, account_id, n, amount_minor, functional_minor, balance_after, value_date)",
    "keys": "unnest(%(k_voucher)s::bigint[], %(k_key)s::text[], %(k_content)s::uuid[], %(k_code)s::text[], %(k_account)s::text[])"
    " k (voucher_id, key, content, code, account_code)",
}


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
    # By the voucher's key, where they differ: maker, checker and request of every one of them. For a few vouchers alone.
    people: Mapping[str, tuple[int, int, int | None]] = field(default_factory=dict)

    @property
    def by_machine(self) -> bool:
        return self.checker_id is None and not self.people


def write_at_once(
    cursor: psycopg.Cursor[Any] | None,
    sheet: Sheet,
    decisions: Sequence[Decision],
    ids: Sequence[int],
    line: Mapping[str, Any],
) -> None:
    """All rows and the line of the audit trail in one statement. Shape: without a cursor it commits the transaction too."""
    values = _facts(sheet) | _named(line) | _lists(sheet, decisions, ids)
    if cursor is None:
        say_last(_WRITE_LAST, [values[name] for name in _NAMES])
    else:
        cursor.execute(_WRITE_ALL, values)


def piece_of(sheet: Sheet, decisions: Sequence[Decision], ids: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """The statement that writes a piece of a posting under one authority, and its values."""
    return _WRITE_PIECE, _facts(sheet) | _columns(decisions, ids)


def line_of_posting(sheet: Sheet, line: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The statement that writes the line of the audit trail, and its values."""
    return _LINE, _facts(sheet) | _named(line)


def _facts(sheet: Sheet) -> dict[str, Any]:
    return {
        "stamp": sheet.stamp, "group": sheet.group_id, "book": sheet.book_id, "maker": sheet.maker_id,
        "checker": sheet.checker_id, "order": sheet.standing_order_id, "request": sheet.request_id, "day": sheet.day,
        "period": period_of(sheet.day) if sheet.day else None, "origin": sheet.origin, "source_kind": sheet.source_kind,
        "after_close": sheet.after_close,
    }  # fmt: skip


def _named(line: Mapping[str, Any]) -> dict[str, Any]:
    return {f"a_{name}": value for name, value in line.items()}


_WRITE_ALL = _ROWS.format(**_FROM_JSON, keys_begin=", keys as (") + ")" + _LINE
# The same with numbers in place of the names.
_NAMES = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", _WRITE_ALL)))
_WRITE_LAST = re.sub(r"%\((\w+)\)s", lambda found: f"${_NAMES.index(found[1]) + 1}", _WRITE_ALL)
_WRITE_PIECE = _ROWS.format(**_FROM_ARRAYS, keys_begin="")


def _lists(sheet: Sheet, decisions: Sequence[Decision], ids: Iterable[int]) -> dict[str, str]:
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
        maker, checker, request = sheet.people[voucher.key] if sheet.people else (None, None, None)
        vouchers.append(
            {
                "id": voucher_id, "key": voucher.key, "value_date": voucher.value_date or voucher.business_date,
                "legs": len(one.entries), "memo": mask_text(voucher.memo), "source_id": voucher.source_id,
                "reverses_id": reverses_id, "reverses_period": reverses_period, "maker_id": maker, "checker_id": checker,
                "request_id": request,
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


def _columns(decisions: Sequence[Decision], ids: Sequence[int]) -> dict[str, str]:
    """The columns of vouchers, entries and keys, as PostgreSQL reads arrays from text."""
    booked = [one for one in decisions if not one.code]
    entries = [entry for one in booked for entry in one.entries]
    legs = [len(one.entries) for one in booked]
    vouchers = [one.voucher for one in booked]
    waiting = iter(ids)
    # Most vouchers of a batch have the same few days, and writing a date takes long.
    days = _Days()
    account, n, minor, functional, after, value, side = zip(*entries, strict=True) if entries else ((),) * 7
    return {
        "v_id": numbers(ids), "v_key": texts([one.key for one in vouchers]),
        "v_day": array([days[one.value_date or one.business_date] for one in vouchers]), "v_legs": numbers(legs),
        "v_memo": texts([mask_text(one.memo) if one.memo else "" for one in vouchers]),
        "v_source": texts([one.source_id for one in vouchers]),
        "v_reverses": numbers([one.reverses[0] if one.reverses else None for one in vouchers]),
        "v_former": numbers([one.reverses[1] if one.reverses else None for one in vouchers]),
        "e_voucher": numbers([number for number, count in zip(ids, legs, strict=True) for _ in range(count)]),
        "e_leg": numbers([leg for count in legs for leg in range(1, count + 1)]), "e_side": numbers(side),
        "e_account": numbers(account), "e_n": numbers(n), "e_minor": numbers(minor), "e_functional": numbers(functional),
        "e_after": numbers(after), "e_day": array([days[day] for day in value]),
        "k_voucher": numbers([None if one.code else next(waiting) for one in decisions]),
        "k_key": texts([one.voucher.key for one in decisions]), "k_content": array([one.content for one in decisions]),
        "k_code": array([one.code or '""' for one in decisions]), "k_account": texts([one.account for one in decisions]),
    }  # fmt: skip


class _Days(dict[date | None, str]):
    def __missing__(self, day: date | None) -> str:
        assert day is not None, "what is booked has a day"
        return self.setdefault(day, str(day))
