"""Opening a posting tells the newest stamp of its accounts too, and its plans use the indexes from the first voucher on.

A plan that was made while a table was empty reads all of it, and a session keeps its plans: a new book would become slower
with every voucher until the table's statistics are renewed.
"""

from django.db import migrations

from moa.control.rowsecurity import sql

OPENING = """
create or replace function ledger_open_posting(book bigint, alone boolean, keys json, codes json, act text, today date)
    returns table (under_way date, takes boolean, closed_to date, newest_at timestamptz, machine bigint, leave bigint,
                   known json, accounts json) language plpgsql
    set enable_seqscan = off as $$
#variable_conflict use_column
begin
    if alone then
        perform pg_advisory_xact_lock(19524, book::int);
    else
        perform pg_advisory_xact_lock_shared(19524, book::int);
        perform pg_advisory_xact_lock(hashtextextended(k.key, book))
           from (select distinct key from json_array_elements_text(keys) asked (key) order by key) k;
    end if;
    -- Locked first: only a statement of its own sees what was committed while it waited.
    return query
    select day.business_date, day.state in ('open', 'reopened'), closed.business_date,
           greatest(clock.last_at, clock.answered_until, found.last_at), machine.id, leave.id,
           (select json_agg(json_build_array(k.key, k.content, k.code, k.account_code, k.voucher_id, k.period))
              from json_array_elements_text(keys) asked (key)
              join ledger_postingkey k on k.book_id = book and k.key = asked.key),
           found.accounts
      from ledger_bookclock clock
      left join ledger_businessday day on day.book_id = clock.book_id and day.state in ('open', 'closing', 'reopened')
      left join lateral (
            select d.business_date from ledger_businessday d
             where d.book_id = clock.book_id and d.state in ('closed', 'closing')
             order by d.business_date desc limit 1) closed on true
      left join lateral (
            select p.id from control_person p where p.kind = 'machine' order by p.id limit 1) machine on true
      left join lateral (
            select o.id from ledger_standingorder o
             where o.book_id = clock.book_id and o.acts @> to_jsonb(act)
               and o.valid_from <= coalesce(day.business_date, today)
               and coalesce(o.valid_until > coalesce(day.business_date, today), true)
               and coalesce(o.ended_on > coalesce(day.business_date, today), true)
             order by o.id limit 1) leave on true
      left join lateral (
            select max(f.last_at) as last_at,
                   json_agg(json_build_array(f.id, f.code, f.currency, f.normal_side, f.floor_minor, f.state,
                                             f.current_minor, f.held_minor, f.version)) as accounts
              from (select a.id, a.code, a.currency, a.normal_side, a.floor_minor, a.state, b.current_minor, b.held_minor,
                           b.version, b.last_at
                      from json_array_elements_text(codes) asked (code)
                      join ledger_account a on a.book_id = book and a.code = asked.code
                      join ledger_balance b on b.account_id = a.id
                     order by b.account_id for update of b) f) found on true
     where clock.book_id = book;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_checked_vouchers")]

    operations = [sql(OPENING)]
