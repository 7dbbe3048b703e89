"""Opening a posting gives its stamp and the numbers of its vouchers, so that writing it joins and sorts nothing.

What a voucher takes back is looked for only where a voucher takes something back.
"""

from django.db import migrations

from moa.control.rowsecurity import sql

# The function of 0008 with two answers more. The stamp is told by the last statement under the locks: never before the
# newest one of the book or of an account at hand, also when the clock steps back.
OPENING = """
drop function ledger_open_posting(bigint, boolean, json, json, text, date);
create function ledger_open_posting(book bigint, alone boolean, keys json, codes json, act text, today date, vouchers int)
    returns table (under_way date, takes boolean, closed_to date, stamp timestamptz, machine bigint, leave bigint,
                   known json, accounts json, numbers bigint[]) language plpgsql
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
           greatest(clock_timestamp(),
                    greatest(clock.last_at, clock.answered_until, found.last_at) + interval '1 microsecond'),
           machine.id, leave.id,
           (select json_agg(json_build_array(k.key, k.content, k.code, k.account_code, k.voucher_id, k.period))
              from json_array_elements_text(keys) asked (key)
              join ledger_postingkey k on k.book_id = book and k.key = asked.key),
           found.accounts,
           case when vouchers = 1 then array[nextval('ledger_voucher_id_seq')]
                else array(select nextval('ledger_voucher_id_seq') from generate_series(1, vouchers)) end
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
revoke execute on function ledger_open_posting(bigint, boolean, json, json, text, date, int) from public;
grant execute on function ledger_open_posting(bigint, boolean, json, json, text, date, int) to {app};
"""

# The function of 0007; the two statements at its end run only where a voucher takes another back.
VOUCHERS = """
create or replace function ledger_check_vouchers() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    wrong text;
begin
    select case
        when b.id is null then 'its book is not of its group'
        when d.id is null then 'the business day ' || n.business_date || ' of its book takes no vouchers'
        when c.book_id is null or n.first_at <= c.answered_until then 'it is recorded at a moment already answered for'
        when m.id is null then 'its maker is not of its group'
        when n.checker_id is not null and k.id is null then 'its checker is not of its group'
        when n.request_id is not null and q.id is null then 'its request is not of its group'
        when n.checker_id is not null and v.id is null then 'its checker approved no request of its maker over its book'
        when n.standing_order_id is not null and o.id is null then 'no standing order of its book gives leave on its day'
        when n.standing_order_id is not null and m.kind <> 'machine' then 'a person books under a standing order'
        end into wrong
      from (select group_id, book_id, business_date, maker_id, checker_id, standing_order_id, request_id, origin,
                   min(recorded_at) as first_at
              from new_rows group by 1, 2, 3, 4, 5, 6, 7, 8) n
      left join ledger_book b on b.id = n.book_id and b.group_id = n.group_id
      left join ledger_businessday d on d.book_id = b.id and d.business_date = n.business_date
                                    and d.state in ('open', 'closing', 'reopened')
      left join ledger_bookclock c on c.book_id = b.id
      left join control_person m on m.id = n.maker_id and m.group_id = n.group_id
      left join control_person k on k.id = n.checker_id and k.group_id = n.group_id
      left join control_approvalrequest q on q.id = n.request_id and q.group_id = n.group_id
      left join control_approvaldecision v
             on v.request_id = q.id and v.group_id = q.group_id and v.approved and v.checker_id = n.checker_id
            and v.content_hash = q.content_hash and q.state = 'approved' and q.maker_id = n.maker_id
            and q.content ->> 'book' = n.book_id::text
      left join ledger_standingorder o
             on o.id = n.standing_order_id and o.group_id = n.group_id and o.book_id = n.book_id
            and o.acts @> to_jsonb(n.origin::text) and o.valid_from <= n.business_date
            and (o.valid_until is null or n.business_date < o.valid_until)
            and (o.ended_on is null or n.business_date < o.ended_on)
     order by 1 nulls last limit 1;
    if wrong is not null then
        raise exception 'a voucher is refused: %', wrong using errcode = 'MOA05';
    end if;
    if not exists (select 1 from new_rows where reverses_id is not null) then
        return null;
    end if;
    if exists (select 1 from new_rows n
               left join ledger_voucher r on r.id = n.reverses_id and r.period = n.reverses_period
                                         and r.book_id = n.book_id
               where n.reverses_id is not null and r.id is null) then
        raise exception 'a voucher is refused: what it reverses is not in its book' using errcode = 'MOA05';
    end if;
    insert into ledger_reversal (voucher_id, period, by_id, by_period, group_id, book_id)
    select reverses_id, reverses_period, id, period, group_id, book_id from new_rows where reverses_id is not null;
    return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0015_hold_rules")]

    operations = [sql(OPENING), sql(VOUCHERS)]
