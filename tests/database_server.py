"""The tests' PostgreSQL: one throwaway server, one migrated template per set of migrations, one copy per process.

The server starts when the first test needs it and ends with the last test session that uses it. Sessions of several
developers (and xdist's workers) share it: each holds a shared lock while it lives, so a killed one cannot keep it up.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psycopg

from moa.entry.database import django_database
from moa.entry.postgres import embedded, roles
from moa.entry.postgres.cluster import Cluster
from moa.entry.postgres.places import checkout, make_folder
from tests.places import state_folder

TEMPLATE_PREFIX, COPY_PREFIX = "moa_tpl_", "moa_t_"


def throwaway(state: Path) -> Cluster:
    """The server of the tests: no fsync, so a crash of the machine may lose it, and nothing else."""
    return Cluster(state, {"MOA_PG_BINDIR": os.environ.get("MOA_PG_BINDIR", "")}, durable=False)


def hold(state: Path) -> IO[str]:
    """Say that this process uses the server; given back by closing the file or by dying."""
    make_folder(state, mode=0o711 if os.geteuid() == 0 else 0o700)
    lock = (state / "users.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def stop_if_last(state: Path) -> None:
    """End the server unless another test session uses it; templates of other migrations go with it."""
    if not (state / "users.lock").exists():
        return
    with (state / "users.lock").open("w") as lock, contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        server = throwaway(state)
        if server.status() is not None:
            _drop_leftovers(server)
            server.stop()


def _drop_leftovers(server: Cluster) -> None:
    with embedded.admin_connection(server) as admin:
        rows = admin.execute("select datname from pg_database where datname ~ '^moa_(t|tpl)_'").fetchall()
        for (name,) in rows:
            if name != template_name():
                roles.drop_database(admin, name)


def template_name() -> str:
    return TEMPLATE_PREFIX + _migrations_hash()


def _migrations_hash() -> str:
    source = checkout() / "src" / "moa"
    files = [
        *source.glob("**/migrations/*.py"),
        *source.glob("**/migrations/*.sql"),
        *source.glob("**/rowsecurity*"),
    ]
    files.append(checkout() / "requirements" / "runtime.lock")
    digest = hashlib.sha256()
    for file in sorted(path for path in files if path.is_file()):
        digest.update(str(file.relative_to(checkout())).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def ensure_template(server: Cluster) -> str:
    """A database with all migrations applied by the owner, made once per set of migrations."""
    embedded.ensure(server, "moa")
    name = template_name()
    with (server.state / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with embedded.admin_connection(server) as admin:
            if not roles.database_exists(admin, name):
                growing = name + "_new"
                roles.drop_database(admin, growing)
                roles.make_database(admin, growing, owner=embedded.OWNER)
                roles.open_to_app(admin, growing, embedded.APP)
                _migrate(server, growing)
                admin.execute(f'alter database "{growing}" rename to "{name}"')
    return name


def _migrate(server: Cluster, database: str) -> None:
    from django.core.management import call_command
    from django.db import connections

    with pointed_at(server, database):
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        connections["owner"].close()


def copy_name() -> str:
    return f"{COPY_PREFIX}{os.getpid()}"


def renew_copy(server: Cluster, template: str) -> None:
    """This process's database is a fresh copy of the template; whoever was connected is thrown out."""
    with embedded.admin_connection(server) as admin:
        roles.drop_database(admin, copy_name())
        roles.make_database(admin, copy_name(), owner=embedded.OWNER, template=template)
        # A copy takes over the tables' rights, but not those of the database itself.
        roles.open_to_app(admin, copy_name(), embedded.APP)


def drop_copy(server: Cluster) -> None:
    with embedded.admin_connection(server) as admin:
        roles.drop_database(admin, copy_name())


@contextlib.contextmanager
def pointed_at(server: Cluster, database: str) -> Iterator[None]:
    """Django's two aliases lead to `database`, in every thread, until the end of the block."""
    from django.conf import settings
    from django.db import connections

    owner, app = embedded.logins(server, database)
    wanted = {"default": django_database(app, pooled=True), "owner": django_database(owner, pooled=False)}
    former = {alias: dict(settings.DATABASES[alias]) for alias in wanted}
    _close_all()
    for alias, values in wanted.items():
        connections[alias].settings_dict.update(values)
        settings.DATABASES[alias].update(values)
    try:
        yield
    finally:
        _close_all()
        for alias, values in former.items():
            connections[alias].settings_dict.update(values)
            settings.DATABASES[alias].update(values)


def _close_all() -> None:
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].close()
    close_pool()


def close_pool() -> None:
    from django.db import connections

    connections["default"].close_pool()


def raw_connection(login: embedded.Login, **settings: Any) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(
        host=login.host,
        port=login.port,
        dbname=login.database,
        user=login.user,
        password=login.password,
        autocommit=True,
        **settings,
    )


if __name__ == "__main__":
    stop_if_last(state_folder())
    if sys.argv[1:] == ["--remove"]:
        shutil.rmtree(state_folder(), ignore_errors=True)
