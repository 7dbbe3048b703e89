"""What a person has kept for a list, in one read."""

from __future__ import annotations

from dataclasses import dataclass

from moa.control.context import Context
from moa.control.driver import driver_cursor


@dataclass(frozen=True, slots=True)
class KeptView:
    id: int
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class TableSettings:
    """Shape: `columns` are keys in their order, empty where nothing was chosen; `density` "" follows the browser's."""

    columns: tuple[str, ...] = ()
    density: str = ""
    views: tuple[KeptView, ...] = ()


# Asked by every list, so it is a prepared statement. The policy leaves this person's rows only.
_KEPT = """
select null::bigint, '', '', array(select jsonb_array_elements_text(c.columns)), c.density from control_tablechoice c where c.table_name = %(table)s
union all
(select v.id, v.name, v.query, null::text[], '' from control_savedview v where v.table_name = %(table)s order by v.id)
"""


def table_settings(ctx: Context, table: str) -> TableSettings:
    with driver_cursor() as cursor:
        cursor.execute(_KEPT, {"table": table})
        rows = cursor.fetchall()
    columns: tuple[str, ...] = ()
    density = ""
    views = []
    for number, name, query, chosen, height in rows:
        if number is None:
            columns, density = tuple(chosen), height
        else:
            views.append(KeptView(number, name, query))
    return TableSettings(columns, density, tuple(views))
