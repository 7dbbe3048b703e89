"""Machine tokens: the hash of each, what it may do, and the function that finds it before a group is known."""

import django.db.models.deletion
from django.db import migrations, models

from moa.control.rowsecurity import group_key, group_reference, group_table, sql, watched

# Asked with a token, before a group is known: gives nothing but the numbers of one live token. A person whose logins
# are all shut has no token either; the machine user has no login.
FUNCTION = """
create function moa_machine_token(shown text, at timestamptz)
    returns table (id bigint, group_id bigint, person_id bigint, prefix varchar, expires_at timestamptz)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.id, t.group_id, t.person_id, t.prefix, t.expires_at
      from control_machinetoken t
     where t.digest = shown and t.revoked_at is null and t.expires_at > at
       and (not exists (select 1 from control_identity i
                         where i.group_id = t.group_id and i.person_id = t.person_id)
            or exists (select 1 from control_identity i
                        where i.group_id = t.group_id and i.person_id = t.person_id and i.is_active))
     limit 1;
$$;
revoke execute on function moa_machine_token(text, timestamptz) from public;
grant execute on function moa_machine_token(text, timestamptz) to {app};
"""

GRANTS = """
alter table control_machinetoken add constraint control_machinetoken_of_group foreign key (group_id)
    references control_group (id);
grant update (revoked_at, revoked_by_id) on control_machinetoken to {app};
create trigger watched_truncate before truncate on control_machinetoken
    for each statement execute function moa_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("control", "0006_mails_and_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="MachineToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=100)),
                ("prefix", models.CharField(max_length=16)),
                ("digest", models.CharField(max_length=64)),
                ("scopes", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "made_by",
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
                        related_name="tokens",
                        to="control.person",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="control.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TokenUse",
            fields=[
                (
                    "token",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="use",
                        serialize=False,
                        to="control.machinetoken",
                    ),
                ),
                ("group_id", models.BigIntegerField()),
                ("last_used_at", models.DateTimeField()),
                ("window_at", models.DateTimeField()),
                ("used", models.IntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="machinetoken",
            index=models.Index(fields=["digest"], name="token_by_digest"),
        ),
        migrations.AddConstraint(
            model_name="machinetoken",
            constraint=models.UniqueConstraint(
                fields=("group_id", "digest"), name="token_digest_once_per_group"
            ),
        ),
        migrations.AddConstraint(
            model_name="machinetoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("made_at"))), name="token_expires_after_made"
            ),
        ),
        migrations.AddConstraint(
            model_name="machinetoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("scopes", []), _negated=True), name="token_has_a_scope"
            ),
        ),
        migrations.AddConstraint(
            model_name="machinetoken",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_at", None), ("revoked_by", None)),
                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                    _connector="OR",
                ),
                name="token_revocation_says_who",
            ),
        ),
        group_table("control_machinetoken", grant="select, insert"),
        group_table("control_tokenuse", grant="select, insert, update"),
        group_key("control_machinetoken"),
        group_reference("control_machinetoken", "person_id", "control_person"),
        group_reference("control_machinetoken", "made_by_id", "control_person"),
        group_reference("control_machinetoken", "revoked_by_id", "control_person"),
        group_reference("control_tokenuse", "token_id", "control_machinetoken"),
        watched("control_machinetoken"),
        sql(GRANTS),
        sql(FUNCTION),
    ]
