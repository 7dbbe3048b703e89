"""Killed closings of days, months and years, two at once, vouchers meanwhile: a day is closed once and whole, or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from moa.entry.cli import run
from moa.ledger.operations.ask_closing import check_day_was_meant
from moa.ledger.operations.close_day import Closed, ClosingOvertaken, close_day
from moa.ledger.operations.close_month import close_month
from moa.ledger.operations.close_year import close_year
from moa.ledger.operations.post_vouchers import Posting
from moa.ledger.operations.reopen_day import decide_reopening, request_reopening
from moa.ledger.queries import day_under_way
from moa.ledger.verification import verify_books
from tests.control.factories import TODAY, make_person
from tests.faults import at_once
from tests.ledger import closing_process
from tests.ledger.journal import Journal, make_journal, voucher, year_end
from tests.ledger.proofs import check, close, export

pytestmark = pytest.mark.django_db(transaction=True)
REPOSITORY = Path(__file__).resolve().parents[2]
LEFT = (
    "select (select count(*) from ledger_dailyclosing), (select count(*) from ledger_seal), state, revision,"
    " (select count(*) from ledger_businessday) from ledger_businessday order by business_date limit 1"
)

LEFT_OF_PERIODS = (
    "select (select count(*) from ledger_periodclosing), (select count(*) from ledger_periodfigure),"
    " (select count(*) from ledger_voucher), (select count(*) from control_document), (select count(*) from control_auditline)"
)


@pytest.fixture
def booked(transactional_db: None) -> Journal:
    journal = make_journal()
    journal.post(voucher("1", "bank", "a", 1000), voucher("2", "a", "b", 300))
    return journal


def no_difference(journal: Journal) -> bool:
    with journal.ctx.open():
        return all(not book.differences for book in verify_books(journal.ctx))


def kill_after_each_step(journal: Journal, kind: str, environment: dict[str, str]) -> Iterator[str]:
    """Each step after which a closing was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", closing_process.__name__, str(journal.ctx.group_id),
         str(journal.ctx.actor.person_id), kind],
        env={**environment, "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}"},
        cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    for step in closing_process.STEPS[kind]:
        assert process.stdout.readline() == f"{step} {-signal.SIGKILL}\n"
        yield step
        process.stdin.write("go on\n")
    assert process.wait(30) == 0


def test_a_closing_killed_after_any_of_its_steps_leaves_nothing_and_can_be_done_again(
    booked: Journal, moa_environment: dict[str, str], tmp_path: Path
) -> None:
    for step in kill_after_each_step(booked, "day", moa_environment):
        assert booked.rows(LEFT) == [(0, 0, "open", 0, 1)], step
    booked.post(voucher("3", "bank", "b", 5))
    closed = close(booked)
    path = export(booked, tmp_path / "proof.txt", TODAY, TODAY)
    assert check(path, f"{TODAY}={closed.hex}").holds
    assert no_difference(booked)


def test_a_month_and_a_year_killed_after_any_step_leave_nothing_and_can_be_closed_again(
    transactional_db: None, moa_environment: dict[str, str]
) -> None:
    """What a year carries is a voucher, and its backup a stored file: neither stays behind in the books."""
    journal = year_end()
    close(journal)
    found = journal.rows(LEFT_OF_PERIODS)
    for step in kill_after_each_step(journal, "month", moa_environment):
        assert journal.rows(LEFT_OF_PERIODS) == found, step
    with journal.ctx.open():
        close_month(journal.ctx, journal.book)
    found = journal.rows(LEFT_OF_PERIODS)
    for step in kill_after_each_step(journal, "year", moa_environment):
        assert journal.rows(LEFT_OF_PERIODS) == found, step
        assert journal.balance("4103") == 0, step
    with journal.ctx.open():
        close_year(journal.ctx, journal.book)
    assert journal.balance("4103") == 660 and no_difference(journal)


def test_of_two_closings_at_once_one_wins_and_the_other_is_told(booked: Journal) -> None:
    def one(ctx: Any) -> Callable[[], Closed]:
        def act() -> Closed:
            with ctx.open():
                return close_day(ctx, booked.book, open_next=False)

        return act

    found = at_once(one(booked.ctx), one(booked.second))
    closed = [each for each in found if isinstance(each, Closed)]
    refused = [each for each in found if not isinstance(each, Closed)]
    assert len(closed) == 1 and [getattr(each, "code", each) for each in refused] == ["no_day_open"]
    assert booked.rows("select count(*) from ledger_seal") == [(1,)]


def test_vouchers_during_a_closing_are_in_it_or_refused(booked: Journal, tmp_path: Path) -> None:
    def post(number: int) -> Callable[[], Posting]:
        return lambda: booked.post(voucher(f"v{number}", "bank", "a", 1))

    *postings, closed = at_once(*(post(number) for number in range(6)), lambda: close(booked))
    codes = [posting.answers[0].code for posting in postings]
    assert set(codes) <= {"", "closed_day"}
    assert closed.vouchers == 2 + codes.count("")
    path = export(booked, tmp_path / "proof.txt", TODAY, TODAY)
    assert check(path, f"{TODAY}={closed.hex}").holds
    assert no_difference(booked)


def test_a_reopening_and_a_voucher_of_the_next_day_exclude_each_other(booked: Journal) -> None:
    next_day = close(booked).next_day
    with booked.ctx.open():
        request = request_reopening(booked.ctx, booked.book)

    def reopen() -> str:
        with booked.second.open():
            decide_reopening(booked.second, request.id, approve=True, seen_hash=request.content_hash)
        return "reopened"

    reopened, posting = at_once(reopen, lambda: booked.post(voucher("n", "bank", "a", 1, day=next_day)))
    code = posting.answers[0].code
    assert (str(getattr(reopened, "code", reopened)), code) in {
        ("reopened", "day_not_open"), ("next_day_has_vouchers", ""),
    }  # fmt: skip
    assert no_difference(booked)


def test_a_command_that_was_given_before_another_closing_does_not_close_the_next_day(booked: Journal) -> None:
    asked_at = datetime.now(UTC)
    close(booked)
    with booked.ctx.open():
        under_way = day_under_way(booked.book)
        assert under_way is not None
        with pytest.raises(ClosingOvertaken):
            check_day_was_meant(booked.book, under_way, asked_at=asked_at, now=datetime.now(UTC))
        # Given after it, the command means the day that is there.
        check_day_was_meant(booked.book, under_way, asked_at=datetime.now(UTC), now=datetime.now(UTC))


def test_the_command_asks_that_with_the_moment_at_which_it_was_given(
    booked: Journal, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    given_at = datetime.now(UTC)
    make_person(booked.machine, "closer", roles=["treasurer"])
    close(booked)
    moments = iter((given_at, datetime.now(UTC)))
    monkeypatch.setattr("moa.entry.cli.moment", lambda: next(moments))
    assert run(["day", "close", "--early", "--as", "closer"]) == 1
    assert "closing_overtaken" in capsys.readouterr().err
    assert booked.rows("select count(*) from ledger_seal") == [(1,)]
