"""Indexes for the audit page: by time, and of row changes only those that other database users made."""

from django.db import migrations, models

from moa.control.rowsecurity import sql

# The role's name as a text, made of the quoted name that stands for it.
OUTSIDE = """
do $$ begin
    execute format('create index rowchange_from_outside on control_rowchange (group_id, recorded_at desc, id desc)'
                   ' where database_user <> %L', replace(trim(both '"' from '{app}'), '""', '"'));
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0003_places_and_decisions")]

    operations = [
        migrations.RemoveIndex(model_name="auditline", name="audit_by_time"),
        migrations.AddIndex(
            model_name="auditline",
            index=models.Index(fields=["group_id", "-recorded_at", "-id"], name="audit_by_time"),
        ),
        sql(OUTSIDE, "drop index rowchange_from_outside;"),
    ]
