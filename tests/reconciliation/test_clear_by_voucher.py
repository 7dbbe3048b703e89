"""An item in suspense is cleared by a voucher that two persons booked by hand, and stands there again when that is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from moa.control.approvals import ReasonMissing
from moa.control.models import AuditLine
from moa.kernel.errors import Forbidden
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ledger.models import Voucher
from moa.ledger.operations.reverse_voucher import plan_reversal
from moa.ledger.rules.vouchers import NewVoucher, credit, debit
from moa.reconciliation.operations.clear_by_voucher import clear_by_voucher
from moa.reconciliation.operations.match_lines import NoSuchMovement
from moa.reconciliation.operations.suspend_lines import suspend_lines
from moa.reconciliation.operations.unlink_lines import LineNotLinked, unlink_lines
from tests.accounts.bank_files import Line
from tests.control.factories import TODAY, make_person, signed_in
from tests.faults import at_once
from tests.ledger.journal import voucher
from tests.reconciliation.scene import Scene, make_scene


def in_suspense(scene: Scene, *amounts: int) -> Scene:
    scene.statement(*(Line(TODAY, minor, f"WHO IS {n}") for n, minor in enumerate(amounts)))
    scene.run()
    suspend_lines(scene.journal.machine, scene.book)
    return scene


@pytest.fixture
def suspended(scene: Scene) -> Scene:
    return in_suspense(scene, 100, 100, -40)


def booked(scene: Scene, new: NewVoucher, **more: Any) -> int:
    """Booked by two persons, as from the entry page."""
    more = more or {"authority": scene.journal.authority()}
    assert scene.journal.codes(new, **more) == ["booked"]
    with scene.ctx.open():
        return Voucher.objects.get(key=new.key).id


def cleared(scene: Scene, row: int, by: int, ctx: Any = None) -> Any:
    ctx = ctx or scene.ctx
    with ctx.open():
        return clear_by_voucher(ctx, row, by)


def test_the_item_is_cleared_and_nothing_is_booked(suspended: Scene) -> None:
    row = suspended.lines()[0].id
    by = booked(suspended, voucher("out", "suspense", "free", 100))
    before = suspended.journal.balances()
    item = cleared(suspended, row, by)
    assert (item.state, item.counter, item.cleared_on, item.voucher_id) == ("cleared", "free", TODAY, by)
    assert item.request_id is not None and suspended.journal.balances() == before
    assert suspended.states()[0] == "cleared"
    with suspended.ctx.open():
        assert AuditLine.objects.get(code="reconciliation.suspense.linked").after["voucher"] == by
    with pytest.raises(MoveNotAllowed):
        cleared(suspended, row, by)
    # One voucher takes one item's money out, the twin stays.
    with pytest.raises(NoSuchMovement):
        cleared(suspended, suspended.lines()[1].id, by)


def test_money_that_went_out_comes_back_in(suspended: Scene) -> None:
    by = booked(suspended, voucher("back", "free", "suspense", 40))
    assert cleared(suspended, suspended.lines()[2].id, by).state == "cleared"
    assert suspended.journal.balance("suspense") == 200


@pytest.mark.parametrize("wrong", ["side", "amount", "file", "legs", "elsewhere"])
def test_a_voucher_that_is_about_something_else_clears_nothing(suspended: Scene, wrong: str) -> None:
    by = {
        "side": lambda: booked(suspended, voucher("v", "free", "suspense", 100)),
        "amount": lambda: booked(suspended, voucher("v", "suspense", "free", 99)),
        # By a standing order: one person gave the file.
        "file": lambda: booked(suspended, voucher("v", "suspense", "free", 100), source_kind="file"),
        "legs": lambda: booked(suspended, NewVoucher("v", TODAY, TODAY, (
            debit("suspense", 100, "KRW"), debit("free", 5, "KRW"), credit("bank", 105, "KRW")))),
        "elsewhere": lambda: booked(suspended, voucher("v", "bank", "free", 100)),
    }[wrong]()  # fmt: skip
    with pytest.raises(NoSuchMovement):
        cleared(suspended, suspended.lines()[0].id, by)
    page = signed_in(suspended.ctx).get(f"/reconciliation/lines/{suspended.lines()[0].id}").content.decode()
    assert 'value="cleared_by"' not in page
    assert suspended.states() == ["suspense"] * 3


def test_the_page_offers_it_and_takes_it_back_with_a_reason(suspended: Scene) -> None:
    row = suspended.lines()[0].id
    by = booked(suspended, voucher("out", "suspense", "free", 100))
    client, page = signed_in(suspended.ctx), f"/reconciliation/lines/{row}"
    assert 'value="cleared_by"' in client.get(page).content.decode()
    assert client.post(page, {"act": "cleared_by", "voucher": str(by)}).status_code == 302
    assert 'value="unlink"' in client.get(page).content.decode()
    assert client.post(page, {"act": "unlink", "reason": ""}).status_code == 422
    assert client.post(page, {"act": "unlink", "reason": "다른 건"}).status_code == 302
    assert (suspended.states()[0], suspended.items()[0].state) == ("suspense", "open")
    assert cleared(suspended, row, by).voucher_id == by


def test_who_may_not_assign_clears_nothing(suspended: Scene) -> None:
    by = booked(suspended, voucher("out", "suspense", "free", 100))
    with pytest.raises(Forbidden):
        cleared(
            suspended, suspended.lines()[0].id, by, make_person(suspended.journal.machine, roles=["auditor"])
        )


def test_what_was_cleared_by_a_proposal_or_a_rule_is_not_unlinked(suspended: Scene) -> None:
    row = suspended.lines()[0].id
    suspended.decided(row, action="clear", counter="free")
    with pytest.raises(LineNotLinked), suspended.ctx.open():
        unlink_lines(suspended.ctx, row, reason="x")
    by = booked(suspended, voucher("out", "suspense", "free", 100))
    other = suspended.lines()[1].id
    cleared(suspended, other, by)
    with pytest.raises(ReasonMissing), suspended.ctx.open():
        unlink_lines(suspended.ctx, other, reason=" ")


@pytest.mark.parametrize("how", ["hand", "proposal", "rule"])
def test_a_reversed_clearing_puts_the_money_into_suspense_again(suspended: Scene, how: str) -> None:
    row = suspended.lines()[0].id
    if how == "hand":
        cleared(suspended, row, booked(suspended, voucher("out", "suspense", "free", 100)))
    elif how == "proposal":
        suspended.decided(row, action="clear", counter="free")
    else:
        suspended.rule(text="WHO IS 0")
        assert suspended.run().cleared == 1
    item = suspended.items()[0]
    assert item.state == "cleared" and suspended.journal.balance("suspense") == 60
    with suspended.ctx.open():
        back = plan_reversal(suspended.ctx, suspended.book, item.voucher_id, item.period, key="back")
    suspended.journal.post(back, authority=suspended.journal.authority())
    suspended.run()
    # A rule does not clear again what a person took back.
    assert suspended.run().cleared == 0
    item = suspended.items()[0]
    assert (item.state, item.voucher_id, item.counter) == ("open", None, "")
    line = suspended.lines()[0]
    assert (line.state, line.problem) == ("suspense", "clearing_reversed")
    assert suspended.journal.balance("suspense") == 160
    suspended.decided(row, action="clear", counter="free")
    assert (suspended.items()[0].state, suspended.lines()[0].problem) == ("cleared", "")
    assert suspended.journal.balance("suspense") == 60


@pytest.mark.django_db(transaction=True)
def test_two_items_at_once_are_not_cleared_by_one_voucher(transactional_db: None) -> None:
    scene = in_suspense(make_scene(), 100, 100)
    by = booked(scene, voucher("out", "suspense", "free", 100))
    first, second = (one.id for one in scene.lines())

    def press(ctx: Any, row: int) -> str:
        try:
            return str(cleared(scene, row, by, ctx).state)
        except NoSuchMovement:
            return "refused"

    done = at_once(lambda: press(scene.ctx, first), lambda: press(scene.journal.second, second))
    assert sorted(done) == ["cleared", "refused"]
    assert sorted(scene.states()) == ["cleared", "suspense"]
