"""Servers that begin as a copy of the tests' own: made, with roles and all tables, without migrating once more."""

from __future__ import annotations

import tempfile
from pathlib import Path

from moa.entry.postgres import embedded, places, roles
from moa.entry.postgres.account import server_account
from moa.entry.postgres.binaries import find_binaries, reachable_binaries
from moa.entry.postgres.cluster import SUPERUSER, Cluster
from moa.entry.postgres.passwords import read_password
from tests import database_server
from tests.places import state_folder

ROLES = (SUPERUSER, embedded.OWNER, embedded.APP)


def plant(cluster: Cluster, database: str = "moa") -> None:
    """`cluster`, which has no data yet, runs, and its `database` has all tables and no rows but those of migrations."""
    server = database_server.throwaway(state_folder())
    template = database_server.ensure_template(server)
    account = server_account()
    places.make_folder(cluster.state, mode=0o711 if account.switch else 0o700)
    places.make_folder(cluster.home, mode=0o700, uid=account.uid, gid=account.gid)
    _take_passwords(server.state, cluster.state)
    _copy(server, cluster)
    with embedded.admin_connection(cluster) as admin:
        others = "select datname from pg_database where datname ~ '^moa_t_' or datname = %s"
        for (name,) in admin.execute(others, [database]).fetchall():
            roles.drop_database(admin, name)
        admin.execute(f'alter database "{template}" rename to "{database}"')


def _take_passwords(former: Path, state: Path) -> None:
    folder = places.make_folder(state / "secrets", mode=0o700)
    for role in ROLES:
        path = folder / f"{role}.password"
        path.write_text(read_password(former, role) or "", encoding="ascii")
        path.chmod(0o600)


def _copy(server: Cluster, cluster: Cluster) -> None:
    """Taken while the server works: PostgreSQL replays what was written meanwhile at the copy's first start."""
    account, running = server_account(), server.ensure_running()
    found = find_binaries(cluster.environ)
    program = (reachable_binaries(found) if account.switch else found) / "pg_basebackup"
    source = (
        f"host={running.socket_folder} port={running.port} user={SUPERUSER} "
        f"password={read_password(server.state, SUPERUSER)}"
    )
    with tempfile.TemporaryFile("w+") as said:
        argv = [program, "-d", source, "-D", cluster.data, "-c", "fast", "-X", "fetch", "--no-sync"]
        code = account.run(*argv, output=said)
        said.seek(0)
        assert code == 0, said.read()
