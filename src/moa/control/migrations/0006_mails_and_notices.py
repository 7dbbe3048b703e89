"""Mails on their way out, notices, and how each person wants them."""

import django.db.models.deletion
from django.db import migrations, models

from moa.control.rowsecurity import group_key, group_reference, group_table, sql

TABLES = ("control_mail", "control_notice", "control_noticepreference")


class Migration(migrations.Migration):
    dependencies = [
        ("control", "0005_incompatible_rights"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("to_address", models.CharField(max_length=254)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("attachments", models.JSONField(default=list)),
                ("message_id", models.CharField(max_length=200)),
                ("state", models.CharField(default="queued", max_length=6)),
                ("attempts", models.IntegerField(default=0)),
                ("problem", models.CharField(blank=True, default="", max_length=300)),
                ("made_at", models.DateTimeField()),
                ("next_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
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
                "indexes": [
                    models.Index(fields=["group_id", "-id"], name="mail_by_time"),
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["group_id", "next_at"],
                        name="mail_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group_id", "message_id"), name="mail_once_per_message_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "sent", "failed"])),
                        name="mail_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sent_at", None), ("state", "sent"), _connector="XOR"),
                        name="mail_sent_says_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=200)),
                ("facts", models.JSONField(default=dict)),
                ("link", models.CharField(blank=True, default="", max_length=300)),
                ("right", models.CharField(blank=True, default="", max_length=80)),
                ("in_app", models.BooleanField(default=True)),
                ("mail", models.CharField(blank=True, default="", max_length=6)),
                ("state", models.CharField(default="unread", max_length=6)),
                ("state_at", models.DateTimeField()),
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
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="control.unit",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["group_id", "person", "-id"], name="notice_by_person"),
                    models.Index(
                        condition=models.Q(("in_app", True), ("state", "unread")),
                        fields=["group_id", "person"],
                        name="notice_unread",
                    ),
                    models.Index(
                        condition=models.Q(("mail", "digest")),
                        fields=["group_id", "person"],
                        name="notice_to_mail",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group_id", "person", "kind", "key"), name="notice_once_per_person_and_fact"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("unread", "read", "done"))),
                        name="notice_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mail__in", ["", "digest", "sent"])), name="notice_mail_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticePreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=60)),
                ("channel", models.CharField(max_length=4)),
                ("pace", models.CharField(default="digest", max_length=6)),
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
                        fields=("group_id", "person", "kind"), name="preference_once_per_person_and_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ("app", "mail", "both", "none"))),
                        name="preference_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pace__in", ("now", "digest"))), name="preference_pace_known"
                    ),
                ],
            },
        ),
        group_table("control_mail", grant="select, insert, update"),
        group_table("control_notice", grant="select, insert, update"),
        group_table("control_noticepreference", grant="select, insert, update, delete"),
        *[group_key(table) for table in TABLES],
        *[group_reference(table, "person_id", "control_person") for table in TABLES],
        group_reference("control_notice", "unit_id", "control_unit"),
        *[
            sql(
                f"alter table {table} add constraint {table}_of_group foreign key (group_id) "
                "references control_group (id);"
            )
            for table in TABLES
        ],
    ]
