"""Templates of vouchers are changed by two persons, version after version, and a voucher keeps which one it began with."""

from __future__ import annotations

import html
import re
import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connections

from moa.control import approval_subjects, approvals
from moa.control.approvals import AlreadyOpen, ContentChanged, SamePerson
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ledger.models import Voucher, VoucherTemplate
from moa.ledger.operations.decide_template import decide_template
from moa.ledger.operations.propose_template import (
    NONE_YET,
    TemplateChanged,
    TemplateFlawed,
    TemplateUnchanged,
    as_new,
    propose_template,
)
from moa.ledger.operations.submit_voucher import VoucherFlawed, submit_voucher
from moa.ledger.rules.templates import NewTemplate, TemplateLeg, template_flaws
from moa.ledger.voucher_templates import list_templates, named_template, template_versions
from tests.control.factories import make_person, signed_in
from tests.ledger.journal import Journal, make_journal
from tests.ledger.test_enter_vouchers import decided as decided_voucher
from tests.ledger.test_enter_vouchers import saved, transfer_of

FEES = NewTemplate("card-fees", "카드 수수료", "payment", "카드사 수수료", (TemplateLeg("debit", "6421"), TemplateLeg("credit", "bank", "출금")))  # fmt: skip


def proposed(journal: Journal, new: NewTemplate = FEES, seen: int = NONE_YET, ctx: Context | None = None) -> ApprovalRequest:  # fmt: skip
    ctx = ctx or journal.ctx
    with ctx.open():
        return propose_template(ctx, journal.book, new=new, seen_revision=seen)


def decided(journal: Journal, request: ApprovalRequest, ctx: Context | None = None, **more: Any) -> ApprovalRequest:  # fmt: skip
    ctx = ctx or journal.second
    with ctx.open():
        return decide_template(
            ctx, request.id, **({"approve": True, "seen_hash": request.content_hash} | more)
        )


def offered(journal: Journal) -> dict[str, int]:
    with journal.ctx.open():
        return {one.code: one.revision for one in list_templates(journal.book)}


def test_it_is_offered_once_another_person_agreed(journal: Journal) -> None:
    request = proposed(journal)
    assert "card-fees" not in offered(journal)
    decided(journal, request)
    assert offered(journal)["card-fees"] == 1
    with journal.ctx.open():
        template = named_template(journal.book, "card-fees")
        row = VoucherTemplate.objects.get()
    assert (template.legs, template.memo, template.kind) == (FEES.legs, FEES.memo, "payment")
    assert row.request_id == request.id


def test_its_maker_does_not_agree_to_it_and_a_right_is_needed(journal: Journal) -> None:
    request = proposed(journal)
    with pytest.raises(SamePerson):
        decided(journal, request, ctx=journal.ctx)
    teller = make_person(journal.machine, roles=["teller"])
    with pytest.raises(Forbidden):
        proposed(journal, ctx=teller)
    assert "card-fees" not in offered(journal)


def test_what_was_edited_after_it_was_seen_is_not_agreed_to(journal: Journal) -> None:
    first = proposed(journal)
    with journal.ctx.open():
        approvals.withdraw(journal.ctx, first.id)
    second = proposed(journal, FEES._replace(memo="다른 적요"))
    with pytest.raises(ContentChanged):
        decided(journal, second, seen_hash=first.content_hash)
    with pytest.raises(MoveNotAllowed):
        decided(journal, first)
    assert "card-fees" not in offered(journal)


def test_the_database_takes_only_what_was_decided(journal: Journal) -> None:
    request = proposed(journal)
    fitting = {
        "group_id": journal.ctx.group_id, "book_id": journal.book.id, "code": FEES.code, "revision": 1, "name": FEES.name,
        "kind": FEES.kind, "memo": FEES.memo, "legs": [leg._asdict() for leg in FEES.legs], "request_id": request.id,
    }  # fmt: skip
    other = [{"side": "debit", "account": "a", "memo": ""}, fitting["legs"][1]]

    def refused(**more: Any) -> None:
        with pytest.raises(DatabaseError), journal.ctx.open():
            VoucherTemplate.objects.create(**(fitting | more))

    refused()
    with journal.second.open():
        approvals.decide(journal.second, request.id, approve=True, seen_hash=request.content_hash)
    for more in (
        {"name": "x"},
        {"legs": other},
        {"revision": 2},
        {"is_active": False},
        {"memo": ""},
        {"code": "x"},
        {"names": {"en": "Something else"}},
    ):
        refused(**more)
    with journal.ctx.open():
        VoucherTemplate.objects.create(**fitting)
    refused()


def test_a_change_is_a_new_version_and_the_old_ones_stay(journal: Journal) -> None:
    decided(journal, proposed(journal))
    decided(journal, proposed(journal, FEES._replace(name="카드 수수료 지급"), seen=1))
    decided(journal, proposed(journal, FEES._replace(name="카드 수수료 지급", is_active=False), seen=2))
    assert "card-fees" not in offered(journal)
    with journal.ctx.open():
        versions = template_versions(journal.book, "card-fees")
        with pytest.raises(NotFound):
            named_template(journal.book, "card-fees")
    assert [(one.revision, one.name, one.is_active) for one in versions] == [
        (3, "카드 수수료 지급", False), (2, "카드 수수료 지급", True), (1, "카드 수수료", True),
    ]  # fmt: skip
    decided(journal, proposed(journal, FEES, seen=3))
    assert offered(journal)["card-fees"] == 4


def test_a_shipped_one_is_changed_and_retired_by_a_version_over_it(journal: Journal) -> None:
    with journal.ctx.open():
        shipped = template_versions(journal.book, "receipt")[0]
    with pytest.raises(TemplateUnchanged):
        proposed(journal, as_new(shipped), seen=0)
    request = proposed(journal, as_new(shipped)._replace(is_active=False), seen=0)
    assert request.content["before"]["name"] == shipped.name
    decided(journal, request)
    assert "receipt" not in offered(journal)


def test_two_persons_change_one_at_a_time(journal: Journal) -> None:
    decided(journal, proposed(journal))
    mine = proposed(journal, FEES._replace(memo="하나"), seen=1)
    with pytest.raises(AlreadyOpen):
        proposed(journal, FEES._replace(memo="둘"), seen=1, ctx=journal.second)
    decided(journal, mine)
    # What the second person had open is not the newest any more.
    with pytest.raises(TemplateChanged):
        proposed(journal, FEES._replace(memo="둘"), seen=1, ctx=journal.second)
    with pytest.raises(TemplateChanged):
        proposed(journal, FEES._replace(memo="셋"))


def test_two_proposals_at_the_same_moment_leave_one(transactional_db: None) -> None:
    journal = make_journal()
    start, answers = threading.Barrier(2), list[str]()

    def press(ctx: Context, memo: str) -> None:
        start.wait()
        try:
            proposed(journal, FEES._replace(memo=memo), ctx=replace(ctx, memo={}))
            answers.append("filed")
        except AlreadyOpen:
            answers.append("late")
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=press, args=one) for one in ((journal.ctx, "1"), (journal.second, "2"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["filed", "late"]


def test_who_decides_sees_what_is_and_what_would_be(journal: Journal) -> None:
    decided(journal, proposed(journal))
    new = FEES._replace(name="카드 수수료 지급", legs=(*FEES.legs, TemplateLeg("debit", "6411")))
    request = proposed(journal, new, seen=1)
    with journal.second.open():
        subject = approval_subjects.describe(journal.second, request)
    changed = [(one.before, one.after) for one in subject.changes if one.differs]
    assert changed[0] == ("카드 수수료", "카드 수수료 지급")
    assert changed[1][0] == "" and "6411" in changed[1][1]
    assert len(changed) == 2
    page = signed_in(journal.second).get(f"/approvals/{request.id}").content.decode()
    assert "카드 수수료 지급" in page and "6411" in page


def test_each_reader_sees_it_by_the_name_of_the_own_language(journal: Journal) -> None:
    named = FEES._replace(ko="카드 수수료", zh=" 银行卡手续费 ", en="Card fees")
    first = proposed(journal, named)
    # What is the same as the name for all is no name of its own.
    assert first.content["names"] == {"zh-hans": "银行卡手续费", "en": "Card fees"}
    decided(journal, first)
    with pytest.raises(TemplateUnchanged):
        proposed(journal, named, seen=1)
    second = proposed(journal, named._replace(zh="银行卡费用", en=""), seen=1)
    with journal.second.open():
        changed = [one for one in approval_subjects.describe(journal.second, second).changes if one.differs]
    assert [(one.before, one.after) for one in changed] == [("银行卡手续费", "银行卡费用"), ("Card fees", "")]
    decided(journal, second)
    client = signed_in(journal.ctx)
    for language, name in (("ko", "카드 수수료"), ("zh-hans", "银行卡费用"), ("en", "카드 수수료")):
        client.cookies["moa_language"] = language
        for page in ("/ledger/templates", "/ledger/vouchers/new", "/ledger/templates/of/card-fees"):
            assert name in client.get(page).content.decode(), (language, page)
    assert "card-fees" in client.get("/ledger/templates?text=银行卡").content.decode()


def test_one_that_was_filed_before_there_were_names_is_put_in_force(journal: Journal) -> None:
    request = proposed(journal)
    content = {name: value for name, value in request.content.items() if name != "names"}
    with journal.ctx.open():
        approvals.withdraw(journal.ctx, request.id)
        old = approvals.submit(
            journal.ctx, subject_type="ledger.voucher_template", subject_id=request.subject_id, content=content,
            unit_id=journal.book.unit_id,
        )  # fmt: skip
    decided(journal, old)
    assert offered(journal)["card-fees"] == 1


@pytest.mark.parametrize(
    ("new", "flaws"),
    [
        (FEES._replace(code="a b"), {"code": "template_code_unfit"}),
        (FEES._replace(code="a/b"), {"code": "template_code_unfit"}),
        (FEES._replace(name=" "), {"name": "template_without_name"}),
        (FEES._replace(kind="reversal"), {"kind": "voucher_kind_unknown"}),
        (FEES._replace(memo="가" * 201), {"memo": "text_too_long"}),
        (FEES._replace(zh="长" * 101), {"zh": "text_too_long"}),
        (FEES._replace(legs=FEES.legs[:1]), {"account.2": "too_few_legs"}),
        (FEES._replace(legs=(FEES.legs[0], FEES.legs[0])), {"side.1": "template_one_sided"}),
        (FEES._replace(legs=(*FEES.legs, TemplateLeg("debit", "9999"))), {"account.3": "template_account_unknown"}),
        (FEES._replace(legs=(*FEES.legs, TemplateLeg("left", "bank"))), {"side.3": "side_unknown"}),
        (FEES._replace(legs=(*FEES.legs, TemplateLeg("debit", "", "x"))), {"account.3": "leg_without_account"}),
    ],
)  # fmt: skip
def test_each_flaw_is_told_at_its_field(new: NewTemplate, flaws: dict[str, str]) -> None:
    named = {"bank": "Bank", "6421": "Fees"}
    found = template_flaws(new, named, ("transfer", "payment"))
    assert {one.field: one.code for one in found} == flaws
    assert template_flaws(FEES, named, ("payment",)) == []


def test_a_closed_account_takes_no_new_version_but_a_retirement(journal: Journal) -> None:
    decided(journal, proposed(journal))
    with journal.ctx.open():
        journal.book.accounts.filter(code="bank").update(state="closed", closed_on=journal.ctx.today)
    with pytest.raises(TemplateFlawed):
        proposed(journal, FEES._replace(memo="x"), seen=1)
    decided(journal, proposed(journal, FEES._replace(is_active=False), seen=1))
    assert "card-fees" not in offered(journal)


def test_a_voucher_keeps_the_version_it_was_made_from(journal: Journal) -> None:
    decided(journal, proposed(journal))
    typed = transfer_of(template="card-fees", template_version="1")
    draft = saved(journal, typed)
    with journal.ctx.open():
        request = submit_voucher(journal.ctx, draft.id, seen_version=1)
    decided(journal, proposed(journal, FEES._replace(name="새 이름"), seen=1))
    decided_voucher(journal, request)
    with journal.ctx.open():
        voucher = Voucher.objects.get(origin="entry")
    page = signed_in(journal.ctx).get(f"/books/SC/vouchers/{voucher.period}/{voucher.id}").content.decode()
    assert re.search(r'href="/ledger/templates/of/card-fees\?book=SC#v1">카드 수수료</a>', page)
    unknown = saved(journal, transfer_of(template="card-fees", template_version="9"))
    with journal.ctx.open(), pytest.raises(VoucherFlawed):
        submit_voucher(journal.ctx, unknown.id, seen_version=1)


def fields(**more: str) -> dict[str, str]:
    return {
        "book": "SC", "code": "card-fees", "name": "카드 수수료", "kind": "payment", "memo": "", "rows": "4", "seen": "",
        "side.1": "debit", "account.1": "6421", "side.2": "credit", "account.2": "bank", "step": "send",
    } | more  # fmt: skip


def test_it_is_made_changed_and_retired_from_the_pages(journal: Journal) -> None:
    client, checker = signed_in(journal.ctx), signed_in(journal.second)

    def agree() -> None:
        with journal.ctx.open():
            request = ApprovalRequest.objects.get(subject_type="ledger.voucher_template", state="open")
        done = checker.post(
            f"/approvals/{request.id}/decision", {"decision": "approve", "fingerprint": request.content_hash}
        )
        assert done.status_code == 302

    wrong = client.post("/ledger/templates/new", fields(**{"account.1": "없는 것", "name": ""}))
    body = html.unescape(wrong.content.decode())
    assert wrong.status_code == 422 and 'value="없는 것"' in body and 'href="#f-account.1"' in body
    taken = client.post("/ledger/templates/new", fields(code="receipt"))
    assert taken.status_code == 422 and 'id="e-code"' in taken.content.decode()
    sent = client.post("/ledger/templates/new", fields())
    assert sent.status_code == 302
    assert "카드 수수료" in client.get(sent["Location"]).content.decode()
    agree()
    page = "/ledger/templates/of/card-fees?book=SC"
    assert 'name="seen" value="1"' in client.get(page).content.decode()
    assert client.post(page, fields(seen="1")).status_code == 409
    assert client.post(page, fields(seen="1", name="바뀐 이름")).status_code == 302
    agree()
    late = client.post(page, fields(seen="1", name="늦은 이름"))
    assert late.status_code == 409 and 'value="늦은 이름"' in late.content.decode()
    assert "바뀐 이름" in client.get("/ledger/vouchers/new").content.decode()
    assert client.post(page, fields(seen="2", step="retire")).status_code == 302
    agree()
    assert "바뀐 이름" not in client.get("/ledger/vouchers/new").content.decode()
    found = client.get("/ledger/templates?state=retired").content.decode()
    link = re.search(r'href="(/ledger/templates/row/\d+)', found)
    assert link and client.get(link[1], follow=True).status_code == 200
    shipped = re.findall(
        r'href="(/ledger/templates/row/\d+)', client.get("/ledger/templates").content.decode()
    )
    assert len(shipped) > 10 and client.get(shipped[-1], follow=True).status_code == 200
    assert client.get("/ledger/templates?as=csv").status_code == 200


def test_a_stranger_finds_no_template_and_an_auditor_no_form(journal: Journal) -> None:
    decided(journal, proposed(journal))
    page = "/ledger/templates/of/card-fees"
    auditor = signed_in(make_person(journal.machine, roles=["auditor"]))
    seen = auditor.get(page)
    assert seen.status_code == 200 and 'name="account.1"' not in seen.content.decode()
    assert auditor.post(page, fields(seen="1")).status_code == 403
    stranger = signed_in(make_journal().ctx)
    assert stranger.get(page).status_code == 404
    with journal.ctx.open():
        number = VoucherTemplate.objects.get().id
    assert stranger.get(f"/ledger/templates/row/{number}").status_code == 404
