"""Write the same columns of many rows in one statement, for operations that move many at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

_UPDATE = "update {table} t set {sets} from json_to_recordset(%s::json) n ({columns}) where t.id = n.id"


def update_rows(rows: Sequence[models.Model], names: Iterable[str]) -> None:
    """These columns of rows that the caller holds locked, as the objects have them now; each row is in it once.

    Shape: the rows are of one model; what its columns hold JSON can carry.
    """
    if not rows:
        return
    options = type(rows[0])._meta
    fields: list[Any] = [options.get_field(name) for name in dict.fromkeys(names)]
    statement = _UPDATE.format(
        table=options.db_table, sets=", ".join(f"{one.column} = n.{one.column}" for one in fields),
        columns=", ".join(f"{one.column} {one.db_type(connection)}" for one in (options.pk, *fields)),
    )  # fmt: skip
    values = [{one.column: getattr(row, one.attname) for one in (options.pk, *fields)} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(values, ensure_ascii=False, default=str)])
