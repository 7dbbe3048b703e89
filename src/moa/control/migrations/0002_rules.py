"""Policies, append-only triggers, references inside the group, and the functions of the owner role."""

from django.db import migrations

from moa.control.rowsecurity import (
    append_only,
    group_key,
    group_reference,
    group_table,
    shared_table,
    sql,
    watched,
)

FUNCTIONS = """
create function moa_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are never changed or removed', tg_table_name using errcode = 'MOA01';
end $$;

create function moa_record_row_change() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
declare
    old_row jsonb := case when tg_op = 'INSERT' then null else to_jsonb(old) - 'password' - 'wrapped' end;
    new_row jsonb := case when tg_op = 'DELETE' then null else to_jsonb(new) - 'password' - 'wrapped' end;
    whole jsonb := coalesce(new_row, old_row);
begin
    insert into control_rowchange (group_id, table_name, row_id, change, before, after, person_id, request_id,
                                   database_user)
    values (coalesce((whole ->> 'group_id')::bigint, (whole ->> 'id')::bigint), tg_table_name, whole ->> 'id', tg_op,
            old_row, new_row,
            nullif(current_setting('moa.person_id', true), '')::bigint,
            coalesce(current_setting('moa.request_id', true), ''), session_user);
    return null;
end $$;

create function moa_groups() returns table (id bigint, code varchar) language sql stable security definer
    set search_path = public, pg_temp as $$
    select g.id, g.code from control_group g;
$$;

create function moa_demo_logins() returns table (login varchar, role varchar, name varchar, place bigint)
    language sql stable security definer set search_path = public, pg_temp as $$
    select i.login, string_agg(distinct r.code, ',' order by r.code)::varchar, p.name, i.id
      from control_identity i
      join control_person p on p.id = i.person_id and p.group_id = i.group_id
      left join control_assignment a on a.person_id = p.id and a.group_id = i.group_id
      left join control_role r on r.id = a.role_id and r.group_id = i.group_id
     where i.is_demo and i.is_active
     group by i.login, p.name, i.id;
$$;

revoke execute on function moa_record_row_change(), moa_groups(), moa_demo_logins() from public;
grant execute on function moa_groups(), moa_demo_logins() to {app};
"""

KEYED = [
    "control_unit", "control_person", "control_role", "control_assignment", "control_document",
    "control_approvalrequest",
]  # fmt: skip

REFERENCES = [
    ("control_unit", "parent_id", "control_unit"),
    ("control_unit", "company_id", "control_unit"),
    ("control_assignment", "person_id", "control_person"),
    ("control_assignment", "role_id", "control_role"),
    ("control_assignment", "unit_id", "control_unit"),
    ("control_document", "person_id", "control_person"),
    ("control_approvalrequest", "maker_id", "control_person"),
    ("control_approvalrequest", "unit_id", "control_unit"),
    ("control_approvaldecision", "checker_id", "control_person"),
]

TO_GROUP = [
    "control_unit", "control_person", "control_role", "control_assignment", "control_auditline",
    "control_idempotencykey", "control_groupkey", "control_document", "control_approvalrequest",
    "control_approvaldecision", "control_identity",
]  # fmt: skip

PROCRASTINATE = """
grant select, insert, update, delete on procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers,
    procrastinate_workers to {app};
grant usage on all sequences in schema public to {app};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("control", "0001_initial"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        sql(FUNCTIONS),
        group_table("control_group", column="id", grant="select, insert, update"),
        *[group_table(table) for table in KEYED if table not in {"control_approvalrequest", "control_document"}],
        group_table("control_document", grant="select, insert, update"),
        group_table("control_approvalrequest", grant="select, insert, update"),
        group_table("control_approvaldecision", grant="select, insert"),
        group_table("control_groupkey", grant="select, insert, update"),
        group_table("control_auditline", grant="select, insert"),
        group_table("control_rowchange", grant="select"),
        group_table("control_idempotencykey", grant="select, insert"),
        shared_table("control_identity", grant="select, insert, update, delete"),
        shared_table("control_permission", grant="select, insert, update"),
        shared_table("django_session", grant="select, insert, update, delete"),
        shared_table("django_content_type"),
        shared_table("auth_permission"),
        shared_table("django_migrations"),
        *[append_only(table) for table in (
            "control_auditline", "control_rowchange", "control_idempotencykey", "control_approvaldecision",
        )],
        *[group_key(table) for table in KEYED],
        *[group_reference(*reference) for reference in REFERENCES],
        *[sql(f"alter table {table} add constraint {table}_of_group foreign key (group_id) "
              "references control_group (id);") for table in TO_GROUP],
        sql("alter table control_identity add constraint identity_of_a_person_of_the_group "
            "foreign key (group_id, person_id) references control_person (group_id, id);"),
        sql("alter table control_approvalrequest add constraint approvalrequest_with_maker "
            "unique (group_id, id, maker_id);"),
        sql("alter table control_approvaldecision add constraint decision_repeats_the_maker "
            "foreign key (group_id, request_id, maker_id) "
            "references control_approvalrequest (group_id, id, maker_id);"),
        *[watched(table) for table in (
            "control_group", "control_unit", "control_person", "control_role", "control_assignment",
            "control_identity", "control_document", "control_groupkey", "control_approvalrequest",
        )],
        sql(PROCRASTINATE),
    ]  # fmt: skip
