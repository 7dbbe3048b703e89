"""The database Moa brings along: its server runs, its two roles and its database exist."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg

from moa.entry.postgres import places, roles
from moa.entry.postgres.cluster import SOCKET_PORT, SUPERUSER, Cluster, Server
from moa.entry.postgres.errors import LauncherError, says_disk_full
from moa.entry.postgres.passwords import keep_password, read_password
from moa.entry.postgres.processes import read_pid_file

OWNER, APP = "moa_owner", "moa_app"


@dataclass(frozen=True)
class Login:
    """One role's way into one database. Shape: `host` is a socket folder or a host name; `extra` goes to libpq."""

    host: str
    port: str
    database: str
    user: str
    password: str
    extra: tuple[tuple[str, str], ...] = ()


def logins(cluster: Cluster, database: str) -> tuple[Login, Login]:
    """Owner's and application's logins as they stand on disk; nothing is made and no server is asked."""
    host, port = _address(cluster)
    return (
        Login(host, port, database, OWNER, read_password(cluster.state, OWNER) or ""),
        Login(host, port, database, APP, read_password(cluster.state, APP) or ""),
    )


def _address(cluster: Cluster) -> tuple[str, str]:
    try:
        uid = cluster.data.stat().st_uid
    except OSError:
        return str(places.socket_folder(cluster.home, 0)), str(SOCKET_PORT)
    running = read_pid_file(cluster.data)
    port = running.port if running else cluster.tcp_port or SOCKET_PORT
    return str(places.socket_folder(cluster.home, uid)), str(port)


def admin_connection(cluster: Cluster, database: str = "postgres") -> roles.Connection:
    """A superuser's connection in autocommit, starting the server when it is down.

    A server that died a moment ago still looks alive, so a refused connection is tried once more.

    Raises: LauncherError.
    """
    try:
        return _connect_as_superuser(cluster, cluster.ensure_running(), database)
    except psycopg.OperationalError:
        cluster.wait_for_the_dying()
        return _connect_as_superuser(cluster, cluster.ensure_running(), database)


def _connect_as_superuser(cluster: Cluster, server: Server, database: str) -> roles.Connection:
    try:
        return psycopg.connect(
            host=str(server.socket_folder),
            port=server.port,
            dbname=database,
            user=SUPERUSER,
            password=read_password(cluster.state, SUPERUSER) or "none",
            autocommit=True,
            connect_timeout=30,
        )
    except psycopg.OperationalError as problem:
        if "password authentication failed" in str(problem):
            secrets = cluster.state / "secrets"
            raise LauncherError("postgres.password_lost", data=server.data, secrets=secrets) from problem
        if says_disk_full(str(problem)):
            raise LauncherError("postgres.disk_full", path=cluster.home) from problem
        raise


_FIRST_START_LOCK = 6_027_782


def ensure(cluster: Cluster, database: str) -> None:
    """The server runs and `database` exists with both roles; takes some milliseconds when all is there already."""
    with admin_connection(cluster) as admin:
        # Two first starts at once would trip over each other's grants; the lock ends with the connection.
        admin.execute("select pg_advisory_lock(%s)", [_FIRST_START_LOCK])
        try:
            _ensure_role(admin, cluster.state, OWNER, roles.OWNER_RIGHTS)
            _ensure_role(admin, cluster.state, APP, roles.APP_RIGHTS)
            if not roles.database_exists(admin, database):
                roles.make_database(admin, database, owner=OWNER)
                roles.open_to_app(admin, database, APP)
        except psycopg.errors.DiskFull as problem:
            raise LauncherError("postgres.disk_full", path=cluster.home) from problem


def _ensure_role(admin: roles.Connection, state: Path, role: str, rights: psycopg.sql.SQL) -> None:
    """Under the lock of first starts, so nobody else makes the role meanwhile."""
    forgotten = read_password(state, role) is None
    password = keep_password(state, role)
    if not roles.role_exists(admin, role):
        roles.make_role(admin, role, password, rights)
    elif forgotten:
        roles.set_password(admin, role, password)
