"""Bank lines and vouchers are linked by hand when both sides come to the same, and unlinked with a reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from moa.control.approvals import ReasonMissing
from moa.control.models import AuditLine
from moa.kernel.errors import NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ledger.models import Voucher
from moa.ledger.operations.close_day import close_day
from moa.ledger.verification import verify_books
from moa.reconciliation.bank_provider import bank_positions
from moa.reconciliation.models import BankLine, LineMatch, MatchedVoucher
from moa.reconciliation.operations.match_lines import MatchInvalid, MatchUnequal, NoSuchMovement, match_lines
from moa.reconciliation.operations.unlink_lines import LineNotLinked, unlink_lines
from moa.reconciliation.rules.pairing import DAYS_APART, Side, suggest
from tests.accounts.bank_files import Line
from tests.control.factories import TODAY, make_person, signed_in
from tests.faults import at_once
from tests.ledger.journal import voucher
from tests.reconciliation.scene import MONDAY, Scene, make_scene

DAY = date(2026, 11, 20)


def side(number: int, minor: int, days: int = 0) -> Side:
    return Side(number, minor, DAY + timedelta(days=days))


@pytest.mark.parametrize(
    ("lines", "vouchers", "found"),
    [
        # One amount, the nearest day first.
        ([side(1, 500)], [side(7, 500, 3), side(8, 500, 1)], [((1,), (8,), 1)]),
        ([side(1, 500), side(2, 500, 3)], [side(7, 500, 3), side(8, 500)], [((1,), (8,), 0), ((2,), (7,), 0)]),
        # A day's receipts that were booked in one sum; single ones are taken before.
        ([side(1, 300), side(2, 200), side(3, 900)], [side(7, 500, 1), side(8, 900)], [((3,), (8,), 0), ((1, 2), (7,), 1)]),
        # One payment of the bank for three vouchers.
        ([side(1, -600)], [side(7, -100), side(8, -200), side(9, -300, 2), side(10, 50)], [((1,), (7, 8, 9), 2)]),
        # Nothing of the other direction, nothing from long ago.
        ([side(1, 500)], [side(7, -500), side(8, 500, DAYS_APART + 1)], []),
    ],
)  # fmt: skip
def test_proposals_are_of_one_sum_and_close_together(lines: Any, vouchers: Any, found: Any) -> None:
    assert [(one.lines, one.vouchers, one.days) for one in suggest(lines, vouchers)] == found


@given(
    st.lists(st.tuples(st.integers(-9, 9).filter(bool), st.integers(0, 14)), max_size=14),
    st.lists(st.tuples(st.integers(-30, 30).filter(bool), st.integers(0, 14)), max_size=10),
)
def test_every_proposal_adds_up_and_uses_nothing_twice(ours: Any, theirs: Any) -> None:
    lines = [side(n, minor, days) for n, (minor, days) in enumerate(ours)]
    vouchers = [side(n, minor, days) for n, (minor, days) in enumerate(theirs)]
    found = suggest(lines, vouchers)
    for one in found:
        bank = [lines[n] for n in one.lines]
        books = [vouchers[n] for n in one.vouchers]
        assert sum(each.minor for each in bank) == sum(each.minor for each in books) == one.minor
        assert min(len(bank), len(books)) == 1
        assert all(abs((a.on - b.on).days) <= DAYS_APART for a in bank for b in books)
    for used in ([n for one in found for n in one.lines], [n for one in found for n in one.vouchers]):
        assert len(used) == len(set(used))


def booked(scene: Scene, key: str, minor: int, **more: Any) -> int:
    debit, credit = ("bank", "free") if minor > 0 else ("free", "bank")
    assert scene.journal.codes(voucher(key, debit, credit, abs(minor), **more)) == ["booked"]
    with scene.ctx.open():
        return Voucher.objects.get(key=key).id


def matched(scene: Scene, rows: list[int], vouchers: list[int], ctx: Any = None) -> LineMatch:
    ctx = ctx or scene.ctx
    with ctx.open():
        return match_lines(ctx, scene.book, rows=rows, vouchers=vouchers)


def unlinked(scene: Scene, row: int, reason: str = "다른 거래였음") -> list[BankLine]:
    with scene.ctx.open():
        return unlink_lines(scene.ctx, row, reason=reason)


def rest(scene: Scene) -> tuple[int, list[tuple[str, int]]]:
    """What no difference tells, and the listed ones."""
    with scene.ctx.open():
        (one,) = bank_positions(scene.book, TODAY)
        return one.rest_minor, [(each.kind, each.amount_minor) for each in one.day.differences]


def test_three_lines_answer_for_one_voucher_and_the_bank_side_adds_up(scene: Scene) -> None:
    number = booked(scene, "sum", 600)
    scene.statement(Line(TODAY, 100, "A"), Line(TODAY, 200, "B"), Line(TODAY, 300, "C"))
    scene.run()
    rows = [one.id for one in scene.lines()]
    assert rest(scene) == (0, [("line", 100), ("line", 200), ("line", 300), ("voucher", -600)])
    match = matched(scene, rows, [number])
    assert scene.states() == ["posted"] * 3 and {one.voucher_id for one in scene.lines()} == {number}
    assert rest(scene) == (0, [])
    assert scene.run().posted == 0 and scene.vouchers() == []
    with scene.ctx.open():
        said = AuditLine.objects.filter(code="reconciliation.line.explained")
        assert said.count() == 3 and said[0].after["match"] == match.id
    # Unlinking one opens all of them: their sum was what held.
    assert [one.id for one in unlinked(scene, rows[1])] == rows
    assert scene.states() == ["unposted"] * 3 and {one.problem for one in scene.lines()} == {"match_undone"}
    assert rest(scene)[0] == 0
    with scene.ctx.open():
        undone = LineMatch.objects.get(id=match.id)
        assert (undone.undone_by, undone.undone_reason) == (scene.ctx.actor.person_id, "다른 거래였음")
        assert AuditLine.objects.filter(code="reconciliation.line.unlinked").count() == 3
        assert not any(one.differences for one in verify_books(scene.ctx))
    matched(scene, rows, [number])
    assert scene.states() == ["posted"] * 3


def test_one_line_answers_for_several_vouchers_until_one_of_them_is_reversed(scene: Scene) -> None:
    numbers = [booked(scene, f"v{n}", -100 * n) for n in (1, 2)]
    scene.statement(Line(TODAY, -300, "BATCH"))
    scene.run()
    (line,) = scene.lines()
    matched(scene, [line.id], numbers)
    assert rest(scene) == (0, [])
    from moa.ledger.operations.reverse_voucher import reverse_voucher

    authority = scene.journal.authority()
    with scene.ctx.open():
        period = Voucher.objects.get(id=numbers[1]).period
        answer = reverse_voucher(scene.ctx, scene.book, numbers[1], period, key="r", authority=authority)
    assert not answer.code
    scene.run()
    assert scene.states() == ["unposted"] and scene.lines()[0].problem == "voucher_reversed"
    assert rest(scene) == (0, [("line", -300), ("voucher", 100)])


def test_what_does_not_come_to_the_same_is_refused(scene: Scene) -> None:
    number, other = booked(scene, "sum", 600), booked(scene, "other", 50)
    scene.statement(Line(TODAY, 100, "A"), Line(TODAY, 500, "B"))
    scene.run()
    one, two = (line.id for line in scene.lines())
    with pytest.raises(MatchUnequal) as refused:
        matched(scene, [one], [number])
    assert refused.value.facts == {"bank_minor": 100, "book_minor": 600}
    for rows, vouchers, fault in (
        ([], [number], MatchInvalid), ([one], [], MatchInvalid), ([one], [number + 999], NoSuchMovement),
        ([one, two, 10**9], [number], NotFound),
    ):  # fmt: skip
        with pytest.raises(fault):
            matched(scene, rows, vouchers)
    matched(scene, [one, two], [number])
    with pytest.raises(MoveNotAllowed):
        matched(scene, [one, two], [number])
    with pytest.raises(ReasonMissing):
        unlinked(scene, one, " ")
    clerk = make_person(scene.journal.machine, roles=["clerk"])
    with pytest.raises(Exception, match="forbidden"):
        matched(scene, [one], [other], clerk)


def test_a_line_that_made_its_voucher_is_not_unlinked(scene: Scene) -> None:
    scene.rule("ALL", direction="in")
    scene.statement(Line(TODAY, 100, "A"))
    scene.run()
    with pytest.raises(LineNotLinked):
        unlinked(scene, scene.lines()[0].id)


def test_the_database_refuses_sides_that_differ(scene: Scene) -> None:
    number = booked(scene, "sum", 600)
    scene.statement(Line(TODAY, 100, "A"))
    scene.run()
    row = scene.lines()[0].id
    with pytest.raises(DatabaseError, match="come to the same"), scene.ctx.open():
        match = LineMatch.objects.create(
            group_id=scene.ctx.group_id, link_id=scene.link.id, person_id=scene.ctx.actor.person_id, made_at=scene.ctx.at
        )  # fmt: skip
        BankLine.objects.filter(id=row).update(match=match)
        MatchedVoucher.objects.create(
            group_id=scene.ctx.group_id, match=match, link_id=scene.link.id, voucher_id=number, period=202611, amount_minor=100
        )  # fmt: skip
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


def test_a_line_of_a_later_day_is_told_until_the_bank_has_it(scene: Scene) -> None:
    """The bank books Friday's payment on Monday; linked at once, it is a listed difference of Friday."""
    number = booked(scene, "late", -700)
    scene.statement()
    scene.statement(Line(MONDAY, -700, "LATE"), opening=10_000, first=MONDAY, last=MONDAY)
    scene.run()
    matched(scene, [scene.lines()[0].id], [number])
    assert rest(scene) == (0, [("voucher", 700)])
    with scene.ctx.open():
        close_day(scene.ctx, scene.book)
        (one,) = bank_positions(scene.book, MONDAY)
    assert (one.rest_minor, one.day.differences) == (0, ())


@pytest.mark.django_db(transaction=True)
def test_of_two_persons_who_link_one_voucher_one_is_told() -> None:
    scene = make_scene()
    number = booked(scene, "sum", 500)
    scene.statement(Line(TODAY, 500, "A"), Line(TODAY, 500, "B"))
    scene.run()
    rows = [one.id for one in scene.lines()]
    found = at_once(
        lambda: matched(scene, [rows[0]], [number]),
        lambda: matched(scene, [rows[1]], [number], scene.journal.second),
    )
    assert sorted(getattr(one, "code", "linked") for one in found) == ["linked", "no_such_movement"]
    assert sorted(scene.states()) == ["posted", "unposted"] and rest(scene)[0] == 0


def test_the_page_proposes_links_and_unlinks(scene: Scene) -> None:
    number = booked(scene, "sum", 600)
    scene.statement(Line(TODAY, 100, "A"), Line(TODAY, 500, "B"))
    scene.run()
    rows = [one.id for one in scene.lines()]
    client = signed_in(scene.ctx)
    page = client.get("/reconciliation/match").content.decode()
    assert (
        page.count(f'name="row" value="{rows[0]}"') == 2
        and page.count(f'name="voucher" value="{number}"') == 2
    )
    narrowed = client.get("/reconciliation/match?amount=500").content.decode()
    assert f'name="row" value="{rows[1]}"' in narrowed and f'name="row" value="{rows[0]}"' not in narrowed
    sums = client.get(f"/reconciliation/match/sums?row={rows[0]}&voucher={number}").content.decode()
    assert "600" in sums and "500" in sums
    unequal = client.post("/reconciliation/match", {"row": rows[0], "voucher": number})
    assert unequal.status_code == 422 and "checked" in unequal.content.decode()
    assert client.post("/reconciliation/match", {"row": rows, "voucher": number}).status_code == 302
    assert scene.states() == ["posted", "posted"]
    line = client.get(f"/reconciliation/lines/{rows[0]}").content.decode()
    assert 'value="unlink"' in line and f"/ledger/vouchers/row/{number}" in line
    assert (
        client.post("/reconciliation/match", {"act": "unlink", "row": rows[0], "reason": ""}).status_code
        == 422
    )
    client.post("/reconciliation/match", {"act": "unlink", "row": rows[0], "reason": "착오"})
    assert scene.states() == ["unposted", "unposted"]
    auditor = signed_in(make_person(scene.journal.machine, roles=["auditor"]))
    assert 'name="row"' not in auditor.get("/reconciliation/match").content.decode()
    assert auditor.post("/reconciliation/match", {"row": rows, "voucher": number}).status_code == 403
