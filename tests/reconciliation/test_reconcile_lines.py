"""Bank lines become vouchers by rules agreed by two: once, on the open day, with the bank's value date."""

from __future__ import annotations

from datetime import date

import pytest

from moa.ledger.operations.post_vouchers import StandingOrderMissing
from moa.reconciliation.models import BankLine
from moa.reconciliation.operations.confirm_line import confirm_line
from moa.reconciliation.operations.match_lines import NoSuchMovement, match_lines
from moa.reconciliation.operations.suspend_lines import suspend_lines
from tests.accounts.bank_files import Line, mt940
from tests.control.factories import TODAY
from tests.ledger.journal import voucher
from tests.reconciliation.scene import MONDAY, OPENING, Scene, make_scene

FEE, SALE = Line(TODAY, -500, "FEE"), Line(TODAY, 3_000, "SALE TO LEE")


def test_a_line_is_posted_by_its_rule_and_the_voucher_names_both(scene: Scene) -> None:
    scene.rule("FEES", counter="free", text="fee", memo="{text} of {date}")
    scene.statement(FEE)
    done = scene.run()
    assert (done.new, done.posted, scene.states()) == (1, 1, ["posted"])
    (made,), (line,) = scene.vouchers(), scene.lines()
    assert (made.source_id, made.origin, made.memo) == (f"{line.line_id} FEES.1", "rule", f"FEE of {TODAY}")
    assert (line.voucher_id, line.business_date) == (made.id, TODAY)
    assert scene.journal.balance("bank") == OPENING - 500
    assert (made.checker_id, made.standing_order_id is not None) == (None, True)


def test_lines_from_before_the_link_stay_out(scene: Scene) -> None:
    scene.rule(direction="in")
    old = [Line(date(2026, 11, 18), 7, "OLD")]
    before = mt940(old, opening=OPENING - 7, first=old[0].day, last=old[0].day, reference="OLD")
    assert scene.bank.bring(before).entries_new == 1
    assert scene.run().new == 0


def test_running_again_books_nothing_twice(scene: Scene) -> None:
    scene.rule("ALL", direction="in")
    scene.statement(SALE)
    scene.run()
    assert scene.run().posted == 0 and len(scene.vouchers()) == 1
    # The same day fetched again with one line more.
    scene.statement(SALE, Line(TODAY, 3_000, "SALE TO LEE"), last=TODAY)
    assert scene.run().posted == 1 and len(scene.vouchers()) == 2


def test_the_first_rule_in_order_takes_the_line_and_a_later_version_replaces_the_former(scene: Scene) -> None:
    scene.rule("WIDE", counter="a", direction="in", position=200)
    scene.rule("NARROW", counter="free", text="sale", position=100)
    scene.rule("NARROW", counter="b", text="sale", position=100)
    scene.statement(SALE)
    scene.run()
    assert scene.vouchers()[0].source_id.endswith(" NARROW.2") and scene.journal.balance("b") == 3_000


def test_a_rule_that_begins_later_or_is_off_takes_nothing(scene: Scene) -> None:
    scene.rule("LATER", direction="in", valid_from=MONDAY)
    scene.rule("OFF", direction="in", is_on=False)
    scene.statement(SALE)
    assert scene.run().unknown == 1 and scene.states() == ["unposted"]


def test_a_line_waits_until_the_unit_confirms_it(scene: Scene) -> None:
    scene.rule("SALES", mode="confirm", counter="a", text="sale")
    scene.statement(SALE)
    assert scene.run().waiting == 1 and scene.vouchers() == []
    (line,) = scene.lines()
    with scene.ctx.open():
        confirm_line(scene.ctx, line.id)
    (line,) = scene.lines()
    assert (line.state, line.confirmed_by_id) == ("posted", scene.ctx.actor.person_id)
    assert scene.journal.balance("a") == 3_000


def test_a_refused_voucher_parks_its_line_and_no_other(scene: Scene) -> None:
    scene.rule("ALL", counter="a", direction="out", position=2)
    scene.rule("SALES", counter="free", direction="in", position=1)
    scene.statement(FEE, SALE)
    done = scene.run()
    assert (done.posted, done.parked) == (1, 1)
    parked = scene.lines()[0]
    assert (parked.state, parked.problem, parked.problem_account) == ("unposted", "below_floor", "a")
    assert scene.run().parked == 0
    scene.journal.post(voucher("money", "free", "a", 1_000))
    assert scene.run(retry=True).posted == 1


def test_without_a_standing_order_nothing_is_booked(db: None) -> None:
    scene = make_scene(with_order=False)
    scene.rule("ALL", direction="in")
    scene.statement(SALE)
    with pytest.raises(StandingOrderMissing):
        scene.run()
    assert scene.states() == ["unposted"]


def test_weekend_lines_belong_to_the_next_business_day(scene: Scene) -> None:
    scene.rule("ALL", direction="in")
    scene.statement(
        Line(date(2026, 11, 21), 70, "SATURDAY"), first=date(2026, 11, 21), last=date(2026, 11, 21)
    )
    assert (scene.run().new, scene.states()) == (1, ["unposted"])
    assert scene.lines()[0].due_on == MONDAY


def test_a_movement_that_somebody_booked_by_hand_is_explained_not_doubled(scene: Scene) -> None:
    scene.rule("ALL", direction="in", counter="free")
    scene.journal.post(voucher("by hand", "bank", "a", 3_000))
    scene.statement(SALE)
    scene.run()
    (line,) = scene.lines()
    assert (line.state, line.problem) == ("waiting", "may_be_booked")
    number = scene.journal.rows("select id from ledger_voucher where key = 'by hand'")[0][0]
    with scene.ctx.open():
        match_lines(scene.ctx, scene.book, rows=[line.id], vouchers=[number])
    assert scene.states() == ["posted"] and scene.vouchers() == []
    with pytest.raises(NoSuchMovement), scene.ctx.open():
        BankLine.objects.filter(id=line.id).update(state="unposted", voucher_id=None)
        match_lines(scene.ctx, scene.book, rows=[line.id], vouchers=[number + 1000])


def test_what_is_unknown_or_unconfirmed_goes_to_suspense_and_two_persons_clear_it(scene: Scene) -> None:
    scene.rule("SALES", mode="confirm", counter="a", text="sale")
    scene.statement(FEE, SALE)
    scene.run()
    assert suspend_lines(scene.ctx, scene.book) == 2
    assert scene.states() == ["suspense", "suspense"]
    fee, sale = sorted(scene.items(), key=lambda one: one.amount_minor)
    assert (fee.cause, sale.cause, sale.due_on) == ("unknown", "unconfirmed", date(2026, 11, 27))
    assert scene.journal.balance("suspense") == 2_500
    scene.decided(sale.line_id, action="clear", counter="b")
    assert (scene.journal.balance("suspense"), scene.journal.balance("b")) == (-500, 3_000)
    cleared = next(one for one in scene.items() if one.id == sale.id)
    assert (cleared.state, cleared.cleared_on) == ("cleared", TODAY)
    made = scene.vouchers()[-1]
    assert (made.maker_id, made.checker_id) == (
        scene.ctx.actor.person_id, scene.journal.second.actor.person_id,
    )  # fmt: skip


def test_a_rule_that_comes_later_clears_suspense(scene: Scene) -> None:
    scene.statement(FEE)
    scene.run()
    suspend_lines(scene.ctx, scene.book)
    scene.rule("FEES", counter="free", text="fee")
    assert scene.run().cleared == 1 and scene.states() == ["cleared"]
    assert scene.journal.balance("suspense") == 0


def test_a_line_is_ignored_by_two_with_a_reason(scene: Scene) -> None:
    scene.statement(FEE)
    scene.run()
    (line,) = scene.lines()
    scene.decided(line.id, action="ignore", reason="the bank takes it back tomorrow")
    assert scene.states() == ["ignored"] and scene.vouchers() == []


def test_a_line_is_booked_by_hand_by_two(scene: Scene) -> None:
    scene.statement(FEE)
    scene.run()
    scene.decided(scene.lines()[0].id, action="post", counter="free", memo="bank fee")
    assert scene.states() == ["posted"]
    assert (scene.vouchers()[0].memo, scene.vouchers()[0].standing_order_id) == ("bank fee", None)
