"""What is stored of statements no one changes: not the application, not raw SQL, not another group."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books, make_books

pytestmark = pytest.mark.django_db(transaction=True)
APPEND_ONLY = ("accounts_transaction", "accounts_statement", "accounts_balancepoint", "accounts_supersession")
LEAF = "accounts_transaction_202611"
INSERT = """
insert into accounts_transaction (booked_on, group_id, account_id, amount_minor, balance_stated, fingerprint, occurrence,
    statement_id, place, reference, bank_reference, description, counterparty, counterparty_account, recorded_at)
select '2026-11-16', %s, %s, 1, false, gen_random_uuid(), 1, %s, 'raw', '', '', '', '', '', now()
"""


@pytest.fixture
def books(transactional_db: None) -> Books:
    books = make_books()
    books.open()
    books.bring(mt940([Line(nov(16), 1000), Line(nov(17), -300)]))
    with books.ctx.open():
        from moa.accounts.models import Conflict

        assert books.bring(mt940([Line(nov(16), 1000)], last=nov(17), reference="AGAIN")).conflicts == 1
        conflict_id = Conflict.objects.get().id
    books.settle(conflict_id, replace=True)
    return books


def enter(cursor: Any, books: Books) -> None:
    cursor.execute("begin")
    cursor.execute("select set_config('moa.group_id', %s, true)", [str(books.ctx.group_id)])


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["update {} set group_id = group_id", "delete from {}", "truncate {}"])
@pytest.mark.parametrize("role", ["as_app", "as_owner"])
def test_no_role_changes_or_removes_a_row(
    books: Books, request: pytest.FixtureRequest, table: str, change: str, role: str
) -> None:
    cursor = request.getfixturevalue(role)
    enter(cursor, books)
    cursor.execute(f"select count(*) from {table}")
    assert cursor.fetchone()[0] > 0
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.DatabaseError)) as refusal:
        cursor.execute(change.format(table) + (" cascade" if "truncate" in change else ""))
    assert refusal.value.sqlstate in {"42501", "MOA01"}
    cursor.execute("rollback")


def test_a_month_read_directly_gives_nothing(books: Books, as_app: Any) -> None:
    enter(as_app, books)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_app.execute(f"select * from {LEAF}")
    as_app.execute("rollback")


def test_without_or_with_another_group_no_row_is_seen(books: Books, as_app: Any) -> None:
    stranger = make_books()
    for who in (None, stranger):
        if who is not None:
            enter(as_app, who)
        for table in APPEND_ONLY:
            as_app.execute(f"select count(*) from {table}")
            assert as_app.fetchone() == (0,)
    as_app.execute("rollback")


def test_a_line_cannot_point_at_another_groups_or_accounts_statement(books: Books, as_app: Any) -> None:
    stranger = make_books()
    theirs, mine = stranger.open(), books.open("5550001112223")
    as_app.execute("begin")
    enter(as_app, books)
    as_app.execute("select id, account_id from accounts_statement order by id limit 1")
    statement, account = as_app.fetchone()
    for group, account_id, code in (
        (books.ctx.group_id, mine.id, "23503"),
        (stranger.ctx.group_id, theirs.id, "42501"),
    ):
        as_app.execute("savepoint before")
        with pytest.raises(psycopg.DatabaseError) as refusal:
            as_app.execute(INSERT, [group, account_id, statement])
        assert refusal.value.sqlstate == code
        as_app.execute("rollback to before")
    enter_stranger = "select set_config('moa.group_id', %s, true)"
    as_app.execute(enter_stranger, [str(stranger.ctx.group_id)])
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        as_app.execute(INSERT, [stranger.ctx.group_id, theirs.id, statement])
    as_app.execute("rollback")
    enter(as_app, books)
    as_app.execute(INSERT, [books.ctx.group_id, account, statement])
    as_app.execute("rollback")


def test_the_same_line_cannot_be_stored_twice(books: Books, as_app: Any) -> None:
    enter(as_app, books)
    with pytest.raises(psycopg.errors.UniqueViolation):
        as_app.execute(
            "insert into accounts_transaction select (t).* from ("
            " select t from accounts_transaction t limit 1) one"
        )
    as_app.execute("rollback")
