"""What a batch costs to check: each balance and each voucher is looked up once, and a piece's rows are joined as sets.

The rules are those of 0023. New is that one statement writes entries of one group, one moment and one business day, as the
engine does; one for a few vouchers, which names no account twice, may still mix them.
"""

from importlib import import_module

from django.db import migrations

from moa.control.rowsecurity import sql

_FORMER = import_module("moa.ledger.migrations.0023_few_vouchers_sooner")
_MANY_BEGINS, _MANY_ENDS = "    else\n    with joined as materialized (", "    end if;\n    if wrong in ("
_BEFORE, _, _REST = _FORMER.ENTRIES.partition(_MANY_BEGINS)
_, _, _AFTER = _REST.partition(_MANY_ENDS)
assert _BEFORE and _AFTER and _FORMER.ENTRIES.count(_MANY_BEGINS) == _FORMER.ENTRIES.count(_MANY_ENDS) == 1

# The balances are moved by the statement that looks at them, and the vouchers' entries are joined to what was moved. Keys
# are asked for as one sorted list, and joined by order or by hash: a plan made for few rows, which the connection
# keeps, would otherwise look at each pair of rows of many, or at each row of a table that was small.
# What was not moved is not looked at further: it is refused for that.
_MANY = """    else
        select min(group_id), min(recorded_at), min(business_date), min(period),
               (min(group_id), min(recorded_at), min(business_date), min(period))
                   = (max(group_id), max(recorded_at), max(business_date), max(period))
          into its_group, at, day, month, alike from new_rows;
        if not alike then
            raise exception 'entries are refused: those of one statement are not of one group, moment and day'
                using errcode = 'MOA06';
        end if;
        nested := current_setting('enable_nestloop');
        scanned := current_setting('enable_seqscan');
        planned := current_setting('plan_cache_mode');
        perform set_config('enable_nestloop', 'off', true), set_config('enable_seqscan', 'off', true),
                set_config('plan_cache_mode', 'force_generic_plan', true);
        with linked as (
            select account_id, n, amount_minor, balance_after, value_date,
                   lag(balance_after) over in_order as former, lead(n) over in_order as following
              from new_rows window in_order as (partition by account_id order by n)
        ), summed as (
            -- Every account: its next numbers, each entry on from the balance before it.
            select account_id, min(n) as first_n, max(n) as last_n,
                   max(case when former is null then balance_after - amount_minor end) as opening,
                   max(case when following is null then balance_after end) as closing,
                   sum(case when value_date <> day then amount_minor::numeric * (day - value_date) end) as before_booking,
                   bool_and(former is null or balance_after = former + amount_minor)
                       and max(n) - min(n) + 1 = count(*) as chained
              from linked group by account_id
        ), moved as (
            update ledger_balance b
               set current_minor = s.closing,
                   version = s.last_n,
                   last_at = at,
                   product = b.product + coalesce(s.before_booking, 0)
                           + case when b.product_date = day then 0
                                  else b.current_minor::numeric * greatest(day - b.product_date, 0)
                                     + (s.closing - s.opening)::numeric * greatest(b.product_date - day, 0) end,
                   product_date = greatest(b.product_date, day)
              from summed s
             where b.account_id = any (array(select account_id from new_rows)) and b.account_id = s.account_id
               and b.group_id = its_group and b.version = s.first_n - 1 and b.current_minor = s.opening and s.chained
               and coalesce(at >= b.last_at, true)
            returning b.account_id, b.book_id, b.currency
        ), vouchers as (
            -- Every voucher: its own facts in each leg, all its legs here, the sums nothing.
            select case
                when j.strange then 'an entry does not repeat what its voucher says, or is of another book'
                when j.legs <> j.here or j.legs < j.last_leg then 'a voucher has not all its legs in one statement'
                when j.functional <> 0 then 'a voucher does not balance in the currency of its book'
                when j.lowest = j.highest and j.total <> 0 then 'a voucher does not balance'
                when j.lowest = j.highest and j.valued not in (0, j.here) then 'a voucher is valued in part'
                when j.lowest = j.functional_currency and j.highest = j.lowest and (j.valued <> j.here or j.otherwise)
                    then 'an entry in the currency of its book is valued otherwise'
                when j.lowest <> j.highest then 'mixed'
                when j.reverses_id is not null then 'reverses'
                end as problem
              from (select count(*) as here, max(e.leg) as last_leg, min(m.currency) as lowest, max(m.currency) as highest,
                           sum(e.amount_minor) as total, sum(e.functional_minor) as functional,
                           count(e.functional_minor) as valued, bool_or(e.functional_minor <> e.amount_minor) as otherwise,
                           bool_or(v.id is null or v.group_id <> its_group or v.book_id <> m.book_id
                                   or v.business_date <> day or v.recorded_at <> at) as strange,
                           min(v.legs) as legs, min(v.reverses_id) as reverses_id,
                           min(k.functional_currency) as functional_currency
                      from new_rows e
                      join moved m on m.account_id = e.account_id
                      left join ledger_voucher v on v.id = any (array(select voucher_id from new_rows))
                                                and v.period = month and v.id = e.voucher_id
                      left join ledger_book k on k.id = v.book_id
                     group by e.voucher_id) j
        )
        select (select count(*) from summed), (select count(*) from moved), min(problem) into accounts, advanced, wrong
          from vouchers;
        perform set_config('enable_nestloop', nested, true), set_config('enable_seqscan', scanned, true),
                set_config('plan_cache_mode', planned, true);
        if accounts <> advanced then
            wrong := null;
        end if;
"""
_DECLARED = "    last_month int;\n"
assert _BEFORE.count(_DECLARED) == 1
ENTRIES = (
    _BEFORE.replace(
        _DECLARED,
        _DECLARED
        + "    its_group bigint;\n    at timestamptz;\n    day date;\n    alike boolean;\n    nested text;\n    scanned text;\n    planned text;\n",
    )
    + _MANY
    + _MANY_ENDS
    + _AFTER
)

# Many vouchers' numbers are asked for as one sorted list; a few one by one, for a list would be planned anew each time.
_ONE_BY_ONE = _FORMER._ENTRIES
_TAKING, _COUNTED, _INTO = (
    "    taking_back boolean;\n", "count(reverses_id) > 0\n", "into first_month, last_month, by_people, taking_back from",
)  # fmt: skip
assert all(_FORMER.VOUCHERS.count(mark) == 1 for mark in (_ONE_BY_ONE, _TAKING, _COUNTED, _INTO))
VOUCHERS = (
    _FORMER.VOUCHERS.replace(
        _TAKING,
        f"{_TAKING}    together bigint;\n    here bigint;\n    found bigint;\n    scanned text;\n    numbers bigint[];\n",
    )
    .replace(_COUNTED, "count(reverses_id) > 0, count(*)\n")
    .replace(_INTO, "into first_month, last_month, by_people, taking_back, together from")
    .replace(
        _ONE_BY_ONE,
        f"""        if together > 50 then
            select count(*), array_agg(id) into here, numbers from new_rows where period = month;
            scanned := current_setting('enable_seqscan');
            perform set_config('enable_seqscan', 'off', true);
            select count(*) into found from ledger_entry e
             where e.voucher_id = any (numbers) and e.leg = 1 and e.period = month;
            perform set_config('enable_seqscan', scanned, true);
            if here <> found then
                raise exception 'a voucher is refused: its entries are not in its statement' using errcode = 'MOA05';
            end if;
            continue;
        end if;
{_ONE_BY_ONE}""",
    )
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0024_one_index_of_legs")]

    operations = [sql(ENTRIES), sql(VOUCHERS)]
