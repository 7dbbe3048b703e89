"""PostgreSQL's own programs, as the owner of the tables, and what the database says of itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from moa.entry.backup.clients import client_for
from moa.entry.backup.refusals import BackupFailed
from moa.entry.postgres.embedded import Login

# Stands in a database that is being restored, and is not counted.
MARK = "moa_restoring"
_TABLES = f"""
select c.relname from pg_class c
 where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relispartition
   and c.relname <> '{MARK}' order by 1
"""
_SEALS = """
select g.code || '/' || b.code, (select s.hex from ledger_seal s where s.book_id = b.id order by s.closed_at desc, s.id desc limit 1)
  from ledger_book b join control_group g on g.id = b.group_id order by 1
"""


def owner_login() -> Login:
    from moa.entry.database import database_logins

    return database_logins()[0]


def app_role() -> str:
    from moa.entry.database import database_logins

    return database_logins()[1].user


def connect(login: Login) -> psycopg.Connection[Any]:
    more: dict[str, Any] = dict(login.extra)
    return psycopg.connect(
        host=login.host, port=login.port, dbname=login.database, user=login.user, password=login.password, **more
    )  # fmt: skip


def server_major(connection: psycopg.Connection[Any]) -> int:
    return connection.info.server_version // 10_000


def has_tables() -> bool:
    with connect(owner_login()) as connection:
        return bool(connection.execute(_TABLES).fetchone())


def has_groups() -> bool:
    """Whether there is anything to save: tables of a first start that was cut off hold nobody's data, and may not be all there."""
    with connect(owner_login()) as connection:
        if not _is_there(connection, "control_group"):
            return False
        return bool(connection.execute("select 1 from control_group limit 1").fetchone())


def _is_there(connection: psycopg.Connection[Any], table: str) -> bool:
    return connection.execute("select to_regclass(%s) is not null", [table]).fetchone() == (True,)


def counted_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    tables = [name for (name,) in connection.execute(_TABLES).fetchall()]
    counts = {}
    for name in tables:
        counted = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(name)))
        counts[name] = int((counted.fetchone() or (0,))[0])
    return counts


def newest_seals(connection: psycopg.Connection[Any]) -> dict[str, str]:
    if not _is_there(connection, "ledger_seal"):
        # Of a version from before days were sealed.
        return {}
    return {book: seal for book, seal in connection.execute(_SEALS).fetchall() if seal}


def applied_migrations(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("select app || '.' || name from django_migrations order by 1").fetchall()
    return [name for (name,) in rows]


def master_keys(connection: psycopg.Connection[Any]) -> list[str]:
    """The marks of the master keys that wrapped the groups' keys; ordinarily one."""
    rows = connection.execute("select distinct master_id from control_groupkey order by 1").fetchall()
    return [mark for (mark,) in rows]


def run_tool(program: str, arguments: Sequence[str | Path], login: Login, server: int) -> str:
    """What pg_dump or pg_restore says on standard output, on the login's database.

    `server` is the major version that it must at least be of; 0 where it only reads a file.

    Raises: backup_tools_missing, backup_tools_unfit, backup_failed.
    """
    from moa.entry.database import database_url

    client = client_for(login, server, is_external=database_url() is not None, environ=os.environ)
    environ = os.environ | ({"PGPASSWORD": login.password} if login.password else {})
    done = subprocess.run(
        [client.folder / program, *arguments], env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="replace",
    )  # fmt: skip
    if done.returncode != 0:
        raise BackupFailed(program=program, reason=_reason(done.stderr))
    return done.stdout


def dbname_of(login: Login) -> str:
    """The whole way into the database but the password, which has no place in a list of processes."""
    named = {"host": login.host, "port": login.port, "dbname": login.database, "user": login.user}
    given: dict[str, Any] = {**dict(login.extra), **{name: value for name, value in named.items() if value}}
    return "--dbname=" + make_conninfo(**given)


def _reason(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if "error:" in line or "FATAL:" in line]
    return (lines or words.strip().splitlines() or ["it said nothing"])[0][:300]
