"""What the database itself refuses of closings: changed seals, days out of order, closings that say something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection

from moa.ledger.operations.reopen_day import request_reopening
from tests.control.factories import make_two_groups
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import close, reopen
from tests.ledger.raw_sql import Application, application

TABLES = ("ledger_seal", "ledger_dailyclosing", "ledger_sealedline")
CHANGES = ("update {} set revision = revision + 1", "delete from {}", "truncate {}")
LINE = """
    insert into ledger_sealedline (group_id, book_id, business_date, revision, place, body)
    select group_id, book_id, business_date, revision, 1, '["bank"]' from ledger_seal
"""


def closed_once() -> Journal:
    journal = make_journal()
    journal.post(voucher("1", "bank", "a", 1000))
    close(journal)
    return journal


@pytest.fixture
def closed(db: None) -> Journal:
    return closed_once()


@pytest.fixture
def app(closed: Journal) -> Iterator[Application]:
    with application(closed) as found:
        yield found


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_changes_nothing_sealed(app: Application, table: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        app.execute(statement.format(table))


@pytest.mark.django_db(transaction=True)
def test_the_owner_changes_nothing_sealed_either(as_owner: Any) -> None:
    closed_once()
    for table in TABLES[:2]:
        for statement in CHANGES:
            with pytest.raises(psycopg.Error, match="never changed or removed|cannot truncate"):
                as_owner.execute(statement.format(table))


def seal(changes: str = "") -> str:
    """A statement that would add a seal; `changes` is SQL over the facts of the last one."""
    return f"""
        with said as (select s.*, (s.facts::jsonb {changes})::text as text from ledger_seal s order by id desc limit 1)
        insert into ledger_seal (group_id, book_id, business_date, revision, previous, hex, facts, closed_at, closed_by_id)
        select group_id, book_id, (text::jsonb ->> 'date')::date, (text::jsonb ->> 'revision')::int, text::jsonb ->> 'previous',
               encode(sha256(convert_to(text, 'UTF8')), 'hex'), text, (text::jsonb ->> 'closed_at')::timestamptz, closed_by_id
          from said
    """


LATER = """|| jsonb_build_object('date', '2026-11-23', 'revision', 1, 'previous', s.hex, 'closed_at', now() + interval '1 hour')"""
NEXT_CLOSING = "update ledger_businessday set state = 'closing' where state = 'open'"


def test_a_seal_that_follows_while_its_day_is_closing_is_taken(app: Application) -> None:
    app.execute(NEXT_CLOSING)
    app.execute(seal(LATER))
    assert app.execute("select count(*) from ledger_seal") == [(2,)]


@pytest.mark.parametrize(
    "changes",
    [
        """|| jsonb_build_object('closed_at', now() + interval '1 hour')""",
        LATER + """ || '{"previous": null}'""",
        LATER + """ || '{"previous": "0000"}'""",
        LATER + """ || '{"revision": 2}'""",
        LATER + """ || '{"date": "2026-11-24"}'""",
        LATER + """ || '{"date": "2026-11-19"}'""",
        LATER + """ || '{"book": "OTHER"}'""",
        LATER + """ || jsonb_build_object('closed_at', s.closed_at)""",
    ],
)
def test_a_seal_that_does_not_follow_is_refused(app: Application, changes: str) -> None:
    app.execute(NEXT_CLOSING)
    with pytest.raises(DatabaseError, match="a seal follows the one before"):
        app.execute(seal(changes))


def test_a_seal_whose_hex_is_not_that_of_its_facts_is_refused(app: Application) -> None:
    app.execute(NEXT_CLOSING)
    with pytest.raises(DatabaseError, match="a seal follows the one before"):
        app.execute(seal(LATER).replace("convert_to(text,", "convert_to(text || ' ',"))


def test_a_seal_is_taken_only_while_its_day_is_closing(app: Application) -> None:
    with pytest.raises(DatabaseError, match="a seal follows the one before"):
        app.execute(seal(LATER))


MOVES = [
    ("update ledger_businessday set state = 'closed', revision = 1, closed_at = now(), closed_by_id = opened_by_id"
     " where state = 'open'", "does not go from open to closed"),
    ("update ledger_businessday set state = 'reopened' where state = 'closed'", "what two persons decided"),
    ("update ledger_businessday set state = 'open' where state = 'closed'", "does not go from closed to open"),
    ("update ledger_businessday set revision = 7", "counts up the revision"),
    ("insert into ledger_businessday (group_id, book_id, business_date, state, revision) select group_id, book_id,"
     " '2026-11-19', 'closed', 1 from ledger_businessday limit 1", "begins waiting"),
    ("insert into ledger_businessday (group_id, book_id, business_date, state, revision, closed_at) select group_id, book_id,"
     " '2026-11-19', 'waiting', 0, now() from ledger_businessday limit 1", "begins waiting"),
    *((f"update ledger_businessday set {facts} where state = '{state}'", said) for state, facts, said in (
        ("closed", "closed_at = closed_at - interval '1 day'", "it was closed does not change"),
        ("closed", "closed_by_id = (select max(id) from control_person)", "it was closed does not change"),
        ("closed", "opened_at = now()", "it was opened does not change"),
        ("open", "opened_at = opened_at - interval '1 day'", "it was opened does not change"),
        ("open", "closed_at = now()", "it was closed does not change"),
        ("open", "state = 'closing', opened_at = now()", "it was opened does not change"),
    )),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "said"), MOVES)
def test_a_day_does_not_move_otherwise(app: Application, statement: str, said: str) -> None:
    with pytest.raises(DatabaseError, match=said):
        app.execute(statement)


def test_a_day_is_not_closed_without_a_seal(app: Application) -> None:
    app.execute(NEXT_CLOSING)
    with pytest.raises(DatabaseError, match="closed with its seal"):
        app.execute(
            "update ledger_businessday set state = 'closed', revision = 1, closed_at = now(), closed_by_id = opened_by_id"
            " where state = 'closing'"
        )


def test_a_day_is_closed_when_and_by_whom_its_seal_says(app: Application) -> None:
    app.execute(NEXT_CLOSING)
    app.execute(seal(LATER))
    close_as = (
        "update ledger_businessday d set state = 'closed', revision = 1, closed_at = s.closed_at, closed_by_id = {}"
        " from ledger_seal s where d.state = 'closing' and s.business_date = d.business_date"
    )
    with pytest.raises(DatabaseError, match="closed with its seal"):
        app.execute(close_as.format("(select id from control_person where id <> s.closed_by_id limit 1)"))
    app.execute(close_as.format("s.closed_by_id"))


def test_a_day_before_or_beside_another_is_not_opened(app: Application) -> None:
    app.execute(
        "insert into ledger_businessday (group_id, book_id, business_date, state, revision) select group_id, book_id, day,"
        " 'waiting', 0 from ledger_businessday, (values (date '2026-11-19'), (date '2026-11-24')) d (day)"
        " where state = 'open'"
    )
    for day in ("2026-11-19", "2026-11-24"):
        with pytest.raises(DatabaseError):
            app.execute(
                "update ledger_businessday set state = 'open', opened_at = now(), opened_by_id = (select min(opened_by_id)"
                " from ledger_businessday) where business_date = %s",
                [day],
            )


def test_a_request_that_nobody_agreed_to_reopens_nothing(closed: Journal) -> None:
    with closed.ctx.open():
        request_reopening(closed.ctx, closed.book)
    with application(closed) as app, pytest.raises(DatabaseError, match="what two persons decided"):
        app.execute("update ledger_businessday set state = 'reopened' where state = 'closed'")


def test_an_agreed_reopening_counts_for_the_seal_it_was_agreed_for_and_once(closed: Journal) -> None:
    reopen(closed)
    closed.post(voucher("2", "bank", "a", 1))
    close(closed)
    with application(closed) as app:
        app.execute("update ledger_businessday set state = 'waiting' where state = 'open'")
        with pytest.raises(DatabaseError, match="what two persons decided"):
            app.execute("update ledger_businessday set state = 'reopened' where state = 'closed'")


CLOSING = """
    insert into ledger_dailyclosing (account_id, business_date, revision, group_id, book_id, name, is_stated, opening_minor,
        debit_minor, credit_minor, closing_minor, n, product)
    select b.account_id, date '2026-11-23', 1, b.group_id, b.book_id, '', false, {opening}, {debit}, 0, {closing}, {n}, {product}
      from ledger_balance b join ledger_account a on a.id = b.account_id where a.code = 'bank'
"""
RIGHT = {"opening": "1000", "debit": "0", "closing": "1000", "n": "1", "product": "1000 * 4"}


def test_a_closing_that_says_what_is_is_taken(app: Application) -> None:
    app.execute(NEXT_CLOSING)
    app.execute(CLOSING.format(**RIGHT))


@pytest.mark.parametrize(
    "wrong",
    [{"opening": "999", "debit": "1"}, {"closing": "1001", "debit": "1"}, {"n": "2"}, {"product": "0"}],
)
def test_a_closing_that_says_something_else_is_refused(app: Application, wrong: dict[str, str]) -> None:
    app.execute(NEXT_CLOSING)
    with pytest.raises(DatabaseError, match="does not say what its account came to"):
        app.execute(CLOSING.format(**RIGHT | wrong))
    with pytest.raises(IntegrityError, match="daily_closing_adds_up"):
        app.execute(CLOSING.format(**RIGHT | {"debit": "5"}))


def test_closings_and_lines_are_written_only_while_their_day_is_closing(app: Application) -> None:
    with pytest.raises(DatabaseError, match="its day is not closing"):
        app.execute(CLOSING.format(**RIGHT))
    with pytest.raises(DatabaseError, match="while their day is closing"):
        app.execute(LINE)


def test_another_group_sees_nothing_of_a_closing(closed: Journal) -> None:
    stranger = make_two_groups().stranger
    with stranger.open(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,)
