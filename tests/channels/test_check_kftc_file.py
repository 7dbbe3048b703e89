"""The page that looks into a KFTC file, as a signed-in person gets it."""

from __future__ import annotations

import html
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moa.channels.kftc.checking import check_file
from moa.channels.kftc.web import forms
from moa.control.models import Identity
from tests.control.factories import PASSWORD, make_group, make_person
from tests.ui.pages.channel_values import debits, evidence, spoilt, warned

pytestmark = pytest.mark.django_db


def sign_in(client: Any, ctx: Any, language: str = "en") -> Any:
    login = Identity.objects.get(person_id=ctx.actor.person_id).login
    assert client.post("/signin", {"username": login, "password": PASSWORD, "next": "/"}).status_code == 302
    client.cookies["moa_language"] = language
    return client


@pytest.fixture
def teller() -> Any:
    return make_person(make_group(), roles=["teller"], name="윤가람")


def send(client: Any, raw: bytes, **more: str) -> Any:
    return client.post("/kftc", {"file": SimpleUploadedFile("EB210716", raw), **more})


def words(page: Any) -> str:
    """What a reader sees, without tags."""
    main = page.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_a_good_file_is_told_with_its_figures_and_first_records(client: Any, teller: Any) -> None:
    page = send(sign_in(client, teller), debits())
    said = words(page)
    assert page.status_code == 200
    assert "No errors" in said and "1 error" not in said
    for told in ("EB21", "9912345678", "2026-07-16", "1,250,000", "Record 1", "Record 2", "EB21.data"):
        assert told in said


def test_every_fault_is_told_in_words_and_marked_under_the_ruler(client: Any, teller: Any) -> None:
    page = send(sign_in(client, teller), spoilt())
    said = words(page)
    assert "4 errors in this file" in said
    for code in ("0098", "0091", "0087", "record_length"):
        assert code in said
    assert "147 bytes instead of 150" in said
    assert '<span class="f is-bad">1234 678901234  </span>' in page.content.decode()
    assert 'href="#record-3"' in page.content.decode()


def test_a_resident_number_stays_covered(client: Any, teller: Any) -> None:
    text = send(sign_in(client, teller), spoilt()).content.decode()
    assert "800101*******" in text
    assert "2987654" not in text


def test_a_resident_number_in_a_file_of_no_known_kind_stays_covered(client: Any, teller: Any) -> None:
    text = send(sign_in(client, teller), b"holder 8001012987654 or 800101-2987654" * 5).content.decode()
    assert "800101*******" in text and "800101-*******" in text
    assert "2987654" not in text


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "file_empty"),
        (b"PK\x03\x04" * 40, "kind_unknown"),
        (evidence(), "count_mismatch"),
        (warned(), "No errors, 1 thing to know"),
        (debits()[:300], "trailer_missing"),
    ],
)
def test_any_file_has_an_answer(client: Any, teller: Any, raw: bytes, told: str) -> None:
    page = send(sign_in(client, teller), raw)
    assert page.status_code == 200
    assert told in words(page)


def test_a_certain_record_can_be_asked_for(client: Any, teller: Any) -> None:
    signed = sign_in(client, teller)
    page = send(signed, debits(), record="4")
    assert "EB21.trailer" in words(page) and "EB21.data" not in words(page)
    assert "The file has no record 9." in words(send(signed, debits(), record="9"))
    refused = send(signed, debits(), record="0")
    assert (refused.status_code, "greater than or equal to 1" in words(refused)) == (422, True)


def test_a_file_over_the_limit_is_refused_unread(
    client: Any, teller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "LIMIT_BYTES", 500)
    page = send(sign_in(client, teller), debits())
    assert page.status_code == 422
    assert "this page takes up to 500" in words(page)
    assert "EB21.data" not in words(page)


def test_without_a_file_the_page_asks_for_one(client: Any, teller: Any) -> None:
    page = sign_in(client, teller).post("/kftc", {})
    assert (page.status_code, "Choose a file." in words(page)) == (422, True)


@pytest.mark.parametrize(
    ("role", "status"),
    [("treasurer", 200), ("teller", 200), ("approver", 403), ("clerk", 403), ("auditor", 403)],
)
def test_only_who_may_bring_in_files_sees_the_page(client: Any, role: str, status: int) -> None:
    signed = sign_in(client, make_person(make_group(), roles=[role], name="한지우"))
    assert signed.get("/kftc").status_code == status
    assert send(signed, debits()).status_code == status
    assert ('href="/kftc"' in signed.get("/menu").content.decode()) == (status == 200)


def test_nobody_sees_it_without_signing_in(client: Any) -> None:
    assert send(client, debits()).status_code == 302


def test_nothing_of_the_file_is_kept(client: Any, teller: Any) -> None:
    incoming = Path(settings.FILE_UPLOAD_TEMP_DIR)
    signed, files = sign_in(client, teller), set(incoming.iterdir())
    large = debits()[:150] + debits()[150:300] * 20_000 + debits()[-150:]  # over 2.5 MB: goes through a file
    assert len(large) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    with CaptureQueriesContext(connection) as asked:
        assert "20,000" in words(send(signed, large))
    statements = [query["sql"] for query in asked.captured_queries]
    assert any("control_trycount" in sql for sql in statements)
    written = [sql for sql in statements if re.match(r"\s*(insert|update|delete|copy)", sql, re.I)]
    assert [sql for sql in written if "control_trycount" not in sql] == []  # that one counts uploads
    assert set(incoming.iterdir()) <= files


@pytest.mark.parametrize(("language", "said"), [("ko", "이 파일의 오류 4건"), ("zh-hans", "此文件有4处错误")])
def test_the_page_speaks_the_persons_language(client: Any, teller: Any, language: str, said: str) -> None:
    page = send(sign_in(client, teller, language), spoilt())
    assert said in words(page)


def test_no_more_records_are_shown_than_a_page_can_hold() -> None:
    bad = bytearray(debits()[150:300])
    bad[30] = ord("-")
    many = b"".join(bytes(bad[:1]) + b"%08d" % n + bytes(bad[9:]) for n in range(1, 1001))
    checked = check_file(BytesIO(debits()[:150] + many + debits()[-150:]))
    assert (len(checked.errors), len(checked.records)) == (200, 8)
    assert checked.summary.errors >= 1000
