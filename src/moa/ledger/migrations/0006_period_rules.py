"""What the database itself holds of closed months and years, and the mark of what came after a close."""

from django.db import migrations

from moa.control.rowsecurity import append_only, group_key, group_reference, group_table, sql, watched

VOUCHERS = """
alter table ledger_voucher add column after_close boolean not null default false;
"""

# A month or a year stands on days that are all closed, under the newest seal of the last of them.
PERIODS = """
create function ledger_check_period_closing() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    said jsonb := new.facts::jsonb;
    last ledger_periodclosing;
begin
    select * into last from ledger_periodclosing p where p.book_id = new.book_id and p.kind = new.kind
     order by period desc, revision desc limit 1;
    if new.hex <> encode(sha256(convert_to(new.facts, 'UTF8')), 'hex')
        or new.previous is distinct from last.hex
        or said ->> 'previous' is distinct from new.previous
        or said ->> 'kind' <> new.kind or said ->> 'period' <> new.period::text
        or said ->> 'revision' <> new.revision::text or said ->> 'seal' <> new.seal
        or said ->> 'last_day' <> new.last_day::text
        or (said ->> 'closed_at')::timestamptz <> new.closed_at
        or said ->> 'book' is distinct from (select code from ledger_book k
                                              where k.id = new.book_id and k.group_id = new.group_id)
        or new.revision <> (1 + case when last.period = new.period then last.revision else 0 end)
        or (last.id is not null and new.period < last.period)
        or (last.period = new.period and new.kind = 'year')
        or new.period <> (case new.kind when 'year' then extract(year from new.last_day)::int
                          else extract(year from new.last_day)::int * 100 + extract(month from new.last_day)::int end) then
        raise exception 'the closing of a month or a year follows the one before it and says what it closed'
            using errcode = 'MOA08';
    end if;
    if exists (select 1 from ledger_businessday d where d.book_id = new.book_id and d.business_date <= new.last_day
                  and d.state <> 'closed')
        or exists (select 1 from ledger_businessday d where d.book_id = new.book_id and d.business_date > new.last_day
                      and date_trunc(new.kind, d.business_date) = date_trunc(new.kind, new.last_day))
        or new.seal is distinct from (select s.hex from ledger_seal s
                                       where s.book_id = new.book_id and s.business_date = new.last_day
                                       order by revision desc limit 1)
        or (new.kind = 'year' and exists (
              select 1 from (select distinct on (m.period) m.seal, m.last_day from ledger_periodclosing m
                              where m.book_id = new.book_id and m.kind = 'month' and m.period / 100 = new.period
                              order by m.period, m.revision desc) m
               where m.last_day = new.last_day and m.seal <> new.seal)) then
        raise exception 'a month or a year is closed when all its days are' using errcode = 'MOA08';
    end if;
    return new;
end $$;
create trigger periods_in_order before insert on ledger_periodclosing
    for each row execute function ledger_check_period_closing();

create function ledger_check_period_figures() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (
        select 1 from (select distinct group_id, book_id, kind, period, revision from new_rows) n
          left join ledger_book b on b.id = n.book_id and b.group_id = n.group_id
          left join ledger_periodclosing p on p.book_id = n.book_id and p.kind = n.kind and p.period = n.period
                                          and p.revision >= n.revision
         where b.id is null or p.id is not null) then
        raise exception 'the figures of a closed month or year do not change' using errcode = 'MOA08';
    end if;
    return null;
end $$;
create trigger figures_before_their_closing after insert on ledger_periodfigure referencing new table as new_rows
    for each statement execute function ledger_check_period_figures();

create function ledger_check_closed_year() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.state = 'reopened' and old.state = 'closed' and exists (
            select 1 from ledger_periodclosing p where p.book_id = new.book_id and p.kind = 'year'
               and p.last_day >= new.business_date) then
        raise exception 'a business day is refused: its year is closed' using errcode = 'MOA07';
    end if;
    return new;
end $$;
create trigger closed_years_stay before update on ledger_businessday
    for each row execute function ledger_check_closed_year();
revoke execute on function ledger_check_period_closing(), ledger_check_period_figures(), ledger_check_closed_year()
    from public;
"""

GRANTS = """
grant update (opens_at, seal_recipients) on ledger_book to {app};
grant update (attempts, tried_at, sent_at, problem, answer, stamped_at) on ledger_sealdispatch to {app};
grant usage on all sequences in schema public to {app};
"""

APPENDED = ("ledger_periodclosing", "ledger_periodfigure", "ledger_bookverification")
REFERENCES = [
    ("ledger_periodclosing", "book_id", "ledger_book"),
    ("ledger_periodclosing", "closed_by_id", "control_person"),
    ("ledger_periodclosing", "document_id", "control_document"),
    ("ledger_periodfigure", "book_id", "ledger_book"),
    ("ledger_bookverification", "book_id", "ledger_book"),
    ("ledger_sealdispatch", "seal_id", "ledger_seal"),
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_periods"), ("control", "0005_incompatible_rights")]

    operations = [
        sql(VOUCHERS),
        *[group_table(table, grant="select, insert") for table in (*APPENDED, "ledger_sealdispatch")],
        *[append_only(table) for table in APPENDED],
        group_key("ledger_seal"),
        *[group_reference(*reference) for reference in REFERENCES],
        sql(PERIODS),
        sql(GRANTS),
        watched("ledger_periodclosing"),
    ]
