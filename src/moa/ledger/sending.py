"""Statements on the driver's own cursor: Django's binds on the client, so the server would plan each one anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def driver_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of psycopg on the open transaction; a statement sent often is prepared."""
    assert connection.in_atomic_block, "statements of the books are sent inside a Context"
    with connection.cursor(), psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def numbers(values: Sequence[int | None]) -> str:
    """An array of integers as text: its type then is the statement's, not that of the largest number in it."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"
