"""When and by whom a day was opened and closed stays as it was done, and an account stands on its subject's side."""

from django.db import migrations

from moa.control.rowsecurity import sql

DAYS = """
create function ledger_check_day_facts() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    wrong text;
    opens boolean := tg_op = 'UPDATE' and new.state in ('open', 'waiting') and new.state <> old.state;
    closes boolean := tg_op = 'UPDATE' and new.state = 'closed' and new.state <> old.state;
begin
    if tg_op = 'INSERT' then
        if num_nonnulls(new.opened_at, new.opened_by_id, new.closed_at, new.closed_by_id) > 0 then
            wrong := 'a day begins waiting';
        end if;
    elsif not opens and (new.opened_at, new.opened_by_id) is distinct from (old.opened_at, old.opened_by_id) then
        wrong := 'when and by whom it was opened does not change';
    elsif not closes and (new.closed_at, new.closed_by_id) is distinct from (old.closed_at, old.closed_by_id) then
        wrong := 'when and by whom it was closed does not change';
    elsif closes and not exists (
            select 1 from ledger_seal s where s.book_id = new.book_id and s.business_date = new.business_date
               and s.revision = new.revision and s.closed_at = new.closed_at and s.closed_by_id = new.closed_by_id) then
        wrong := 'it is closed with its seal';
    end if;
    if wrong is not null then
        raise exception 'a business day is refused: %', wrong using errcode = 'MOA07';
    end if;
    return new;
end $$;
create trigger days_stay_as_done before insert or update on ledger_businessday
    for each row execute function ledger_check_day_facts();
revoke execute on function ledger_check_day_facts() from public;
"""

ACCOUNTS = """
create or replace function ledger_check_account_subject() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
declare
    above record;
begin
    select s.closed_on, s.normal_side into above from ledger_subject s where s.id = new.subject_id;
    if above.closed_on is not null then
        raise exception 'no account is opened under a closed subject' using errcode = 'MOA08';
    elsif above.normal_side <> new.normal_side then
        raise exception 'an account stands on the side of its subject' using errcode = 'MOA08';
    end if;
    return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0020_vouchers_with_entries")]

    operations = [sql(DAYS), sql(ACCOUNTS)]
