"""The history of imports is narrowed by name, account, state and day, also across its pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from moa.accounts.models import StatementFile
from moa.accounts.queries import visible_files
from moa.control import table_rows
from moa.control.idempotency import once_within
from moa.control.web import tables
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books
from tests.control.factories import AT, make_group, make_person, make_unit, signed_in
from tests.faults import at_once


@pytest.fixture
def brought(books: Books) -> Books:
    books.open()
    books.bring(mt940([Line(nov(10), 1)]), "국민_11월.sta")
    books.bring(mt940([Line(nov(11), 1)], account="777"), "하나_11월.sta")
    books.bring(b"nothing readable", "고장.txt")
    return books


def names(books: Books, **query: str) -> list[str]:
    page = signed_in(books.ctx).get("/imports", query).content.decode()
    return re.findall(r'class="mo-rowa">([^<]+)<', page)


def test_by_name_account_state_and_day(brought: Books) -> None:
    assert names(brought) == ["고장.txt", "하나_11월.sta", "국민_11월.sta"]
    assert names(brought, text="국민") == ["국민_11월.sta"]
    assert names(brought, text="777") == ["하나_11월.sta"]
    assert names(brought, state="refused") == ["고장.txt"]
    day = AT.date().isoformat()
    assert len(names(brought, **{"from": day, "to": day})) == 3
    assert names(brought, to="2020-01-01") == []
    assert len(names(brought, **{"from": "never"})) == 3
    assert names(brought, text="%") == []


def test_a_file_that_waits_for_somebody_is_found_as_stored_and_as_waiting(brought: Books) -> None:
    assert names(brought, state="parked") == ["하나_11월.sta"]
    assert names(brought, state="stored") == ["하나_11월.sta", "국민_11월.sta"]
    assert names(brought, state="conflict") == []


def test_conditions_stay_on_the_next_page(brought: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_rows.read_page, "__kwdefaults__", {"size": 1})
    monkeypatch.setattr(tables, "PAGE_SIZE", 1)
    page = signed_in(brought.ctx).get("/imports", {"text": "11월"}).content.decode()
    following = re.search(r'rel="next" href="/imports\?([^"]+)"', page)
    assert following is not None
    query = dict(parse_qsl(following.group(1).replace("&amp;", "&")))
    assert query["text"] == "11월"
    assert names(brought, **query) == ["국민_11월.sta"]


def test_sheets_hold_the_files_and_a_file_that_just_came_stands_out(brought: Books) -> None:
    client = signed_in(brought.ctx)
    sent = b"".join(client.get("/imports", {"as": "csv", "text": "국민"}).streaming_content).decode(
        "utf-8-sig"
    )
    assert "국민_11월.sta" in sent and "하나_11월.sta" not in sent
    with brought.ctx.open():
        newest = StatementFile.objects.order_by("-id").values_list("id", flat=True)[0]
    page = client.get("/imports", {"new": newest}).content.decode()
    assert f'data-row="{newest}" class="is-fresh"' in page


def test_a_right_in_some_units_shows_the_same_files_as_the_pages_of_files(brought: Books) -> None:
    """The list's own words for what `visible_files` says, for each kind of file: one of another unit's account, one that
    waits for an account, one of nothing, and the person's own."""
    other = make_unit(brought.ctx, code="OTHER")
    for unit in (brought.company.id, other.id):
        local = make_person(brought.ctx, roles=[("treasurer", unit)], name=f"local {unit}")
        with local.open():
            expected = [one.name for one in visible_files(local).order_by("-id")]
        page = signed_in(local).get("/imports").content.decode()
        assert re.findall(r'class="mo-rowa">([^<]+)<', page) == expected
        assert len(expected) == (1 if unit == brought.company.id else 0)


def test_a_form_that_is_sent_twice_takes_its_files_in_once(books: Books) -> None:
    books.open()
    client = signed_in(books.ctx)
    form = client.get("/imports").content.decode()
    key = re.search(r'name="once" value="(\w{32})"', form)
    assert key is not None

    def sent(data: bytes, **more: str) -> str:
        files = SimpleUploadedFile("국민.sta", data)
        answer = client.post("/imports", {"files": files, "once": key[1]} | more)
        return str(answer["Location"])

    data = mt940([Line(nov(12), 1)])
    first = sent(data)
    assert sent(data) == first
    assert sent(mt940([Line(nov(13), 1)])) != first, (
        "other files of a page that was gone back to are other files"
    )
    assert sent(data, once="f" * 32) not in ("", first), (
        "a new page takes the file again, and says that it is known"
    )
    with books.ctx.open():
        assert StatementFile.objects.count() == 3


def test_a_form_sent_twice_at_once_waits_and_takes_the_first_answer(
    transactional_db: None, tmp_path: Path, settings: Any
) -> None:
    settings.STATE_DIR = tmp_path
    ctx = make_person(make_group(), roles=["treasurer"])
    runs: list[int] = []

    def call() -> dict[str, Any]:
        def run() -> dict[str, Any]:
            runs.append(1)
            return {"files": [len(runs)]}

        with ctx.open():
            return once_within(ctx, "test", "key", run)

    assert at_once(call, call) == [{"files": [1]}, {"files": [1]}]
    assert len(runs) == 1
