"""A line of the audit trail is of a group that is there, without a lock on the group.

The foreign key locked the one row of the group for every line. Transactions beside each other share such a lock by a list of
all that hold it, made and logged anew for each: a tenth of what a voucher cost at eight clients. A group is never removed or renumbered,
so that looking is enough.
"""

from django.db import migrations

from moa.control.rowsecurity import sql

AUDIT = """
alter table control_auditline drop constraint control_auditline_of_group;

create function moa_check_audit_lines() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select 1 from new_rows n left join control_group g on g.id = n.group_id where g.id is null) then
        raise exception 'a line of the audit trail is of no group' using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create trigger of_its_group after insert on control_auditline referencing new table as new_rows
    for each statement execute function moa_check_audit_lines();

create trigger stays before delete or update of id on control_group
    for each row execute function moa_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0020_pairs_of_persons")]

    operations = [sql(AUDIT)]
