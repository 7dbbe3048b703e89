"""What a page asks besides its own rows, in one statement: each answer of the server costs more than most of the questions.

A context says its question once (`Question`) and reads the answer from the Context whether it was asked alone or with others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from moa.control.context import Context
from moa.control.driver import driver_cursor


@dataclass(frozen=True, slots=True)
class Question:
    """Shape: `sql` gives one row of one column, with `facts` for its %(name)s; `read` makes of it what stands in
    `ctx.memo` under `key`."""

    key: str
    sql: str
    facts: Mapping[str, Any]
    read: Callable[[Any], Any]


# What stands around every page; contexts add theirs where they are wired (`entry/wiring.py`).
AROUND_PAGES: list[Callable[[Context], Question]] = []


def around_page(ctx: Context) -> list[Question]:
    return [question(ctx) for question in AROUND_PAGES]


def ask_together(ctx: Context, questions: Iterable[Question]) -> None:
    """Answer what was not asked before in this Context, in one prepared statement of the open transaction."""
    asked = [one for one in questions if one.key not in ctx.memo]
    if not asked:
        return
    facts = {f"{at}_{name}": fact for at, one in enumerate(asked) for name, fact in one.facts.items()}
    with driver_cursor() as cursor:
        row: Any = cursor.execute(_statement(tuple(one.sql for one in asked)), facts).fetchone()
    for one, answer in zip(asked, row, strict=True):
        ctx.memo[one.key] = one.read(answer)


def answer_to(ctx: Context, question: Question) -> Any:
    """Asked now, unless it was before."""
    ask_together(ctx, (question,))
    return ctx.memo[question.key]


def answer_now(ctx: Context, question: Question) -> Any:
    """Asked now in any case, for who has changed meanwhile what is asked about."""
    ctx.memo.pop(question.key, None)
    return answer_to(ctx, question)


@lru_cache(maxsize=256)
def _statement(parts: tuple[str, ...]) -> bytes:
    """Names of facts get the number of their question before them. Bytes, for the driver takes no text that was put together."""
    return (
        "select " + ",\n".join(f"({part.replace('%(', f'%({at}_')})" for at, part in enumerate(parts))
    ).encode()
