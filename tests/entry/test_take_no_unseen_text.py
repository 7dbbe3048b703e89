"""Every way in: forms lose what nobody sees, so do programs, words of files are stored without it."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pydantic import BaseModel

from moa.control.context import Context
from moa.control.models import Unit
from moa.entry.api.routes import _may_hold_unseen, _seen_of
from moa.ledger.rules.vouchers import memo_fits
from tests.control.factories import PASSWORD, make_group, make_person, make_unit, signed_in

TURNED = "서진\u202e테크\u200b"


@pytest.fixture
def admin(db: None) -> Context:
    return make_person(make_group(), "boss", roles=["admin"])


def test_a_form_loses_it(admin: Context) -> None:
    unit = make_unit(admin, "HAN-1")
    client = signed_in(admin)
    assert (
        client.post(f"/units/{unit.id}/rename", {"name": TURNED, "name_en": "Hanbit 👨‍👩‍👧"}).status_code
        == 302
    )
    with admin.open():
        found = Unit.objects.get(id=unit.id)
    assert (found.name, found.names) == ("서진테크", {"en": "Hanbit 👨‍👩‍👧"})


def test_a_name_of_nothing_but_that_is_no_name(admin: Context) -> None:
    unit = make_unit(admin, "HAN-1")
    assert signed_in(admin).post(f"/units/{unit.id}/rename", {"name": "\u200b\u3164"}).status_code == 422


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"name=%BC%AD%C1%F8"),
        ("multipart/form-data; boundary=B", b'--B\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xbc\xad\r\n--B--\r\n'),
    ],
)  # fmt: skip
def test_text_that_came_in_no_utf_8_is_refused_and_not_stored_with_holes(
    admin: Context, kind: str, body: bytes
) -> None:
    unit = make_unit(admin, "HAN-1")
    client = signed_in(admin)
    answer = client.generic("POST", f"/units/{unit.id}/rename", body, content_type=kind)
    assert answer.status_code == 422 and "UTF-8" in answer.content.decode()
    with admin.open():
        assert "\ufffd" not in Unit.objects.get(id=unit.id).name


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_the_sign_of_a_lost_letter_may_be_typed(admin: Context, kind: str) -> None:
    unit = make_unit(admin, "HAN-1")
    sent = {"name": "서진\ufffd 테크"}
    client = signed_in(admin)
    if kind == "multipart/form-data":
        answer = client.post(f"/units/{unit.id}/rename", sent)
    else:
        answer = client.post(f"/units/{unit.id}/rename", urlencode(sent), content_type=kind)
    assert answer.status_code == 302
    with admin.open():
        assert Unit.objects.get(id=unit.id).name == sent["name"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"name_en=%EF%BF%BD&name=%BC%AD"),
        (
            "multipart/form-data; boundary=B",
            b'--B\r\nContent-Disposition: form-data; name="name_en"\r\n\r\n\xef\xbf\xbd\r\n'
            b'--B\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xbc\xad\r\n--B--\r\n',
        ),
    ],
)  # fmt: skip
def test_a_sign_that_was_typed_vouches_for_no_other_field(admin: Context, kind: str, body: bytes) -> None:
    unit = make_unit(admin, "HAN-1")
    client = signed_in(admin)
    assert client.generic("POST", f"/units/{unit.id}/rename", body, content_type=kind).status_code == 422


def test_a_password_is_taken_as_it_was_typed(admin: Context) -> None:
    client = signed_in(admin)
    new = "correct horse\u200b battery"
    given = {"former": PASSWORD, "password": new, "again": new}
    assert client.post("/settings/password", given).status_code == 302
    client.logout()
    assert (
        client.post(
            "/signin", {"username": "boss", "password": new.replace("\u200b", ""), "next": "/"}
        ).status_code
        == 401
    )
    assert client.post("/signin", {"username": "boss", "password": new, "next": "/"}).status_code == 302


def test_what_a_program_sends_loses_it_too() -> None:
    class Leg(BaseModel):
        memo: str

    class Sent(BaseModel):
        name: str
        legs: list[Leg]

    assert _may_hold_unseen('{"memo": "a\u202eb"}'.encode()) and _may_hold_unseen(b'{"memo": "a\\u202eb"}')
    assert not _may_hold_unseen('{"memo": "급여 11월"}'.encode())
    sent = Sent(name="\u200b", legs=[Leg(memo=TURNED), Leg(memo="급여")])
    assert _seen_of(sent) == Sent(name="\u200b", legs=[Leg(memo="서진테크"), Leg(memo="급여")])
    assert _seen_of(5) == 5


def test_a_memo_with_it_does_not_fit() -> None:
    assert memo_fits("월세 11월\n2층") and not memo_fits("월세\u202e") and not memo_fits("a\x07")


def test_the_name_of_a_file_does_not_turn(admin: Context, monkeypatch: Any) -> None:
    from django.test import RequestFactory

    from moa.control.web.page import _drop_unseen

    file = SimpleUploadedFile("statement\u202exslx.exe", io.BytesIO(b"x").read())
    request = RequestFactory().post("/imports", {"files": file, "password": "a\u200b", "note": "b\u200b"})
    _drop_unseen(request)
    assert request.FILES["files"].name == "statementxslx.exe"
    assert (request.POST["password"], request.POST["note"]) == ("a\u200b", "b")
