"""The row that was probably meant: same payer with another account, or same account with another payer.

A person must mend what does not match, so the finding names the record that comes nearest and what differs in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .columns import Flags, Table, widened
from .hint import Hint

# Of a payer with more rows than this only the first are looked at; nobody mends by hand what a program repeats.
_LOOKED_AT = 50


class Near(NamedTuple):
    """Shape: `differing` names the fields in which the near row is another, with its texts."""

    record: int
    differing: dict[str, str]

    def hint(self, file: str) -> Hint | None:
        """The first thing to mend; none where all is alike."""
        first = next(iter(self.differing.items()), None)
        return None if first is None else Hint(file, self.record, *first)


class Neighbours:
    """Looks for near rows in one table on behalf of some rows of another.

    Shape: `fields` are the names by which they should agree, as (name in the asking table, name in this one);
    `normal` gives the text by which a field is compared. `taken` marks rows of this table that have a partner already,
    so they can't be the ones that were meant.
    """

    def __init__(
        self,
        table: Table,
        asking: Table,
        asking_rows: list[int],
        fields: tuple[tuple[str, str], ...],
        normal: Callable[[str, str], str],
        taken: Flags,
    ) -> None:
        self._table, self._asking, self._fields, self._normal = table, asking, fields, normal
        self._free = ~taken
        self._by = {name: self._rows_by(name, asking_rows) for name in ("payer_no", "account_no")}

    def _rows_by(self, name: str, asking_rows: list[int]) -> dict[str, list[int]]:
        """The rows of this table that share the field with one that asks."""
        width = max(self._table[name].dtype.itemsize, self._asking[name].dtype.itemsize)
        wanted = np.unique(widened(self._asking[name][asking_rows], width))
        mine = widened(self._table[name], width)
        found: dict[str, list[int]] = {}
        for row in np.flatnonzero(np.isin(mine, wanted) & self._free).tolist():
            rows = found.setdefault(self._table.text(name, row), [])
            if len(rows) < _LOOKED_AT:
                rows.append(row)
        return found

    def candidates(self, row: int) -> list[int]:
        """Rows with this row's payer, else with its account."""
        found = self._by["payer_no"].get(self._asking.text("payer_no", row), [])
        return found or self._by["account_no"].get(self._asking.text("account_no", row), [])

    def nearest(self, row: int) -> Near | None:
        """The candidate that differs in the fewest fields, or None."""
        near = [self._near(row, candidate) for candidate in self.candidates(row)]
        return min(near, key=lambda each: len(each.differing), default=None)

    def _near(self, row: int, candidate: int) -> Near:
        differing = {}
        for ours, theirs in self._fields:
            text = self._table.text(theirs, candidate)
            if self._normal(ours, self._asking.text(ours, row)) != self._normal(theirs, text):
                differing[theirs] = text
        return Near(int(self._table.records[candidate]), differing)
