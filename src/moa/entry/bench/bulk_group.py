"""A group of 100,000 accounts and 10,000,000 transactions in a database of its own, for the benches.

Amounts follow a closed form, so the sum over transactions and the newest balances are known to agree without
reading what is measured.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import click
from django.db import connections

from moa.control.context import Context
from moa.control.operations.add_unit import NewUnit, add_unit
from moa.control.operations.set_up_group import NewGroup, set_up_group
from moa.control.queries import list_groups, machine_context

GROUP = "BULK"
ACCOUNTS = 100_000
LINES = 10_000_000
# `moa bench --lines` makes a smaller group, in a database of its own.
LINES_VARIABLE = "MOA_BENCH_LINES"
COMPANIES = 20
FIRST_MONTH = date(2025, 12, 1)
MONTHS = 10
LAST_DAY = date(2026, 9, 30)

_ACCOUNTS = """
insert into accounts_bankaccount (group_id, unit_id, bank_country, bank_code, number, number_key, currency, kind, holder,
    nickname, note, is_simulated)
select %(group)s, (%(units)s::bigint[])[1 + a %% %(companies)s], 'KR',
       (array['004','088','081','020','003','011','002','023','027'])[1 + a %% 9],
       lpad(a::text, 12, '0'), lpad(a::text, 12, '0'),
       case when a %% 10 < 8 then 'KRW' when a %% 10 = 8 then 'USD' else 'CNY' end, 'operating', '해온물산', '운영 ' || a, '',
       true
  from generate_series(1, %(accounts)s) a
"""
_STATEMENTS = """
insert into accounts_statement (group_id, account_id, request_id, index, provisional, reference, from_date, to_date,
    entry_count, entries_new, recorded_at)
select group_id, id, %(request)s, 1, false, '', %(first)s, %(last)s, %(lines)s, %(lines)s, now()
  from accounts_bankaccount where group_id = %(group)s order by id
"""
# One line in six is of one of 64,000 small firms, whose names have three of the plain syllables.
# Line k of account a moves 3 units up when k is odd and 2 down when it is even; a unit is 1,000 + a mod 997.
_LINES = """
insert into accounts_transaction (booked_on, group_id, account_id, value_date, booked_time, amount_minor, balance_minor,
    balance_stated, fingerprint, occurrence, statement_id, place, reference, bank_reference, description, counterparty,
    counterparty_account, recorded_at)
select %(month)s::date + ((k * 3 + a.id) %% 28)::int, a.group_id, a.id, %(month)s::date + ((k * 3 + a.id) %% 28)::int,
       time '09:00' + ((a.id * 37 + k * 11) %% 32000) * interval '1 second',
       (1000 + a.id %% 997) * case when k %% 2 = 1 then 3 else -2 end,
       (1000 + a.id %% 997) * (3 * ((k + 1) / 2) - 2 * (k / 2)),
       true, md5(a.id || ':' || k)::uuid, 1, s.id, 'line ' || k, 'REF' || (a.id * 101 + k), '',
       (array['펌이체 물품대금','카드매출 입금','전기요금 자동이체','급여이체','원천세 납부'])[1 + (a.id + k) %% 5] || ' ' || k,
       case when (a.id * 7 + k) %% 6 > 0
            then (array['동해제강(주)','서진물류(주)','(주)가온패키징','한국전력공사','苏州宏泰机电'])[(a.id * 7 + k) %% 6]
            else chr(44032 + 28 * (a.id %% 40)::int) || chr(44032 + 28 * (40 + a.id / 40 %% 40)::int)
              || chr(44032 + 28 * (80 + a.id / 1600 %% 40)::int) || '(주)' end,
       '', now()
  from accounts_bankaccount a join accounts_statement s on s.account_id = a.id
 cross join generate_series(%(from_k)s, %(to_k)s) k
 where a.group_id = %(group)s
 order by 1, a.id
"""
_POINTS = """
insert into accounts_balancepoint (group_id, account_id, day, balance_minor, statement_id, recorded_at)
select a.group_id, a.id, %(last)s, (1000 + a.id %% 997) * (3 * ((%(lines)s + 1) / 2) - 2 * (%(lines)s / 2)), s.id, now()
  from accounts_bankaccount a join accounts_statement s on s.account_id = a.id where a.group_id = %(group)s
"""
_CURRENT = """
insert into accounts_currentbalance (account_id, group_id, day, balance_minor, covered_until, received_at)
select account_id, group_id, day, balance_minor, day, now() from accounts_balancepoint where group_id = %(group)s
"""
# Built over all lines at once, an index takes a fraction of the time.
_WORDS = """
drop index words_by_bigram;
insert into accounts_linewords (group_id, line_id, booked_on, words)
select group_id, id, booked_on, lower(counterparty || chr(10) || description || chr(10) || reference)
  from accounts_transaction where group_id = %(group)s;
create index words_by_bigram on accounts_linewords using gin (moa_bigrams(words));
insert into accounts_wordsread (group_id, until_id) select %(group)s, max(id) from accounts_transaction
"""
_RATES = """
insert into directory_exchangerate (group_id, base, quote, on_date, rate, source, source_name, entered_by_id, recorded_at)
select %(group)s, base, 'KRW', %(last)s, rate, 'hand', 'bench', %(person)s, now()
  from (values ('USD', 1382.50), ('CNY', 192.60)) as r (base, rate)
"""


@dataclass(frozen=True, slots=True)
class Bulk:
    """The built group. `ctx` acts as its machine user."""

    ctx: Context
    accounts: int
    lines: int


def lines_each() -> int:
    """Lines of each account: as many in every month."""
    return max(int(os.environ.get(LINES_VARIABLE, LINES)) // ACCOUNTS // MONTHS, 1) * MONTHS


def bulk_group() -> Bulk:
    """The group, built when it is not there yet; about five minutes on two cores."""
    at = datetime.now(UTC)
    lines = lines_each()
    found = next((group for group in list_groups() if group.code == GROUP), None)
    if found is not None and _is_whole(found.id):
        return Bulk(machine_context(found.id, at=at, channel="command"), ACCOUNTS, ACCOUNTS * lines)
    if found is not None:
        raise click.ClickException("the bench database is half built; `moa bench --rebuild` makes it anew")
    ctx = set_up_group(NewGroup(GROUP, "벤치", "KRW", is_demo=True), at=at)
    with ctx.open():
        units = [
            add_unit(ctx, new=NewUnit("company", f"C{n:02}", f"계열사 {n}", date(2020, 1, 1))).id
            for n in range(COMPANIES)
        ]
    _fill(ctx, units)
    return Bulk(ctx, ACCOUNTS, ACCOUNTS * lines)


def _is_whole(group_id: int) -> bool:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from accounts_currentbalance where group_id = %s", [group_id])
        return int(cursor.fetchone()[0]) == ACCOUNTS


def _fill(ctx: Context, units: list[int]) -> None:
    """As the owner and with the checks of each line resting, for the data is made, not taken in."""
    facts: dict[str, Any] = {
        "group": ctx.group_id, "units": units, "companies": COMPANIES, "accounts": ACCOUNTS, "first": FIRST_MONTH,
        "last": LAST_DAY, "lines": lines_each(), "person": ctx.actor.person_id,
    }  # fmt: skip
    each = lines_each() // MONTHS
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table accounts_transaction disable trigger lines_of_their_statement")
        cursor.execute("set maintenance_work_mem = '512MB'")
        cursor.execute(
            "insert into control_approvalrequest (group_id, subject_type, subject_id, content, content_hash, maker_id,"
            " state, currency, step, steps) values (%s, 'bench', '1', '{}', '', %s, 'open', '', 1, 1) returning id",
            [ctx.group_id, ctx.actor.person_id],
        )
        facts["request"] = cursor.fetchone()[0]
        cursor.execute(_ACCOUNTS, facts)
        cursor.execute(_STATEMENTS, facts)
        cursor.execute("analyze accounts_bankaccount, accounts_statement")
        for number in range(MONTHS):
            year, month = divmod(FIRST_MONTH.month - 1 + number, 12)
            start = date(FIRST_MONTH.year + year, month + 1, 1)
            cursor.execute("select accounts_make_month(%s)", [start])
            cursor.execute(
                _LINES, facts | {"month": start, "from_k": number * each + 1, "to_k": (number + 1) * each}
            )
        cursor.execute(_POINTS, facts)
        cursor.execute(_CURRENT, facts)
        cursor.execute(_RATES, facts)
        cursor.execute(_WORDS, facts)
        cursor.execute("alter table accounts_transaction enable trigger lines_of_their_statement")
        cursor.execute("vacuum analyze")
    connections["owner"].close()
