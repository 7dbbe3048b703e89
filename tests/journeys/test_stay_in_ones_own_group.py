"""Guessing ids, roles and pages, and the door: nobody reads what is not hers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from moa.accounts.models import Conflict, Transaction
from moa.accounts.operations.enter_lines import HandLine, submit_lines
from moa.control.models import ApprovalRequest
from tests.accounts.bank_files import Line, mt940
from tests.control.factories import make_group, make_person, signed_in
from tests.journeys.scene import MAIN, Scene, ago, main_file, now, with_accounts

pytestmark = pytest.mark.django_db
CONTEXTS = ("accounts", "control", "reports", "directory")


@dataclass(frozen=True)
class Everything:
    """The first group with one of each thing that has an id."""

    scene: Scene
    ids: dict[str, int]


@pytest.fixture
def everything(db: None) -> Everything:
    """Shape: an id by the argument's name in the addresses."""
    scene = with_accounts()
    scene.bring(main_file("AGAIN", second=-1_200_000), "재발행.sta")
    scene.bring(mt940([Line(ago(1), 5)], account="99988877766655"), "모르는.sta")
    maker = now(scene.people["minjun"])
    with maker.open():
        submit_lines(
            maker,
            account_id=scene.accounts[MAIN].id,
            lines=[HandLine(ago(0), Decimal(-9), "현금", "")],
            note="",
        )
    with scene.treasurer.open():
        ids = {
            "account_id": scene.accounts[MAIN].id, "file_id": scene.files["운영.sta"],
            "line_key": Transaction.objects.filter(account_id=scene.accounts[MAIN].id).order_by("id")[0].id,
            "conflict_id": Conflict.objects.get().id, "request_id": ApprovalRequest.objects.get().id,
        }  # fmt: skip
    return Everything(scene, ids)


def addresses(ids: dict[str, int]) -> dict[str, str]:
    """Every page of the contexts by its name that asks for one of these ids; tests/entry/test_let_in_by_role.py has all."""
    found = {}
    for resolver in get_resolver().url_patterns:
        if not isinstance(resolver, URLResolver) or resolver.app_name not in CONTEXTS:
            continue
        for pattern in resolver.url_patterns:
            assert isinstance(pattern, URLPattern)
            if not set(pattern.pattern.converters) <= set(ids):
                continue
            arguments = {name: ids[name] for name in pattern.pattern.converters}
            name = f"{resolver.app_name}:{pattern.name}"
            found[name] = reverse(name, kwargs=arguments)
    return found


def test_the_first_groups_ids_lead_a_stranger_nowhere(everything: Everything) -> None:
    other = make_group()
    stranger = signed_in(make_person(other, "stranger", ["treasurer", "teller"]))
    own = signed_in(everything.scene.treasurer)
    paths = addresses(everything.ids)
    for name in OF_ONE:
        assert stranger.get(paths[name]).status_code == 404, name
        assert own.get(paths[name]).status_code == 200, name
    decision = {"decision": "approve", "fingerprint": "0" * 64}
    assert stranger.post(paths["control:decide"], decision).status_code == 404
    with everything.scene.treasurer.open():
        assert ApprovalRequest.objects.get().state == "open"


def test_ids_in_a_query_lead_a_stranger_nowhere(everything: Everything) -> None:
    stranger = signed_in(make_person(make_group(), "stranger", ["treasurer"]))
    ids = everything.ids
    assert stranger.get("/accounts/open?parked=1").status_code == 404
    for query in (f"account={ids['account_id']}", f"open={ids['line_key']}", "text=한결전자", "company=HM"):
        page = stranger.get(f"/transactions?{query}")
        assert page.status_code == 200
        rows = page.content.decode().partition("<tbody>")[2]
        assert "한결전자" not in rows and "4182" not in rows


# Pages of one thing; whoever lacks the right to the page gets 403 before it is looked for.
OF_ONE = (
    "accounts:account", "accounts:imported", "accounts:import_raw", "accounts:import_errors", "accounts:import_status",
    "accounts:transaction", "accounts:conflict", "control:approval",
)  # fmt: skip


def test_a_clerk_of_one_company_sees_nothing_of_the_other(everything: Everything) -> None:
    scene = everything.scene
    clerk = signed_in(scene.people["clerk"])
    guessed = addresses(everything.ids)
    for name in OF_ONE:
        assert clerk.get(guessed[name]).status_code == 404, name
    for path in (
        "/today",
        "/position?by=account",
        "/accounts",
        "/transactions",
        "/imports",
        "/position?by=unit",
        "/approvals",
    ):
        page = clerk.get(path)
        assert page.status_code == 200
        seen = page.content.decode()
        for foreign in ("4182", "6304", "한결전자", "운영.sta", "재발행.sta", "99988877766655", "외화 계좌"):
            assert foreign not in seen, (path, foreign)
    assert "5293" in clerk.get("/accounts").content.decode()
    assert "2,900,000" in clerk.get("/position").content.decode()


def test_whoever_is_not_signed_in_is_led_to_the_door_and_back(everything: Everything) -> None:
    client, paths = Client(), addresses(everything.ids)
    for name in (*OF_ONE, "reports:dashboard", "control:menu", "control:audit"):
        response = client.get(paths[name])
        assert response.status_code == 302, name
        assert response["Location"] == f"/signin?next={paths[name].replace('/', '%2F')}"
    assert client.post("/imports").status_code == 302


def test_no_page_stays_in_the_browser_after_it_was_left(everything: Everything) -> None:
    client = signed_in(everything.scene.treasurer)
    for path in ("/", "/accounts", "/transactions", f"/imports/{everything.ids['file_id']}/raw"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_who_may_not_upload_cannot_send_a_file_past_the_page(everything: Everything) -> None:
    auditor = signed_in(everything.scene.people["auditor"])
    page = auditor.get("/imports")
    assert b"data-upload" not in page.content
    sent = auditor.post("/imports", {"files": SimpleUploadedFile("x.sta", main_file("X"))})
    assert sent.status_code == 403
