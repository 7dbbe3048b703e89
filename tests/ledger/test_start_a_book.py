"""A book is started by commands alone: chart and first day, a standing order that two agree on, accounts, whose they are."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from moa.control.context import Context
from moa.control.models import ApprovalRequest, AuditLine
from moa.entry.cli import run
from moa.ledger.models import Book, BusinessDay, LedgerAccount, Subject
from moa.ledger.operations.agree_standing_order import decide_standing_order
from tests.control.factories import TODAY, make_group, make_person, make_unit, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
DAY = str(TODAY)
BOOK = ("--name", "한빛 장부", "--unit", "HB", "--currency", "KRW", "--first-day", DAY)
ORDER = ("--title", "Files", "--act", "accounts", "--act", "file", "--from", DAY)


@pytest.fixture
def machine(transactional_db: None) -> Context:
    machine = make_group()
    make_unit(machine, "HB")
    make_person(machine, "kim", roles=["treasurer"], os_user=getpass.getuser())
    return machine


@pytest.fixture
def moa(machine: Context, capsys: Any) -> Callable[..., Any]:
    def command(*arguments: object, code: int = 0) -> Any:
        capsys.readouterr()
        assert run([*map(str, arguments), "--json"]) == code, capsys.readouterr().err
        printed = capsys.readouterr()
        return json.loads(printed.out) if printed.out else printed.err.splitlines()

    return command


def test_the_first_book_is_the_default_one_with_its_first_day_open(
    machine: Context, moa: Callable[..., Any]
) -> None:
    made = moa("ledger", "books", "set-up", "HB", *BOOK, "--chart", "kr_company")
    assert made == {"book": "HB", "business_date": DAY, "chart": "kr_company", "is_default": True}
    assert moa("ledger", "books", "set-up", "SC", *BOOK)["is_default"] is False
    listed = moa("ledger", "books", "list")["rows"]
    assert [(one["book"], one["is_default"]) for one in listed] == [("HB", True), ("SC", False)]
    with machine.open():
        assert list(Book.objects.order_by("id").values_list("kind", flat=True)) == [
            "company", "settlement_centre",
        ]  # fmt: skip
        assert set(BusinessDay.objects.values_list("business_date", "state")) == {(TODAY, "open")}
        assert Subject.objects.filter(book__code="HB", code="10103").exists()


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (("HB", *BOOK[:3], "NOPE", *BOOK[4:]), 1, "not_found"),
        (("H B", *BOOK), 1, "code_unfit"),
        (("HB", *BOOK[:5], "KRX", *BOOK[6:]), 1, "currency_unknown"),
        (("HB", *BOOK[:7], "2026-13-01"), 2, "--first-day"),
        (("HB", *BOOK, "--chart", "none"), 2, "--chart"),
    ],
)
def test_a_book_that_cannot_be_is_refused_with_the_reason(
    moa: Callable[..., Any], wrong: tuple[str, ...], code: int, said: str
) -> None:
    assert said in " ".join(moa("ledger", "books", "set-up", *wrong, code=code))
    assert moa("ledger", "books", "list")["rows"] == []


def test_a_second_book_of_one_code_is_refused_and_so_is_who_may_not(
    machine: Context, moa: Callable[..., Any]
) -> None:
    make_person(machine, "lee", roles=["teller"])
    assert "forbidden" in moa("ledger", "books", "set-up", "HB", *BOOK, "--as", "lee", code=1)[0]
    moa("ledger", "books", "set-up", "HB", *BOOK)
    assert "book_exists" in moa("ledger", "books", "set-up", "HB", *BOOK, code=1)[0]


def test_files_are_taken_once_another_person_agreed_to_the_order(
    machine: Context, moa: Callable[..., Any], tmp_path: Path
) -> None:
    moa("ledger", "books", "set-up", "SC", *BOOK)
    file = tmp_path / "accounts.csv"
    file.write_text("code,name,subject,currency,floor\na,갑,201101,KRW,0\n", encoding="utf-8")
    filed = moa("ledger", "orders", "file", "FILES", *ORDER)
    assert moa("ledger", "accounts", "load", file, code=1)["errors"][0]["code"] == "standing_order_missing"
    other = make_person(machine, "lee", roles=["approver"])
    with other.open():
        request = ApprovalRequest.objects.get(id=filed["request"])
        decide_standing_order(other, request.id, approve=True, seen_hash=request.content_hash)
    assert moa("ledger", "orders", "list")["rows"] == [
        {"order": "FILES", "title": "Files", "acts": ["accounts", "file"], "from": DAY, "until": ""}
    ]
    assert moa("ledger", "accounts", "load", file) == {"created": 1, "updated": 0}
    assert "standing_order_exists" in moa("ledger", "orders", "file", "FILES", *ORDER, code=1)[0]
    assert moa("ledger", "accounts", "give", "a", "HB") == {"account": "a", "unit": "HB"}
    assert "not_found" in moa("ledger", "accounts", "give", "none", "HB", code=1)[0]
    with machine.open():
        assert LedgerAccount.objects.get(code="a").unit.code == "HB"


def test_until_there_is_a_book_its_pages_say_how_one_is_started(
    machine: Context, moa: Callable[..., Any]
) -> None:
    treasurer = signed_in(make_person(machine, "lee", roles=["treasurer"]))
    for address in ("/ledger/vouchers", "/books/closing", "/books/sheets", "/reconciliation", "/books/chart"):
        answer = treasurer.get(address)
        assert answer.status_code == 404 and "moa ledger books set-up" in answer.content.decode(), address
    assert "moa ledger books set-up" not in treasurer.get("/ledger/vouchers?book=NONE").content.decode()
    moa("ledger", "books", "set-up", "SC", *BOOK)
    assert treasurer.get("/ledger/vouchers").status_code == 200


def test_an_order_that_was_ended_gives_no_leave_from_the_open_day_on(
    machine: Context, moa: Callable[..., Any], tmp_path: Path
) -> None:
    moa("ledger", "books", "set-up", "SC", *BOOK)
    filed = moa("ledger", "orders", "file", "FILES", *ORDER)
    other = make_person(machine, "lee", roles=["approver"])
    with other.open():
        request = ApprovalRequest.objects.get(id=filed["request"])
        decide_standing_order(other, request.id, approve=True, seen_hash=request.content_hash)
    file = tmp_path / "accounts.csv"
    file.write_text("code,name,subject,currency,floor\na,갑,201101,KRW,0\n", encoding="utf-8")
    assert "forbidden" in moa("ledger", "orders", "end", "FILES", "--as", "lee", code=1)[0]
    assert moa("ledger", "orders", "end", "FILES") == {
        "order": "FILES",
        "ended_on": min(DAY, str(date.today())),
    }
    assert moa("ledger", "accounts", "load", file, code=1)["errors"][0]["code"] == "standing_order_missing"
    assert "standing_order_ended" in moa("ledger", "orders", "end", "FILES", code=1)[0]
    assert "not_found" in moa("ledger", "orders", "end", "NONE", code=1)[0]
    assert moa("ledger", "orders", "list")["rows"][0]["until"] != ""
    with machine.open():
        line = AuditLine.objects.get(code="ledger.standing_order.ended")
    assert line.before == {"code": "FILES"}
