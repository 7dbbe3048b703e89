"""A database given by DATABASE_URL: its roles are checked or made, their passwords kept in the state folder.

DATABASE_URL is the login that may change tables. When that is a superuser, Moa makes an owner role beside it, so
that a superuser does nothing but this preparation. The application's role is MOA_APP_URL, or one that Moa makes. Where
MOA_APP_URL stands alone nothing is made.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from moa.entry.postgres import roles
from moa.entry.postgres.binaries import NEWEST, OLDEST
from moa.entry.postgres.embedded import Login
from moa.entry.postgres.errors import LauncherError
from moa.entry.postgres.passwords import keep_password, read_password
from moa.entry.postgres.places import make_folder

OWN_KEYS = {"host", "port", "dbname", "user", "password"}
LONGEST_NAME = 63


def login_of(url: str, database: str | None = None) -> Login:
    """The login that a URL or a libpq key=value line names; `database` replaces the one in it."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    user = parts.get("user") or os.environ.get("PGUSER") or os.environ.get("USER") or "postgres"
    return Login(
        parts.get("host") or os.environ.get("PGHOST", ""),
        parts.get("port") or os.environ.get("PGPORT", ""),
        database or parts.get("dbname") or user,
        user,
        parts.get("password", ""),
        tuple(sorted((name, value) for name, value in parts.items() if name not in OWN_KEYS)),
    )


def logins(state: Path, url: str, app_url: str | None, database: str | None) -> tuple[Login, Login]:
    """Owner's and application's logins. Before the first `ensure` the application's has no password: it fails closed."""
    given = login_of(url, database)
    owner = given
    if _has_own_owner(state, given):
        owner = replace(given, user=_role("moa_owner", given), password=_kept(state, given, "owner"))
    if app_url:
        return owner, login_of(app_url, given.database)
    return owner, replace(given, user=_role("moa_app", given), password=_kept(state, given, "app"))


def ensure(state: Path, url: str, app_url: str | None, database: str | None) -> None:
    """The database answers, has a fitting version, and both roles exist with the rights they need and no more.

    Raises: database.unreachable, database.version, database.missing, database.cannot_make_role,
    database.role_in_use, database.app_role_too_strong.
    """
    given = login_of(url, database)
    with _connect_making(given) as admin:
        _check_version(admin)
        is_superuser = admin.execute(
            "select rolsuper from pg_roles where rolname = current_user"
        ).fetchone() == (True,)
        if is_superuser:
            _ensure_role(admin, state, given, "owner", roles.OWNER_RIGHTS)
            _let_own(admin, given.database, _role("moa_owner", given))
        if not app_url:
            _ensure_role(admin, state, given, "app", roles.APP_RIGHTS)
        _remember(state, given, own_owner=is_superuser)
        _owner, app = logins(state, url, app_url, database)
        reason = (
            "is the owner of the tables" if app.user == _owner.user else roles.excess_rights(admin, app.user)
        )
        if reason:
            raise LauncherError("database.app_role_too_strong", role=app.user, reason=reason)
        _let_use(admin, given.database, app.user)


def ensure_app(app_url: str, database: str | None) -> None:
    """The database answers to the application's login, which has the rights it needs and no more.

    Raises: database.unreachable, database.version, database.app_role_too_strong.
    """
    app = login_of(app_url, database)
    with _connect(app) as connection:
        _check_version(connection)
        if reason := roles.excess_rights(connection, app.user):
            raise LauncherError("database.app_role_too_strong", role=app.user, reason=reason)


def _check_version(connection: roles.Connection) -> None:
    version = connection.info.server_version // 10000
    if not OLDEST <= version <= NEWEST:
        raise LauncherError("database.version", version=version)


def admin_connection(url: str, database: str | None = None) -> roles.Connection:
    return _connect(login_of(url, database))


def _connect(login: Login) -> roles.Connection:
    try:
        return psycopg.connect(**_arguments(login), autocommit=True)
    except psycopg.OperationalError as problem:
        reason = str(problem).strip().splitlines()[-1].rstrip(".")
        where = f"{login.host or 'local socket'}, database {login.database}, user {login.user}"
        raise LauncherError("database.unreachable", where=where, reason=reason) from problem


def _connect_making(login: Login) -> roles.Connection:
    try:
        return _connect(login)
    except LauncherError as refusal:
        if f'database "{login.database}" does not exist' not in str(refusal.__cause__):
            raise
    with _connect(replace(login, database="postgres")) as admin:
        try:
            roles.make_database(admin, login.database, owner=login.user)
        except psycopg.errors.InsufficientPrivilege as problem:
            raise LauncherError("database.missing", name=login.database, user=login.user) from problem
    return _connect(login)


def _arguments(login: Login) -> dict[str, Any]:
    named = {
        "host": login.host,
        "port": login.port,
        "dbname": login.database,
        "user": login.user,
        "password": login.password,
    }
    return {
        "connect_timeout": 15,
        **dict(login.extra),
        **{name: value for name, value in named.items() if value},
    }


def _ensure_role(admin: roles.Connection, state: Path, given: Login, kind: str, rights: sql.SQL) -> None:
    role = _role(f"moa_{kind}", given)
    known = read_password(state, _secret(given, kind))
    if not roles.role_exists(admin, role):
        try:
            roles.make_role(admin, role, keep_password(state, _secret(given, kind)), rights)
        except psycopg.errors.InsufficientPrivilege as problem:
            raise LauncherError("database.cannot_make_role", user=given.user, role=role) from problem
    elif known is None:
        _adopt_role(admin, state, given, kind, role)


def _adopt_role(admin: roles.Connection, state: Path, given: Login, kind: str, role: str) -> None:
    """A role from an earlier installation gets a new password, unless someone works with the old one."""
    sessions = admin.execute("select count(*) from pg_stat_activity where usename = %s", [role]).fetchone()
    if sessions is not None and sessions[0]:
        raise LauncherError("database.role_in_use", role=role, state=state)
    try:
        roles.set_password(admin, role, keep_password(state, _secret(given, kind)))
    except psycopg.errors.InsufficientPrivilege as problem:
        raise LauncherError("database.cannot_make_role", user=given.user, role=role) from problem


def _let_own(admin: roles.Connection, database: str, owner: str) -> None:
    """The owner role may make tables and trusted extensions; the database itself stays with whom it belongs to."""
    place, role = sql.Identifier(database), sql.Identifier(owner)
    admin.execute(sql.SQL("grant create, connect, temporary on database {} to {}").format(place, role))
    admin.execute(sql.SQL("grant usage, create on schema public to {}").format(role))


def _let_use(admin: roles.Connection, database: str, app: str) -> None:
    place, role = sql.Identifier(database), sql.Identifier(app)
    try:
        admin.execute(sql.SQL("grant connect, temporary on database {} to {}").format(place, role))
        admin.execute(sql.SQL("grant usage on schema public to {}").format(role))
        admin.execute("revoke create on schema public from public")
    except psycopg.errors.InsufficientPrivilege:
        # Not the database's owner: PostgreSQL's own defaults let every role connect and use the schema.
        return


def _role(prefix: str, given: Login) -> str:
    return f"{prefix}_{given.database}"[:LONGEST_NAME]


def _key(given: Login) -> str:
    place = "\0".join((given.host, given.port, given.database, given.user))
    return hashlib.sha256(place.encode()).hexdigest()[:12]


def _secret(given: Login, kind: str) -> str:
    return f"external-{_key(given)}-{kind}"


def _kept(state: Path, given: Login, kind: str) -> str:
    return read_password(state, _secret(given, kind)) or ""


def _path(state: Path, given: Login) -> Path:
    return state / "secrets" / f"external-{_key(given)}.json"


def _has_own_owner(state: Path, given: Login) -> bool:
    path = _path(state, given)
    return path.exists() and bool(json.loads(path.read_text(encoding="utf-8"))["own_owner"])


def was_used(state: Path) -> bool:
    """Whether the installation of this state folder has worked with a database of somebody else's."""
    return any((state / "secrets").glob("external-*.json"))


def _remember(state: Path, given: Login, *, own_owner: bool) -> None:
    path = _path(state, given)
    make_folder(state, mode=0o711 if os.geteuid() == 0 else 0o700)
    make_folder(path.parent, mode=0o700)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps({"own_owner": own_owner}), encoding="utf-8")
