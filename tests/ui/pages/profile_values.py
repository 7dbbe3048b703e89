"""Sample values of the pages of column profiles: a real table of few rows, looked at as the page does it."""

from __future__ import annotations

import io
from types import SimpleNamespace as Values
from typing import Any

from moa.accounts.web.column_words import OF_FIELDS, ORDERS
from moa.accounts.web.pointing_form import first_look, read_asked
from moa.accounts.web.views_pointing import page_values
from moa.accounts.web.views_profiles import SampleForm
from moa.formats.spreadsheets.pointing import profile_of
from moa.formats.spreadsheets.preview import preview
from moa.formats.spreadsheets.trial import try_profile
from moa.formats.statements import ReadOptions
from moa.ui.problems import problem_text
from tests.ui.pages.group_values import at

_TABLE = (
    "조회기간,2026-06-01 ~ 2026-06-24,,,,\n우리 통장,110-432-889901,,,,\n일자,적어둔말,나간돈,들어온돈,남은돈,주민등록번호\n"
    + "".join(f"{day:02}.06.2026,가공비 {day},,1000,{(day - 20) * 1000},\n" for day in range(21, 25))
).encode()


def point_page(state: str = "") -> dict[str, Any]:
    seen = preview(io.BytesIO(_TABLE), ReadOptions(), 100)
    asked = first_look(seen, "KRW")
    if state in ("unlike", "faulty"):
        given = {"header_row": "3", "currency": "KRW", "date_order": "dmy"}
        fields = ("date", "summary", "deposit", "withdrawal", "balance")
        given |= {f"col-{at}": field for at, field in enumerate(fields if state == "unlike" else ("date",))}
        asked = read_asked(given, seen)
    trial = None
    if state != "faulty":
        trial = try_profile(io.BytesIO(_TABLE), ReadOptions(), profile_of(asked.pointing, name="trial"))
    values = page_values({"id": 1, "name": "표.csv", "file_id": 1}, seen, asked, trial, [("KR004", "KB국민")])
    return values | {"refusal": problem_text("profile_unsound") if state == "unlike" else None}


def new_page(none: bool) -> dict[str, Any]:
    refused = [] if none else [Values(document_id=1, name="표.csv", received_at=at(24, 9, 2))]
    return {"form": SampleForm(), "refused": refused, "limit_bytes": 20_000_000}


def profile_page(state: str = "") -> dict[str, Any]:
    pointing = point_page()["pointing"]
    columns = [
        {"letter": "ABCDEF"[at], "name": name, "word": OF_FIELDS[field], "field": field}
        for at, (name, field) in enumerate(zip(pointing.names, pointing.fields, strict=True))
    ]
    checked = {"lines": 4, "balances": 4, "unlike": 2 if state == "unlike" else 0, "errors": 0}
    return {
        "profile": Values(id=1, name="우리 은행", version=2, state="retired" if state == "retired" else "active", checked=checked),
        "pointing": pointing, "bank": "KB국민", "columns": columns, "order_word": dict(ORDERS)[pointing.date_order],
        "is_newest": True, "versions": [{"id": n, "number": n, "state": "active", "at": at(24, 9, n), "who": "정하은"} for n in (2, 1)],
        "sample": Values(id=1, name="표.csv", stored=True), "place": "B2", "refused_file": Values(id=1, name="표.csv"),
        "may_define": True, "may_import": True, "saved": state == "saved",
    }  # fmt: skip
