"""Holds are one group's, on an account of their book, end once, and alone move the held amount of a balance."""

from django.db import migrations

from moa.control.rowsecurity import group_key, group_reference, group_table, sql

REFERENCES = [
    ("ledger_hold", "book_id", "ledger_book"),
    ("ledger_hold", "account_id", "ledger_account"),
]

HOLDS = """
create function ledger_move_held() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.ended_at is not null or not exists (
                select 1 from ledger_account a
                 where a.id = new.account_id and a.book_id = new.book_id and a.group_id = new.group_id) then
            raise exception 'a hold is refused: it begins on an account of its book' using errcode = 'MOA05';
        end if;
        update ledger_balance set held_minor = held_minor + new.amount_minor where account_id = new.account_id;
    elsif old.ended_at is not null or new.ended_at is null
          or (new.group_id, new.book_id, new.account_id, new.amount_minor, new.source_kind, new.source_id, new.placed_at)
             is distinct from
             (old.group_id, old.book_id, old.account_id, old.amount_minor, old.source_kind, old.source_id, old.placed_at)
    then
        raise exception 'a hold is refused: it ends once and changes otherwise never' using errcode = 'MOA05';
    else
        update ledger_balance set held_minor = held_minor - old.amount_minor where account_id = old.account_id;
    end if;
    return null;
end $$;
create trigger holds_move_held after insert or update on ledger_hold
    for each row execute function ledger_move_held();
revoke execute on function ledger_move_held() from public;

-- The app keeps the right to update the column, for without one it could lock no balance; a hold's trigger alone uses it.
create function ledger_guard_held() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        raise exception 'a held amount moves with a hold' using errcode = 'MOA05';
    end if;
    return new;
end $$;
create trigger held_by_holds before update of held_minor on ledger_balance
    for each row when (new.held_minor is distinct from old.held_minor) execute function ledger_guard_held();
grant update (ended_at) on ledger_hold to {app};
grant usage on all sequences in schema public to {app};
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0014_holds")]

    operations = [
        group_table("ledger_hold", grant="select, insert"),
        group_key("ledger_hold"),
        *(group_reference(*reference) for reference in REFERENCES),
        sql(HOLDS),
    ]
