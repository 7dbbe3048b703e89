"""Statements on the driver's own cursor: Django's binds on the client, so the server would plan each one anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def driver_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of psycopg on Django's connection, in the open transaction; a statement sent often is prepared."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        yield cursor
