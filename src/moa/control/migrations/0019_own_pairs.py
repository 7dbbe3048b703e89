"""Pairs of rights that a group keeps apart itself, held over assignments like the built-in ones; and whoever held both before
a pair was declared can have a role shortened or taken.
"""

import django.db.models.deletion
from django.db import migrations, models

from moa.control.rowsecurity import group_key, group_reference, group_table, sql, watched

TABLE = "control_rightspair"

RULES = """
revoke update on control_rightspair from {app};
grant update (ended_on, ended_by_id) on control_rightspair to {app};

create or replace function moa_check_assignment() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    -- What only becomes shorter brings nothing together that was not together before.
    if tg_op = 'UPDATE' and (new.group_id, new.person_id, new.role_id) = (old.group_id, old.person_id, old.role_id)
       and daterange(new.valid_from, new.valid_until) <@ daterange(old.valid_from, old.valid_until) then
        return null;
    end if;
    -- Two assignments at once would not see each other, nor would an assignment and a pair.
    perform pg_advisory_xact_lock(hashtextextended('control.assignments', new.person_id));
    perform pg_advisory_xact_lock_shared(hashtextextended('control.rights_pairs', new.group_id));
    if exists (
        select 1
          from (select b.one, b.other, '-infinity'::date as since from moa_incompatible_rights() b
                 union all
                select p.one, p.other, p.valid_from from control_rightspair p
                 where p.group_id = new.group_id and p.ended_on is null) pair
          join control_role given on given.id = new.role_id and given.group_id = new.group_id
          join control_assignment a on a.person_id = new.person_id and a.group_id = new.group_id
               and not isempty(daterange(a.valid_from, a.valid_until) * daterange(new.valid_from, new.valid_until)
                               * daterange(pair.since, null))
          join control_role held on held.id = a.role_id and held.group_id = a.group_id
         where (given.permissions ? pair.one and held.permissions ? pair.other)
            or (given.permissions ? pair.other and held.permissions ? pair.one)
    ) then
        raise exception 'person % would hold incompatible rights', new.person_id using errcode = 'MOA04';
    end if;
    return null;
end $$;

create function moa_check_rights_pair() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('control.rights_pairs', new.group_id));
    if exists (
        select 1
          from control_assignment a
          join control_role one on one.id = a.role_id and one.group_id = a.group_id and one.permissions ? new.one
          join control_assignment b on b.person_id = a.person_id and b.group_id = a.group_id
               and not isempty(daterange(a.valid_from, a.valid_until) * daterange(b.valid_from, b.valid_until)
                               * daterange(new.valid_from, null))
          join control_role other on other.id = b.role_id and other.group_id = b.group_id
               and other.permissions ? new.other
          join control_person p on p.id = a.person_id and p.group_id = a.group_id
               and (p.left_on is null or p.left_on > new.valid_from)
         where a.group_id = new.group_id
    ) then
        raise exception 'somebody holds both % and %', new.one, new.other using errcode = 'MOA04';
    end if;
    return null;
end $$;
revoke execute on function moa_check_rights_pair() from public;
create trigger nobody_holds_both after insert on control_rightspair
    for each row execute function moa_check_rights_pair();
"""


def _person(**options: object) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+",
        to="control.person", **options,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("control", "0018_more_rights_apart")]

    operations = [
        migrations.CreateModel(
            name="RightsPair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group_id", models.BigIntegerField()),
                ("one", models.CharField(max_length=80)),
                ("other", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=300)),
                ("valid_from", models.DateField()),
                ("made_by", _person()),
                ("recorded_at", models.DateTimeField(db_default=models.Func(function="clock_timestamp"))),
                ("ended_on", models.DateField(null=True)),
                ("ended_by", _person(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)), fields=("group_id", "one", "other"),
                        name="rights_pair_once_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("one", models.F("other")), _negated=True), name="rights_pair_is_of_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="rights_pair_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_by", None), ("ended_on", None)),
                            models.Q(("ended_by__isnull", False), ("ended_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="rights_pair_end_says_who",
                    ),
                ]
            },
        ),
        group_table(TABLE, grant="select, insert"),
        group_key(TABLE),
        *[group_reference(TABLE, column, "control_person") for column in ("made_by_id", "ended_by_id")],
        sql(f"alter table {TABLE} add constraint {TABLE}_of_group foreign key (group_id) references control_group (id);"),
        sql(RULES),
        watched(TABLE),
        sql("grant usage on all sequences in schema public to {app};"),
    ]  # fmt: skip
