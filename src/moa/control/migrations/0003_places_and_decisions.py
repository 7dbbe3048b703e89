"""Where units stood on a day, and constraints that hold decisions and the tree together against raw SQL too."""

import django.db.models.deletion
from django.db import migrations, models

from moa.control.rowsecurity import append_only, group_reference, group_table, sql

TREE = """
insert into control_unitplace (group_id, unit_id, parent_id, valid_from)
    select group_id, id, parent_id, valid_from from control_unit;

create function moa_check_unit() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    unit control_unit;
    above control_unit;
    steps int := 0;
begin
    -- Two moves at once could close a circle that neither sees: one after the other.
    perform pg_advisory_xact_lock(hashtextextended('control.units', new.group_id));
    select * into unit from control_unit where id = new.id and group_id = new.group_id;
    if not found then
        return null;
    end if;
    if (select p.parent_id from control_unitplace p where p.group_id = unit.group_id and p.unit_id = unit.id
         order by p.valid_from desc, p.id desc limit 1) is distinct from unit.parent_id then
        raise exception 'unit % stands elsewhere than its last place', unit.id using errcode = 'MOA02';
    end if;
    select * into above from control_unit where id = unit.parent_id and group_id = unit.group_id;
    if unit.company_id is distinct from
       (case when unit.kind = 'company' then null when above.kind = 'company' then above.id else above.company_id end)
    then
        raise exception 'unit % names another company than the one above it', unit.id using errcode = 'MOA02';
    end if;
    while above.id is not null loop
        steps := steps + 1;
        if above.id = unit.id or steps > 100 then
            raise exception 'unit % stands under itself', unit.id using errcode = 'MOA02';
        end if;
        select * into above from control_unit where id = above.parent_id and group_id = unit.group_id;
    end loop;
    return null;
end $$;
revoke execute on function moa_check_unit() from public;
create constraint trigger stands_in_its_place after insert or update on control_unit
    deferrable initially deferred for each row execute function moa_check_unit();
"""

DECISIONS = """
alter table control_approvaldecision drop constraint decision_repeats_the_maker;
alter table control_approvalrequest drop constraint approvalrequest_with_maker;
alter table control_approvalrequest add constraint approvalrequest_with_maker_and_content
    unique (group_id, id, maker_id, content_hash);
alter table control_approvaldecision add constraint decision_repeats_maker_and_content
    foreign key (group_id, request_id, maker_id, content_hash)
    references control_approvalrequest (group_id, id, maker_id, content_hash);

create function moa_check_request_state() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and old.state <> 'open' and new.state <> old.state then
        raise exception 'request % is decided already', new.id using errcode = 'MOA03';
    end if;
    if new.state in ('approved', 'refused') and not exists (
            select 1 from control_approvaldecision d
             where d.group_id = new.group_id and d.request_id = new.id and d.approved = (new.state = 'approved')) then
        raise exception 'request % has no such decision', new.id using errcode = 'MOA03';
    end if;
    return null;
end $$;
revoke execute on function moa_check_request_state() from public;
create constraint trigger state_rests_on_a_decision after insert or update of state on control_approvalrequest
    deferrable initially immediate for each row execute function moa_check_request_state();

revoke update on control_approvalrequest from {app};
grant update (state, state_at, state_by) on control_approvalrequest to {app};
"""

# What a group is cannot be changed under its rows; only how it is called.
GROUP_COLUMNS = """
revoke update on control_group from {app};
grant update (name, names, time_zone, country) on control_group to {app};
"""

# Unless it stands last, the caller's temporary schema is searched first: a temporary table of the same name would
# catch what these functions read and write for the owner.
SEARCH_PATHS = """
alter function moa_record_row_change() set search_path = pg_catalog, public, pg_temp;
alter function moa_groups() set search_path = pg_catalog, public, pg_temp;
alter function moa_demo_logins() set search_path = pg_catalog, public, pg_temp;
"""

REFUSE_CHANGE = """
create or replace function moa_refuse_change() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    raise exception 'rows of % are never changed or removed', tg_table_name using errcode = 'MOA01';
end $$;
"""

WATCHED = [
    "control_group", "control_unit", "control_person", "control_role", "control_assignment",
    "control_identity", "control_document", "control_groupkey", "control_approvalrequest",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("control", "0002_rules")]

    operations = [
        migrations.CreateModel(
            name="UnitPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group_id", models.BigIntegerField()),
                ("valid_from", models.DateField()),
                ("unit", models.ForeignKey(
                    db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="places",
                    to="control.unit",
                )),
                ("parent", models.ForeignKey(
                    db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+", to="control.unit",
                )),
            ],
            options={
                "indexes": [
                    models.Index(fields=["group_id", "unit", "-valid_from", "-id"], name="unit_place_by_day")
                ],
            },
        ),
        group_table("control_unitplace", grant="select, insert"),
        group_reference("control_unitplace", "unit_id", "control_unit"),
        group_reference("control_unitplace", "parent_id", "control_unit"),
        sql("alter table control_unitplace add constraint control_unitplace_of_group foreign key (group_id) "
            "references control_group (id);"),
        sql(TREE),
        append_only("control_unitplace"),
        sql(DECISIONS),
        sql(GROUP_COLUMNS),
        sql(REFUSE_CHANGE),
        sql(SEARCH_PATHS),
        *[sql(f"create trigger watched_truncate before truncate on {table} "
              "for each statement execute function moa_refuse_change();") for table in WATCHED],
    ]  # fmt: skip
