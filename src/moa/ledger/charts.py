"""The charts of accounts that ship as templates. Each group's chart is its own data from then on.

Source: domain.md §2.8 for the settlement centre; the Korean company's follows the usual codes of small and middle firms.
"""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import NamedTuple

from moa.kernel.errors import DomainError
from moa.ledger.rules.sides import CREDIT, DEBIT

SETTLEMENT_CENTRE, COMPANY = "cn_settlement_centre", "kr_company"
TEMPLATES = (SETTLEMENT_CENTRE, COMPANY)


class ChartUnknown(DomainError):
    code = "chart_unknown"


class SubjectRow(NamedTuple):
    """One subject of a template. Shape: `parent` is the longest other code that `code` begins with, or empty."""

    code: str
    parent: str
    names: dict[str, str]
    term: str
    nature: str
    normal_side: int


def chart_template(name: str) -> list[SubjectRow]:
    """The subjects of a template, parents before children. Raises: chart_unknown."""
    if name not in TEMPLATES:
        raise ChartUnknown(chart=name)
    text = files("moa.ledger").joinpath("chart_templates", f"{name}.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    codes = {row["code"] for row in rows}
    return [
        SubjectRow(
            code=row["code"], parent=_parent(row["code"], codes),
            names={language: row[language] for language in ("ko", "zh-hans", "en")},
            term=row["term"], nature=row["nature"], normal_side=DEBIT if row["side"] == "D" else CREDIT,
        )
        for row in sorted(rows, key=lambda row: (len(row["code"]), row["code"]))
    ]  # fmt: skip


def _parent(code: str, codes: set[str]) -> str:
    return next((code[:length] for length in range(len(code) - 1, 0, -1) if code[:length] in codes), "")
