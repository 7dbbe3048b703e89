"""Files and vouchers sent by programs: once for each key, also when two send at the same time; then read again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moa.accounts.models import StatementFile
from moa.control.models import Assignment, AuditLine
from moa.ledger.operations.agree_standing_order import NewStandingOrder
from moa.ledger.rules.acts import FILE as FILE_ACT
from moa.ledger.rules.acts import LOAD_ACCOUNTS
from tests.accounts.bank_files import Line, mt940, nov
from tests.control.factories import TODAY
from tests.entry.api.api_world import Answer, ApiWorld, Caller, as_now, make_world, token_of
from tests.ledger.journal import agree, make_journal

pytestmark = pytest.mark.django_db
FILE = mt940([Line(nov(19), 42, "by program")], opening=10_010_000, reference="API")
TRANSFER = {
    "key": "ERP-1", "business_date": "2026-11-20", "memo": "rent",
    "entries": [
        {"account": "bank", "debit": "100", "currency": "KRW"}, {"account": "a", "credit": "100", "currency": "KRW"},
    ],
}  # fmt: skip


def test_a_file_is_kept_once_and_its_request_stands_in_the_trail(world: ApiWorld) -> None:
    sent = world.full.upload(FILE, key="one")
    assert sent.status == 202 and sent.body["state"] == "waiting"
    assert sent.headers["Location"] == f"/api/v1/statements/{sent.body['id']}"
    again = world.full.upload(FILE, key="one")
    assert (again.status, again.body) == (202, sent.body)
    found = world.full.get(f"/statements/{sent.body['id']}").body
    assert (found["state"], found["channel"], found["name"]) == ("waiting", "api", "statement.sta")
    assert world.full.get(f"/jobs/{sent.body['job']}").body["work"] == "accounts.import_file"
    with world.books.ctx.open():
        assert StatementFile.objects.filter(channel="api").count() == 1
        line = AuditLine.objects.get(code="accounts.file.received", channel="api")
    trail = world.full.get("/audit?code=accounts.file.received").body["items"]
    assert trail[0]["request_id"] == line.request_id == sent.headers["X-Request-Id"]


def test_the_same_key_with_other_content_is_a_named_conflict(world: ApiWorld) -> None:
    world.full.upload(FILE, key="one")
    for answer in (
        world.full.upload(FILE + b"\r\n", key="one"),
        world.full.upload(FILE, key="one", account="1"),
    ):
        assert (answer.status, answer.code) == (409, "key_conflict")


def test_a_write_without_a_key_or_with_an_unfit_one_does_nothing(world: ApiWorld) -> None:
    missing = world.full.upload(FILE, key=None)
    assert (missing.status, missing.code) == (400, "idempotency_key_missing")
    assert world.full.upload(FILE, key="with space").status == 422
    with world.books.ctx.open():
        assert not StatementFile.objects.filter(channel="api").exists()


def test_a_file_that_cannot_be_taken_is_refused(world: ApiWorld, settings: Any) -> None:
    assert world.full.upload(b"").status == 422
    assert world.full.upload(FILE, acount="1").body["errors"][0]["code"] == "parameter_unknown"
    assert world.full.post("/statements", {}).status == 415
    settings.UPLOAD_LIMIT_BYTES = 20
    assert (world.full.upload(FILE).status, world.full.upload(FILE).code) == (413, "file_too_large")
    assert world.clerk.upload(FILE).status == 403


def test_a_refused_file_says_place_and_value(world: ApiWorld) -> None:
    from moa.accounts.operations.import_file import import_file

    bad = FILE.replace(b"C42,", b"C4x2,")
    number = world.full.upload(bad).body["id"]
    import_file(as_now(world.books.ctx), file_id=number)
    assert world.full.get(f"/statements/{number}").body["state"] == "refused"
    problems = world.full.get(f"/statements/{number}/problems").body
    assert (
        problems["errors"] >= 1
        and problems["items"][0]["place"]
        and problems["items"][0]["severity"] == "error"
    )
    assert world.stranger.get(f"/statements/{number}").status == 404
    assert world.stranger.get(f"/statements/{number}/problems").status == 404


def test_vouchers_are_booked_once_and_each_keeps_its_answer(db: None) -> None:
    journal = make_journal()
    caller = Caller(token_of(journal.ctx, ["ledger.view", "ledger.post"]))
    body = {"vouchers": [TRANSFER, TRANSFER | {"key": "ERP-2", "entries": TRANSFER["entries"][:1]}]}
    first = caller.post("/ledger/books/SC/vouchers", body, key="batch")
    assert (first.status, first.body["accepted"], first.body["rejected"]) == (200, 1, 1), first.body
    assert caller.post("/ledger/books/SC/vouchers", body, key="batch").body == first.body
    other = caller.post("/ledger/books/SC/vouchers", body, key="again").body
    assert (other["accepted"], other["known"], other["rejected"]) == (0, 1, 1)
    assert journal.balance("a") == 100
    rows = {one["account"]: one["balance"] for one in caller.walk("/ledger/books/SC/balances?limit=1")}
    assert rows == {"a": "100", "b": "0", "bank": "100", "free": "0"}
    trial = caller.get("/ledger/books/SC/trial-balance").body
    assert trial["balanced"] and trial["totals"] == [{"currency": "KRW", "debit": "100", "credit": "100"}]
    assert caller.get("/ledger/books").body["items"][0]["open_day"] == "2026-11-20"
    assert caller.get("/ledger/books/SC/day").body["state"] == "open"
    assert caller.get("/ledger/books/XX/balances").status == 404
    unfit = {"vouchers": [TRANSFER | {"entries": [{"account": "a", "debit": "1e5", "currency": "KRW"}]}]}
    errors = caller.post("/ledger/books/SC/vouchers", unfit).body["errors"]
    assert errors[0]["place"] == "body" and "entries" in errors[0]["field"]
    assert (
        Caller(token_of(journal.ctx, ["ledger.view"])).post("/ledger/books/SC/vouchers", body).status == 403
    )


def test_without_a_standing_order_nothing_is_decided_so_the_same_key_is_tried_again(db: None) -> None:
    journal = make_journal(acts=(LOAD_ACCOUNTS,))
    caller = Caller(token_of(journal.ctx, ["ledger.view", "ledger.post"]))
    body = {"vouchers": [TRANSFER]}
    for _ in range(2):
        refused = caller.post("/ledger/books/SC/vouchers", body, key="early")
        assert (refused.status, refused.code) == (409, "standing_order_missing")
    agree(journal, NewStandingOrder("MORE", "Files given to a command", (FILE_ACT,), TODAY))
    booked = caller.post("/ledger/books/SC/vouchers", body, key="early")
    assert (booked.status, booked.body["accepted"]) == (200, 1), booked.body
    assert caller.post("/ledger/books/SC/vouchers", body, key="early").body == booked.body


def test_what_a_voucher_was_refused_for_stays_its_answer(db: None) -> None:
    """The money came afterwards; the key has its answer all the same, and a new key is accepted."""
    journal = make_journal()
    caller = Caller(token_of(journal.ctx, ["ledger.post"]))
    from_a = [
        {"account": "a", "debit": "50", "currency": "KRW"},
        {"account": "bank", "credit": "50", "currency": "KRW"},
    ]
    body = {"vouchers": [TRANSFER | {"key": "OUT", "entries": from_a}]}
    first = caller.post("/ledger/books/SC/vouchers", body, key="out").body
    assert (first["rejected"], first["answers"][0]["code"]) == (1, "below_floor"), first
    assert caller.post("/ledger/books/SC/vouchers", {"vouchers": [TRANSFER]}).body["accepted"] == 1
    assert caller.post("/ledger/books/SC/vouchers", body, key="out").body == first
    assert caller.post("/ledger/books/SC/vouchers", body, key="out-2").body["rejected"] == 1
    body["vouchers"][0]["key"] = "OUT-2"
    assert caller.post("/ledger/books/SC/vouchers", body, key="out-3").body["accepted"] == 1


def test_who_lost_the_right_gets_not_even_the_kept_answer(world: ApiWorld) -> None:
    """And another person of the group has a conflict, not the answer."""
    journal = make_journal()
    mine = Caller(token_of(journal.ctx, ["ledger.post"]))
    body = {"vouchers": [TRANSFER]}
    assert mine.post("/ledger/books/SC/vouchers", body, key="mine").status == 200
    colleague = Caller(token_of(journal.second, ["ledger.post"]))
    assert colleague.post("/ledger/books/SC/vouchers", body, key="mine").code == "key_conflict"
    with journal.machine.open():
        Assignment.objects.filter(person_id=journal.ctx.actor.person_id).delete()
    assert mine.post("/ledger/books/SC/vouchers", body, key="mine").status == 403


def _at_once(times: int, send: Callable[[], Answer]) -> list[Answer]:
    """The answers of as many threads as `times`, let go together."""
    answers: list[Answer] = []
    start = threading.Barrier(times)

    def work() -> None:
        try:
            start.wait(30)
            answers.append(send())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == times
    return answers


def _check_once(answers: list[Answer], status: int) -> list[Answer]:
    """Each got the one answer, or was told that it is being made; at least one got it."""
    good = [one for one in answers if one.status == status]
    busy = [one for one in answers if one.status == 409]
    assert len(good) + len(busy) == len(answers) and good, [one.status for one in answers]
    assert all(one.code == "in_progress" and one.headers["Retry-After"] == "1" for one in busy)
    assert all(one.body == good[0].body for one in good)
    return good


@pytest.mark.django_db(transaction=True)
def test_equal_files_at_once_are_kept_once(tmp_path: Path, settings: Any) -> None:
    settings.STATE_DIR = tmp_path
    world = make_world()
    _check_once(_at_once(6, lambda: Caller(world.full.token).upload(FILE, key="together")), 202)
    with world.books.ctx.open():
        assert StatementFile.objects.filter(channel="api").count() == 1


@pytest.mark.django_db(transaction=True)
def test_equal_vouchers_at_once_move_money_once() -> None:
    """Under one Idempotency-Key, and under six: then the voucher's own key holds."""
    journal = make_journal()
    token, place = token_of(journal.ctx, ["ledger.post"]), "/ledger/books/SC/vouchers"
    body = {"vouchers": [TRANSFER]}
    good = _check_once(_at_once(6, lambda: Caller(token).post(place, body, key="together")), 200)
    assert good[0].body["accepted"] == 1 and journal.balance("a") == 100
    body = {"vouchers": [TRANSFER | {"key": "ERP-7"}]}
    answers = _at_once(6, lambda: Caller(token).post(place, body))
    assert sorted((one.body["accepted"], one.body["known"]) for one in answers) == [(0, 1)] * 5 + [(1, 0)]
    assert journal.balance("a") == 200 and len({one.body["answers"][0]["voucher"] for one in answers}) == 1
