"""What the lists of bank lines and of suspense have in common: whose rows a person sees, and cells of a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.reconciliation.permissions import VIEW
from moa.ui.formatting import named, signed
from moa.ui.ground import as_figure, why_address
from moa.ui.tables.cells import PageFacts
from moa.ui.tables.spec import Row


def of_units(ctx: Context, table: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Rows of units that the person may see; who may see a book's unit sees all of the book. Shape: `table` its short name."""
    units = permitted_units(ctx, VIEW)
    if units is None:
        return ()
    seen = (
        f"({table}.unit_id = any(%(units)s) or exists (select 1 from ledger_book k"
        f" where k.id = {table}.book_id and k.unit_id = any(%(units)s)))"
    )
    return [(seen, {"units": list(units)})]


def who(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: named(row.counterparty or "—")


def plain_who(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: row.counterparty


def amount(facts: PageFacts) -> Callable[[Row], str]:
    return lambda row: str(as_figure(signed(row.amount, row.currency), why_address("bank-line", line=row.id)))
