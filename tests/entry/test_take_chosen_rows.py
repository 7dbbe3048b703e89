"""Chosen rows leave as a file from every list: those chosen and no other, whatever conditions stand; or the whole filter."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse

from moa.control.web.tables import LISTED
from tests.control.factories import make_person, signed_in
from tests.entry.access_world import addresses
from tests.ledger.journal import Journal, make_journal
from tests.ledger.test_enter_vouchers import decided, saved, sent, transfer_of


@pytest.fixture
def journal(db: None, tmp_path: Path, settings: Any) -> Journal:
    settings.STATE_DIR = tmp_path
    return make_journal()


def chosen(client: Client, place: str, *rows: str, kind: str = "csv", **more: str) -> Any:
    return client.post(reverse("control:chosen_rows"), {"place": place, "as": kind, "row": rows} | more)


def cells(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200 and answer.streaming
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


def test_every_list_gives_chosen_rows(journal: Journal) -> None:
    clients = [signed_in(journal.ctx), signed_in(make_person(journal.ctx, roles=["admin"]))]
    lists = [path for one in addresses() if not one.parts and resolve(path := one.filled({})).func in LISTED]
    assert len(lists) >= 18
    for place in lists:
        answers = [chosen(client, place, "1", "x1", str(2**64)) for client in clients]
        told = [b"".join(one.streaming_content) for one in answers if one.status_code == 200]
        assert told and all(told), place


def test_the_rows_are_those_chosen_under_any_condition_and_every_one_is_the_filter(journal: Journal) -> None:
    client = signed_in(journal.ctx)
    decided(journal, sent(journal, transfer_of("111", memo="booked")))
    draft = saved(journal, transfer_of("333", memo="draft"))
    saved(journal, transfer_of("444", memo="another"))
    key = str(2**62 + draft.id)
    place = "/ledger/vouchers?state=posted"
    assert [row[2] for row in cells(chosen(client, place, key))] == ["draft"]
    assert [row[2] for row in cells(chosen(client, place, every="1"))] == ["booked"]
    assert [row[2] for row in cells(chosen(client, place, key, every="1"))] == ["booked"]


def test_nothing_leaves_for_who_may_not_see_the_list_or_of_another_group(journal: Journal) -> None:
    draft = saved(journal, transfer_of("333", memo="ours"))
    key = str(2**62 + draft.id)
    nobody = signed_in(make_person(journal.ctx, roles=[]))
    assert chosen(nobody, "/ledger/vouchers", key).status_code == 403
    other = make_journal()
    assert cells(chosen(signed_in(other.ctx), "/ledger/vouchers", key)) == []


@pytest.mark.parametrize(
    ("place", "kind"),
    [("/ledger/vouchers/new", "csv"), ("/nowhere", "csv"), ("/accounts", "pdf"), ("", "csv")],
)
def test_what_is_no_list_or_no_file_is_not_there(journal: Journal, place: str, kind: str) -> None:
    assert chosen(signed_in(journal.ctx), place, "1", kind=kind).status_code == 404


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("state=bogus", "“bogus”: 모르는 값입니다. 쓸 수 있는 값: draft"),
        ("state=bogus&state=posted&origin=out", "“out”: 모르는 값입니다"),
    ],
)
def test_a_choice_that_there_is_not_is_told_and_no_file_is_made_of_it(
    journal: Journal, query: str, told: str
) -> None:
    client = signed_in(journal.ctx)
    saved(journal, transfer_of("333", memo="a draft"))
    page = client.get(f"/ledger/vouchers?{query}").content.decode()
    assert told in page and 'aria-invalid="true"' in page
    assert ("a draft" in page) is ("state=posted" not in query), "what was understood holds"
    for answer in (
        client.get(f"/ledger/vouchers?{query}&as=csv"),
        chosen(client, f"/ledger/vouchers?{query}", every="1"),
    ):
        assert answer.status_code == 302 and answer["Location"].startswith("/ledger/vouchers?state=bogus")
