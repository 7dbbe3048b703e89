"""Column profiles that a group makes from samples of its banks' tables."""

import django.db.models.deletion
from django.db import migrations, models

import moa.accounts.lifecycle
from moa.control.rowsecurity import append_only, group_reference, group_table, sql


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_words_of_lines"),
        ("control", "0013_job_faults"),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=34)),
                ("version", models.IntegerField()),
                (
                    "state",
                    models.CharField(default=moa.accounts.lifecycle.ProfileState["ACTIVE"], max_length=10),
                ),
                ("bank_country", models.CharField(blank=True, default="", max_length=2)),
                ("bank_code", models.CharField(blank=True, default="", max_length=11)),
                ("pointing", models.JSONField()),
                ("checked", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="control.person",
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="control.document",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group_id", "name", "version"), name="profile_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("name", ""), _negated=True), ("version__gte", 1)),
                        name="profile_is_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    moa.accounts.lifecycle.ProfileState["ACTIVE"],
                                    moa.accounts.lifecycle.ProfileState["RETIRED"],
                                ],
                            )
                        ),
                        name="profile_state_known",
                    ),
                ],
            },
        ),
        group_table("accounts_columnprofile", grant="select, insert"),
        group_reference("accounts_columnprofile", "person_id", "control_person"),
        group_reference("accounts_columnprofile", "sample_id", "control_document"),
        sql(
            "alter table accounts_columnprofile add constraint accounts_columnprofile_of_group foreign key (group_id) "
            "references control_group (id);"
        ),
        append_only("accounts_columnprofile"),
    ]
