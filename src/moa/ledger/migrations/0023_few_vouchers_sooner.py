"""What a few vouchers cost to check is what their statements cost to begin: no more tables are joined than they need.

The rules are those of 0019 and 0020, word for word where both ways ask the same.
"""

from importlib import import_module

from django.db import migrations

from moa.control.rowsecurity import sql

_FORMER = import_module("moa.ledger.migrations.0019_entries_by_key").ENTRIES
_FORMER_VOUCHERS = import_module("moa.ledger.migrations.0020_vouchers_with_entries").VOUCHERS


def _between(text: str, begin: str, end: str) -> str:
    """What stands from the one mark to the other, without the latter; each is there once from the first on."""
    start = text.index(begin)
    return text[start : text.index(end, start)]


_LOOKED = "begin\n    with joined as materialized ("
_INTO = "      into wrong, accounts, advanced;\n"
_PROBLEM = _between(_FORMER, "case\n            when v.id is null", " as problem")
_SUMS = _between(_FORMER, "select voucher_id, period, min(group_id)", "\n                  from joined")

# No account twice, as in nearly every voucher: each entry goes on from its account's balance, so that nothing is put in
# order, and the balances are moved by the statement that looks at them. In one month, so that one partition is looked at.
# What was not moved is not looked at further: it is refused for that.
_FEW = f"""begin
    select count(*), count(distinct account_id), min(period), max(period) into advanced, accounts, month, last_month
      from (select account_id, period from new_rows limit 21) few;
    if advanced = 0 then
        return null;
    end if;
    if advanced <= 20 and accounts = advanced and month = last_month then
        with joined as (
            update ledger_balance b
               set current_minor = e.balance_after,
                   version = e.n,
                   last_at = e.recorded_at,
                   product = b.product + e.amount_minor::numeric * (e.business_date - e.value_date)
                           + case when b.product_date = e.business_date then 0
                                  else b.current_minor::numeric * greatest(e.business_date - b.product_date, 0)
                                     + e.amount_minor::numeric * greatest(b.product_date - e.business_date, 0) end,
                   product_date = greatest(b.product_date, e.business_date)
              from new_rows e
             where b.account_id = e.account_id and b.group_id = e.group_id and b.version = e.n - 1
               and e.balance_after = b.current_minor + e.amount_minor and coalesce(e.recorded_at >= b.last_at, true)
            returning e.voucher_id, e.leg, e.period, e.group_id, e.amount_minor, e.functional_minor, e.recorded_at,
                      e.business_date, b.book_id, b.currency
        )
        select case when sum(j.here) = accounts then min({_PROBLEM}) end, coalesce(sum(j.here), 0)
          into wrong, advanced
          from ({_SUMS}
                  from joined group by voucher_id, period) j
          left join ledger_voucher v on v.id = j.voucher_id and v.period = month
          left join ledger_book k on k.id = v.book_id;
    else
    with joined as materialized ("""
_DECLARED = "    advanced bigint;\n"
assert _FORMER.count(_LOOKED) == _FORMER.count(_INTO) == _FORMER.count(_DECLARED) == 1
ENTRIES = (
    _FORMER.replace(_DECLARED, f"{_DECLARED}    month int;\n    last_month int;\n")
    .replace(_LOOKED, _FEW)
    .replace(_INTO, f"{_INTO}    end if;\n")
)

_REVERSES = _between(
    _FORMER_VOUCHERS,
    "    if exists (select 1 from new_rows n\n               left join ledger_voucher r",
    "    return null;\nend $$;",
)
_ENTRIES = _between(
    _FORMER_VOUCHERS,
    "        if exists (select 1 from new_rows n\n                   left join lateral",
    "    end loop;",
)
VOUCHERS = f"""
create or replace function ledger_check_vouchers() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    wrong text;
    month int;
    first_month int;
    last_month int;
    by_people boolean;
    taking_back boolean;
begin
    select min(period), max(period), count(checker_id) + count(request_id) > 0, count(reverses_id) > 0
      into first_month, last_month, by_people, taking_back from new_rows;
    if first_month is null then
        return null;
    end if;
    select case
        when b.id is null then 'its book is not of its group'
        when d.id is null then 'the business day ' || n.business_date || ' of its book takes no vouchers'
        when c.book_id is null or n.first_at <= c.answered_until then 'it is recorded at a moment already answered for'
        when m.id is null then 'its maker is not of its group'
        when n.standing_order_id is not null and o.id is null then 'no standing order of its book gives leave on its day'
        when n.standing_order_id is not null and m.kind <> 'machine' then 'a person books under a standing order'
        end into wrong
      from (select group_id, book_id, business_date, maker_id, standing_order_id, origin, min(recorded_at) as first_at
              from new_rows group by 1, 2, 3, 4, 5, 6) n
      left join ledger_book b on b.id = n.book_id and b.group_id = n.group_id
      left join ledger_businessday d on d.book_id = b.id and d.business_date = n.business_date
                                    and d.state in ('open', 'closing', 'reopened')
      left join ledger_bookclock c on c.book_id = b.id
      left join control_person m on m.id = n.maker_id and m.group_id = n.group_id
      left join ledger_standingorder o
             on o.id = n.standing_order_id and o.group_id = n.group_id and o.book_id = n.book_id
            and o.acts @> to_jsonb(n.origin::text) and o.valid_from <= n.business_date
            and (o.valid_until is null or n.business_date < o.valid_until)
            and (o.ended_on is null or n.business_date < o.ended_on)
     order by 1 nulls last limit 1;
    if wrong is null and by_people then
        select case
            when n.checker_id is not null and k.id is null then 'its checker is not of its group'
            when n.request_id is not null and q.id is null then 'its request is not of its group'
            when n.checker_id is not null and v.id is null then 'its checker approved no request of its maker over its book'
            end into wrong
          from (select distinct group_id, book_id, maker_id, checker_id, request_id from new_rows) n
          left join control_person k on k.id = n.checker_id and k.group_id = n.group_id
          left join control_approvalrequest q on q.id = n.request_id and q.group_id = n.group_id
          left join control_approvaldecision v
                 on v.request_id = q.id and v.group_id = q.group_id and v.approved and v.checker_id = n.checker_id
                and v.content_hash = q.content_hash and q.state = 'approved' and q.maker_id = n.maker_id
                and q.content ->> 'book' = n.book_id::text
         order by 1 nulls last limit 1;
    end if;
    if wrong is not null then
        raise exception 'a voucher is refused: %', wrong using errcode = 'MOA05';
    end if;
    for month in first_month .. last_month loop
{_ENTRIES}    end loop;
    if not taking_back then
        return null;
    end if;
{_REVERSES}    return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0022_periods_made_at_once")]

    operations = [sql(ENTRIES), sql(VOUCHERS)]
