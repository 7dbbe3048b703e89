"""The first page: what moved since the last business day, kept only while nothing changed."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from moa.accounts.gathered import gather_gaps
from moa.accounts.permissions import VIEW
from moa.control.access import permitted_units
from moa.control.approvals import submit, withdraw
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import AuditLine
from moa.control.notices import tell
from moa.control.operations.sign_in import SignInRefused, sign_in
from moa.kernel.errors import Forbidden
from moa.reports.dashboard import missing_board, todo_board
from moa.reports.kept_boards import IDLE, boards, stamp_of
from moa.reports.news import movements, notice_entries
from moa.reports.permissions import VIEW_POSITION
from moa.ui.trail_words import OPERATIONS
from tests.accounts.bank_files import Line, nov
from tests.accounts.books import Books
from tests.control.factories import PASSWORD, make_person, make_role, make_unit, signed_in
from tests.reports.asking import bring_lines, rate

WON, DOLLAR = "100000000001", "100000000002"


def _lines(ctx: Context) -> int:
    with ctx.open():
        return AuditLine.objects.count()


@pytest.fixture
def moved(books: Books) -> Books:
    books.open(WON)
    books.open(DOLLAR, currency="USD")
    bring_lines(books, WON, Line(nov(13), 900_000), Line(nov(16), 50_000), Line(nov(16), -7_000))
    bring_lines(books, DOLLAR, Line(nov(16), 100), currency="USD", reference="D")
    rate(books.ctx, nov(13), "USD", "1400")
    return books


def test_movements_are_those_after_the_day_and_the_largest_by_their_worth(moved: Books) -> None:
    with moved.ctx.open():
        sums, largest = movements(moved.ctx, after=nov(13), until=nov(16), base="KRW")
    assert {tuple(one) for one in sums} == {("KRW", 50_000, 7_000, 2), ("USD", 10_000, 0, 1)}
    assert [(one.currency, one.amount_minor) for one in largest] == [
        ("USD", 10_000),
        ("KRW", 50_000),
        ("KRW", -7_000),
    ]


def test_nobody_is_shown_what_moved_elsewhere(moved: Books) -> None:
    clerk = make_person(moved.machine, roles=[("clerk", make_unit(moved.machine).id)])
    with clerk.open():
        assert movements(clerk, after=nov(13), until=nov(16), base="KRW") == ([], [])


def test_boards_are_made_anew_after_every_change_and_for_other_rights(moved: Books) -> None:
    clerk = make_person(moved.machine, roles=[("clerk", moved.company.id)])
    made: list[int] = []

    def make() -> dict[str, int]:
        made.append(1)
        return {"n": len(made)}

    with moved.ctx.open():
        before = stamp_of(moved.ctx)
        assert [boards(moved.ctx, "bank", make)["n"] for _ in range(2)] == [1, 1]
        assert boards(moved.ctx, "company", make)["n"] == 2
    with clerk.open():
        assert boards(clerk, "bank", make)["n"] == 3
    with moved.ctx.open():
        record(moved.ctx, "test.changed", "test", 1)
        assert stamp_of(moved.ctx) != before
        assert boards(moved.ctx, "bank", make)["n"] == 4


def test_boards_are_shared_by_nobody_who_sees_other_accounts_or_files(moved: Books) -> None:
    """All see the whole position; the accounts behind it in the whole group, or in one company, with own uploads."""
    position = make_role(moved.machine, VIEW_POSITION)
    accounts = make_role(moved.machine, VIEW)
    other = make_unit(moved.machine)
    treasurer = make_person(moved.machine, roles=["treasurer"])
    here, beside, elsewhere = (
        make_person(moved.machine, roles=[position, (accounts, unit.id)])
        for unit in (moved.company, moved.company, other)
    )
    made: list[Context] = []
    for ctx in (here, moved.ctx, treasurer, beside, elsewhere, here, beside):
        with ctx.open():
            assert permitted_units(ctx, VIEW_POSITION) is None
            boards(ctx, "bank", lambda ctx=ctx: made.append(ctx) or {})  # type: ignore[misc]
    assert made == [here, moved.ctx, beside, elsewhere]
    blind = make_person(moved.machine, roles=[position])
    with blind.open(), pytest.raises(Forbidden):
        boards(blind, "bank", dict)


def test_signing_in_is_no_change(moved: Books) -> None:
    assert set(IDLE) <= set(OPERATIONS)
    person = make_person(moved.machine, "stamper", roles=["treasurer"])
    with moved.ctx.open():
        before = stamp_of(moved.ctx)
    lines = _lines(moved.ctx)
    with pytest.raises(SignInRefused):
        sign_in(login="stamper", password="wrong", at=person.at)
    sign_in(login="stamper", password=PASSWORD, at=person.at)
    assert _lines(moved.ctx) == lines + 2
    with moved.ctx.open():
        assert stamp_of(moved.ctx) == before
    with person.open():
        record(person, "test.changed", "test", 1)
    with moved.ctx.open():
        assert stamp_of(moved.ctx) != before


def test_a_gap_that_is_closed_while_the_boards_are_made_has_no_row(moved: Books) -> None:
    with moved.ctx.open():
        gaps = gather_gaps(moved.ctx)
        before = missing_board(moved.ctx, {"KR"}, gaps, [])
    assert [row["account_end"] for row in before["rows"]] == ["0001", "0002"]
    bring_lines(moved, WON, Line(nov(2), 5), Line(nov(12), -5), reference="E")
    bring_lines(moved, WON, Line(nov(17), 1), Line(nov(19), 1), opening=943_000, reference="L")
    with moved.ctx.open():
        rows = missing_board(moved.ctx, {"KR"}, gaps, [])["rows"]
    assert [row["account_end"] for row in rows] == ["0002"]


def test_what_waits_stands_oldest_first_and_last_what_has_no_moment(moved: Books) -> None:
    summary: Any = SimpleNamespace(missing_rates=[{"currency": "EUR", "accounts": 1}])
    with moved.ctx.open():
        files: Any = [
            SimpleNamespace(received_at=moved.ctx.at - timedelta(hours=ago), name=name, error_count=1, id=ago)
            for ago, name in ((1, "later"), (9, "sooner"))
        ]
        board = todo_board(moved.ctx, files, summary)
    assert [one["title"] for one in board] == ["sooner", "later", "EUR"]


def test_what_waits_for_approval_is_counted_and_the_oldest_is_named(moved: Books) -> None:
    """Seen: “Approve: ”, and nothing behind it."""
    maker, checker, another = (
        make_person(moved.machine, roles=[role]) for role in ("teller", "treasurer", "treasurer")
    )
    with maker.open():
        asked = [submit(maker, subject_type="test.lines", subject_id=n, content={"n": n}) for n in (71, 72)]
    with checker.open():
        (told,) = (one for one in todo_board(checker, [], _no_summary()) if one["kind"] == "approval")
    assert (told["count"], told["detail"], told["url"]) == (2, "71", "/approvals")
    assert "결재를 기다리는 요청 2건" in signed_in(checker).get("/today").content.decode()
    with maker.open():
        withdraw(maker, asked[0].id)
    with another.open():
        (told,) = (one for one in todo_board(another, [], _no_summary()) if one["kind"] == "approval")
    assert (told["count"], told["detail"], told["url"]) == (1, "72", f"/approvals/{asked[1].id}")


def test_a_notice_of_what_is_to_do_is_not_said_twice(moved: Books) -> None:
    reader = make_person(moved.machine, roles=["treasurer"])
    with moved.machine.open():
        for number in (7, 8):
            tell(
                moved.machine, "accounts.import_refused", key=f"t{number}", persons={reader.actor.person_id},
                facts={"file": f"{number}.csv", "count": 1}, link=f"/imports/{number}",
            )  # fmt: skip
    with reader.open():
        assert [one["detail"][:7] for one in notice_entries(reader)] == ["“7.csv”", "“8.csv”"]
        assert [one["detail"][:7] for one in notice_entries(reader, told={"/imports/7"})] == ["“8.csv”"]


def _no_summary() -> Any:
    return SimpleNamespace(missing_rates=[])


def test_the_first_page_says_what_moved(moved: Books) -> None:
    page = signed_in(moved.ctx).get("/").content.decode()
    assert "100.00" in page
