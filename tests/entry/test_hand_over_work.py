"""What upper contexts know to wait on a leaver goes to the successor: drafts, suspense, watches, the daily mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from moa.accounts.models import Watch
from moa.accounts.operations.set_watch import set_watch
from moa.accounts.watch_rules import Condition, WatchKind
from moa.control.context import Context
from moa.control.leaving import waiting_on
from moa.control.models import Person
from moa.control.operations.retire_person import retire_person
from moa.ledger.models import VoucherDraft
from moa.ledger.operations.decide_voucher import decide_voucher
from moa.ledger.operations.save_draft import save_draft
from moa.ledger.operations.submit_voucher import submit_voucher
from moa.ledger.rules.typed_vouchers import TypedLeg, TypedVoucher
from moa.reconciliation.models import SuspenseItem
from moa.reconciliation.operations.suspend_lines import suspend_lines
from moa.reports.models import DailyMailing
from moa.reports.operations.set_daily_mailing import set_daily_mailing
from tests.accounts.bank_files import Line
from tests.control.factories import TODAY, make_person, signed_in
from tests.ledger.journal import Journal, make_journal
from tests.reconciliation.scene import make_scene

pytestmark = pytest.mark.django_db


def retire(ctx: Context, person: int, **heirs: int) -> None:
    admin = make_person(ctx, roles=["admin"])
    with admin.open():
        retire_person(admin, person, left_on=TODAY, heirs=heirs)


def asked(ctx: Context, person: int) -> dict[str, int]:
    with ctx.open():
        return {left.matter.code: left.waiting.count for left in waiting_on(ctx, person)}


@pytest.fixture
def journal() -> Journal:
    return make_journal()


def test_a_draft_goes_on_with_another_person_and_is_booked(journal: Journal) -> None:
    typed = TypedVoucher(
        business_date=str(TODAY),
        memo="이체",
        legs=(TypedLeg("bank", debit="1,000"), TypedLeg("a", credit="1,000")),
    )
    goes, heir = journal.ctx, make_person(journal.machine, roles=["teller"])
    with goes.open():
        old = save_draft(goes, journal.book, typed)
        waiting = save_draft(goes, journal.book, typed)
        submit_voucher(goes, waiting.id, seen_version=waiting.version)
    assert asked(journal.second, goes.actor.person_id)["drafts"] == 1
    retire(journal.machine, goes.actor.person_id, drafts=heir.actor.person_id)
    with heir.open():
        new = VoucherDraft.objects.get(maker_id=heir.actor.person_id)
        assert VoucherDraft.objects.get(id=old.id).discarded_at is not None
        assert new.form == typed.as_json()
        request = submit_voucher(heir, new.id, seen_version=new.version)
    with journal.second.open():
        decide_voucher(journal.second, request.id, approve=True, seen_hash=request.content_hash)
    assert journal.balance("bank") == 1_000


def test_suspense_items_get_another_owner() -> None:
    scene = make_scene()
    scene.statement(Line(TODAY, 700))
    scene.run()
    suspend_lines(scene.ctx, scene.book)
    goes, heir = make_person(scene.ctx, roles=["teller"]), make_person(scene.ctx, roles=["teller"])
    with scene.ctx.open():
        SuspenseItem.objects.update(owner_id=goes.actor.person_id)
    assert asked(scene.ctx, goes.actor.person_id) == {"suspense": 1}
    retire(scene.ctx, goes.actor.person_id, suspense=heir.actor.person_id)
    assert [one.owner_id for one in scene.items()] == [heir.actor.person_id]


def test_only_what_nobody_else_is_told_needs_a_successor(journal: Journal) -> None:
    goes, other = (
        make_person(journal.machine, roles=["treasurer"]),
        make_person(journal.machine, roles=["teller"]),
    )
    one, two = goes.actor.person_id, other.actor.person_id
    shared, alone = (Condition(WatchKind.LARGE, currency="KRW", amount_minor=amount) for amount in (100, 200))
    with goes.open():
        Person.objects.filter(id__in=[one, two]).update(email="x@example.org")
        set_watch(goes, condition=shared, persons=[one, two])
        set_watch(goes, condition=alone, persons=[one])
        set_daily_mailing(goes, person_id=one, at=time(8), form="pdf")
    assert asked(journal.ctx, one) == {"watches": 1, "daily_mailing": 1}
    retire(journal.machine, one, watches=two, daily_mailing=two)
    fresh = replace(other, memo={})
    with fresh.open():
        assert sorted(Watch.objects.values_list("person_id", "amount_minor")) == [(two, 100), (two, 200)]
        assert DailyMailing.objects.get().person_id == two
    assert asked(journal.ctx, one) == {}


def test_the_page_links_only_where_its_reader_may_go(journal: Journal) -> None:
    goes = journal.ctx
    with goes.open():
        save_draft(goes, journal.book, TypedVoucher(business_date=str(TODAY), memo="이체"))
    address = f"/people/{goes.actor.person_id}"
    for role, may_go in (("admin", False), ("auditor", True)):
        client = signed_in(make_person(journal.machine, roles=[role]))
        page = client.get(address).content.decode().split('id="main"')[1]
        assert ('href="/ledger/vouchers"' in page) == may_go, role
