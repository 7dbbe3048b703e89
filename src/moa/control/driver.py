"""Statements on the driver's own cursor: Django's binds on the client, so the server would plan each one anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import ProgrammingError, connection
from psycopg import pq

# Never given twice: a name whose statement failed may be taken.
_NUMBERS = count(1)
_DONE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
# What each connection has prepared, and under which name: a connection that was made anew has nothing.
_PREPARED: WeakKeyDictionary[psycopg.Connection[Any], dict[str, str]] = WeakKeyDictionary()


@contextmanager
def driver_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of psycopg on Django's connection, in the open transaction; a statement sent often is prepared."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def ask_first(statement: str, values: Sequence[object]) -> str | None:
    """Ask for one value; where the transaction is announced but has not begun, its BEGIN goes in the same message.

    Shape: `statement` names its parameters $1, $2 and so on, and casts each; the answer is the first column of its only
    row, as text. None when there is no row or it is null.
    Raises: the driver's errors, as Django names them.
    """
    connection.ensure_connection()
    driver = connection.connection
    if driver.autocommit or driver.pgconn.transaction_status != pq.TransactionStatus.IDLE:
        with connection.wrap_database_errors, psycopg.RawCursor(driver) as cursor:
            answer = cursor.execute(statement, [None if one is None else str(one) for one in values]).pgresult
            assert answer is not None
    else:
        answer = _begin_with(driver, statement, values)
    found = answer.get_value(0, 0) if answer.ntuples else None
    return None if found is None else found.decode()


def _begin_with(driver: psycopg.Connection[Any], statement: str, values: Sequence[object]) -> pq.abc.PGresult:
    try:
        return _send(driver, "begin;", statement, values, "")
    except ProgrammingError as error:
        # The driver lets the server forget all that is prepared when something was rolled back; nothing was done yet.
        if not isinstance(error.__cause__, psycopg.errors.InvalidSqlStatementName):
            raise
    driver.rollback()
    _PREPARED.pop(driver, None)
    return _send(driver, "begin;", statement, values, "")


def say_last(statement: str, values: Sequence[object]) -> None:
    """Write what answers nothing, and commit the transaction in the same message; Django finds nothing left to commit.

    For who opened the transaction, and as its last statement. Shape: as of `ask_first`.
    Raises: the driver's errors, as Django names them; nothing is committed then.
    """
    _send(connection.connection, "", statement, values, ";commit")


def _send(
    driver: psycopg.Connection[Any], before: str, statement: str, values: Sequence[object], after: str
) -> pq.abc.PGresult:
    names = _PREPARED.setdefault(driver, {})
    name = names.get(statement) or f"moa_{next(_NUMBERS)}"
    prepare = "" if statement in names else f"prepare {name} as {statement};"
    literal = pq.Escaping(driver.pgconn).escape_literal
    said = b",".join(b"null" if one is None else literal(str(one).encode()) for one in values)
    message = b"%b%b execute %b(%b)%b" % (
        before.encode(),
        prepare.encode(),
        name.encode(),
        said,
        after.encode(),
    )
    with connection.wrap_database_errors:
        answer = driver.pgconn.exec_(message)
        if answer.status not in _DONE:
            raise _error_of(answer)
    names[statement] = name
    return answer


def _error_of(answer: pq.abc.PGresult) -> psycopg.Error:
    state = answer.error_field(pq.DiagnosticField.SQLSTATE)
    kind = psycopg.errors.lookup(state.decode()) if state else psycopg.OperationalError
    return kind(answer.get_error_message())
