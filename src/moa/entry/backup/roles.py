"""The rights of the application's role, made again for the role of this installation, whatever it was called before.

A dump names the roles of its server, and another server has others. The rows come back without any owner or right;
then each right that the dump gave to the former application's role is given to the one here.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

_RIGHT = re.compile(
    r'^(?P<head>(?:GRANT|REVOKE) .+ (?:TO|FROM)) (?P<role>"(?:[^"]|"")+"|[A-Za-z_][\w$]*)(?P<tail>[^";]*);$'
)


class Rights(NamedTuple):
    """Statements that give the application's role its rights, with `{app}` for its name; `former` is that of the dump."""

    statements: tuple[str, ...]
    former: str
    left_out: tuple[str, ...]


def read_rights(listing: str, script: str, app: str = "") -> Rights:
    """From the dump's table of contents and the script of its rights. Shape: `app` the former role, where it is known.

    Rights of the owner come with the tables; those of roles that the house gave rights by itself are left out and named.
    """
    owners = {line.rsplit(maxsplit=1)[-1] for line in listing.splitlines() if " ACL " in line}
    found = [match for line in script.splitlines() if (match := _RIGHT.match(line))]
    roles = [_plain(match["role"]) for match in found]
    counted = Counter(role for role in roles if role != "PUBLIC" and role not in owners)
    former = app or next((role for role, _ in counted.most_common(1)), "")
    statements = []
    for match, role in zip(found, roles, strict=True):
        if role == "PUBLIC":
            statements.append(match[0].replace("{", "{{").replace("}", "}}"))
        elif role == former:
            head = match["head"].replace("{", "{{").replace("}", "}}")
            statements.append(f"{head} {{app}}{match['tail']};")
    return Rights(tuple(statements), former, tuple(sorted(set(counted) - {former})))


def _plain(role: str) -> str:
    return role[1:-1].replace('""', '"') if role.startswith('"') else role


def give_rights(connection: psycopg.Connection[Any], rights: Rights, app: str) -> None:
    """The role `app` has the rights; what the tables hold under the former name goes by its name. In one transaction."""
    name = sql.Identifier(app)
    for statement in rights.statements:
        connection.execute(sql.SQL(statement).format(app=name))
    if rights.former and rights.former != app:
        _rename_in_trail(connection, rights.former, app)


def _rename_in_trail(connection: psycopg.Connection[Any], former: str, app: str) -> None:
    """Changes of rows by the application are told from those of others by its role's name, in rows and in indexes."""
    connection.execute("alter table control_rowchange disable trigger user")
    connection.execute(
        "update control_rowchange set database_user = %s where database_user = %s", [app, former]
    )
    connection.execute("alter table control_rowchange enable trigger user")
    quoted = "'" + former.replace("'", "''") + "'::text"
    rows = connection.execute(
        "select indexname, indexdef from pg_indexes where schemaname = 'public' and strpos(indexdef, %s) > 0",
        [quoted],
    ).fetchall()
    for index, definition in rows:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier("public", index)))
        connection.execute(definition.replace(quoted, "'" + app.replace("'", "''") + "'::text"))
