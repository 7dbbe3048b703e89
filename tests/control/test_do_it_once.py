"""A key gives one result for ever, a refusal included; other content under the same key is a conflict."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from moa.control.audit import record
from moa.control.content_hash import content_hash
from moa.control.context import Context
from moa.control.idempotency import KeyConflict, KeyInProgress, StoredRefusal, once
from moa.control.models import AuditLine, IdempotencyKey
from moa.kernel.errors import DomainError, Forbidden, NotFound
from tests.control.factories import TwoGroups, make_group, make_person

pytestmark = pytest.mark.django_db


class TooMuch(DomainError):
    code = "too_much"


class Work:
    """Counts how often it was run."""

    def __init__(self, ctx: Context, refusal: DomainError | Exception | None = None) -> None:
        self.ctx, self.refusal, self.runs = ctx, refusal, 0

    def __call__(self) -> dict[str, Any]:
        self.runs += 1
        record(self.ctx, "test.work.done", "work", self.runs)
        if self.refusal:
            raise self.refusal
        return {"run": self.runs, "amount": "12.00"}


@pytest.fixture
def ctx() -> Context:
    return make_person(make_group(), roles=["teller"])


def _lines(ctx: Context) -> int:
    with ctx.open():
        return AuditLine.objects.filter(code="test.work.done").count()


def test_the_second_call_gets_the_first_ones_result_and_does_nothing(ctx: Context) -> None:
    work = Work(ctx)
    assert once(ctx, "pay", "k1", {"a": 1}, work) == {"run": 1, "amount": "12.00"}
    assert once(ctx, "pay", "k1", {"a": 1}, work) == {"run": 1, "amount": "12.00"}
    assert work.runs == 1 and _lines(ctx) == 1


def test_other_content_under_the_same_key_is_a_conflict(ctx: Context) -> None:
    once(ctx, "pay", "k1", {"a": 1}, Work(ctx))
    with pytest.raises(KeyConflict):
        once(ctx, "pay", "k1", {"a": 2}, Work(ctx))


def test_the_same_key_of_another_operation_or_person_or_group_is_another_key(
    ctx: Context, two_groups: TwoGroups
) -> None:
    once(ctx, "pay", "k1", {"a": 1}, Work(ctx))
    assert once(ctx, "collect", "k1", {"a": 1}, Work(ctx))["run"] == 1
    assert once(two_groups.person, "pay", "k1", {"a": 1}, Work(two_groups.person))["run"] == 1
    colleague = make_person(ctx, roles=["teller"])
    with pytest.raises(KeyConflict):
        once(colleague, "pay", "k1", {"a": 1}, Work(colleague))


def test_a_refusal_is_kept_and_what_it_had_done_is_not(ctx: Context) -> None:
    work = Work(ctx, TooMuch(limit="500.00"))
    for _ in range(2):
        with pytest.raises(StoredRefusal) as caught:
            once(ctx, "pay", "k1", {"a": 1}, work)
        assert (caught.value.code, caught.value.facts) == ("too_much", {"limit": "500.00"})
    assert work.runs == 1 and _lines(ctx) == 0


@pytest.mark.parametrize(
    "refusal", [Forbidden(permission="a.b"), NotFound(book="SC")], ids=lambda one: one.code
)
def test_a_passing_refusal_is_not_kept_and_the_same_key_is_tried_again(
    ctx: Context, refusal: DomainError
) -> None:
    with pytest.raises(type(refusal)) as caught:
        once(ctx, "pay", "k1", {"a": 1}, Work(ctx, refusal))
    assert not isinstance(caught.value, StoredRefusal) and _lines(ctx) == 0
    with ctx.open():
        assert not IdempotencyKey.objects.exists()
    assert once(ctx, "pay", "k1", {"a": 2}, Work(ctx))["run"] == 1


def test_a_fault_is_not_kept_so_the_call_can_be_repeated(ctx: Context) -> None:
    with pytest.raises(ZeroDivisionError):
        once(ctx, "pay", "k1", {"a": 1}, Work(ctx, ZeroDivisionError()))
    assert once(ctx, "pay", "k1", {"a": 1}, Work(ctx))["run"] == 1


@pytest.mark.django_db(transaction=True)
def test_inside_an_open_context_it_is_refused_since_a_refusal_could_be_lost(ctx: Context) -> None:
    with pytest.raises(RuntimeError, match="durable"), ctx.open():
        once(ctx, "pay", "k1", {"a": 1}, Work(ctx))


@pytest.mark.django_db(transaction=True)
def test_a_key_at_work_in_another_thread_answers_in_progress(ctx: Context) -> None:
    at_work, may_end = threading.Event(), threading.Event()
    results = list[Any]()

    def slow() -> dict[str, Any]:
        at_work.set()
        may_end.wait(10)
        return {"run": "slow"}

    def call() -> None:
        try:
            results.append(once(ctx, "pay", "k1", {"a": 1}, slow))
        finally:
            connection.close()

    thread = threading.Thread(target=call)
    thread.start()
    assert at_work.wait(10)
    with pytest.raises(KeyInProgress):
        once(ctx, "pay", "k1", {"a": 1}, Work(ctx))
    assert once(ctx, "pay", "k2", {"a": 1}, Work(ctx)) == {"run": 1, "amount": "12.00"}
    may_end.set()
    thread.join(10)
    assert results == [{"run": "slow"}]
    assert once(ctx, "pay", "k1", {"a": 1}, Work(ctx)) == {"run": "slow"}
    with ctx.open():
        assert IdempotencyKey.objects.count() == 2


class TestContentHash:
    def test_the_order_of_keys_does_not_matter_and_that_of_a_list_does(self) -> None:
        assert content_hash({"a": 1, "b": [1, 2]}) == content_hash({"b": [1, 2], "a": 1})
        assert content_hash([1, 2]) != content_hash([2, 1])

    def test_a_number_is_not_its_text(self) -> None:
        assert content_hash({"a": 1}) != content_hash({"a": "1"})

    @pytest.mark.parametrize("value", [1.5, {"a": 0.1}, {1: "a"}, [object()], {"a": b"x"}])
    def test_what_json_cannot_hold_exactly_is_refused(self, value: Any) -> None:
        with pytest.raises(TypeError):
            content_hash(value)
