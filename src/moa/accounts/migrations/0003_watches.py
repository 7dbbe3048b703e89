"""What persons want to be told of."""

import django.db.models.deletion
from django.db import migrations, models

import moa.accounts.watch_rules
from moa.control.rowsecurity import group_reference, group_table, sql, watched


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_rules"),
        ("control", "0010_doors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("bank_key", models.CharField(blank=True, default="", max_length=13)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("factor", models.IntegerField(null=True)),
                ("from_time", models.TimeField(null=True)),
                ("until_time", models.TimeField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.bankaccount",
                    ),
                ),
                (
                    "maker",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="control.person",
                    ),
                ),
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
                "indexes": [models.Index(fields=["group_id", "person"], name="watch_by_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    moa.accounts.watch_rules.WatchKind["INCOMING"],
                                    moa.accounts.watch_rules.WatchKind["LARGE"],
                                    moa.accounts.watch_rules.WatchKind["NIGHT"],
                                    moa.accounts.watch_rules.WatchKind["UNUSUAL"],
                                    moa.accounts.watch_rules.WatchKind["NEWCOMER"],
                                    moa.accounts.watch_rules.WatchKind["BELOW"],
                                    moa.accounts.watch_rules.WatchKind["ABOVE"],
                                    moa.accounts.watch_rules.WatchKind["SILENT"],
                                ],
                            )
                        ),
                        name="watch_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor", None), models.Q(("currency", ""), _negated=True), _connector="OR"
                        ),
                        name="watch_amount_names_its_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("factor", None), ("factor__gte", 2), _connector="OR"),
                        name="watch_factor_two_or_more",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount_minor__isnull", False),
                                ("kind__in", ["incoming", "large", "below", "above"]),
                            ),
                            models.Q(("factor__isnull", False), ("kind", "unusual")),
                            models.Q(("amount_minor__isnull", False), ("kind", "newcomer")),
                            models.Q(("kind", "silent"), ("until_time__isnull", False)),
                            models.Q(
                                ("from_time__isnull", False),
                                ("from_time__lt", models.F("until_time")),
                                ("kind", "night"),
                                ("until_time__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="watch_says_what_its_kind_needs",
                    ),
                ],
            },
        ),
        group_table("accounts_watch", grant="select, insert, delete"),
        group_reference("accounts_watch", "person_id", "control_person"),
        group_reference("accounts_watch", "maker_id", "control_person"),
        group_reference("accounts_watch", "account_id", "accounts_bankaccount"),
        group_reference("accounts_watch", "unit_id", "control_unit"),
        sql(
            "alter table accounts_watch add constraint accounts_watch_of_group foreign key (group_id) "
            "references control_group (id);"
        ),
        watched("accounts_watch"),
    ]
