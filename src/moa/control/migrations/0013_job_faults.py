"""Why a job did not succeed: its refusal's code, or the kind of the fault, each time it was tried."""

from django.db import migrations

from moa.control.rowsecurity import append_only, group_table, sql

FAULTS = """
create table control_jobfault (
    group_id bigint not null references control_group (id),
    id bigint generated always as identity,
    job_id bigint not null,
    code text not null,
    at timestamptz not null default clock_timestamp(),
    primary key (group_id, id)
);
create index fault_by_job on control_jobfault (group_id, job_id, id desc);
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0012_try_counts")]

    operations = [
        sql(FAULTS),
        group_table("control_jobfault", grant="select, insert"),
        append_only("control_jobfault"),
    ]
