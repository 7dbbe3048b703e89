"""Who acts, for which group, when and through which channel: the first argument of every operation."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.db import connection, transaction

from moa.control.driver import driver_cursor
from moa.control.log_facts import log_facts
from moa.kernel.errors import DomainError

Channel = Literal["web", "api", "command", "job", "test"]


class ContextNotOpen(DomainError):
    code = "context_not_open"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of the group, or its machine user. `kind` is "person" or "machine"."""

    person_id: int
    name: str
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class Context:
    """One call of one actor in one group.

    Shape: `at` is an aware moment, `today` the date at that moment in the group's time zone, `language` the
    actor's. `scopes` narrows the actor's rights to those that a machine token was given; None leaves them whole.
    `memo` holds what was looked up once for this call (the actor's rights).
    """

    actor: Actor
    group_id: int
    at: datetime
    today: date
    request_id: str
    channel: Channel
    language: str = "ko"
    scopes: frozenset[str] | None = None
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @contextmanager
    def open(self) -> Iterator[Context]:
        """Open a transaction that sees this group's rows only, and restore the former group on a clean exit.

        Releasing a savepoint does not undo SET LOCAL, so a nested Context must put the former values back; a
        rollback undoes them by itself.
        """
        nested = connection.in_atomic_block
        with transaction.atomic():
            former = _current() if nested else ("", "", "")
            _set((str(self.group_id), str(self.actor.person_id), self.request_id))
            yield self
            if nested:
                _set(former)


def _current() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(current_setting('moa.group_id', true), ''),"
            " coalesce(current_setting('moa.person_id', true), ''),"
            " coalesce(current_setting('moa.request_id', true), '')"
        )
        group_id, person_id, request_id = cursor.fetchone()
    return group_id, person_id, request_id


def _set(values: tuple[str, str, str]) -> None:
    with driver_cursor() as cursor:
        cursor.execute(
            "select set_config('moa.group_id', %s, true), set_config('moa.person_id', %s, true),"
            " set_config('moa.request_id', %s, true)",
            values,
        )


def new_request_id() -> str:
    """The id of the request or job that is in work, so that its audit lines lead to the log; outside, a new one."""
    return str(log_facts().get("request") or uuid.uuid4().hex[:16])
