"""Remove the demo group with everything in it, as the owner: the only way that append-only rows ever go."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from moa.entry.demo.loading import passwords_path, world_folder

_TABLES = """
select c.relname from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'group_id' and not a.attisdropped
 where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
 order by c.relname
"""


def remove_demo() -> int:
    """Remove every demo group; returns their number. One transaction: all of it or nothing."""
    owner = connections["owner"]
    with transaction.atomic(using="owner"), owner.cursor() as cursor:
        cursor.execute("select id from control_group where is_demo order by id")
        groups = [group for (group,) in cursor.fetchall()]
        if groups:
            _remove_rows(cursor, groups)
    owner.close()
    for group in groups:
        shutil.rmtree(Path(settings.STATE_DIR) / "documents" / str(group), ignore_errors=True)
    passwords_path().unlink(missing_ok=True)
    shutil.rmtree(world_folder(), ignore_errors=True)
    return len(groups)


def _remove_rows(cursor: object, groups: list[int]) -> None:
    execute = cursor.execute  # type: ignore[attr-defined]
    execute(_TABLES)
    tables = [name for (name,) in cursor.fetchall()]  # type: ignore[attr-defined]
    keys = _same_group_keys(cursor)
    # References and guards rest while the rows go, and stand again before the transaction ends; the keys are checked
    # anew when they are put back, so nothing of another group can hang in the air.
    for table, name, _ in keys:
        execute(f"alter table {table} drop constraint {name}")
    for table in [*tables, "control_group"]:
        execute(f"alter table {table} disable trigger user")
    execute("delete from procrastinate_jobs where (args ->> 'group_id')::bigint = any(%s)", [groups])
    for table in tables:
        execute(f"delete from {table} where group_id = any(%s)", [groups])
    execute("delete from control_group where id = any(%s)", [groups])
    for table in [*tables, "control_group"]:
        execute(f"alter table {table} enable trigger user")
    for table, name, definition in keys:
        execute(f"alter table {table} add constraint {name} {definition}")


def _same_group_keys(cursor: object) -> list[tuple[str, str, str]]:
    cursor.execute(  # type: ignore[attr-defined]
        "select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint"
        " where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0"
        " and conrelid::regclass::text !~ '^(procrastinate|auth|django)_' order by 1, 2"
    )
    return cursor.fetchall()  # type: ignore[attr-defined]
