"""The tree of companies and units on its page: what is done, what is refused and where that is said."""

from __future__ import annotations

import pytest

from moa.control.context import Context
from moa.control.models import Unit
from tests.control.factories import TODAY, make_group, make_person, make_unit, signed_in


@pytest.fixture
def admin(db: None) -> Context:
    return make_person(make_group(), "boss", roles=["admin"])


def present(ctx: Context, unit_id: int) -> Unit:
    with ctx.open():
        return Unit.objects.get(id=unit_id)


def test_a_company_is_added_renamed_moved_and_closed(admin: Context) -> None:
    client = signed_in(admin)
    given = {
        "kind": "company",
        "code": "HAEON-2",
        "name": "해온물산",
        "country": "KR",
        "valid_from": "2026-01-01",
    }
    answer = client.post("/units/new", given)
    assert answer.status_code == 302
    number = int(answer["Location"].rpartition("/")[2])
    assert client.post("/units/new", given).status_code == 422
    top = make_unit(admin, "TOP")
    assert (
        client.post(f"/units/{number}/rename", {"name": "해온상사", "name_zh": "海温商社"}).status_code == 302
    )
    moved = {"parent": str(top.id), "valid_from": TODAY.isoformat()}
    assert client.post(f"/units/{number}/move", moved).status_code == 302
    unit = present(admin, number)
    assert (unit.name, unit.names, unit.parent_id) == ("해온상사", {"zh-hans": "海温商社"}, top.id)
    page = client.get(f"/units/{top.id}").content.decode()
    assert "해온상사" in page and "boss" in page
    assert client.post(f"/units/{number}/close", {"valid_until": "2027-01-01"}).status_code == 302
    assert str(present(admin, number).valid_until) == "2027-01-01"


def test_a_refusal_is_said_at_its_field_with_what_was_typed(admin: Context) -> None:
    client = signed_in(admin)
    top = make_unit(admin, "TOP")
    below = make_unit(admin, "BELOW", kind="unit", parent=top)
    circle = client.post(f"/units/{top.id}/move", {"parent": str(below.id), "valid_from": TODAY.isoformat()})
    assert circle.status_code == 422
    assert "자기 아래에" in circle.content.decode() or "회사는 부서 아래에" in circle.content.decode()
    closing = client.post(f"/units/{top.id}/close", {"valid_until": "2027-01-01"}).content.decode()
    assert "BELOW" in closing and 'value="2027-01-01"' in closing
    empty = client.post(f"/units/{top.id}/rename", {"name": " "})
    assert empty.status_code == 422
    future = client.post(f"/units/{below.id}/move", {"parent": str(top.id), "valid_from": "2030-01-01"})
    assert "그날이나 그 뒤에" in future.content.decode()
    assert present(admin, top.id).valid_until is None


def test_nobody_without_the_right_changes_the_tree(admin: Context) -> None:
    unit = make_unit(admin, "TOP")
    stranger = signed_in(make_person(make_group(), "stranger", roles=["admin"]))
    teller = signed_in(make_person(admin, "teller", roles=["teller"]))
    assert teller.get(f"/units/{unit.id}").status_code == 200
    assert stranger.get(f"/units/{unit.id}").status_code == 404
    for path, given in (("rename", {"name": "x"}), ("close", {"valid_until": "2027-01-01"})):
        assert teller.post(f"/units/{unit.id}/{path}", given).status_code == 403
        assert stranger.post(f"/units/{unit.id}/{path}", given).status_code == 404
    assert present(admin, unit.id).name == unit.name
