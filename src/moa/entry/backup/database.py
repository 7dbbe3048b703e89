"""PostgreSQL's own programs, as the owner of the tables, and what the database says of itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from moa.entry.backup.refusals import BackupFailed, BackupToolsMissing
from moa.entry.postgres.binaries import find_binaries
from moa.entry.postgres.embedded import Login

_TABLES = """
select c.relname from pg_class c
 where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relispartition order by 1
"""
_SEALS = """
select g.code || '/' || b.code, (select s.hex from ledger_seal s where s.book_id = b.id order by s.closed_at desc, s.id desc limit 1)
  from ledger_book b join control_group g on g.id = b.group_id order by 1
"""


def owner_login() -> Login:
    from moa.entry.database import database_logins

    return database_logins()[0]


def connect(login: Login) -> psycopg.Connection[Any]:
    more: dict[str, Any] = dict(login.extra)
    return psycopg.connect(
        host=login.host, port=login.port, dbname=login.database, user=login.user, password=login.password, **more
    )  # fmt: skip


def has_tables() -> bool:
    with connect(owner_login()) as connection:
        return bool(connection.execute(_TABLES).fetchone())


def counted_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    tables = [name for (name,) in connection.execute(_TABLES).fetchall()]
    counts = {}
    for name in tables:
        counted = connection.execute(
            psycopg.sql.SQL("select count(*) from {}").format(psycopg.sql.Identifier(name))
        )
        counts[name] = int((counted.fetchone() or (0,))[0])
    return counts


def newest_seals(connection: psycopg.Connection[Any]) -> dict[str, str]:
    return {book: seal for book, seal in connection.execute(_SEALS).fetchall() if seal}


def applied_migrations(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("select app || '.' || name from django_migrations order by 1").fetchall()
    return [name for (name,) in rows]


def run_tool(program: str, arguments: Sequence[str | Path], login: Login) -> None:
    """pg_dump or pg_restore on the login's database. Raises: backup_tools_missing, backup_failed."""
    binaries = find_binaries(os.environ)
    tool = binaries / program
    if not tool.is_file():
        raise BackupToolsMissing(program=program, folder=str(binaries.bindir))
    named = {"PGHOST": login.host, "PGPORT": login.port, "PGUSER": login.user, "PGDATABASE": login.database}
    named["PGPASSWORD"] = login.password
    named |= {f"PG{name.upper()}": str(value) for name, value in login.extra}
    environ = os.environ | {name: value for name, value in named.items() if value}
    done = subprocess.run(
        [tool, *arguments], env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="replace",
    )  # fmt: skip
    if done.returncode != 0:
        raise BackupFailed(program=program, reason=_reason(done.stderr))


def _reason(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if "error:" in line or "FATAL:" in line]
    return (lines or words.strip().splitlines() or ["it said nothing"])[0][:300]
