"""To whom the daily fund report is mailed."""

import django.db.models.deletion
from django.db import migrations, models

from moa.control.rowsecurity import group_reference, group_table, sql


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("control", "0007_machine_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyMailing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("at", models.TimeField()),
                ("form", models.CharField(default="pdf", max_length=4)),
                ("last_on", models.DateField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="control.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group_id", "person"), name="daily_mailing_once_per_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ("pdf", "xlsx", "both"))),
                        name="daily_mailing_form_known",
                    ),
                ],
            },
        ),
        group_table("reports_dailymailing"),
        group_reference("reports_dailymailing", "person_id", "control_person"),
        sql(
            "alter table reports_dailymailing add constraint reports_dailymailing_of_group foreign key (group_id) "
            "references control_group (id);"
        ),
    ]
