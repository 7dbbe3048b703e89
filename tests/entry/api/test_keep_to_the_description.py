"""Schemathesis asks every operation what its description allows and what it forbids, and compares the answers with it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup

from tests.entry.api.api_world import ApiWorld, token_of

# A request through WSGI closes its connection, so the world must be committed.
pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = {GenerationMode.POSITIVE: 10, GenerationMode.NEGATIVE: 6}


@pytest.mark.parametrize("mode", list(EXAMPLES), ids=lambda mode: mode.value)
def test_every_operation_answers_as_described(
    world: ApiWorld, mode: GenerationMode, monkeypatch: Any
) -> None:
    monkeypatch.setattr(django_settings, "API_REQUESTS_PER_MINUTE", 10**6)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    token = token_of(world.books.ctx)
    asked, complaints = 0, []

    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES[mode], deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

        try:
            ask()
        except (FailureGroup, Failure) as problem:
            complaints.append(f"{operation.label}: {_told(problem)}")
    assert not complaints, "\n\n".join(complaints)
    assert asked > 60


def _told(problem: Any) -> str:
    """The first words of each failure; the whole is a page of text."""
    return "; ".join(str(one)[:3000] for one in getattr(problem, "exceptions", [problem]))
