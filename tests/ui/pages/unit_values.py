"""Companies and units with sample values."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace as Values
from typing import Any

from moa.control.unit_tree import HeldRole, TreeRow
from moa.control.web.forms_units import CloseForm, MoveForm, NewUnitForm, RenameForm

PLACES = [("", "그룹 바로 아래"), ("1", "해온홀딩스")]


def _row(number: int, name: str, depth: int, until: date | None = None) -> Any:
    unit = Values(id=number, kind="unit" if depth else "company", code=f"HAEON-{number}", country="KR",
                  valid_from=date(2015, 1, 1), valid_until=until)  # fmt: skip
    return TreeRow(unit, depth, name)  # type: ignore[arg-type]


def units_page(chosen: int = 0) -> dict[str, Any]:
    """Shape: `chosen` 0 none, 1 with forms that were refused, 2 for somebody who may not see persons."""
    rows = [_row(1, "해온홀딩스", 0), _row(2, "자금팀", 1), _row(3, "苏州海温", 0, date(2026, 1, 1))]
    values: dict[str, Any] = {
        "here": "units", "rows": rows, "may_add": True, "chosen": None, "held": None, "forms_of": None,
        "base_currency": "KRW",
    }  # fmt: skip
    if chosen:
        values |= {"chosen": rows[chosen - 1].unit, "shown": rows[chosen - 1].shown}
    if chosen == 1:
        refused = MoveForm(PLACES, {"parent": "9", "valid_from": "?"}, auto_id="move_%s")
        refused.is_valid()
        values["held"] = [
            HeldRole(1, "정하은", "자금팀장", "", None),
            HeldRole(2, "김민준", "출납담당", "자금팀", 5_000_000),
        ]
        values["forms_of"] = {
            "rename": RenameForm(initial={"name": "해온홀딩스"}), "move": refused, "close": CloseForm(auto_id="close_%s"),
        }  # fmt: skip
    return values


def new_unit_page() -> dict[str, Any]:
    form = NewUnitForm(PLACES, {"kind": "company"})
    form.is_valid()
    return {"here": "units", "form": form}
