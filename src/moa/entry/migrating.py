"""Bring the tables up to date, as the owner's role."""

from __future__ import annotations

# Any fixed number: two migrations at once wait for each other by it.
MIGRATION_LOCK = 6_027_781
OWNER = "owner"


def migrate() -> int:
    """All migrations are applied; the number of those that were missing. Costs some milliseconds when none was."""
    from django.core.management import call_command
    from django.db import connections

    if not pending_migrations():
        return 0
    owner = connections[OWNER]
    with owner.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            missing = len(pending_migrations())
            if missing:
                call_command("migrate", database=OWNER, interactive=False, verbosity=0)
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    owner.close()
    return missing


def pending_migrations() -> list[str]:
    """Migrations that the code has and the database has not, which the application may look at too. Shape: "app.name"."""
    from django.db import DEFAULT_DB_ALIAS, connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[OWNER if OWNER in connections else DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
