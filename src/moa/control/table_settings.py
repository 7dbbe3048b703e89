"""What a person has kept for a list, in one read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moa.control.asked_together import Question, answer_now, answer_to, around_page, ask_together
from moa.control.context import Context


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


# Asked by every list. The policy leaves this person's rows only.
_KEPT = """
select json_build_array(
    (select json_build_array(c.columns, c.density) from control_tablechoice c where c.table_name = %(table)s),
    (select json_agg(json_build_array(v.id, v.name, v.query) order by v.id) from control_savedview v where v.table_name = %(table)s))
"""


def settings_question(table: str) -> Question:
    return Question(f"control.table {table}", _KEPT, {"table": table}, _read)


def table_settings(ctx: Context, table: str) -> TableSettings:
    found: TableSettings = answer_now(ctx, settings_question(table))
    return found


def settings_of_page(ctx: Context, table: str) -> TableSettings:
    """The same, asked once while a page is made, together with what stands around it."""
    ask_together(ctx, [settings_question(table), *around_page(ctx)])
    found: TableSettings = answer_to(ctx, settings_question(table))
    return found


def _read(answer: list[Any]) -> TableSettings:
    chosen, views = answer
    columns, density = chosen or ((), "")
    return TableSettings(tuple(columns), density, tuple(KeptView(*one) for one in views or ()))
