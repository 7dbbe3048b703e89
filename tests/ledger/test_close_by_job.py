"""A closing asked for on its page is a job: its steps are seen while it runs, it happens once, and a dead worker leaves nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection

from moa.control.models import AuditLine
from moa.kernel.errors import Forbidden
from moa.ledger.book_lock import hold_book
from moa.ledger.closing_runs import is_abandoned
from moa.ledger.models import ClosingRun, Seal
from moa.ledger.operations.ask_closing import ask_closing
from moa.ledger.operations.close_day import ClosingOvertaken, close_day
from moa.ledger.operations.run_closing import run_closing
from tests.control.factories import TODAY, make_person, signed_in
from tests.faults import (
    at_once,
    kill_worker_when,
    let_half_a_minute_pass,
    retry_stalled,
    wait_until,
    work_until_empty,
)
from tests.ledger.journal import Journal, make_journal, voucher, year_end
from tests.ledger.proofs import close
from tests.ledger.test_enter_vouchers import sent, transfer_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def booked(transactional_db: None) -> Journal:
    journal = make_journal()
    journal.post(voucher("1", "bank", "a", 1000), voucher("2", "a", "b", 300))
    return journal


_WAITING = (
    "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    " and database = (select oid from pg_database where datname = current_database())"
)


def asked(journal: Journal, kind: str = "day", ctx: Any = None) -> ClosingRun:
    ctx = ctx or journal.ctx
    with ctx.open():
        return ask_closing(ctx, journal.book, kind)


def seen(journal: Journal, run: ClosingRun) -> ClosingRun:
    """As another connection sees it now."""
    with journal.second.open():
        return ClosingRun.objects.get(id=run.id)


def seals(journal: Journal) -> int:
    with journal.ctx.open():
        return Seal.objects.count()


@pytest.fixture
def stopped_before_sealing(as_owner: Any) -> Iterator[Any]:
    """Closings stand still when they set down balances, until the lock is given back."""
    as_owner.execute("begin; lock table ledger_dailyclosing in share mode")
    yield lambda: as_owner.execute("rollback")
    as_owner.execute("rollback")


def test_steps_are_told_in_order_and_the_end_is_written_with_the_closing(
    booked: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moa.ledger.operations import run_closing as module

    told: list[tuple[str, int]] = []
    tell = module.tell_step

    def noted(ctx: Any, run_id: int, step: str) -> None:
        tell(ctx, run_id, step)
        # Seen from outside at once, while nothing of the closing is.
        told.append((at_once(lambda: seen(booked, run).step)[0], at_once(lambda: seals(booked))[0]))

    monkeypatch.setattr(module, "tell_step", noted)
    run = asked(booked)
    run_closing(booked.ctx, run.id)
    steps = ["hold", "hold", "settle", "check", "set_down", "seal", "follow"]
    assert told == [(step, 0) for step in steps]
    done = seen(booked, run)
    with booked.ctx.open():
        assert (done.state, done.result["seal"], done.result["vouchers"]) == (
            "done",
            Seal.objects.get().hex,
            2,
        )
        assert AuditLine.objects.filter(code="ledger.closing.asked").count() == 1


def test_months_and_years_are_closed_by_jobs_too(transactional_db: None) -> None:
    journal = year_end()
    close(journal)
    for kind, target in (("month", "2026-12"), ("year", "2026")):
        run = asked(journal, kind)
        run_closing(journal.ctx, run.id)
        done = seen(journal, run)
        assert (done.target, done.state, len(done.result["seal"])) == (target, "done", 64), done.code
    assert journal.balance("4103") == 660


def test_a_refusal_keeps_its_checks_and_can_be_tried_again(booked: Journal) -> None:
    request = sent(booked, transfer_of(memo="운송비"))
    run = asked(booked)
    run_closing(booked.ctx, run.id)
    refused = seen(booked, run)
    assert (refused.state, refused.code) == ("refused", "close_refused")
    assert [name for name, _ in refused.findings] == ["vouchers_reviewed"]
    shown = signed_in(booked.second).get(f"/books/closing?book=SC&run={run.id}").content.decode()
    shown = shown.split('id="run"')[1].split("</section>")[0]
    assert f"/ledger/vouchers/drafts/{request.subject_id}" in shown and "/books/closing/close" in shown
    assert asked(booked).id != run.id


def test_the_second_of_two_sees_the_progress_of_the_first(booked: Journal) -> None:
    one, two = at_once(lambda: asked(booked), lambda: asked(booked, ctx=booked.second))
    assert one.id == two.id and booked.rows(
        "select count(*) from procrastinate_jobs where args->>'work' = 'ledger.close'"
    ) == [(1,)]
    page = signed_in(booked.second).get("/books/closing").content.decode()
    assert f'hx-get="/books/closing/run/{one.id}"' in page and "/books/closing/close" not in page
    run_closing(booked.ctx, one.id)
    ended = signed_in(booked.second).get(f"/books/closing/run/{one.id}")
    assert ended["HX-Redirect"] == f"/books/closing?book=SC&run={one.id}"
    # The job's own second run, and a closing by the command line before it: neither closes another day.
    run_closing(booked.ctx, one.id)
    assert seals(booked) == 1


def test_what_was_closed_otherwise_meanwhile_is_not_closed_again(booked: Journal) -> None:
    run = asked(booked)
    close(booked)
    run_closing(booked.ctx, run.id)
    assert (seen(booked, run).code, seals(booked)) == ("closing_overtaken", 1)


def test_a_page_that_stood_open_closes_no_other_day_than_it_shows(booked: Journal) -> None:
    first, stale = signed_in(booked.second), signed_in(booked.second)
    fields = {"book": "SC", "target": str(TODAY)}
    assert first.post("/books/closing/close", fields).status_code == 302
    run_closing(booked.ctx, booked.rows("select max(id) from ledger_closingrun")[0][0])
    refused = stale.post("/books/closing/close", fields)
    assert refused.status_code == 409 and seals(booked) == 1
    assert booked.rows("select count(*) from ledger_closingrun") == [(1,)]


def test_of_two_closings_at_once_the_second_closes_no_next_day(booked: Journal) -> None:
    told: list[str] = []

    def attempt() -> None:
        try:
            close(booked)
            told.append("closed")
        except ClosingOvertaken as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    both = [threading.Thread(target=attempt) for _ in range(2)]
    with booked.machine.open():
        hold_book(booked.book.id)
        for one in both:
            one.start()
        wait_until(lambda: booked.rows(_WAITING) == [(2,)])
    for one in both:
        one.join(30)
    assert sorted(told) == ["closed", "closing_overtaken"]
    assert seals(booked) == 1
    with pytest.raises(ClosingOvertaken), booked.ctx.open():
        close_day(booked.ctx, booked.book, TODAY)


def test_who_may_not_close_starts_none(booked: Journal) -> None:
    auditor = make_person(booked.machine, roles=["auditor"])
    for kind in ("day", "month"):
        with pytest.raises(Forbidden):
            asked(booked, kind, auditor)
    teller = make_person(booked.machine, roles=["clerk"])
    run = asked(booked)
    assert signed_in(teller).get(f"/books/closing/run/{run.id}").status_code in (403, 404)


def test_an_ended_closing_stays_as_it_ended(booked: Journal) -> None:
    run = asked(booked)
    run_closing(booked.ctx, run.id)
    with pytest.raises(DatabaseError, match="stays as it ended"), booked.ctx.open():
        ClosingRun.objects.filter(id=run.id).update(state="failed")


def test_a_worker_killed_in_mid_close_leaves_nothing_and_the_page_offers_it_again(
    booked: Journal, moa_environment: dict[str, str], as_owner: Any, stopped_before_sealing: Any
) -> None:
    run = asked(booked)
    kill_worker_when(lambda: seen(booked, run).step == "set_down", moa_environment)
    stopped_before_sealing()
    assert (seals(booked), seen(booked, run).state) == (0, "running")
    with booked.ctx.open():
        assert not is_abandoned(run)
    let_half_a_minute_pass(as_owner.execute)
    client = signed_in(booked.ctx)
    page = client.get("/books/closing").content.decode()
    assert "끝나기 전에 중단" in page and 'action="/books/closing/close"' in page
    assert client.post("/books/closing/close", {"book": "SC", "early": "yes"}).status_code == 302
    work_until_empty(moa_environment)
    with booked.ctx.open():
        assert [(one.state, one.code) for one in ClosingRun.objects.order_by("id")] == [
            ("failed", "worker_lost"), ("done", ""),
        ]  # fmt: skip
    # Given back to the queue, the first job finds that it has ended.
    retry_stalled()
    work_until_empty(moa_environment)
    assert seals(booked) == 1


def test_without_anybody_pressing_it_is_closed_by_the_next_worker(
    booked: Journal, moa_environment: dict[str, str], as_owner: Any, stopped_before_sealing: Any
) -> None:
    run = asked(booked)
    kill_worker_when(lambda: seen(booked, run).step == "set_down", moa_environment)
    stopped_before_sealing()
    let_half_a_minute_pass(as_owner.execute)
    assert retry_stalled() >= 1
    work_until_empty(moa_environment)
    assert (seen(booked, run).state, seals(booked)) == ("done", 1)
