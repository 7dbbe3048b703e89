"""Opening balances by the page: read, told with every fault, filed with the file as evidence, decided, and too late."""

from __future__ import annotations

import html
import re
import threading
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from moa.control.context import Context
from moa.control.models import ApprovalRequest, Document
from moa.ledger.models import Voucher, VoucherAttachment
from moa.ledger.operations.propose_opening import OpeningExists, propose_opening
from tests.control.factories import make_person, signed_in
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.test_enter_vouchers import decided
from tests.ledger.test_open_books import BALANCED, read

PAGE = "/books/opening"


def text_of(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def upload(client: Client, text: str, name: str = "기초잔액.csv") -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, text.encode()), "step": "read"})


def print_of(response: Any) -> str:
    found = re.search(r'name="sha256" value="([0-9a-f]{64})"', response.content.decode())
    assert found
    return found[1]


def waiting(journal: Journal) -> list[ApprovalRequest]:
    with journal.ctx.open():
        return list(ApprovalRequest.objects.filter(subject_type="ledger.voucher", state="open"))


def test_a_file_is_read_shown_and_filed_with_itself_as_evidence(journal: Journal) -> None:
    client = signed_in(journal.ctx)
    answer = upload(client, BALANCED)
    page = text_of(answer)
    assert answer.status_code == 200 and "1,500" in page and "Account bank" in page
    assert waiting(journal) == []
    sent = client.post(PAGE, {"sha256": print_of(answer), "step": "propose"})
    assert sent["Location"] == "/books/opening?book=SC&sent=1"
    [request] = waiting(journal)
    assert (request.amount_minor, request.currency) == (1500, "KRW")
    assert "결재 대기" in text_of(client.get(sent["Location"]))
    with journal.ctx.open():
        attached, document = VoucherAttachment.objects.get(), Document.objects.get(kind="attachment")
    assert attached.document_id == document.id and request.content["attachments"] == [document.sha256]
    decided(journal, request)
    with journal.ctx.open():
        booked = Voucher.objects.get(origin="opening")
    assert str(booked.business_date) == "2026-11-19" and journal.balance("a") == 1000
    assert (
        "결재 대기" not in text_of(client.get(PAGE))
        and f">{booked.id}</a>" in client.get(PAGE).content.decode()
    )


def test_all_faults_are_told_with_place_and_value_and_nothing_is_kept(journal: Journal) -> None:
    text = "계정,통화,차대,금액\n없음,KRW,위,1\nbank,KRW,차변,12O0\na,KRW,대변,1000\n"
    answer = upload(signed_in(journal.ctx), text)
    page = text_of(answer)
    assert answer.status_code == 422
    for said in ("2행", "없음", "위", "3행", "12O0", "3곳"):
        assert said in page, said
    assert 'name="sha256"' not in answer.content.decode()
    with journal.ctx.open():
        assert not Document.objects.filter(kind="attachment").exists()


def test_a_difference_is_said_in_major_units_with_its_currency(journal: Journal) -> None:
    journal.load(("usd", "1002", "USD", None))
    answer = upload(signed_in(journal.ctx), BALANCED + "usd,USD,debit,1234.50\n")
    assert answer.status_code == 422 and "USD −1,234.50" in text_of(answer)


def test_a_file_that_is_none_is_refused_in_place(journal: Journal) -> None:
    client = signed_in(journal.ctx)
    for answer in (
        upload(client, "nothing,of,this\n1,2,3\n"),
        client.post(PAGE, {"step": "read"}),
        client.post(PAGE, {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04broken"), "step": "read"}),
        upload(client, "account,currency,side,amount\n"),
    ):
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert client.post(PAGE, {"sha256": "0" * 64, "step": "propose"}).status_code == 409
    assert waiting(journal) == []


def test_it_is_too_late_once_the_book_has_vouchers(journal: Journal) -> None:
    client = signed_in(journal.ctx)
    answer = upload(client, BALANCED)
    assert journal.codes(voucher("1", "bank", "a", 5)) == ["booked"]
    late = client.post(PAGE, {"sha256": print_of(answer), "step": "propose"})
    assert late.status_code == 409 and waiting(journal) == []
    assert 'type="file"' not in client.get(PAGE).content.decode()


def test_who_may_not_enter_sees_the_state_and_no_form(journal: Journal) -> None:
    auditor = signed_in(make_person(journal.machine, roles=["auditor"]))
    seen = auditor.get(PAGE)
    assert seen.status_code == 200 and 'type="file"' not in seen.content.decode()
    assert upload(auditor, BALANCED).status_code == 403


def test_two_persons_file_one_currency_once(transactional_db: None) -> None:
    journal = make_journal()
    file = read(journal, BALANCED)
    start, answers = threading.Barrier(2), list[str]()

    def press(ctx: Context) -> None:
        start.wait()
        try:
            with ctx.open():
                propose_opening(ctx, journal.book, file)
            answers.append("filed")
        except OpeningExists:
            answers.append("late")
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=press, args=[replace(ctx, memo={})]) for ctx in (journal.ctx, journal.second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["filed", "late"] and len(waiting(journal)) == 1
