"""What the database itself holds of closings: days move in one order, seals are a chain, closings repeat the balances."""

from django.db import migrations

from moa.control.rowsecurity import append_only, group_reference, group_table, sql, watched

# A day is opened when all before it are closed, closed with its seal, and reopened only by what two persons decided.
DAYS = """
create function ledger_check_day() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    wrong text;
begin
    if tg_op = 'INSERT' then
        if new.state <> 'waiting' or new.revision <> 0 then
            wrong := 'a day begins waiting';
        end if;
    elsif new.state = old.state then
        if new.revision <> old.revision then
            wrong := 'only a closing counts up the revision';
        end if;
    elsif (old.state, new.state) not in (('waiting', 'open'), ('open', 'waiting'), ('open', 'closing'), ('closing', 'open'),
              ('closing', 'closed'), ('closed', 'reopened'), ('reopened', 'closing')) then
        wrong := 'a day does not go from ' || old.state || ' to ' || new.state;
    elsif new.revision <> old.revision + (new.state = 'closed')::int then
        wrong := 'only a closing counts up the revision';
    elsif new.state = 'open' and exists (
            select 1 from ledger_businessday d where d.book_id = new.book_id and d.id <> new.id
               and d.state <> case when d.business_date < new.business_date then 'closed' else 'waiting' end) then
        wrong := 'a day is opened after all before it are closed';
    elsif new.state = 'waiting' and exists (
            select 1 from ledger_voucher v where v.book_id = new.book_id and v.business_date = new.business_date) then
        wrong := 'a day with vouchers does not wait';
    elsif new.state = 'closed' and not exists (
            select 1 from ledger_seal s where s.book_id = new.book_id and s.business_date = new.business_date
               and s.revision = new.revision and s.closed_at = new.closed_at) then
        wrong := 'a day is closed with its seal';
    elsif new.state = 'reopened' and not exists (
            select 1 from control_approvalrequest r
              join control_approvaldecision d on d.request_id = r.id and d.group_id = r.group_id and d.approved
                                             and d.content_hash = r.content_hash
              join ledger_seal s on s.book_id = new.book_id and s.hex = r.content ->> 'seal'
                                and s.business_date = new.business_date and s.revision = new.revision
             where r.group_id = new.group_id and r.state = 'approved' and r.subject_type = 'ledger.day_reopening'
               and r.content ->> 'book' = new.book_id::text and r.content ->> 'day' = new.business_date::text) then
        wrong := 'a day is reopened by what two persons decided';
    elsif new.state = 'reopened' and (
            exists (select 1 from ledger_voucher v
                     where v.book_id = new.book_id and v.business_date > new.business_date)
            or exists (select 1 from ledger_businessday d where d.book_id = new.book_id and d.state <> 'waiting'
                          and d.business_date > new.business_date)) then
        wrong := 'only the last day is reopened, before anything is booked after it';
    end if;
    if wrong is not null then
        raise exception 'a business day is refused: %', wrong using errcode = 'MOA07';
    end if;
    return new;
end $$;
create trigger days_in_order before insert or update on ledger_businessday
    for each row execute function ledger_check_day();
revoke execute on function ledger_check_day() from public;
"""

CLOSINGS = """
create function ledger_check_closings() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp set enable_seqscan = off set jit = off as $$
begin
    if exists (
        select 1 from new_rows n
          left join ledger_balance b on b.account_id = n.account_id and b.group_id = n.group_id and b.book_id = n.book_id
          left join ledger_businessday d on d.book_id = n.book_id and d.group_id = n.group_id and d.state = 'closing'
                                        and d.business_date = n.business_date and d.revision = n.revision - 1
          left join lateral (
                select c.closing_minor, c.n from ledger_dailyclosing c
                 where c.account_id = n.account_id
                   and (c.business_date, c.revision) < (n.business_date, n.revision)
                 order by c.business_date desc, c.revision desc limit 1) f on true
         where b.account_id is null or d.id is null or n.closing_minor <> b.current_minor or n.n <> b.version
            or n.opening_minor <> coalesce(f.closing_minor, 0) or n.n < coalesce(f.n, 0)
            or n.product <> b.product + b.current_minor::numeric * (n.business_date + 1 - b.product_date)) then
        raise exception 'a closing does not say what its account came to, or its day is not closing'
            using errcode = 'MOA07';
    end if;
    return null;
end $$;
create trigger closings_say_what_is after insert on ledger_dailyclosing referencing new table as new_rows
    for each statement execute function ledger_check_closings();

create function ledger_check_seal() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    said jsonb := new.facts::jsonb;
    last ledger_seal;
begin
    select * into last from ledger_seal s where s.book_id = new.book_id
     order by business_date desc, revision desc limit 1;
    if new.hex <> encode(sha256(convert_to(new.facts, 'UTF8')), 'hex')
        or new.previous is distinct from last.hex
        or said ->> 'previous' is distinct from new.previous
        or said ->> 'date' <> new.business_date::text or said ->> 'revision' <> new.revision::text
        or (said ->> 'closed_at')::timestamptz <> new.closed_at
        or said ->> 'book' is distinct from (select code from ledger_book k
                                              where k.id = new.book_id and k.group_id = new.group_id)
        or (last.id is not null and (new.business_date, new.revision) <= (last.business_date, last.revision))
        or (last.id is not null and new.closed_at <= last.closed_at)
        or not exists (select 1 from ledger_businessday d where d.book_id = new.book_id and d.state = 'closing'
                          and d.group_id = new.group_id and d.business_date = new.business_date
                          and d.revision = new.revision - 1) then
        raise exception 'a seal follows the one before it and says what its day was closed with' using errcode = 'MOA07';
    end if;
    return new;
end $$;
create trigger seals_are_a_chain before insert on ledger_seal for each row execute function ledger_check_seal();

create function ledger_check_sealed_line() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (
        select 1 from (select distinct group_id, book_id, business_date, revision from new_rows) n
          left join ledger_businessday d on d.book_id = n.book_id and d.group_id = n.group_id and d.state = 'closing'
                                        and d.business_date = n.business_date and d.revision = n.revision - 1
         where d.id is null) then
        raise exception 'lines are sealed while their day is closing' using errcode = 'MOA07';
    end if;
    return null;
end $$;
create trigger lines_sealed_at_the_closing after insert on ledger_sealedline referencing new table as new_rows
    for each statement execute function ledger_check_sealed_line();
revoke execute on function ledger_check_closings(), ledger_check_seal(), ledger_check_sealed_line() from public;
grant usage on all sequences in schema public to {app};
"""

TABLES = ("ledger_dailyclosing", "ledger_seal", "ledger_sealedline")
REFERENCES = [
    ("ledger_dailyclosing", "account_id", "ledger_account"),
    ("ledger_dailyclosing", "book_id", "ledger_book"),
    ("ledger_seal", "book_id", "ledger_book"),
    ("ledger_seal", "closed_by_id", "control_person"),
    ("ledger_sealedline", "book_id", "ledger_book"),
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_closing"), ("control", "0005_incompatible_rights")]

    operations = [
        *[group_table(table, grant="select, insert") for table in TABLES],
        *[append_only(table) for table in TABLES],
        *[group_reference(*reference) for reference in REFERENCES],
        sql(DAYS),
        sql(CLOSINGS),
        watched("ledger_seal"),
    ]
