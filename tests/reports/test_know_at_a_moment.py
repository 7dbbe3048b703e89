"""An answer "as known at T" is what was recorded by then, and never changes once T has passed."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from moa.accounts.models import Conflict, ImportClock
from moa.accounts.operations.close_account import close_account
from moa.accounts.operations.import_file import import_file
from moa.reports.position import MomentInFuture
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books, make_books
from tests.reports.asking import ask, bring_lines, figures, now, rate

NUMBER = "100000000001"
DAY = nov(18)


def won(books: Books, **more: Any) -> int | None:
    return figures(books.ctx, DAY, by="currency", **more).get(("KRW", "KRW"), (None, None))[0]


def test_what_was_not_imported_yet_is_not_known(books: Books) -> None:
    books.open(NUMBER)
    before = now(books.ctx)
    bring_lines(books, NUMBER, Line(nov(16), 1000))
    between = now(books.ctx)
    bring_lines(books, NUMBER, Line(nov(17), -300), opening=1000)
    assert [won(books, known_at=moment) for moment in (before, between, now(books.ctx))] == [None, 1000, 700]


def test_a_replaced_line_is_known_until_it_was_replaced(books: Books) -> None:
    books.open(NUMBER)
    bring_lines(books, NUMBER, Line(nov(16), 1000), Line(nov(17), 5))
    books.bring(mt940([Line(nov(16), 900), Line(nov(17), 5)], account=NUMBER))
    waiting = now(books.ctx)
    with books.ctx.open():
        conflict_id = Conflict.objects.get().id
    books.settle(conflict_id, replace=True)
    assert [won(books, known_at=waiting), won(books, known_at=now(books.ctx)), won(books)] == [1005, 905, 905]


def test_a_corrected_rate_holds_from_its_recording(books: Books) -> None:
    books.open(NUMBER, currency="USD")
    bring_lines(books, NUMBER, Line(nov(16), 10), currency="USD")
    without = now(books.ctx)
    rate(books.ctx, nov(16), "USD", "1400")
    wrong = now(books.ctx)
    rate(books.ctx, nov(16), "USD", "1410")
    found = [ask(books.ctx, DAY, known_at=moment) for moment in (without, wrong, now(books.ctx))]
    assert [one.total_base_minor for one in found] == [0, 14_000, 14_100]
    assert [one.missing_rates for one in found] == [["USD"], [], []]


def test_a_closing_is_known_from_its_recording(books: Books) -> None:
    account = books.open(NUMBER)
    bring_lines(books, NUMBER, Line(nov(16), 1000))
    before = now(books.ctx)
    with books.ctx.open():
        close_account(books.ctx, account_id=account.id, closed_on=nov(17))
    assert [won(books, known_at=before), won(books, known_at=now(books.ctx)), won(books)] == [
        1000,
        None,
        None,
    ]


def test_a_moment_that_has_not_come_is_refused(books: Books) -> None:
    with pytest.raises(MomentInFuture):
        ask(books.ctx, DAY, known_at=now(books.ctx) + timedelta(minutes=1))


def test_what_is_recorded_after_the_question_is_stamped_after_its_moment(books: Books) -> None:
    """Also where the clock stood ahead and was put back in between."""
    books.open(NUMBER)
    bring_lines(books, NUMBER, Line(nov(16), 1000))
    asked = now(books.ctx)
    answer = won(books, known_at=asked)
    with books.ctx.open():
        assert ImportClock.objects.get().last_at >= asked
        ImportClock.objects.update(last_at=asked + timedelta(hours=1))
    bring_lines(books, NUMBER, Line(nov(17), -300), opening=1000)
    assert won(books, known_at=asked) == answer == 1000
    assert won(books, known_at=asked + timedelta(minutes=30)) == 1000
    assert won(books) == 700


class _Import(threading.Thread):
    """An import that has recorded its lines and holds its transaction open until it is told to go on."""

    def __init__(self, books: Books, *, fails: bool = False) -> None:
        super().__init__()
        self._books, self._fails = books, fails
        self.recorded, self.go_on = threading.Event(), threading.Event()
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            with self._books.ctx.open():
                data = mt940([Line(nov(17), -300)], opening=1000, account=NUMBER, reference="NEXT")
                import_file(self._books.ctx, file_id=self._books.receive(data))
                self.recorded.set()
                assert self.go_on.wait(20)
                if self._fails:
                    raise ConnectionAbortedError
        except BaseException as fault:
            self.fault = fault
        finally:
            self.recorded.set()
            connections.close_all()


class _Question(threading.Thread):
    def __init__(self, books: Books, moment: Any) -> None:
        super().__init__()
        self._books, self._moment = books, moment
        self.answer: int | None = None

    def run(self) -> None:
        try:
            self.answer = won(self._books, known_at=self._moment)
        finally:
            connections.close_all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("fails", "answer"), [(False, 700), (True, 1000)])
def test_a_question_during_an_import_waits_and_its_answer_stays(fails: bool, answer: int) -> None:
    books = make_books()
    books.open(NUMBER)
    bring_lines(books, NUMBER, Line(nov(16), 1000))
    work = _Import(books, fails=fails)
    work.start()
    assert work.recorded.wait(20)
    asked = now(books.ctx)
    question = _Question(books, asked)
    question.start()
    time.sleep(0.3)
    assert question.is_alive(), "the answer must not be given while lines of that moment are on their way"
    work.go_on.set()
    work.join(20)
    question.join(20)
    assert question.answer == won(books, known_at=asked) == answer
    assert isinstance(work.fault, ConnectionAbortedError) is fails


@pytest.mark.django_db(transaction=True)
def test_a_question_of_a_moment_before_a_running_import_does_not_wait() -> None:
    books = make_books()
    books.open(NUMBER)
    bring_lines(books, NUMBER, Line(nov(16), 1000))
    asked = now(books.ctx)
    assert won(books, known_at=asked) == 1000
    work = _Import(books)
    work.start()
    assert work.recorded.wait(20)
    question = _Question(books, asked)
    question.start()
    question.join(5)
    assert question.answer == 1000
    work.go_on.set()
    work.join(20)
    assert (work.fault, won(books, known_at=asked), won(books)) == (None, 1000, 700)
