"""A voucher's page tells who did what with it when, and by which rule it was booked."""

from __future__ import annotations

import html
import re

from django.core.files.uploadedfile import SimpleUploadedFile

from moa.control.models import ApprovalRequest
from moa.ledger.drafts import draft_of_voucher
from moa.ledger.models import Voucher
from moa.ledger.operations.propose_reversal import propose_reversal
from moa.ledger.operations.save_draft import save_draft
from moa.ledger.operations.submit_voucher import submit_voucher
from moa.ledger.voucher_history import history_of_voucher
from tests.accounts.bank_files import Line
from tests.control.factories import TODAY, make_person, signed_in
from tests.ledger.journal import Journal, voucher
from tests.ledger.test_enter_vouchers import booked, decided, sent, transfer_of
from tests.reconciliation.scene import make_scene


def told(journal: Journal, one: Voucher) -> list[tuple[str, str]]:
    with journal.ctx.open():
        draft = draft_of_voucher(one.id, one.period)
        found = history_of_voucher(journal.book, one.id, one.period, one.recorded_at, draft)
    return [(event.code.rpartition(".")[2] + ("*" if event.draft else ""), event.who) for event in found]


def page_of(journal: Journal, one: Voucher, who: str = "auditor") -> str:
    client = signed_in(make_person(journal.machine, roles=[who]))
    return html.unescape(client.get(f"/books/SC/vouchers/{one.period}/{one.id}").content.decode())


def test_each_step_is_told_in_order_with_who_did_it(journal: Journal) -> None:
    maker, checker = journal.ctx.actor.name, journal.second.actor.name
    first = sent(journal, transfer_of())
    decided(journal, first, approve=False, reason="금액을 다시 보십시오")
    with journal.ctx.open():
        draft = save_draft(
            journal.ctx, journal.book, transfer_of("900"), draft_id=int(first.subject_id), seen_version=1
        )
        again = submit_voucher(journal.ctx, draft.id, seen_version=2)
    decided(journal, again)
    one = booked(journal)
    assert told(journal, one) == [
        ("made", maker), ("submitted", maker), ("refused", checker), ("submitted", maker), ("approved", checker),
        ("booked", checker),
    ]  # fmt: skip
    page = page_of(journal, one)
    assert "금액을 다시 보십시오" in page and f"subject=voucher_draft&number={draft.id}" in page
    assert "subject=voucher_draft" not in page_of(journal, one, "approver")


def test_taking_it_back_and_what_is_attached_belong_to_its_way(journal: Journal) -> None:
    decided(journal, sent(journal, transfer_of()))
    one = booked(journal)
    client = signed_in(journal.ctx)
    client.post(
        f"/books/SC/vouchers/{one.period}/{one.id}/attach", {"file": SimpleUploadedFile("a.pdf", b"later")}
    )
    with journal.ctx.open():
        back = propose_reversal(journal.ctx, journal.book, one.id, one.period, reason="두 번 기표")
    decided(journal, back)
    codes = [code for code, _who in told(journal, one)]
    assert codes == ["made", "submitted", "approved", "booked", "added", "submitted*", "approved*", "booked*"]
    # Another voucher's way does not hold these lines.
    decided(journal, sent(journal, transfer_of("5")))
    with journal.ctx.open():
        other = Voucher.objects.filter(origin="entry").order_by("-id")[0]
    assert [code for code, _who in told(journal, other)] == ["made", "submitted", "approved", "booked"]


def test_a_voucher_of_a_file_has_the_line_of_its_posting(journal: Journal) -> None:
    assert journal.codes(voucher("1", "bank", "a", 5), voucher("2", "bank", "a", 6)) == ["booked"] * 2
    assert journal.codes(voucher("3", "bank", "a", 7)) == ["booked"]
    with journal.ctx.open():
        found = list(Voucher.objects.order_by("id"))
    assert [told(journal, one) for one in found] == [[("posted", journal.ctx.actor.name)]] * 3
    assert "다른 전표와 함께 기장" in page_of(journal, found[0])


def test_a_voucher_of_a_bank_line_names_the_rule_that_booked_it(db: None) -> None:
    scene = make_scene()
    scene.rule("FEES", direction="out", text="수수료")
    scene.statement(Line(TODAY, -500, "수수료"), Line(TODAY, 900, "모르는 입금"))
    scene.run()
    [one] = scene.vouchers()
    page = page_of(scene.journal, one, "treasurer")
    assert re.search(r'href="/reconciliation/rules/FEES\?book=SC">Rule FEES</a>\s*<span[^>]*>FEES.1', page)
    assert "/imports" in page or "수수료" in page


def test_a_draft_on_its_way_tells_its_own(journal: Journal) -> None:
    request = sent(journal, transfer_of("1,234,567"))
    page = html.unescape(
        signed_in(journal.second).get(f"/ledger/vouchers/drafts/{request.subject_id}").content.decode()
    )
    assert "1,234,567" in page and "초안을 시작" in page
    with journal.ctx.open():
        assert ApprovalRequest.objects.get(id=request.id).state == "open"
