"""Every table that holds a group's rows is under the policy of the group, and the application cannot step around it."""

from __future__ import annotations

import psycopg
import pytest

from moa.control.rowsecurity import EXEMPT

TABLES = """
    select c.oid::regclass::text, c.relrowsecurity, coalesce(array_agg(p.polname::text) filter (where p.oid is not null), '{}'),
           bool_and(coalesce(pg_get_expr(p.polqual, p.polrelid) ~ 'moa\\.group_id', true)
                and coalesce(pg_get_expr(p.polwithcheck, p.polrelid) ~ 'moa\\.group_id', true)
                and p.polpermissive is not false)
    from pg_class c left join pg_policy p on p.polrelid = c.oid
    where c.relkind in ('r', 'p') and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema')
      and c.relnamespace::regnamespace::text not like 'pg_toast%' and c.relpersistence <> 't'
    group by c.oid, c.relrowsecurity
"""


def unprotected(cursor) -> list[str]:
    """Tables (partitions too) without an effective policy of the group that no exemption excuses."""
    cursor.execute(TABLES)
    return sorted(
        name
        for name, enabled, policies, by_group in cursor.fetchall()
        if name not in EXEMPT and not (enabled and policies and by_group)
    )


def views_that_borrow_rights(cursor) -> list[str]:
    """Views that read as their owner, and materialised views: both show rows past the policies."""
    cursor.execute(
        "select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace"
        " and (relkind = 'm' or (relkind = 'v' and not coalesce(reloptions::text ~ 'security_invoker=(true|on|1)', false)))"
    )
    return [name for (name,) in cursor.fetchall()]


def references_without_group(cursor) -> list[str]:
    """Foreign keys between two tables of a group that do not carry the group; policies do not bind foreign keys."""
    cursor.execute(
        """
        with grouped as (select attrelid, attnum from pg_attribute where attname = 'group_id' and not attisdropped)
        select k.conrelid::regclass::text || '.' || k.conname from pg_constraint k
        join grouped f on f.attrelid = k.conrelid join grouped t on t.attrelid = k.confrelid
        where k.contype = 'f' and k.conparentid = 0
          and not (f.attnum = any (k.conkey) and t.attnum = any (k.confkey))
        """
    )
    return sorted(name for (name,) in cursor.fetchall())


def test_every_table_is_under_the_policy_of_the_group_or_exempt_with_a_reason(as_owner):
    assert unprotected(as_owner) == []


def test_every_exemption_names_a_table_and_a_reason(as_owner):
    as_owner.execute("select relname from pg_class where relkind in ('r', 'p')")
    tables = {name for (name,) in as_owner.fetchall()}
    assert set(EXEMPT) - tables == set()
    assert all(len(reason.split()) > 2 for reason in EXEMPT.values())


def test_no_view_borrows_its_owners_rights(as_owner):
    assert views_that_borrow_rights(as_owner) == []


def test_every_reference_between_tables_of_a_group_carries_the_group(as_owner):
    assert references_without_group(as_owner) == []


@pytest.mark.parametrize(
    ("statements", "finder"),
    [
        (["create table bare (group_id bigint)"], unprotected),
        (["create table asleep (group_id bigint)", "create policy p on asleep using (true)"], unprotected),
        (
            [
                "create table wide (group_id bigint)",
                "alter table wide enable row level security",
                "create policy p on wide using (true)",
            ],
            unprotected,
        ),
        (
            [
                "create table months (group_id bigint, m int) partition by list (m)",
                "alter table months enable row level security",
                "create policy p on months using (group_id = current_setting('moa.group_id')::bigint)",
                "create table months_1 partition of months for values in (1)",
            ],
            unprotected,
        ),
        (["create view window_of_all as select 1 as n"], views_that_borrow_rights),
        (["create materialized view copy_of_all as select 1 as n"], views_that_borrow_rights),
        (
            [
                "create table above (group_id bigint, id bigint primary key)",
                "create table below (group_id bigint, above_id bigint references above)",
            ],
            references_without_group,
        ),
    ],
)
def test_a_sample_that_breaks_the_rule_is_found(as_owner, statements, finder):
    before = finder(as_owner)
    as_owner.execute("begin")
    try:
        for statement in statements:
            as_owner.execute(statement)
        assert len(set(finder(as_owner)) - set(before)) == 1
    finally:
        as_owner.execute("rollback")


def test_functions_with_the_owners_rights_fix_their_search_path(as_owner):
    as_owner.execute(
        "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
        " and not coalesce(proconfig::text ~ 'search_path=', false)"
    )
    assert as_owner.fetchall() == []


def test_the_application_owns_nothing(as_app):
    as_app.execute(
        """
        select current_user::text, session_user::text,
          (select count(*) from pg_class where relowner = me.oid and relpersistence <> 't')
          + (select count(*) from pg_proc where proowner = me.oid)
          + (select count(*) from pg_namespace where nspowner = me.oid and nspname not like 'pg\\_%')
          + (select count(*) from pg_database where datdba = me.oid),
          me.rolsuper or me.rolbypassrls or me.rolcreaterole or me.rolcreatedb or me.rolreplication,
          (select count(*) from pg_auth_members where member = me.oid)
        from pg_roles me where rolname = current_user
        """
    )
    assert as_app.fetchone() == ("moa_app", "moa_app", 0, False, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine (n int)",
        "create schema mine",
        "create function mine() returns int language sql as 'select 1'",
        "alter table control_unit disable row level security",
        "alter table control_unit add column extra text",
        "alter table control_unit disable trigger all",
        "drop policy same_group on control_unit",
        "create policy everything on control_unit using (true)",
        "drop table control_unit",
        "truncate control_unit",
        "set role moa_owner",
        "set session authorization moa_owner",
        "alter role moa_app bypassrls",
        "set session_replication_role = replica",
        "update control_auditline set code = code",
        "delete from control_auditline",
    ],
)
def test_the_application_cannot_change_tables_or_step_around_the_policies(as_app, statement):
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)):
        as_app.execute(statement)


def test_switching_row_security_off_shows_an_error_and_no_rows(as_app):
    as_app.execute("set row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_app.execute("select * from control_unit")


def test_the_application_reaches_partitions_only_through_their_parent(as_app):
    as_app.execute(
        """
        select c.oid::regclass::text from pg_class c where c.relispartition and c.relkind in ('r', 'p')
          and has_table_privilege(current_user, c.oid, 'select, insert, update, delete, truncate')
        """
    )
    assert as_app.fetchall() == []


def test_the_application_may_empty_no_table(as_app):
    as_app.execute(
        "select oid::regclass::text from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
        " and has_table_privilege(current_user, oid, 'truncate')"
    )
    assert as_app.fetchall() == []


def test_append_only_tables_refuse_the_owner_too(as_owner):
    as_owner.execute("select distinct tgrelid::regclass::text from pg_trigger where tgname = 'append_only'")
    tables = [name for (name,) in as_owner.fetchall()]
    assert "control_auditline" in tables
    for table in tables:
        with pytest.raises(psycopg.Error, match="never changed or removed"):
            as_owner.execute(f"truncate {table} cascade")
