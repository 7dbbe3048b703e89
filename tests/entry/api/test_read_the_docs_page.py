"""The page of what the API can do says all that the description says, and nothing that is not of this house."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import translation

from moa.entry.api import docs_page
from moa.entry.api.application import api
from moa.entry.api.reading import read_description
from tests.control.factories import make_group, make_person, signed_in
from tests.entry.api.api_world import Caller, token_of
from tests.ledger.journal import make_journal

DOCUMENT = api.get_openapi_schema()
OPERATIONS = [one for area in docs_page.areas() for one in area.operations]


def test_every_operation_has_words_in_every_language() -> None:
    anchors = {one.anchor for one in OPERATIONS}
    assert anchors == set(docs_page.SUMMARY_WORDS) and len(anchors) >= 22
    assert {area.tag for area in docs_page.areas()} == set(docs_page.AREA_WORDS)
    for language in ("ko", "zh-hans"):
        with translation.override(language):
            assert all(
                re.search(r"[가-힣\u4e00-\u9fff]", str(one)) for one in docs_page.SUMMARY_WORDS.values()
            )


def test_the_parts_of_a_body_are_read_through_references_and_alternatives() -> None:
    posting = next(one for one in OPERATIONS if one.anchor == "post_vouchers")
    parts = {one.name: one for one in posting.parts}
    assert parts["Idempotency-Key"].is_required and parts["book"].place == "path"
    assert parts["vouchers[].entries[].account"].is_required
    assert (
        not parts["vouchers[].entries[].debit"].is_required
        and not parts["vouchers[].entries[].credit"].is_required
    )
    assert parts["vouchers[].business_date"].kind == "day" and '"business_date"' in posting.sent
    assert "answers[].code" in {one.name for one in posting.fields}
    assert posting.scope == "ledger.post" and ("409" in dict(posting.refusals))


def test_a_document_with_a_new_field_shows_it() -> None:
    """Nothing is written twice: what the document gains, the page gains."""
    document = DOCUMENT | {"components": {"schemas": dict(DOCUMENT["components"]["schemas"])}}
    me = document["components"]["schemas"]["Me"]
    document["components"]["schemas"]["Me"] = me | {
        "properties": me["properties"] | {"new_one": {"type": "integer"}}
    }
    first = read_description(document)[0].operations[0]
    assert ("new_one", "number") in {(one.name, one.kind) for one in first.fields}


@pytest.mark.django_db
def test_a_moment_that_has_not_come_yet_is_answered_as_described() -> None:
    """Every route that takes one; found by schemathesis."""
    caller = Caller(token_of(make_journal().ctx))
    found = [one for one in OPERATIONS if any(part.name == "known_at" for part in one.parts)]
    assert len(found) >= 3
    for one in found:
        place = one.path.removeprefix("/api/v1").replace("{book}", "SC")
        answer = caller.get(f"{place}?known_at=2999-01-01T00:00:00Z")
        assert (answer.status, answer.code) == (409, "moment_in_future"), place
        assert "409" in dict(one.refusals)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ko", "zh-hans", "en"])
def test_the_page_shows_every_route_and_loads_nothing_of_others(language: str) -> None:
    client = signed_in(make_person(make_group(), roles=["clerk"]))
    client.cookies["moa_language"] = language
    answer = client.get("/api/v1/docs", headers={"Accept": "text/html"})
    page = answer.content.decode()
    assert answer.status_code == 200 and f'lang="{language.replace("hans", "Hans")}"' in page
    for one in OPERATIONS:
        assert f'id="{one.anchor}"' in page and one.path in page
    for scope in {one.scope for one in OPERATIONS if one.scope}:
        assert f">{scope}<" in page
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded and all(place.startswith(("/", "#")) for place in loaded)
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=", page)
    assert "default-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_page_is_for_who_is_signed_in_and_only_read() -> None:
    assert Client().get("/api/v1/docs")["Location"].startswith("/signin?next=")
    client = signed_in(make_person(make_group(), roles=["clerk"]))
    assert client.post("/api/v1/docs").status_code == 405
    assert 'href="/api/v1/docs"' in client.get("/settings/tokens").content.decode()
