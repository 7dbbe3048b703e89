"""What the database itself refuses, whoever asks: the application by raw SQL, and the owner where it can be held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection

from moa.ledger.operations.agree_standing_order import NewStandingOrder, file_standing_order
from tests.control.factories import TODAY, make_two_groups
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.raw_sql import Application, application


@pytest.fixture
def journal(db: None) -> Journal:
    return booked()


def booked() -> Journal:
    journal = make_journal()
    journal.post(voucher("1", "bank", "a", 1000), voucher("2", "a", "b", 300))
    return journal


@pytest.fixture
def app(journal: Journal) -> Iterator[Application]:
    with application(journal) as found:
        yield found


CHANGES = ("update {} set period = period", "delete from {}", "truncate {}")
APPEND_ONLY = ("ledger_voucher", "ledger_entry", "ledger_postingkey", "ledger_reversal")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_changes_nothing_booked(app: Application, table: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        app.execute(statement.format(table))


@pytest.mark.django_db(transaction=True)
def test_the_owner_changes_nothing_booked_either(as_owner: Any) -> None:
    journal = booked()
    (number, period) = journal.rows("select id, period from ledger_voucher where key = '2'")[0]
    journal.post(voucher("red", "a", "b", -300)._replace(reverses=(number, period)))
    for table in (*APPEND_ONLY, "ledger_voucher_202611", "ledger_entry_202611"):
        for statement in CHANGES:
            with pytest.raises(psycopg.Error, match="never changed or removed"):
                as_owner.execute(statement.format(table))
    with pytest.raises(psycopg.Error, match="refused"):
        as_owner.execute(
            "insert into ledger_entry_202611 select account_id, n + 10, group_id, voucher_id + 1000, amount_minor,"
            " functional_minor, balance_after, recorded_at, period, business_date, value_date, leg, side from ledger_entry"
        )


@pytest.mark.parametrize(
    "statement",
    [
        "insert into ledger_entry_202611 select * from ledger_entry",
        "insert into ledger_voucher_202611 select * from ledger_voucher",
        "select * from ledger_entry_202611",
        "update ledger_balance set current_minor = current_minor + 1",
        "update ledger_balance set version = version + 1",
        "update ledger_balance set product = 0",
        "insert into ledger_balance select * from ledger_balance",
        "insert into ledger_reversal values (1, 202611, 2, 202611, 1, 1)",
        "update ledger_account set currency = 'USD'",
        "update ledger_account set normal_side = -normal_side",
        "update ledger_book set functional_currency = 'USD'",
        "update ledger_standingorder set valid_until = null",
        "delete from ledger_account",
        "delete from ledger_businessday",
    ],
)
def test_the_application_may_not_even_try(app: Application, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        app.execute(statement)


# One whole voucher as the engine writes it; a test spoils one thing. The database looks at it in one of two ways: no account
# twice in its statement, or one that goes on from itself.
VOUCHER = """
with made as (
    insert into ledger_voucher (id, group_id, book_id, maker_id, checker_id, standing_order_id, recorded_at, period,
        business_date, value_date, legs, origin, key, source_kind, source_id, memo)
    select {id}, v.group_id, v.book_id, {maker}, {checker}, {order}, {at}, {period}, {day}, {day}, {legs}, '{origin}', 'raw', '', '', ''
      from ledger_voucher v where v.key = '1' returning id, recorded_at)
insert into ledger_entry (account_id, n, group_id, voucher_id, amount_minor, functional_minor, balance_after, recorded_at,
    period, business_date, value_date, leg, side)
select a.id, b.version - 1 + {step} + row_number() over so_far, a.group_id, made.id, m.minor, m.minor + {worth},
       b.current_minor + {off} + sum(m.minor) over so_far, made.recorded_at, {period}, {day}, {day}, m.leg, {side}
  from made cross join (values ('bank', {debit}::bigint, 1), ('a', {credit}, {leg}){more}) m (code, minor, leg)
  join ledger_account a on a.code = m.code join ledger_balance b on b.account_id = a.id
window so_far as (partition by a.id order by m.leg)
"""
WHOLE = {
    "id": "nextval('ledger_voucher_id_seq')", "maker": "v.maker_id", "checker": "null::bigint", "order": "v.standing_order_id",
    "at": "clock_timestamp()", "period": "202611", "day": f"date '{TODAY}'", "origin": "file", "step": "1", "off": "0",
    "worth": "0", "debit": "5", "credit": "-5", "leg": "2", "side": "sign(m.minor)", "legs": "2", "more": "",
}  # fmt: skip
TWICE = {"legs": "4", "more": ", ('bank', 7, 3), ('bank', -7, 4)"}
both_ways = pytest.mark.parametrize("way", [{}, TWICE], ids=["no account twice", "one account thrice"])
PERSON = "(select max(id) from control_person where kind = 'person')"


@both_ways
def test_a_voucher_that_is_whole_is_taken(app: Application, way: dict[str, str]) -> None:
    app.execute(VOUCHER.format(**WHOLE | way))
    found = app.execute(
        "select current_minor, version from ledger_balance b join ledger_account a on a.id = b.account_id where code = 'a'"
    )
    assert found == [(-705, 3)]


@both_ways
@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"credit": "-4"}, "does not balance"),
        ({"step": "2"}, "a gap"),
        ({"step": "0"}, "duplicate key"),
        ({"off": "1"}, "a gap, a wrong balance"),
        ({"worth": "1"}, "does not balance in the currency|valued otherwise"),
        ({"debit": "0", "credit": "0"}, "entry_moves_something"),
        ({"leg": "1"}, "voucher_id_leg_period_key"),
        ({"leg": "9"}, "has not all its legs"),
        ({"side": "0"}, "entry_side_known"),
        ({"day": f"date '{TODAY}' - 1"}, "takes no vouchers"),
        ({"day": "date '2026-12-01'"}, "voucher_period_is_the_month"),
        ({"period": "202612", "day": "date '2026-12-01'"}, "no partition of relation"),
        ({"order": "null::bigint"}, "voucher_has_checker_or_standing_order"),
        ({"order": "null::bigint", "checker": "v.maker_id"}, "voucher_maker_is_not_checker"),
        ({"order": "v.standing_order_id + 1"}, "no standing order"),
        ({"origin": "interest"}, "no standing order"),
        ({"maker": PERSON}, "a person books under a standing order"),
        ({"maker": "0"}, "its maker is not of its group"),
        ({"order": "null::bigint", "checker": "0"}, "its checker is not of its group"),
        ({"order": "null::bigint", "checker": PERSON}, "its checker approved no request"),
        ({"at": "v.recorded_at - interval '1 second'"}, "an older stamp"),
    ],
)  # fmt: skip
def test_a_voucher_that_is_not_whole_is_refused(
    app: Application, spoilt: dict[str, str], words: str, way: dict[str, str]
) -> None:
    with pytest.raises(DatabaseError, match=words):
        app.execute(VOUCHER.format(**WHOLE | way | spoilt))


def test_many_entries_of_one_statement_are_of_one_day(app: Application) -> None:
    mixed = VOUCHER.format(**WHOLE | TWICE).replace(
        f"made.recorded_at, 202611, date '{TODAY}'",
        f"made.recorded_at, 202611, date '{TODAY}' - (m.leg = 4)::int",
    )
    assert mixed != VOUCHER.format(**WHOLE | TWICE)
    with pytest.raises(DatabaseError, match="not of one group, moment and day"):
        app.execute(mixed)


def test_a_voucher_without_entries_is_refused(app: Application) -> None:
    alone = VOUCHER.format(**WHOLE).split("insert into ledger_entry")[0] + "select id from made"
    with pytest.raises(DatabaseError, match="its entries are not in its statement"):
        app.execute(alone)


def test_legs_cannot_be_added_to_a_voucher_later(app: Application) -> None:
    with pytest.raises(DatabaseError, match="has not all its legs"):
        app.execute(
            "insert into ledger_entry (account_id, n, group_id, voucher_id, amount_minor, functional_minor, balance_after,"
            " recorded_at, period, business_date, value_date, leg, side)"
            " select e.account_id, b.version + 1, e.group_id, e.voucher_id, -e.amount_minor, -e.amount_minor,"
            " b.current_minor - e.amount_minor, e.recorded_at, e.period, e.business_date, e.value_date, e.leg + 2, -e.side"
            " from ledger_entry e join ledger_balance b using (account_id) join ledger_voucher v on v.id = e.voucher_id"
            " where v.key = '2'"
        )


def test_a_voucher_is_taken_back_once_and_whole(journal: Journal) -> None:
    (number, period) = journal.rows("select id, period from ledger_voucher where key = '2'")[0]
    red = voucher("red", "a", "b", -300)._replace(reverses=(number, period))
    assert journal.codes(red, red._replace(key="again")) == ["booked", "not_reversible"]
    assert journal.codes(red._replace(key="and again")) == ["not_reversible"]
    assert (journal.balance("a"), journal.balance("b")) == (1000, 0)
    assert journal.rows("select side, amount_minor from ledger_entry where voucher_id <> %s order by voucher_id desc, leg limit 2", [number]) == [
        (1, -300), (-1, 300),
    ]  # fmt: skip


@pytest.mark.parametrize("wrong", [-299, -1])
def test_a_reversal_of_another_amount_is_refused_by_the_database(journal: Journal, wrong: int) -> None:
    (number, period) = journal.rows("select id, period from ledger_voucher where key = '2'")[0]
    with pytest.raises(psycopg.Error, match="does not take back"):
        journal.post(voucher("red", "a", "b", wrong)._replace(reverses=(number, period)))


def test_a_second_reversal_is_refused_by_the_database_itself(journal: Journal, app: Application) -> None:
    ((number,),) = app.execute("select id from ledger_voucher where key = '2'")
    statement = VOUCHER.format(**WHOLE | {"debit": "-1000", "credit": "1000"}).replace(
        "legs, origin", "reverses_id, reverses_period, legs, origin"
    ).replace("2, 'file'", f"{number - 1}, 202611, 2, 'file'")  # fmt: skip
    app.execute(statement)
    with pytest.raises(IntegrityError, match="duplicate key"):
        app.execute(statement)


def test_a_standing_order_that_nobody_agreed_to_is_refused(journal: Journal, app: Application) -> None:
    more = NewStandingOrder("MORE", "More", ("interest",), TODAY)
    with journal.ctx.open():
        request = file_standing_order(journal.ctx, journal.book, new=more)
    with pytest.raises(DatabaseError, match="what two persons decided"):
        app.execute(
            "insert into ledger_standingorder (group_id, book_id, code, title, acts, valid_from, maker_id, checker_id, request_id)"
            " select group_id, book_id, 'MORE', 'More', '[\"interest\"]', valid_from, maker_id, checker_id, %s"
            " from ledger_standingorder",
            [request.id],
        )


def test_two_days_of_a_book_are_never_open_together(app: Application) -> None:
    with pytest.raises(DatabaseError, match="a day begins waiting"):
        app.execute(
            "insert into ledger_businessday (group_id, book_id, business_date, state, revision, opened_at, opened_by_id)"
            " select group_id, book_id, business_date + 1, 'open', 0, opened_at, opened_by_id from ledger_businessday"
        )


def test_the_clock_of_a_book_does_not_go_back(app: Application) -> None:
    app.execute("update ledger_bookclock set last_at = clock_timestamp()")
    with pytest.raises(DatabaseError, match="does not go back"):
        app.execute("update ledger_bookclock set last_at = now() - interval '1 second'")


def test_months_are_made_once_with_their_guards_and_only_within_reason(app: Application) -> None:
    assert app.execute("select ledger_make_period(203001), ledger_make_period(203001)") == [(True, False)]
    made = app.execute(
        "select c.relname, c.relrowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid),"
        " (select array_agg(tgname::text order by tgname) from pg_trigger t where t.tgrelid = c.oid and not tgisinternal)"
        " from pg_class c where relname in ('ledger_entry_203001', 'ledger_voucher_203001') order by 1"
    )
    assert made == [
        ("ledger_entry_203001", True, 1, ["append_only", "append_only_truncate", "entries_move_balances"]),
        ("ledger_voucher_203001", True, 1, ["append_only", "append_only_truncate", "vouchers_may_be_booked"]),
    ]
    for wrong in (202600, 202613, 198912, 999999, -1):
        with pytest.raises(DatabaseError, match="no books are kept"):
            app.execute("select ledger_make_period(%s)", [wrong])


def test_another_group_sees_and_reaches_nothing(journal: Journal) -> None:
    stranger = make_two_groups().stranger
    with stranger.open(), connection.cursor() as cursor:
        for table in (*APPEND_ONLY, "ledger_book", "ledger_account", "ledger_balance", "ledger_bookclock"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table
