"""Where a restore works until everything is proven: a folder beside the documents, and a mark in the database.

Whatever ends a restore, the next one finds the folder, takes away what the former left, and begins anew. It touches no
database but the one that carries the folder's own mark.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from moa.control.on_disk import sync_to_disk
from moa.entry.backup.database import MARK, connect, owner_login
from moa.entry.backup.refusals import RestoreUnderWay

FOLDERS = ("documents", "keys")
_NOTE = "restoring.json"


class Beside:
    """One restore in a state folder: `place` takes what is unpacked; `put_in_place` and `undo` are the two ways on."""

    def __init__(self, state: Path, token: str, extensions: list[str]) -> None:
        self.state, self.token, self.extensions = state, token, extensions
        self.place = folder_of(state)

    @property
    def former(self) -> Path:
        return self.place / "former"

    def put_in_place(self) -> None:
        """The unpacked folders take the places of those of the state folder, which wait in `former`."""
        self.former.mkdir(mode=0o700)
        for name in FOLDERS:
            if (self.place / name).exists():
                # Said before it is done, so that `undo` knows what came.
                (self.former / f"{name}.replaced").touch()
                if (self.state / name).exists():
                    (self.state / name).rename(self.former / name)
                (self.place / name).rename(self.state / name)
        sync_to_disk(self.state)

    def undo(self) -> None:
        """Nothing of the restore is left: no table, no document, no key; what stood in the state folder is back."""
        with connect(owner_login()) as connection:
            if _mark_in(connection) == self.token:
                _drop_everything(connection, self.extensions)
        for name in FOLDERS:
            # What is no longer beside went into place.
            if (self.former / f"{name}.replaced").exists() and not (self.place / name).exists():
                shutil.rmtree(self.state / name, ignore_errors=True)
            if (self.former / name).exists():
                (self.former / name).rename(self.state / name)
        shutil.rmtree(self.place, ignore_errors=True)

    def done(self) -> None:
        with connect(owner_login()) as connection:
            connection.execute(sql.SQL("drop table {}").format(sql.Identifier(MARK)))
        shutil.rmtree(self.place, ignore_errors=True)


def folder_of(state: Path) -> Path:
    return state / "restoring"


@contextlib.contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Raises: restore_under_way."""
    path = state / "restore.lock"
    with path.open("w") as lock:
        _take(lock)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _take(lock: IO[str]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RestoreUnderWay() from None


def remove_leftovers(state: Path) -> bool:
    """What a restore left that was cut off is gone; says whether there was any."""
    note = folder_of(state) / _NOTE
    if not folder_of(state).exists():
        return False
    try:
        told = json.loads(note.read_text("utf-8"))
        Beside(state, told["token"], told["extensions"]).undo()
    except (OSError, ValueError, KeyError):
        # It ended before it had touched anything outside of its folder.
        shutil.rmtree(folder_of(state), ignore_errors=True)
    return True


def begin(state: Path) -> Beside:
    """The folder and the mark are there. Nothing but a later `undo` or `done` may remove them."""
    with connect(owner_login()) as connection:
        rows = connection.execute("select extname from pg_extension order by 1").fetchall()
        beside = Beside(state, secrets.token_hex(16), [name for (name,) in rows])
        beside.place.mkdir(mode=0o700)
        note = beside.place / _NOTE
        note.write_text(
            json.dumps({"token": beside.token, "extensions": beside.extensions}), encoding="utf-8"
        )
        os.chmod(note, 0o600)
        sync_to_disk(note)
        mark = sql.Identifier(MARK)
        connection.execute(sql.SQL("drop table if exists {}").format(mark))
        connection.execute(
            sql.SQL("create table {} as select {} as token").format(mark, sql.Literal(beside.token))
        )
    return beside


def _mark_in(connection: psycopg.Connection[Any]) -> str:
    if connection.execute("select to_regclass(%s)", [f"public.{MARK}"]).fetchone() == (None,):
        return ""
    row = connection.execute(sql.SQL("select token from {}").format(sql.Identifier(MARK))).fetchone()
    return str(row[0]) if row else ""


_DROPS = """
select format('drop %s if exists public.%I cascade',
              case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end,
              relname)
  from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S') and not relispartition
   and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                      and (d.deptype = 'e' or relkind = 'S' and d.deptype in ('a', 'i')))
union all
select format('drop routine if exists %s cascade', oid::regprocedure)
  from pg_proc p where pronamespace = 'public'::regnamespace
   and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
union all
select format('drop type if exists public.%I cascade', typname)
  from pg_type t where typnamespace = 'public'::regnamespace
   and (typtype in ('e', 'd') or exists (select from pg_class c where c.oid = typrelid and c.relkind = 'c'))
   and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
"""


def _drop_everything(connection: psycopg.Connection[Any], extensions: list[str]) -> None:
    """In one transaction, and only in a database that was empty before this restore."""
    for (statement,) in connection.execute(_DROPS).fetchall():
        connection.execute(statement)
    rows = connection.execute(
        "select extname from pg_extension where extname <> all(%s)", [extensions]
    ).fetchall()
    for (name,) in rows:
        connection.execute(sql.SQL("drop extension if exists {} cascade").format(sql.Identifier(name)))
