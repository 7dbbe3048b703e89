"""What the database's catalogue says against the rules of row security, for any database cursor.

That every table has its policy is in tests/architecture; here is what a policy alone does not hold. Each function gives the offenders as text, so that a test of the product asserts an empty list and a test of the
guard makes an offender and finds it named.
"""

from __future__ import annotations

from typing import Any

from moa.control.rowsecurity import EXEMPT

# References that another rule of the database holds, each with the rule.
CHECKED_OTHERWISE = {
    "accounts_transaction.account_id": "trigger lines_of_their_statement, once for all lines of a statement",
    "accounts_transaction.statement_id": "trigger lines_of_their_statement, once for all lines of a statement",
    **{
        f"ledger_voucher.{column}": "trigger vouchers_may_be_booked, once for all vouchers of a statement"
        for column in ("book_id", "maker_id", "checker_id", "standing_order_id", "request_id")
    },
    "ledger_entry.account_id": "trigger entries_move_balances, once for all entries of a statement",
    "ledger_entry.voucher_id": "trigger entries_move_balances, once for all entries of a statement",
    "ledger_postingkey.book_id": "trigger keys_of_their_book, once for all keys of a statement",
    "ledger_reversal.book_id": "written by the trigger vouchers_may_be_booked alone",
    "ledger_reversal.voucher_id": "written by the trigger vouchers_may_be_booked alone",
}
# The group's own table carries the group in its id.
GROUP_TABLE = "control_group"


def _rows(cursor: Any, query: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    cursor.execute(query, parameters)
    return list(cursor.fetchall())


def tables(cursor: Any) -> list[str]:
    found = _rows(
        cursor,
        "select c.relname from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace"
        " order by 1",
    )
    return [name for (name,) in found]


def group_tables(cursor: Any) -> list[str]:
    return [name for name in tables(cursor) if name not in EXEMPT]


def reference_columns_without_constraint(cursor: Any) -> list[str]:
    """Columns of models that refer to a row of a group and have no constraint in the database at all."""
    from django.apps import apps
    from django.db.models import ForeignKey

    constrained = set(
        _rows(
            cursor,
            """
            select k.conrelid::regclass::text, a.attname
              from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
             where k.contype = 'f' and k.connamespace = 'public'::regnamespace
            """,
        )
    )
    there = set(tables(cursor))
    return [
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey)
        and model._meta.db_table in there
        and (model._meta.db_table, field.column) not in constrained
        and f"{model._meta.db_table}.{field.column}" not in CHECKED_OTHERWISE
    ]


def unique_keys_across_groups(cursor: Any) -> list[str]:
    """Unique keys of group tables that neither carry the group nor a row of the group that they belong to.

    Without either, one group could learn from a refusal what another one holds. A number of our own making may
    stand alone.
    """
    found = _rows(
        cursor,
        """
        select i.indrelid::regclass::text, i.indexrelid::regclass::text,
               array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality as k (number, place)
                       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                      where k.place <= i.indnkeyatts)
          from pg_index i join pg_class c on c.oid = i.indrelid
         where i.indisunique and c.relnamespace = 'public'::regnamespace and not c.relispartition
        """,
    )
    with_group = set(group_tables(cursor)) - {GROUP_TABLE}
    tied = _columns_tied_to_the_group(cursor) | set(CHECKED_OTHERWISE)
    return [
        f"{table}: {index} {columns}"
        for table, index, columns in found
        if table in with_group
        and not {"id", "group_id"} & set(columns)
        and not any(f"{table}.{column}" in tied for column in columns)
    ]


def _columns_tied_to_the_group(cursor: Any) -> set[str]:
    """Columns of a foreign key that carries the group."""
    found = _rows(
        cursor,
        """
        select k.conrelid::regclass::text, array_agg(a.attname::text)
          from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
         where k.contype = 'f' and k.connamespace = 'public'::regnamespace group by k.oid, k.conrelid
        """,
    )
    return {f"{table}.{column}" for table, columns in found if "group_id" in columns for column in columns}


def definer_functions(cursor: Any) -> list[str]:
    found = _rows(
        cursor,
        "select proname::text from pg_proc"
        " where pronamespace = 'public'::regnamespace and prosecdef order by 1",
    )
    return [name for (name,) in found]


def definer_functions_that_can_be_led_astray(cursor: Any) -> list[str]:
    """Functions with the owner's rights whose search path the caller chooses, his temporary tables included."""
    found = _rows(
        cursor,
        """
        select p.proname::text from pg_proc p
         where p.pronamespace = 'public'::regnamespace and p.prosecdef
           and not exists (select 1 from unnest(p.proconfig) as setting
                            where setting ~ '^search_path=.*[, ]pg_temp$')
        """,
    )
    return [name for (name,) in found]


def definer_functions_open_to_all(cursor: Any) -> list[str]:
    """Functions with the owner's rights that every role may call; a trigger's function cannot be called."""
    found = _rows(
        cursor,
        """
        select p.proname::text from pg_proc p
         where p.pronamespace = 'public'::regnamespace and p.prosecdef and p.prorettype <> 'trigger'::regtype
           and has_function_privilege('public', p.oid, 'execute')
        """,
    )
    return [name for (name,) in found]
