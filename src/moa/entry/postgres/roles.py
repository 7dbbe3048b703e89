"""The two roles of a database: the owner changes tables in migrations, the application only works with rows.

The application's role must not be able to step around row security, so it owns nothing and has no special right;
default privileges are not used, because they would also grant rights on partitions that must be reached through
their parent only. Every migration grants its own tables.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]

OWNER_RIGHTS = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOREPLICATION")
APP_RIGHTS = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOREPLICATION NOCREATEDB NOCREATEROLE NOINHERIT")


def role_exists(admin: Connection, role: str) -> bool:
    return admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is not None


def database_exists(admin: Connection, name: str) -> bool:
    return admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


def make_role(admin: Connection, role: str, password: str, rights: sql.SQL) -> None:
    admin.execute(
        sql.SQL("create role {} {} password {}").format(sql.Identifier(role), rights, sql.Literal(password))
    )


def set_password(admin: Connection, role: str, password: str) -> None:
    admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password)))


def make_database(admin: Connection, name: str, *, owner: str, template: str | None = None) -> None:
    """An empty database (or a copy of `template`) that belongs to `owner`; a race with another maker is fine.

    A template's files are copied as they are, which is cheaper than logging each of its pages.
    """
    source: sql.Composable = sql.SQL("")
    if template:
        source = sql.SQL(" template {} strategy file_copy").format(sql.Identifier(template))
    statement = sql.SQL("create database {} owner {}{}").format(
        sql.Identifier(name), sql.Identifier(owner), source
    )
    try:
        admin.execute(statement)
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return


def drop_database(admin: Connection, name: str) -> None:
    """The database is gone, its sessions broken off."""
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def open_to_app(admin: Connection, database: str, app: str) -> None:
    """Only the owner and the application may connect to `database`."""
    place, role = sql.Identifier(database), sql.Identifier(app)
    admin.execute(sql.SQL("revoke all on database {} from public").format(place))
    admin.execute(sql.SQL("grant connect, temporary on database {} to {}").format(place, role))


def excess_rights(admin: Connection, role: str) -> str:
    """Why `role` must not run the application, in words, or an empty string."""
    row = admin.execute(
        "select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = %s", [role]
    ).fetchone()
    if row is None:
        return "does not exist"
    reasons = ("is a superuser", "bypasses row security", "may create roles")
    found = [reason for reason, holds in zip(reasons, row, strict=True) if holds]
    owned = admin.execute(
        "select count(*) from pg_class where relowner = (select oid from pg_roles where rolname = %s)"
        " and relnamespace = 'public'::regnamespace",
        [role],
    ).fetchone()
    if owned is not None and owned[0]:
        found.append(f"owns {owned[0]} tables and indexes")
    return " and ".join(found)
