"""Lines by two characters or more of their words: an index kept beside the lines, filled after the import (ADR 63)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from moa.control.context import Context

# Words in more lines than this are met soon enough on the way through the list itself.
MOST_FOUND = 10_000
LINES_AT_ONCE = 20_000

_FILL = """
insert into accounts_linewords (group_id, line_id, booked_on, words)
select group_id, id, booked_on, lower(counterparty || chr(10) || description || chr(10) || reference)
  from accounts_transaction where id > %(after)s and id <= %(until)s
    on conflict do nothing
"""


def lines_with(ctx: Context, texts: Sequence[str]) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Predicates that narrow a list of lines (`t`) to those with each of the texts, as far as the index can help.

    It cannot with one character, nor with words that very many lines have.
    """
    predicates = []
    for number, words in enumerate(texts):
        key = f"accounts.words:{words}"
        if key not in ctx.memo:
            ctx.memo[key] = _found(words)
        found = ctx.memo[key]
        if found is not None:
            days, lines = f"word_days{number}", f"word_lines{number}"
            predicates.append(
                (
                    "(t.booked_on, t.id) in"
                    f" (select * from unnest(%({days})s::date[], %({lines})s::bigint[]))",
                    {days: found[0], lines: found[1]},
                )
            )
    return predicates


def _found(words: str) -> tuple[list[date], list[int]] | None:
    if len(words) < 2:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "select array_agg(booked_on), array_agg(line_id) from accounts_find_words(%s, %s)",
            [words, MOST_FOUND + 1],
        )
        days, lines = cursor.fetchone()
    return None if lines is not None and len(lines) > MOST_FOUND else (days or [], lines or [])


def read_new_words(ctx: Context) -> int:
    """Index the words of some lines that are not yet; returns their number. Opens its own transactions.

    The import lock is held only while the last settled line is looked up: whoever stores lines of the group holds it,
    so all lines up to that one are committed and every later line gets a higher number.
    """
    with ctx.open(), connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_wordsread (group_id, until_id) values (%s, 0) on conflict do nothing",
            [ctx.group_id],
        )
        cursor.execute("select 1 from accounts_importclock for update")
        cursor.execute("select until_id from accounts_wordsread")
        after = int(cursor.fetchone()[0])
        cursor.execute(
            "select max(id) from (select id from accounts_transaction where id > %s order by id limit %s) lines",
            [after, LINES_AT_ONCE],
        )
        until = cursor.fetchone()[0]
    if until is None:
        return 0
    with ctx.open(), connection.cursor() as cursor:
        # Another worker may have read the same ones meanwhile.
        cursor.execute("select until_id from accounts_wordsread for update")
        if cursor.fetchone()[0] != after:
            return 1
        cursor.execute(_FILL, {"after": after, "until": until})
        count: int = cursor.rowcount
        cursor.execute("update accounts_wordsread set until_id = %s", [until])
    return count
