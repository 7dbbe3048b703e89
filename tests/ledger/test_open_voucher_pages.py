"""The pages of vouchers: entry without JavaScript, the list of drafts and booked ones, one on its way, refusals."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from moa.control.models import ApprovalRequest
from moa.ledger.models import Voucher, VoucherDraft
from tests.control.factories import make_person, signed_in
from tests.ledger.journal import Journal, make_journal
from tests.ledger.test_enter_vouchers import decided, saved, sent, transfer_of

NEW = "/ledger/vouchers/new"


@pytest.fixture
def open_journal(db: None) -> Journal:
    """A book whose day is open; pages run at the present moment, days of books do not."""
    return make_journal()


def text_of(response: Any) -> str:
    body = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", body))


def fields(**more: str) -> dict[str, str]:
    return {
        "business_date": "2026-11-20", "kind": "transfer", "memo": "회원사 이체", "rows": "4", "account.1": "bank",
        "debit.1": "12,000", "account.2": "a", "credit.2": "12,000",
    } | more  # fmt: skip


def send(client: Client, step: str, path: str = NEW, **more: str) -> Any:
    return client.post(path, fields(**more) | {"step": step})


def test_a_voucher_is_sent_from_the_page_without_javascript(open_journal: Journal) -> None:
    client = signed_in(open_journal.ctx)
    assert "2026-11-20" in client.get(NEW).content.decode()
    answer = send(client, "submit")
    with open_journal.ctx.open():
        draft, request = (
            VoucherDraft.objects.get(),
            ApprovalRequest.objects.get(subject_type="ledger.voucher"),
        )
    assert answer["Location"] == f"/ledger/vouchers/drafts/{draft.id}?sent=1"
    assert (request.amount_minor, request.currency) == (12000, "KRW")
    assert "결재를 올렸습니다" in text_of(client.get(answer["Location"]))
    checker = signed_in(open_journal.second)
    inbox = text_of(checker.get(f"/approvals/{request.id}"))
    assert "회원사 이체" in inbox and "bank Account bank" in inbox and "12,000" in inbox
    done = checker.post(
        f"/approvals/{request.id}/decision", {"decision": "approve", "fingerprint": request.content_hash}
    )
    assert done.status_code == 302
    with open_journal.ctx.open():
        voucher = Voucher.objects.get(origin="entry")
    page = client.get(f"/ledger/vouchers/drafts/{draft.id}", follow=True)
    assert page.redirect_chain == [(f"/books/SC/vouchers/202611/{voucher.id}", 302)]


def test_errors_stand_at_their_fields_and_the_input_stays(open_journal: Journal) -> None:
    answer = send(signed_in(open_journal.ctx), "submit", **{"debit.1": "12,0O0", "account.2": "없는 계정"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="12,0O0"' in page and 'value="없는 계정"' in page
    assert re.search(r'name="debit.1"[^>]*aria-invalid="true"[^>]*aria-describedby="e-debit.1"', page)
    assert 'href="#f-account.2"' in page
    with open_journal.ctx.open():
        assert not ApprovalRequest.objects.filter(subject_type="ledger.voucher").exists()


def test_more_rows_keep_what_was_typed(open_journal: Journal) -> None:
    page = send(signed_in(open_journal.ctx), "rows").content.decode()
    assert page.count('name="account.') == 8 and 'value="12,000"' in page


def test_script_in_a_memo_is_text(open_journal: Journal) -> None:
    attack = '"><script>alert(1)</script>'
    client = signed_in(open_journal.ctx)
    answer = send(client, "submit", memo=attack, **{"memo.1": attack})
    with open_journal.ctx.open():
        request = ApprovalRequest.objects.get(subject_type="ledger.voucher")
    pages = [
        answer["Location"],
        answer["Location"] + "&edit=1",
        f"/approvals/{request.id}",
        "/ledger/vouchers",
    ]
    decided(open_journal, request)
    with open_journal.ctx.open():
        voucher = Voucher.objects.get(origin="entry")
    pages.append(f"/books/SC/vouchers/202611/{voucher.id}")
    for page in pages:
        body = client.get(page).content.decode()
        assert "<script>alert" not in body, page
    assert "alert(1)" in client.get(pages[-1]).content.decode()


def test_a_draft_without_any_amount_yet_stands_in_the_list_and_in_no_total(open_journal: Journal) -> None:
    saved(open_journal, transfer_of("", memo="아직 금액 없음"))
    client = signed_in(open_journal.ctx)
    page = client.get("/ledger/vouchers")
    assert page.status_code == 200 and "아직 금액 없음" in text_of(page)
    assert client.get("/ledger/vouchers?part=why&sum=amount&of=").status_code == 404


def test_the_list_has_drafts_waiting_and_booked_ones(open_journal: Journal) -> None:
    client = signed_in(open_journal.ctx)
    decided(open_journal, sent(open_journal, transfer_of("111", memo="기장된 것")))
    sent(open_journal, transfer_of("222", memo="기다리는 것"))
    saved(open_journal, transfer_of("333", memo="초안인 것"))

    def found(query: str = "") -> set[str]:
        page = text_of(client.get(f"/ledger/vouchers?{query}"))
        return {word for word in ("기장된 것", "기다리는 것", "초안인 것") if word in page}

    assert found() == {"기장된 것", "기다리는 것", "초안인 것"}
    assert found("state=waiting") == {"기다리는 것"}
    assert found("state=draft") == {"초안인 것"}
    assert found("account=a&state=posted") == {"기장된 것"}
    assert found("account=b") == set()
    assert found("subject=2011") == {"기장된 것"}
    assert found("amount.least=222") == {"기다리는 것", "초안인 것"}
    assert found("text=기장된") == {"기장된 것"}
    assert found("origin=reversal") == set()
    assert client.get("/ledger/vouchers?as=csv").status_code == 200
    links = re.findall(r'href="(/ledger/vouchers/row/\d+)', client.get("/ledger/vouchers").content.decode())
    assert len(links) == 3
    assert {client.get(link, follow=True).status_code for link in links} == {200}


def test_saving_by_itself_answers_with_the_version_and_tells_of_another_window(open_journal: Journal) -> None:
    client = signed_in(open_journal.ctx)
    first = client.post("/ledger/vouchers/keep", fields())
    assert first.status_code == 200 and "저장됨" in first.json()["said"]
    known = {"draft": str(first.json()["draft"]), "version": str(first.json()["version"])}
    assert client.post("/ledger/vouchers/keep", fields(memo="첫 창") | known).json()["version"] == 2
    late = client.post("/ledger/vouchers/keep", fields(memo="둘째 창") | known)
    assert late.status_code == 409 and "적요" in late.json()["conflict"]
    shown = client.post(
        f"/ledger/vouchers/drafts/{known['draft']}", fields(memo="둘째 창") | known | {"step": "save"}
    )
    assert shown.status_code == 409 and 'value="둘째 창"' in shown.content.decode()
    assert 'name="version" value="2"' in shown.content.decode()


def test_who_may_not_enter_sees_no_entry_page_and_no_strangers_draft_for_editing(
    open_journal: Journal,
) -> None:
    draft = saved(open_journal, transfer_of(memo="남의 초안"))
    auditor = signed_in(make_person(open_journal.machine, roles=["auditor"]))
    assert auditor.get(NEW).status_code == 403
    seen = auditor.get(f"/ledger/vouchers/drafts/{draft.id}")
    assert (
        seen.status_code == 200
        and "남의 초안" in text_of(seen)
        and 'name="debit.1"' not in seen.content.decode()
    )
    assert auditor.post(f"/ledger/vouchers/drafts/{draft.id}/discard").status_code == 403
    stranger = signed_in(make_journal().ctx)
    assert stranger.get(f"/ledger/vouchers/drafts/{draft.id}").status_code == 404
    assert "남의 초안" not in text_of(stranger.get("/ledger/vouchers"))


def test_a_template_and_a_copy_begin_the_page(open_journal: Journal) -> None:
    client = signed_in(open_journal.ctx)
    page = client.get(f"{NEW}?template=receipt").content.decode()
    # The bank's subject has one account; the members' deposits have several, so the person chooses.
    assert 'name="account.1" value="bank"' in page and 'name="account.2" value="201101"' in page
    decided(open_journal, sent(open_journal, transfer_of("1,000", memo="베낄 것")))
    with open_journal.ctx.open():
        voucher = Voucher.objects.get(origin="entry")
    page = client.get(f"{NEW}?copy={voucher.period}-{voucher.id}").content.decode()
    assert 'value="베낄 것"' in page and 'name="debit.1" value="1000"' in page
    assert client.get(f"{NEW}?template=none").status_code == 404
