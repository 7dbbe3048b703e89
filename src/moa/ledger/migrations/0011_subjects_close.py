"""A subject that is no longer used is closed; no account is opened under it."""

from django.db import migrations, models

from moa.control.rowsecurity import sql

CLOSED = """
grant update (closed_on) on ledger_subject to {app};

create function ledger_check_account_subject() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select 1 from ledger_subject s where s.id = new.subject_id and s.closed_on is not null) then
        raise exception 'no account is opened under a closed subject' using errcode = 'MOA08';
    end if;
    return null;
end $$;
create trigger under_an_open_subject after insert on ledger_account
    for each row execute function ledger_check_account_subject();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_voucher_draft_rules")]

    operations = [
        migrations.AddField("subject", "closed_on", models.DateField(null=True)),
        sql(CLOSED),
    ]
