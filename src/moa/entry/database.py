"""Which database Moa works with, for settings, commands and tests: the embedded one, or DATABASE_URL's.

Two logins, never mixed: `default` is the application's role, bound by row security; `owner` changes tables. A service that is
given MOA_APP_URL alone has no owner's login at all (ADR 110).
Nothing here connects at import: settings must load without a server.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from moa.entry.postgres import embedded, external, roles
from moa.entry.postgres.cluster import Cluster
from moa.entry.postgres.errors import LauncherError
from moa.entry.postgres.places import choose_state, make_folder

DATABASE = "moa"
POOL = {"min_size": 1, "max_size": 16, "timeout": 15}
# A statement sent this often on one connection is prepared; policies make planning the larger part of short reads.
PREPARE_THRESHOLD = 3


def state_dir() -> Path:
    """The folder of this installation's data, keys and passwords. It is named here, not made."""
    return choose_state(os.environ, as_root=os.geteuid() == 0)


def make_state_dir() -> Path:
    """The same folder, made, with the rights it must have."""
    return make_folder(state_dir(), mode=0o711 if os.geteuid() == 0 else 0o700)


def database_url() -> str | None:
    return os.environ.get("DATABASE_URL") or None


def lone_app_url() -> str | None:
    """MOA_APP_URL where it stands without DATABASE_URL: whoever runs so can change no table."""
    return None if database_url() else os.environ.get("MOA_APP_URL") or None


def cluster() -> Cluster:
    """The embedded server's data folder; it exists after the first `ensure_database`."""
    return Cluster(state_dir(), os.environ)


def database_settings() -> dict[str, dict[str, Any]]:
    """Django's DATABASES. MOA_DATABASE names another database on the same server."""
    if app_url := lone_app_url():
        app = external.login_of(app_url, os.environ.get("MOA_DATABASE"))
        return {"default": django_database(app, pooled=True)}
    owner, app = database_logins()
    return {"default": django_database(app, pooled=True), "owner": django_database(owner, pooled=False)}


def database_logins() -> tuple[embedded.Login, embedded.Login]:
    """The owner's and the application's login. Raises: database.owner_needed."""
    need_owner()
    url = database_url()
    if url:
        return external.logins(
            state_dir(), url, os.environ.get("MOA_APP_URL"), os.environ.get("MOA_DATABASE")
        )
    return embedded.logins(cluster(), database_name())


def need_owner() -> None:
    """Raises: database.owner_needed where only the application's login is given."""
    if lone_app_url():
        raise LauncherError("database.owner_needed")


def database_name() -> str:
    url = database_url() or lone_app_url()
    named = os.environ.get("MOA_DATABASE")
    return external.login_of(url, named).database if url else named or DATABASE


def django_database(login: embedded.Login, *, pooled: bool) -> dict[str, Any]:
    """One entry of DATABASES. The owner's has no pool: migrations are one connection and then none."""
    options: dict[str, Any] = dict(login.extra)
    if pooled:
        options |= {"pool": dict(POOL), "prepare_threshold": PREPARE_THRESHOLD}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": login.database,
        "USER": login.user,
        "PASSWORD": login.password,
        "HOST": login.host,
        "PORT": login.port,
        "CONN_MAX_AGE": 0,
        # A connection that the server ended meanwhile is replaced before a page would fail with it.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def ensure_database() -> None:
    """The database can be used: the server runs, both roles and the database exist. Tables are up to migrations.

    Raises: LauncherError.
    """
    if app_url := lone_app_url():
        external.ensure_app(app_url, os.environ.get("MOA_DATABASE"))
        return
    url = database_url()
    if url:
        external.ensure(make_state_dir(), url, os.environ.get("MOA_APP_URL"), os.environ.get("MOA_DATABASE"))
        return
    own = cluster()
    if not own.is_made() and external.was_used(state_dir()):
        # An empty server of its own beside the database with all the figures would look like loss.
        raise LauncherError("database.url_missing", state=state_dir())
    embedded.ensure(own, database_name())


def admin_connection(database: str | None = None) -> roles.Connection:
    """A connection that may create databases: the embedded superuser's, or DATABASE_URL's own. In autocommit.

    Raises: database.owner_needed.
    """
    need_owner()
    url = database_url()
    if url:
        return external.admin_connection(url, database)
    return embedded.admin_connection(cluster(), database or "postgres")


def drop_database(name: str) -> None:
    """The database `name` of the same server is gone; for data of benches and simulations."""
    with admin_connection("postgres") as admin:
        roles.drop_database(admin, name)
