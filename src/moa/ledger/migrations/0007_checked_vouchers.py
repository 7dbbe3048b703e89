"""A voucher with a checker rests on that person's approval of a request of its maker over its book."""

from django.db import migrations

from moa.control.rowsecurity import sql

# The function of 0002 with the one rule more. Who wrote a checker's name into a row was free to; now it takes the
# decision that the approvals keep, which is by another person over pinned content.
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
    dependencies = [("ledger", "0006_period_rules"), ("control", "0009_approval_rules")]

    operations = [sql(VOUCHERS)]
