"""A template of vouchers has names by language beside its name, and they are what was decided on too."""

from django.db import migrations, models

from moa.control.rowsecurity import sql

CHECK = """
create or replace function ledger_check_template() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (
            select 1 from control_approvalrequest r
              join control_approvaldecision d on d.request_id = r.id and d.group_id = r.group_id and d.approved
                                             and d.content_hash = r.content_hash and d.checker_id <> r.maker_id
             where r.id = new.request_id and r.group_id = new.group_id and r.state = 'approved'
               and r.subject_type = 'ledger.voucher_template' and r.content ->> 'book' = new.book_id::text
               and r.content ->> 'code' = new.code and r.content ->> 'revision' = new.revision::text
               and r.content ->> 'name' = new.name and r.content ->> 'kind' = new.kind
               and coalesce(r.content -> 'names', '{}') = new.names
               and r.content ->> 'memo' = new.memo and (r.content ->> 'is_active' = 'yes') = new.is_active
               and new.legs = (select coalesce(jsonb_agg(l.leg - 'called' order by l.n), '[]')
                                 from jsonb_array_elements(r.content -> 'legs') with ordinality l(leg, n))) then
        raise exception 'a template is refused: two persons decide on it' using errcode = 'MOA05';
    end if;
    if new.revision <> 1 + coalesce((select max(t.revision) from ledger_vouchertemplate t
             where t.group_id = new.group_id and t.book_id = new.book_id and t.code = new.code), 0) then
        raise exception 'a template is refused: its versions follow one another' using errcode = 'MOA05';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0016_quicker_posting")]

    operations = [
        migrations.AddField("vouchertemplate", "names", models.JSONField(default=dict)),
        sql(CHECK),
    ]
