"""Stored documents are listed and given out to whoever may open them, and every opening is on record."""

from __future__ import annotations

import io
import re

import pytest

from moa.control.context import Context
from moa.control.documents import refuse, store
from moa.control.models import AuditLine
from tests.control.factories import make_group, make_person, make_unit, signed_in

BYTES = b"20261120,1000\r\n"


@pytest.fixture
def treasurer(db: None) -> Context:
    return make_person(make_group(), "haeun", roles=["treasurer"])


def kept(ctx: Context, name: str = "내역.csv") -> int:
    with ctx.open():
        return store(ctx, io.BytesIO(BYTES), name=name, kind="statement_file").id


def test_the_list_leads_to_the_bytes_as_they_came(treasurer: Context) -> None:
    number = kept(treasurer)
    client = signed_in(treasurer)
    page = client.get("/documents").content.decode()
    assert f'href="/documents/{number}"' in page
    # The head sorts; its word is explained by a link beside it, which a reader does not say with every cell.
    head = page[page.index('abbr="기록시각"') :].split("</th>")[0]
    sorts, explains = re.findall(r"<a [^>]*>[^<]*", head)
    assert "sort=" in sorts and explains.endswith(">?")
    assert (
        "/glossary?term=recorded_at#recorded_at" in explains and 'aria-label="기록시각 뜻 보기"' in explains
    )
    answer = client.get(f"/documents/{number}")
    assert b"".join(answer.streaming_content) == BYTES  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    with treasurer.open():
        assert AuditLine.objects.filter(code="control.document.fetched", subject_id=str(number)).count() == 1


def test_what_was_not_kept_is_not_found(treasurer: Context) -> None:
    with treasurer.open():
        number = refuse(
            treasurer, io.BytesIO(b"x"), name="x", kind="attachment", code="resident_number_refused"
        ).id
    assert signed_in(treasurer).get(f"/documents/{number}").status_code == 404


def test_others_get_none(treasurer: Context) -> None:
    number = kept(treasurer)
    unit = make_unit(treasurer)
    stranger = make_person(make_group(), "stranger", roles=["treasurer"])
    teller = make_person(treasurer, "teller", roles=["teller"])
    of_one_company = make_person(treasurer, "partly", roles=[("treasurer", unit.id)])
    assert signed_in(stranger).get(f"/documents/{number}").status_code == 404
    for ctx in (teller, of_one_company):
        assert signed_in(ctx).get("/documents").status_code == 403
        assert signed_in(ctx).get(f"/documents/{number}").status_code == 403
