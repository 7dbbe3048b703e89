"""What a page asks besides its rows goes in one statement, and each answer finds its question."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from moa.control.asked_together import Question, answer_now, answer_to, ask_together
from tests.control.factories import make_group, make_person


def _plus(key: str, number: int) -> Question:
    return Question(key, "select %(number)s::int + 1", {"number": number}, lambda answer: answer * 10)


def test_answers_of_one_statement_stand_under_their_questions(db: None) -> None:
    ctx = make_person(make_group(), roles=["treasurer"])
    with ctx.open():
        ask_together(
            ctx, [_plus("a", 1), _plus("b", 5), Question("c", "select null::json", {}, lambda one: one)]
        )
        assert (ctx.memo["a"], ctx.memo["b"], ctx.memo["c"]) == (20, 60, None)
        # What was asked is not asked again, until somebody wants it anew.
        assert answer_to(ctx, _plus("a", 7)) == 20
        assert answer_now(ctx, _plus("a", 7)) == 80
        with CaptureQueriesContext(connection) as asked:
            ask_together(ctx, [_plus("a", 3)])
        assert len(asked) == 0
