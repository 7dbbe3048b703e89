"""Who takes over from a person who leaves, and approvers who stand in for one who has left."""

import django.db.models.deletion
from django.db import migrations, models

from moa.control.rowsecurity import append_only, group_reference, group_table, sql

PERSONS = ("person_id", "heir_id", "maker_id")

# As before (0009), and: in place of a candidate of the step who leaves, another may be added while the step waits.
ROUTE = """
create or replace function moa_check_route() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    r control_approvalrequest;
    added jsonb := to_jsonb(new);
begin
    select * into r from control_approvalrequest where id = new.request_id and group_id = new.group_id;
    if (added ->> 'instead_of_id') is not null then
        if r.state <> 'open' or new.number not between r.step and r.steps
           or (added ->> 'person_id')::bigint = r.maker_id
           or not exists (
                select 1 from control_approvalcandidate c
                  join control_person p on p.id = c.person_id and p.group_id = c.group_id
                 where c.request_id = r.id and c.group_id = r.group_id and c.number = new.number
                   and c.person_id = (added ->> 'instead_of_id')::bigint and p.left_on is not null) then
            raise exception 'the route of request % stands', new.request_id using errcode = 'MOA03';
        end if;
    elsif new.number not between 1 and r.steps or r.state <> 'open' or r.step <> 1
       or exists (select 1 from control_approvaldecision d where d.request_id = r.id and d.group_id = r.group_id)
       or (added ->> 'person_id')::bigint = r.maker_id then
        raise exception 'the route of request % stands', new.request_id using errcode = 'MOA03';
    end if;
    return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0013_job_faults")]

    operations = [
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group_id", models.BigIntegerField()),
                ("matter", models.CharField(max_length=40)),
                ("recorded_at", models.DateTimeField(db_default=models.Func(function="clock_timestamp"))),
                *[
                    (
                        name,
                        models.ForeignKey(
                            db_constraint=False, db_index=name == "person",
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="handed_over" if name == "person" else "+", to="control.person",
                        ),
                    )
                    for name in ("person", "heir", "maker")
                ],
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("heir")), _negated=True), name="heir_is_another_person"
                    )
                ]
            },
        ),
        group_table("control_handover", grant="select, insert"),
        *[group_reference("control_handover", column, "control_person") for column in PERSONS],
        sql(
            "alter table control_handover add constraint control_handover_of_group foreign key (group_id) "
            "references control_group (id);"
        ),
        append_only("control_handover"),
        sql("grant usage on all sequences in schema public to {app};"),
        migrations.AddField(
            model_name="approvalcandidate",
            name="instead_of",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+", to="control.person",
            ),
        ),
        group_reference("control_approvalcandidate", "instead_of_id", "control_person"),
        sql(ROUTE),
    ]  # fmt: skip
