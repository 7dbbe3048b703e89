"""Drafts of bundles: one group's each, and over once they were submitted or put away."""

from django.db import migrations

from moa.control.rowsecurity import group_reference, group_table, sql

REFERENCES = [
    ("payments_bundledraft", "book_id", "ledger_book"),
    ("payments_bundledraft", "maker_id", "control_person"),
    ("payments_bundledraft", "bundle_id", "payments_paymentbundle"),
]

RULES = """
create function payments_check_bundle_draft() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    wrong text;
begin
    if tg_op = 'INSERT' then
        if new.bundle_id is not null or new.discarded_at is not null then
            wrong := 'it begins as a draft';
        end if;
    elsif old.bundle_id is not null or old.discarded_at is not null then
        wrong := 'it is over';
    elsif new.form is distinct from old.form and new.version <= old.version then
        wrong := 'each saving is a version';
    elsif new.bundle_id is not null and not exists (
            select 1 from payments_paymentbundle b where b.id = new.bundle_id and b.group_id = new.group_id
               and b.book_id = new.book_id and b.maker_id = new.maker_id and b.request_id is not null) then
        wrong := 'its bundle is of another, or was not submitted';
    end if;
    if wrong is not null then
        raise exception 'a draft of payments is refused: %', wrong using errcode = 'MOA09';
    end if;
    return new;
end $$;
create trigger bundle_drafts_end_once before insert or update on payments_bundledraft
    for each row execute function payments_check_bundle_draft();
revoke execute on function payments_check_bundle_draft() from public;
grant usage on all sequences in schema public to {app};
grant update (form, count, total_minor, currency, version, saved_at, bundle_id, discarded_at) on payments_bundledraft to {app};
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_bundle_drafts")]

    operations = [
        group_table("payments_bundledraft", grant="select, insert"),
        *[group_reference(*reference) for reference in REFERENCES],
        sql(RULES),
    ]
