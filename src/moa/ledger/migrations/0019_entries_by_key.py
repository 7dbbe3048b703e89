"""A batch reads the balances of its own accounts, not those of every book, and locks none of them twice."""

from django.db import migrations

from moa.control.rowsecurity import sql

# The function of 0002, but for how it comes to the balances.
ENTRIES = """
create or replace function ledger_book_entries() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    wrong text;
    accounts bigint;
    advanced bigint;
begin
    with joined as materialized (
        select e.voucher_id, e.leg, e.period, e.group_id, e.account_id, e.n, e.amount_minor, e.functional_minor, e.balance_after,
               e.recorded_at, e.business_date, e.value_date, b.book_id, b.currency, b.current_minor, b.version, b.last_at
          from new_rows e
          -- One row by its key, however many are asked for: joined as tables, all balances of all books would be read for a batch.
          left join lateral (
                select b.book_id, b.currency, b.current_minor, b.version, b.last_at from ledger_balance b
                 where b.account_id = e.account_id and b.group_id = e.group_id limit 1) b on true
    ), vouchers as (
        -- Every voucher: its own facts in each leg, all its legs here, the sums nothing.
        select case
            when v.id is null or v.group_id <> j.group_id or v.book_id is distinct from j.book_id or j.strange
              or v.business_date <> j.business_date or v.recorded_at <> j.recorded_at
                then 'an entry does not repeat what its voucher says, or is of another book'
            when v.legs <> j.here or v.legs < j.last_leg then 'a voucher has not all its legs in one statement'
            when j.functional <> 0 then 'a voucher does not balance in the currency of its book'
            when j.lowest = j.highest and j.total <> 0 then 'a voucher does not balance'
            when j.lowest = j.highest and j.valued not in (0, j.here) then 'a voucher is valued in part'
            when j.lowest = k.functional_currency and j.highest = j.lowest and (j.valued <> j.here or j.otherwise)
                then 'an entry in the currency of its book is valued otherwise'
            when j.lowest <> j.highest then 'mixed'
            when v.reverses_id is not null then 'reverses'
            end as problem
          from (select voucher_id, period, min(group_id) as group_id, min(book_id) as book_id, count(*) as here, max(leg) as last_leg,
                       min(business_date) as business_date, min(recorded_at) as recorded_at,
                       min(currency) as lowest, max(currency) as highest, sum(amount_minor) as total,
                       sum(functional_minor) as functional, count(functional_minor) as valued,
                       bool_or(functional_minor <> amount_minor) as otherwise,
                       count(book_id) <> count(*) or min(book_id) <> max(book_id) or min(group_id) <> max(group_id)
                       or min(business_date) <> max(business_date) or min(recorded_at) <> max(recorded_at) as strange
                  from joined group by voucher_id, period) j
          left join ledger_voucher v on v.id = j.voucher_id and v.period = j.period
          left join ledger_book k on k.id = v.book_id
    ), linked as (
        select *, lag(balance_after) over (partition by account_id order by n) as former_balance from joined
    ), summed as (
        -- Every account: its next numbers, each entry on from the balance before it, the stamp never backwards.
        select account_id, count(*) as entries, min(n) as first_n, max(n) as last_n, max(recorded_at) as last_at,
               sum(amount_minor) as moved, max(business_date) as last_day,
               sum(case when value_date <> business_date then amount_minor::numeric * (business_date - value_date) end)
                   as before_booking,
               bool_and(balance_after = coalesce(former_balance, current_minor) + amount_minor)
                   and max(n) - min(n) + 1 = count(*) and min(n) = min(version) + 1
                   and min(recorded_at) = max(recorded_at) and min(business_date) = max(business_date)
                   and (min(last_at) is null or min(recorded_at) >= min(last_at)) as chained
          from linked group by account_id
    ), moved as (
        update ledger_balance b
           set current_minor = b.current_minor + s.moved,
               version = s.last_n,
               last_at = s.last_at,
               product = b.product + coalesce(s.before_booking, 0)
                       + case when b.product_date = s.last_day then 0
                              else b.current_minor::numeric * greatest(s.last_day - b.product_date, 0)
                                 + s.moved * greatest(b.product_date - s.last_day, 0) end,
               product_date = greatest(b.product_date, s.last_day)
          from summed s
         where b.account_id = s.account_id and b.version = s.first_n - 1 and s.chained
        returning b.account_id
    )
    select (select min(problem) from vouchers), (select count(*) from summed), (select count(*) from moved)
      into wrong, accounts, advanced;
    if wrong in ('mixed', 'reverses') then
        wrong := coalesce(ledger_mixed_problem(array(select distinct voucher_id from new_rows)),
                          ledger_reversal_problem(array(select distinct voucher_id from new_rows)));
    end if;
    if wrong is not null then
        raise exception 'entries are refused: %', wrong using errcode = 'MOA06';
    end if;
    if accounts <> advanced then
        raise exception 'entries are refused: % of % accounts have a gap, a wrong balance or an older stamp',
            accounts - advanced, accounts using errcode = 'MOA06';
    end if;
    return null;
end $$;
"""

# The guard of 0015 after the update: a trigger before it, of whatever column, has every balance locked and read once more.
GUARD = """
drop trigger held_by_holds on ledger_balance;
create trigger held_by_holds after update of held_minor on ledger_balance
    for each row when (new.held_minor is distinct from old.held_minor) execute function ledger_guard_held();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0018_currencies_of_a_book")]

    operations = [sql(ENTRIES), sql(GUARD)]
