"""Sample values of the pages of API tokens, and the real page of what the API can do."""

from __future__ import annotations

from typing import Any

from django import forms

from moa.control.tokens import TokenRow
from moa.control.web.views_tokens import STATES, TokenForm
from moa.entry.api import docs_page
from moa.entry.api.scopes import SCOPES
from tests.ui.pages.group_values import at

# Read before the sample site takes the place of the real addresses.
AREAS = docs_page.areas()
READS = ("accounts.view", "reports.position.view")


def _row(
    number: int, name: str, state: str, scopes: tuple[str, ...], kind: str = "person", used: bool = True
) -> TokenRow:
    return TokenRow(
        number, name, "moa_Ab3dE6gH", number % 2, "정하은" if kind == "person" else "Moa", kind, "정하은", scopes,
        at(1, 9, 0), at(30, 9, 0), at(24, 10, 41) if used else None, state,
    )  # fmt: skip


def tokens(empty: bool = False, may_make: bool = True) -> dict[str, Any]:
    rows = [
        _row(5, "본사 ERP", "active", READS), _row(4, "야간 파일 전송", "active", ("accounts.statement.import",), "machine"),
        _row(3, "시험", "active", tuple(SCOPES), used=False), _row(2, "옛 ERP", "revoked", READS),
        _row(1, "작년 결산", "expired", ("ledger.view",)),
    ]  # fmt: skip
    return {
        "tokens": [] if empty else rows, "states": STATES, "words": SCOPES.get, "me": 1, "may_make": may_make,
        "revoked": not empty, "machine": "machine",
    }  # fmt: skip


class SampleForm(forms.Form):
    """The form with its choices filled, which otherwise come from the person's rights."""

    name = TokenForm.base_fields["name"]
    scopes = forms.MultipleChoiceField(
        label="허용할 일", widget=forms.CheckboxSelectMultiple, choices=list(SCOPES.items())
    )
    acts_as = forms.ChoiceField(
        label="누구로 처리할지",
        widget=forms.RadioSelect,
        choices=[("me", "본인으로"), ("machine", "그룹의 자동 처리 사용자로")],
    )
    days = forms.ChoiceField(label="유효 기간", choices=[("90", "90일, 2026-09-22까지")])


def new_token(refused: bool = False) -> dict[str, Any]:
    return {"form": SampleForm({"name": "", "days": "90"} if refused else None)}


def made() -> dict[str, Any]:
    return {"token": _row(5, "본사 ERP", "active", READS), "secret": "moa_" + "Ab3dE6gH" * 5 + "abc"}


def revoke() -> dict[str, Any]:
    return {"token": _row(5, "본사 ERP", "active", READS), "words": SCOPES.get}


def description() -> dict[str, Any]:
    return {
        "areas": AREAS, "area_words": docs_page.AREA_WORDS, "summaries": docs_page.SUMMARY_WORDS,
        "places": docs_page.PLACE_WORDS, "kinds": docs_page.KIND_WORDS, "scopes": SCOPES,
        "base": "https://moa.example/api/v1", "document_url": "/api/v1/openapi.json", "per_minute": 600,
    }  # fmt: skip
