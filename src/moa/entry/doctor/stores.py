"""Checks of the database: version, roles, tables, search, clock, keys. Asked as the owner, who sees all groups."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from moa.entry.doctor.findings import Finding, bad, good

OLDEST, NEWEST = 15, 18
LARGEST_CLOCK_DIFFERENCE_SECONDS = 5


def ask(statement: str, alias: str = "owner") -> list[tuple[Any, ...]]:
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def check_database_version() -> Finding:
    ((number,),) = ask("select current_setting('server_version_num')::int / 10000")
    if not OLDEST <= number <= NEWEST:
        return bad("database_version", f"PostgreSQL {number}", f"Use PostgreSQL {OLDEST} to {NEWEST}.")
    return good("database_version", f"PostgreSQL {number}")


def check_roles() -> Finding:
    ((owner, app),) = [(*ask("select current_user")[0], *ask("select current_user", "default")[0])]
    if owner == app:
        return bad(
            "roles", f"{app} runs the application and owns the tables", "Name another role in MOA_APP_URL."
        )
    faults = ", ".join(_faults_of_app())
    if faults:
        return bad("roles", f"{app} {faults}", "Take these rights away, or name another role in MOA_APP_URL.")
    if ask("select rolsuper from pg_roles where rolname = current_user") == [(True,)]:
        return bad(
            "roles", f"{owner}, who owns the tables, is a superuser", "Give DATABASE_URL a role without."
        )
    return good("roles", f"{owner} owns the tables, {app} works with rows")


def _faults_of_app() -> list[str]:
    rows = ask(
        """
        select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
            exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relowner = r.oid and n.nspname = 'public'),
            has_schema_privilege(r.oid, 'public', 'create'),
            exists (select from pg_auth_members where member = r.oid)
        from pg_roles r where rolname = current_user
        """,
        "default",
    )
    words = (
        "is a superuser",
        "bypasses row security",
        "may create roles",
        "may create databases",
        "owns tables",
        "may create tables",
        "is a member of another role",
    )
    return [word for word, holds in zip(words, rows[0], strict=True) if holds]


def check_migrations() -> Finding:
    from moa.entry.migrating import pending_migrations

    missing = pending_migrations()
    if missing:
        return bad("migrations", f"not applied: {', '.join(missing[:5])}", "Run moa upgrade.")
    return good("migrations", "all applied")


def check_row_security() -> Finding:
    """Asked of the running database, since someone may have changed it by hand."""
    from moa.control.rowsecurity import EXEMPT

    rows = ask(
        "select c.relname from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace"
        " and not (c.relrowsecurity and exists (select from pg_policy where polrelid = c.oid)) order by 1"
    )
    unprotected = [name for (name,) in rows if name not in EXEMPT]
    if unprotected:
        mend = f"Someone changed it by hand. Bring a backup back beside it, and see what \\d {unprotected[0]} says there."
        return bad("row_security", f"no policy on {', '.join(unprotected)}", mend)
    return good("row_security", "every table of a group is under its policy")


def check_korean_search() -> Finding:
    """With a wrong character type PostgreSQL finds no trigram in Hangul, and every search reads the whole table."""
    from django.db import connections, transaction

    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("create extension if not exists pg_trgm")
        cursor.execute(
            "select cardinality(show_trgm('삼성')) > 0, datctype from pg_database where datname = current_database()"
        )
        works, character_type = cursor.fetchone()
        transaction.set_rollback(True, using="owner")
    if not works:
        mend = "Make the database anew with a UTF-8 character type, such as C.UTF-8."
        return bad("korean_search", f"no trigrams in Hangul (lc_ctype {character_type})", mend)
    return good("korean_search", "Hangul has trigrams")


def check_clocks_agree() -> Finding:
    before = datetime.now(UTC)
    ((there,),) = ask("select clock_timestamp()")
    return clocks_finding(before, there, datetime.now(UTC))


def clocks_finding(before: datetime, there: datetime, after: datetime) -> Finding:
    """The database's moment must lie between the two of ours, give or take a little."""
    apart = max((before - there).total_seconds(), (there - after).total_seconds(), 0)
    if apart > LARGEST_CLOCK_DIFFERENCE_SECONDS:
        words = f"the database's clock is {apart:.0f} s away from this machine's"
        return bad("clocks_agree", words, "Let both follow the same time server.")
    return good("clocks_agree", "the database's clock agrees")


def check_time_zones() -> Finding:
    zones = [zone for (zone,) in ask("select distinct time_zone from control_group order by 1")]
    unknown = [zone for zone in zones if not _is_known(zone)]
    if unknown:
        return bad(
            "time_zones",
            f"unknown: {', '.join(unknown)}",
            "Correct the group, or install the package tzdata.",
        )
    return good("time_zones", ", ".join(zones) or "no group yet")


def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def check_document_keys() -> Finding:
    """The master key here is the one that wrapped every group's keys."""
    from moa.control.group_keys import master_id, master_key

    used = _keys_in_use()
    if not used:
        # Asking for the master key would make one.
        return good("document_keys", "no documents yet")
    ours = master_id(master_key())
    strangers = [code for code, wrapped_by in used if wrapped_by != ours]
    if strangers:
        words = f"the keys of {', '.join(sorted(set(strangers)))} were wrapped by another master key"
        return bad(
            "document_keys",
            words,
            "Bring the master key back from a backup, or name it in MOA_MASTER_KEY_FILE.",
        )
    return good("document_keys", "the master key opens every group's documents")


def _keys_in_use() -> list[tuple[Any, ...]]:
    return ask("select g.code, k.master_id from control_groupkey k join control_group g on g.id = k.group_id")


STORES = [
    check_database_version,
    check_roles,
    check_migrations,
    check_row_security,
    check_korean_search,
    check_clocks_agree,
    check_time_zones,
    check_document_keys,
]
