"""Payments in the approvals inbox: as many questions to the database for many as for few, and each with its own facts."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moa.control import approval_subjects, inbox
from tests.payments.scene import Scene, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def questions(scene: Scene) -> tuple[int, list[tuple[str, int]]]:
    """How many questions the list takes, and what it says: title and reasons to hold."""
    with (
        scene.first.open(),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        found = inbox.list_requests(scene.first, "mine")
        subjects = approval_subjects.describe_all(scene.first, found)
    return len(asked), [(str(one.amount_minor), len(one.holds)) for one in subjects]


def test_many_take_no_more_questions_than_few(scene):
    for amount in ("100", "200"):
        scene.submit(amount=amount, document_no=amount)
    few, _ = questions(scene)
    for amount in ("300", "400", "9,000"):
        scene.submit(amount=amount, document_no=amount)
    many, said = questions(scene)
    assert many == few
    # Account a has 5,000, so the last of them cannot be approved as it stands.
    assert said == [("100", 0), ("200", 0), ("300", 0), ("400", 0), ("9000", 1)]


def test_one_by_one_they_are_described_alike(scene):
    requests = [scene.submit(amount=amount, document_no=amount) for amount in ("100", "6,000")]
    with scene.first.open():
        together = approval_subjects.describe_all(scene.first, requests)
        assert together == [approval_subjects.describe(scene.first, one) for one in requests]


def test_done_is_what_one_made_or_decided_the_newest_first(scene):
    scene.limit("single", None)
    first, second = (scene.submit(amount=amount, document_no=amount) for amount in ("100", "200"))
    scene.decide(first)
    scene.decide(second, by=scene.second)

    def done(ctx) -> list[int]:
        with ctx.open():
            found = inbox.list_requests(ctx, "done")
        return [one.id for one in found if one.id in (first.id, second.id)]

    assert done(scene.maker) == [second.id, first.id]
    assert (done(scene.first), done(scene.second)) == ([first.id], [second.id])
