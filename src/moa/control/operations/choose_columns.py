"""Choose which columns of a list stand, and how high its rows are, for the person alone."""

from __future__ import annotations

from collections.abc import Sequence

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import TableChoice
from moa.kernel.errors import DomainError

DENSITIES = ("", "tight", "usual", "wide")


class ColumnsUnfit(DomainError):
    """No column is left, or the height of the rows is none of the three."""

    code = "columns_unfit"


def choose_columns(ctx: Context, *, table: str, columns: Sequence[str], density: str = "") -> None:
    """An empty choice of columns goes back to the list's own. Raises: columns_unfit."""
    if density not in DENSITIES or len(columns) > 100 or any(len(one) > 80 for one in columns):
        raise ColumnsUnfit(density=density[:20])
    TableChoice.objects.update_or_create(
        group_id=ctx.group_id, person_id=ctx.actor.person_id, table_name=table,
        defaults={"columns": list(columns), "density": density},
    )  # fmt: skip
    record(
        ctx, "control.columns.chosen", "table", table, after={"columns": list(columns), "density": density}
    )
