"""The list of banks, read only to the application; policies and append-only triggers on rates and calendar days."""

from typing import Any

from django.db import migrations

from moa.control.rowsecurity import append_only, group_reference, group_table, shared_table, sql
from moa.directory.bank_list import fill_banks

REFERENCES = [
    ("directory_exchangerate", "file_id", "control_document"),
    ("directory_exchangerate", "entered_by_id", "control_person"),
    ("directory_calendaroverride", "entered_by_id", "control_person"),
]

APPEND_ONLY = ["directory_exchangerate", "directory_calendaroverride"]


def fill(apps: Any, schema_editor: Any) -> None:
    fill_banks(apps.get_model("directory", "Bank"), schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial"), ("control", "0002_rules")]

    operations = [
        shared_table("directory_bank"),
        *[group_table(table, grant="select, insert") for table in APPEND_ONLY],
        *[append_only(table) for table in APPEND_ONLY],
        *[group_reference(*reference) for reference in REFERENCES],
        *[
            sql(
                f"alter table {table} add constraint {table}_of_group foreign key (group_id) "
                "references control_group (id);"
            )
            for table in APPEND_ONLY
        ],
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
