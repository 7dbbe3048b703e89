"""The application's role by raw SQL, for tests of what the database itself refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from tests.ledger.journal import Journal


class Application:
    """The application's role in the group by raw SQL; what it did is taken back after each statement that fails."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with transaction.atomic():
            self.cursor.execute(statement, values or None)
            return self.cursor.fetchall() if self.cursor.description else []


@contextmanager
def application(journal: Journal) -> Iterator[Application]:
    """In the group of the journal, as one of its persons."""
    with journal.ctx.open(), connection.cursor() as cursor:
        yield Application(cursor)
