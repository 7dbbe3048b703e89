"""What proves a sign-in besides the password, one-time links, open sessions; how a person likes the pages."""

import django.db.models.deletion
from django.db import migrations, models

from moa.control.rowsecurity import group_key, group_reference, group_table, sql

TABLES = ["authenticator", "passkey", "recoverycode", "onetimelink", "opensession"]


class Migration(migrations.Migration):
    dependencies = [
        ("control", "0009_approval_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authenticator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("key_version", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("last_step", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OneTimeLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("hash", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OpenSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("session_key", models.CharField(max_length=40)),
                ("device", models.CharField(blank=True, default="", max_length=300)),
                ("address", models.CharField(blank=True, default="", max_length=64)),
                ("proven_by", models.CharField(max_length=20)),
                ("began_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("credential_id", models.BinaryField()),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField(default=0)),
                ("transports", models.JSONField(default=list)),
                ("name", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="identity",
            name="handle",
            field=models.UUIDField(db_default=models.Func(function="gen_random_uuid"), unique=True),
        ),
        migrations.AddField(
            model_name="identity",
            name="second_failed_count",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="identity",
            name="second_locked_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="density",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="person",
            name="theme",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="role",
            name="needs_second_factor",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.CheckConstraint(
                condition=models.Q(("second_failed_count__gte", 0)), name="second_failed_count_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("theme__in", ["", "light", "dark"])), name="person_theme_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("density__in", ["", "tight", "usual", "wide"])),
                name="person_density_known",
            ),
        ),
        migrations.AddField(
            model_name="authenticator",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="control.person",
            ),
        ),
        migrations.AddField(
            model_name="onetimelink",
            name="made_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="control.person",
            ),
        ),
        migrations.AddField(
            model_name="onetimelink",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="control.person",
            ),
        ),
        migrations.AddField(
            model_name="onetimelink",
            name="request",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="control.approvalrequest",
            ),
        ),
        migrations.AddField(
            model_name="opensession",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="control.person",
            ),
        ),
        migrations.AddField(
            model_name="passkey",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="control.person",
            ),
        ),
        migrations.AddField(
            model_name="recoverycode",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="control.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="authenticator",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at__isnull", False)),
                fields=("group_id", "person"),
                name="one_authenticator_in_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="authenticator",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at__isnull", True)),
                fields=("group_id", "person"),
                name="one_authenticator_being_set_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="onetimelink",
            constraint=models.UniqueConstraint(fields=("group_id", "hash"), name="one_time_link_once"),
        ),
        migrations.AddConstraint(
            model_name="onetimelink",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["invitation", "reset"])), name="link_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="onetimelink",
            constraint=models.CheckConstraint(
                condition=models.Q(("used_at", None), ("withdrawn_at", None), _connector="OR"),
                name="link_used_or_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="onetimelink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("used_at", None), ("withdrawn_at", None)),
                fields=("group_id", "person"),
                name="one_open_link_per_person",
            ),
        ),
        migrations.AddIndex(
            model_name="opensession",
            index=models.Index(fields=["group_id", "person"], name="open_session_by_person"),
        ),
        migrations.AddConstraint(
            model_name="opensession",
            constraint=models.UniqueConstraint(fields=("group_id", "session_key"), name="open_session_once"),
        ),
        migrations.AddConstraint(
            model_name="passkey",
            constraint=models.UniqueConstraint(
                fields=("group_id", "credential_id"), name="passkey_once_per_group"
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverycode",
            constraint=models.UniqueConstraint(
                fields=("group_id", "person", "hash"), name="recovery_code_once"
            ),
        ),
        *[group_table(f"control_{name}") for name in TABLES],
        *[group_key(f"control_{name}") for name in TABLES],
        *[group_reference(f"control_{name}", "person_id", "control_person") for name in TABLES],
        group_reference("control_onetimelink", "made_by_id", "control_person"),
        group_reference("control_onetimelink", "request_id", "control_approvalrequest"),
        *[
            sql(
                f"alter table control_{name} add constraint control_{name}_of_group foreign key (group_id) "
                "references control_group (id);"
            )
            for name in TABLES
        ],
    ]
