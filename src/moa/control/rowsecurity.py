"""Migration operations that put a table under the rules of the house: one group, append-only, granted.

Every migration that makes a table says here which of the rules it stands under; a test lists all tables and fails
on one that is neither under a policy nor in EXEMPT. Source: DESIGN §4, row security by group.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, migrations

GROUP = "(select nullif(current_setting('moa.group_id', true), '')::bigint)"

# Tables without a policy, each with the reason.
EXEMPT: dict[str, str] = {
    "control_identity": "asked at sign-in, before a group is known; holds no name and no business data",
    "django_session": "asked before a group is known; holds a signed identity number only",
    "django_migrations": "the state of the schema, no group's rows",
    "django_content_type": "names of tables, no group's rows",
    "auth_group": "Django's own, unused and empty",
    "auth_group_permissions": "Django's own, unused and empty",
    "auth_permission": "names of tables, no group's rows",
    "control_permission": "names of rights, the same for all groups",
    "directory_bank": "public list of institutions, the same for all groups; the app may only read it",
    "control_trycount": "asked before a group is known; holds keyed hashes and counts only",
    "procrastinate_jobs": "the queue of all groups; each job carries its group and enters its Context",
    "procrastinate_events": "times of jobs, no business data",
    "procrastinate_periodic_defers": "times of jobs, no business data",
    "procrastinate_workers": "heartbeats of workers, no business data",
}


def app_role() -> str:
    """The role that the running product connects as; migrations grant to it by name."""
    return str(connections["default"].settings_dict["USER"])


class _Sql(migrations.RunSQL):
    """SQL with the app role's name put in when it runs, so that a migration file names no role."""

    def _run_sql(self, schema_editor: Any, sqls: Any) -> None:
        quoted = schema_editor.quote_name(app_role())
        named = sqls.replace("{app}", quoted) if isinstance(sqls, str) else sqls
        if named and named != migrations.RunSQL.noop:
            # Without parameters, so that a % in a function's body stays as it is.
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(named)


def sql(statement: str, reverse: str = migrations.RunSQL.noop) -> _Sql:
    """One statement, or several, with `{app}` standing for the app role."""
    return _Sql(statement, reverse)


def group_table(
    table: str, *, grant: str = "select, insert, update, delete", column: str = "group_id"
) -> _Sql:
    """Put `table` under the policy of its group and grant the app its rights."""
    return sql(
        f"""
        alter table {table} enable row level security;
        create policy same_group on {table} using ({column} = {GROUP}) with check ({column} = {GROUP});
        grant {grant} on {table} to {{app}};
        """
    )


def partitioned_group_table(table: str, *, grant: str = "select, insert") -> _Sql:
    """The same for a partitioned parent; leaves get the policy and no grant from the function that makes them."""
    return group_table(table, grant=grant)


def shared_table(table: str, *, grant: str = "select") -> _Sql:
    """Grant the app its rights on a table that has no group; the table must stand in EXEMPT."""
    if table not in EXEMPT:
        raise ValueError(f"{table} has no policy and no reason in EXEMPT")
    return sql(f"grant {grant} on {table} to {{app}};")


def append_only(table: str) -> _Sql:
    """Refuse UPDATE, DELETE and TRUNCATE on `table` for every role, the owner included."""
    return sql(
        f"""
        create trigger append_only before update or delete on {table}
            for each row execute function moa_refuse_change();
        create trigger append_only_truncate before truncate on {table}
            for each statement execute function moa_refuse_change();
        revoke update, delete, truncate on {table} from {{app}};
        """
    )


def group_key(table: str) -> _Sql:
    """Make (group_id, id) unique, so that other tables can point at a row together with its group."""
    return sql(f"alter table {table} add constraint {table}_group_key unique (group_id, id);")


def group_reference(table: str, column: str, target: str, *, on_delete: str = "restrict") -> _Sql:
    """A foreign key that carries the group: a row can point only at a row of its own group.

    Needed because foreign keys ignore policies. The model's field has `db_constraint=False`.
    """
    return sql(
        f"""
        alter table {table} add constraint {table}_{column}_same_group
            foreign key (group_id, {column}) references {target} (group_id, id) on delete {on_delete};
        """
    )


def watched(table: str) -> _Sql:
    """Record every change of a row of `table` in control_rowchange, raw SQL included."""
    return sql(
        f"""
        create trigger watched after insert or update or delete on {table}
            for each row execute function moa_record_row_change();
        """
    )
