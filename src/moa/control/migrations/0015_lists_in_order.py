"""The orders in which the trail, documents, notices and jobs are listed, so that a page of each reads fifty rows."""

from django.db import migrations, models

from moa.control.rowsecurity import sql

# The role's name as a text, made of the quoted name that stands for it. The number is views_audit.OUTSIDE_FROM.
CHANGES = """
do $$ begin
    execute format('create index rowchange_in_order on control_rowchange (group_id, recorded_at desc,'
                   ' (id + 4611686018427387904) desc) where database_user <> %L',
                   replace(trim(both '"' from '{app}'), '""', '"'));
end $$;
"""
JOBS = """
create index jobs_of_a_group on procrastinate_jobs (((args ->> 'group_id')::bigint), id) where task_name = 'moa.run';
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0014_hand_over"), ("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        sql(CHANGES, "drop index rowchange_in_order;"),
        sql(JOBS, "drop index jobs_of_a_group;"),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["group_id", "-recorded_at", "-id"], name="document_by_time"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["group_id", "person", "-made_at", "-id"], name="notice_by_time"),
        ),
    ]
