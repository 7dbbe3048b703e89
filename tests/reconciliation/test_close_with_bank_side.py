"""Business end, the bank side of the proof, what the bank takes back, and what came after the close."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from moa.accounts.models import Conflict
from moa.ledger.availability import not_yet_available
from moa.ledger.close_checks import run_checks
from moa.ledger.operations.close_day import Closed, CloseRefused
from moa.reconciliation.models import BankLine
from tests.accounts.bank_files import Line, mt940
from tests.control.factories import TODAY, signed_in
from tests.ledger.journal import voucher
from tests.ledger.proofs import Verdict, altered, bodies, check, close, export
from tests.reconciliation.scene import MONDAY, OPENING, Scene, make_scene

FEE, SALE = Line(TODAY, -500, "FEE"), Line(TODAY, 3_000, "SALE")


def sealed(scene: Scene) -> Closed:
    return close(scene.journal)


def wrong(scene: Scene) -> dict[str, dict[str, object]]:
    with scene.ctx.open():
        day = scene.journal.rows(
            "select business_date from ledger_businessday where state in ('open', 'reopened')"
        )[0][0]
        return {one.name: dict(one.facts) for one in run_checks(scene.ctx, scene.book, day) if not one.ok}


def bank_lines(path: Path) -> list[str]:
    return [line.strip() for line in bodies(path) if line.startswith(('["bank"', '["line"', '["difference"'))]


def after_change(path: Path, old: str, new: str) -> Verdict:
    return check(
        altered(path, lambda lines: lines.__setitem__(slice(None), [x.replace(old, new) for x in lines]))
    )


def test_closing_sends_what_is_open_to_suspense_and_bank_is_ledger(scene: Scene, tmp_path: Path) -> None:
    scene.rule("SALES", mode="confirm", text="sale")
    scene.statement(FEE, SALE)
    scene.run()
    assert wrong(scene) == {}
    closed = sealed(scene)
    assert scene.states() == ["suspense", "suspense"]
    path = export(scene.journal, tmp_path / "proof.txt", TODAY, TODAY)
    head, *lines = bank_lines(path)
    assert f"{OPENING},{OPENING + 2_500},{OPENING + 2_500}," in head and len(lines) == 2
    verdict = check(path, f"{TODAY}={closed.hex}")
    assert verdict.holds and "(0 without a statement, 0 listed differences)" in verdict.said


def test_differences_are_listed_to_the_last_unit_and_an_altered_one_is_found(
    scene: Scene, tmp_path: Path
) -> None:
    scene.statement(FEE, SALE)
    scene.run()
    scene.decided(scene.lines()[0].id, action="ignore", reason="the bank takes it back")
    scene.journal.post(voucher("cheque", "a2", "bank", 1), voucher("paid in", "bank", "free", 70))
    closed = sealed(scene)
    path = export(scene.journal, tmp_path / "proof.txt", TODAY, TODAY)
    found = bank_lines(path)
    ignored = scene.lines()[0].line_id
    assert f'["difference","KR004 1002003004005 KRW","line","{ignored}",-500,"{TODAY}"]' in found
    assert sum('"voucher"' in line for line in found) == 1
    assert check(path, f"{TODAY}={closed.hex}").holds
    assert not after_change(path, ",-500,", ",-501,").holds
    assert not after_change(path, '"voucher","', '"voucher","9').holds


def test_a_missing_statement_is_missing_and_its_lines_come_with_the_next(
    scene: Scene, tmp_path: Path
) -> None:
    sealed(scene)
    scene.statement(FEE, SALE)
    scene.bank.bring(
        mt940(
            [Line(MONDAY, 9, "MONDAY")], opening=OPENING + 2_500, first=MONDAY, last=MONDAY, reference="MON"
        )
    )
    sealed(scene)
    path = export(scene.journal, tmp_path / "proof.txt", TODAY, MONDAY)
    verdict = check(path)
    assert verdict.holds and f"{TODAY}: no statement of bank account KR004 1002003004005 KRW" in verdict.said
    assert "2 bank days (1 without a statement, 0 listed differences)" in verdict.said
    first, second, *lines = bank_lines(path)
    assert ",null,null," in first and f",{OPENING},{OPENING + 2_509},{OPENING + 2_509}," in second
    assert len(lines) == 3 and len(scene.items()) == 3


def test_an_overdue_statement_holds_the_closing(scene: Scene) -> None:
    scene.statement(FEE)
    sealed(scene)
    later = scene.journal
    object.__setattr__(later.ctx, "today", MONDAY.replace(day=24))
    assert wrong(scene) == {"bank_statements_imported": {"account": "KR004 1002003004005 KRW", "day": MONDAY}}
    with pytest.raises(CloseRefused):
        sealed(scene)


def test_statements_that_do_not_go_on_are_missing_and_said(scene: Scene) -> None:
    scene.bank.bring(mt940([FEE], opening=OPENING + 40, first=TODAY, last=TODAY))
    assert wrong(scene)["bank_equals_ledger"]["minor"] == 40


@pytest.mark.parametrize("is_sealed", [False, True])
def test_what_the_bank_takes_back_is_reversed_and_linked(
    scene: Scene, tmp_path: Path, is_sealed: bool
) -> None:
    scene.rule("ALL", counter="free", direction="in")
    scene.rule("OUT", counter="free", direction="out")
    scene.statement(FEE, SALE)
    scene.run()
    if is_sealed:
        sealed(scene)
    scene.statement(Line(TODAY, -700, "FEE"), SALE)
    with scene.ctx.open():
        conflict = Conflict.objects.get().id
    scene.bank.settle(conflict, replace=True)
    done = scene.run()
    assert (done.taken_back, done.posted) == (1, 1)
    assert sorted(scene.states()) == ["posted", "posted", "superseded"]
    reversing = next(one for one in scene.vouchers() if one.reverses_id is not None)
    gone = next(one for one in scene.lines() if one.state == "superseded")
    assert (reversing.reverses_id, reversing.source_id) == (gone.voucher_id, f"{gone.line_id} superseded")
    assert scene.journal.balance("bank") == OPENING + 2_300
    assert scene.run().taken_back == 0
    if is_sealed:
        monday = [Line(MONDAY, 9, "MONDAY")]
        scene.bank.bring(mt940(monday, opening=OPENING + 2_300, first=MONDAY, last=MONDAY, reference="MON"))
    closed = sealed(scene)
    path = export(scene.journal, tmp_path / "proof.txt", TODAY, closed.day)
    verdict = check(path, f"{closed.day}={closed.hex}")
    assert verdict.holds, verdict.said
    if is_sealed:
        assert any(f'500,"{gone.line_id} superseded"' in line for line in bank_lines(path))


def test_a_receipt_after_business_hours_is_booked_on_the_next_day_with_its_own_value_date(
    db: None, tmp_path: Path
) -> None:
    scene = make_scene(business_ends=time(16, 30))
    scene.rule("ALL", counter="free", direction="in")
    scene.statement(Line(TODAY, 3_000, "SALE"))
    with scene.ctx.open():
        # MT940 has no time, so the rows get theirs as a spreadsheet of the bank would have given it.
        scene.run()
    assert scene.states() == ["posted"]
    late = make_late_line()
    late.run()
    assert late.states() == ["unposted"] and late.lines()[0].due_on == MONDAY
    told = signed_in(late.ctx).post(f"/reconciliation/lines/{late.lines()[0].id}", {"act": "suspend"})
    assert told.status_code == 422 and "아직 열리지 않은 영업일" in told.content.decode()
    sealed(late)
    late.run()
    with late.ctx.open():
        # In the books of Monday, and not to be used on Friday.
        held_back = {one.account: one.minor for one in not_yet_available(late.ctx, late.book)}
    assert held_back["bank"] == 3_000
    (line,), (made,) = late.lines(), late.vouchers()
    assert (line.state, made.business_date, made.value_date) == ("posted", MONDAY, TODAY)
    path = export(late.journal, tmp_path / "proof.txt", TODAY, TODAY)
    assert any('"difference"' in one and ",3000," in one for one in bank_lines(path))
    assert check(path).holds


def make_late_line() -> Scene:
    """A receipt at 17:05 on Friday, from a table as a bank's site gives it."""
    scene = make_scene(business_ends=time(16, 30))
    scene.rule("ALL", counter="free", direction="in")
    text = (
        "거래일시,적요,보낸분/받는분,출금액,입금액,잔액\n"
        f"{TODAY} 17:05:00,입금,이영희,0,3000,{OPENING + 3000}\n"
    )  # fmt: skip
    done = scene.bank.bring(text.encode(), "late.csv", account=scene.account.number)
    assert done.entries_new == 1, done
    return scene


def test_a_line_that_comes_after_its_day_was_closed_goes_to_the_open_day(scene: Scene) -> None:
    scene.rule("ALL", counter="free", direction="in")
    sealed(scene)
    scene.statement(SALE)
    scene.run()
    (made,) = scene.vouchers()
    assert (made.business_date, made.value_date) == (MONDAY, TODAY)


def test_a_reversed_voucher_opens_its_line_again(scene: Scene) -> None:
    scene.rule("ALL", counter="free", direction="in")
    scene.statement(SALE)
    scene.run()
    (line,) = scene.lines()
    from moa.ledger.operations.reverse_voucher import reverse_voucher

    two = scene.journal.authority()
    with scene.ctx.open():
        assert line.voucher_id and line.period
        reverse_voucher(scene.ctx, scene.book, line.voucher_id, line.period, key="wrong", authority=two)
    scene.run()
    (line,) = scene.lines()
    assert (line.state, line.problem, line.voucher_id) == ("unposted", "voucher_reversed", None)
    with scene.ctx.open():
        assert BankLine.objects.filter(problem="voucher_reversed").count() == 1
