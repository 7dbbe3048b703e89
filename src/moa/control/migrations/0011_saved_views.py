"""What a person keeps for a list: visible to that person alone, so the policy asks for the person too."""

import django.db.models.deletion
from django.db import migrations, models

from moa.control.rowsecurity import GROUP, group_reference, sql

PERSON = "(select nullif(current_setting('moa.person_id', true), '')::bigint)"
TABLES = ("control_savedview", "control_tablechoice")
OWN = f"""
alter table {{table}} enable row level security;
create policy own_rows_of_the_group on {{table}}
    using (group_id = {GROUP} and person_id = {PERSON}) with check (group_id = {GROUP} and person_id = {PERSON});
grant select, insert, update, delete on {{table}} to {{{{app}}}};
alter table {{table}} add constraint {{table}}_of_group foreign key (group_id) references control_group (id);
"""


def _person():
    return models.ForeignKey(
        db_constraint=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="control.person",
    )


class Migration(migrations.Migration):
    dependencies = [("control", "0010_doors")]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group_id", models.BigIntegerField()),
                ("table_name", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=2000)),
                ("person", _person()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group_id", "person", "table_name", "name"), name="saved_view_name_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="saved_view_has_name"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="TableChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group_id", models.BigIntegerField()),
                ("table_name", models.CharField(max_length=80)),
                ("columns", models.JSONField(default=list)),
                ("density", models.CharField(default="", max_length=8)),
                ("person", _person()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group_id", "person", "table_name"), name="table_choice_once_per_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("density__in", ["", "tight", "usual", "wide"])),
                        name="table_choice_density_known",
                    ),
                ]
            },
        ),
        *[group_reference(table, "person_id", "control_person") for table in TABLES],
        *[sql(OWN.format(table=table)) for table in TABLES],
    ]  # fmt: skip
