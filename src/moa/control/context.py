"""Who acts, for which group, when and through which channel: the first argument of every operation."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, cast

from django.db import connection, transaction

from moa.control.driver import ask_first
from moa.control.log_facts import log_facts
from moa.kernel.errors import DomainError

Channel = Literal["web", "api", "command", "job", "test"]
# Group, person and request, as the policies and triggers read them.
Names = tuple[str, str, str]


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
    actor's. `scopes` narrows the actor's rights to those that a machine token was given; None leaves them whole; `token` is the
    beginning of that token.
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
    token: str = ""
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @contextmanager
    def open(
        self, *, asking: bool = False, entering: Callable[[Names], None] | None = None, steady: bool = False
    ) -> Iterator[Context]:
        """Open a transaction that sees this group's rows only, and restore the former group on a clean exit.

        `asking`: the actor's rights are asked before anything else, so they come with the opening. `entering` sets the
        group, person and request by a statement of its own, and reads with it what it needs. `steady`: every statement
        sees the rows of one moment, for what is read piece by piece and must add up; not where it stands inside another.

        Releasing a savepoint does not undo SET LOCAL, so a nested Context must put the former values back; a
        rollback undoes them by itself.
        """
        nested = connection.in_atomic_block
        own = (str(self.group_id), str(self.actor.person_id), self.request_id)
        with transaction.atomic():
            if steady and not nested:
                with connection.cursor() as cursor:
                    cursor.execute("set transaction isolation level repeatable read")
            former = _current() if nested else ("", "", "")
            if entering is not None:
                entering(own)
            elif asking and "rights" not in self.memo:
                self.memo["held"] = _enter(own, self.today)
            else:
                _set(own)
            try:
                yield self
            finally:
                self.memo.pop("held", None)
            if nested:
                _set(former)


def _current() -> Names:
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(current_setting('moa.group_id', true), ''),"
            " coalesce(current_setting('moa.person_id', true), ''),"
            " coalesce(current_setting('moa.request_id', true), '')"
        )
        group_id, person_id, request_id = cursor.fetchone()
    return group_id, person_id, request_id


_SET = """
select set_config('moa.group_id', $1::text, true), set_config('moa.person_id', $2::text, true),
       set_config('moa.request_id', $3::text, true)
"""


def _set(values: Names) -> None:
    ask_first(_SET, values)


# The inner question names what the outer sets, so it is asked when the group's rows can be seen.
SETTING_AND_HELD = """
      (select set_config('moa.group_id', $1::text, true) as group_id, set_config('moa.person_id', $2::text, true) as person_id,
              set_config('moa.request_id', $3::text, true) as request_id offset 0) own
 cross join lateral (
    select json_agg(json_build_array(a.unit_id, r.code, r.permissions)) as held
      from control_assignment a join control_role r on r.id = a.role_id and r.group_id = a.group_id
     where a.group_id = own.group_id::bigint and a.person_id = own.person_id::bigint
       and a.valid_from <= $4::date and (a.valid_until is null or a.valid_until > $4::date)) h
"""
_ENTER = f"select h.held from {SETTING_AND_HELD}"


def _enter(values: Names, today: date) -> list[list[Any]]:
    """Set the same, and read what the actor holds: where, the role, its rights."""
    held = ask_first(_ENTER, [*values, today])
    return cast(list[list[Any]], json.loads(held)) if held else []


def held_now(ctx: Context) -> list[list[Any]]:
    """Every role of the actor on this day: where (None: in the whole group), its code, its rights; in an open Context."""
    if "held" in ctx.memo:
        return cast(list[list[Any]], ctx.memo["held"])
    return _enter((str(ctx.group_id), str(ctx.actor.person_id), ctx.request_id), ctx.today)


def new_request_id() -> str:
    """The id of the request or job that is in work, so that its audit lines lead to the log; outside, a new one."""
    return str(log_facts().get("request") or uuid.uuid4().hex[:16])
