"""Totals rows: recognised, and held against the sums of the rows above."""

from __future__ import annotations

import re
from dataclasses import dataclass

from moa.formats.spreadsheets.amounts import AmountUnreadable, plain_figures, read_minor
from moa.formats.spreadsheets.cells import Row, cell_text, shown
from moa.formats.spreadsheets.header import Column, Header
from moa.kernel.errors import Problem, error, warning
from moa.kernel.money import to_text

_WORDS = re.compile(
    r"(?:총?합계|총계|소계|누계|총\d+건|合计|总计|小计|本页合计|累计|grandtotal|subtotal|total|sum)(?![가-힣a-z])"
)
# Totals of one side with labels of their own: their figures do not stand under the amount columns.
_SIDES = re.compile(
    r"총?(?:입금|출금|지급)액?(?:총액|합계|총계|건수)|총(?:입금|출금|지급|건수)|总(?:收入|支出|笔数|金额|借方|贷方)"
    r"|(?:借方|贷方|收入|支出)(?:金额)?(?:合计|总额|总计|笔数|总笔数|总金额)"
)
_PART = re.compile(r"소계|小计|本页|subtotal")
# Counts of rows beside an amount: "3건", "共5笔".
_COUNT = re.compile(r"(?:총|共|合计)?\s*[\d,]+\s*(?:건|笔)")


@dataclass(slots=True)
class Sums:
    """What the amount columns add up to, signs as they stood in the column. Shape: minor units."""

    withdrawn: int = 0
    deposited: int = 0


def is_totals(row: Row) -> bool:
    """Whether a row without a date says that it is a total."""
    keys = [_key(cell) for cell in row.cells if isinstance(cell, str)]
    return any(_WORDS.match(key) or _SIDES.match(key) for key in keys)


def _key(cell: str) -> str:
    return "".join(cell.split()).lower().lstrip("[<(【")


class Totals:
    """The sums since the beginning and since the last part total, and whether they can be trusted."""

    def __init__(self) -> None:
        self.all = Sums()
        self.part = Sums()
        # A row whose amount could not be read is an error already; its absence from the sums is not another.
        self.known = True

    def add(self, withdrawn: int, deposited: int) -> None:
        for sums in (self.all, self.part):
            sums.withdrawn += withdrawn
            sums.deposited += deposited

    def check(self, row: Row, place: str, header: Header, currency: str) -> list[Problem]:
        """The amounts of a totals row that the rows above do not add up to. Problems: totals_mismatch, totals_unread."""
        problems: list[Problem] = []
        if any(_SIDES.match(_key(cell)) for cell in row.cells if isinstance(cell, str)):
            return problems
        partly = any(_PART.match(_key(cell)) for cell in row.cells if isinstance(cell, str))
        for column in header.all_of(("withdrawal", "deposit", "amount")):
            if column.at >= len(row.cells) or not self.known:
                continue
            text = _COUNT.sub("", cell_text(row.cells[column.at])).strip()
            cell = row.cells[column.at] if not isinstance(row.cells[column.at], str) else text
            try:
                printed = read_minor(plain_figures(cell, header.profile.figures), currency) if cell else None
            except AmountUnreadable:
                problems.append(warning("totals_unread", place, column.name, shown(cell)))
                continue
            sums = self._accepted(column, partly)
            if printed is not None and printed not in sums:
                value = f"{shown(row.cells[column.at])} ≠ {to_text(sums[0], currency)}"
                problems.append(error("totals_mismatch", place, column.name, value))
        if partly:
            self.part = Sums()
        return problems

    def _accepted(self, column: Column, partly: bool) -> list[int]:
        """Every sum that the printed figure may be: banks net a single amount column, or add it up unsigned."""
        accepted: list[int] = []
        for sums in (self.part, self.all) if partly else (self.all,):
            if column.field == "withdrawal":
                accepted.append(sums.withdrawn)
            elif column.field == "deposit":
                accepted.append(sums.deposited)
            else:
                out, into = sums.withdrawn, sums.deposited
                accepted += [into - out, out - into, into + out]
        return accepted
