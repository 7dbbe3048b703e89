"""Books begin with a chart and an open day; standing orders come from two persons; months are made ahead."""

from __future__ import annotations

from datetime import date

import pytest

from moa.control.approval_subjects import describe
from moa.control.approvals import SamePerson
from moa.control.models import ApprovalRequest, AuditLine
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger import jobs
from moa.ledger.charts import COMPANY, SETTLEMENT_CENTRE, chart_template
from moa.ledger.lifecycle import ACCOUNT, BUSINESS_DAY, AccountState, DayState
from moa.ledger.models import Book, StandingOrder, Subject
from moa.ledger.operations.agree_standing_order import (
    NewStandingOrder,
    decide_standing_order,
    file_standing_order,
)
from moa.ledger.operations.open_business_day import open_business_day
from moa.ledger.operations.set_up_book import NewBook, set_up_book
from moa.ledger.queries import access_book
from moa.ledger.rules.acts import FILE, INTEREST
from moa.ledger.rules.batches import AIM_SECONDS, FIRST, LARGEST, SMALLEST, next_size
from moa.ledger.rules.months import months_from
from moa.ledger.rules.products import product_of, rolled
from moa.ledger.rules.sides import NATURES
from tests.control.factories import TODAY, make_person, make_unit
from tests.ledger.journal import Journal, agree, voucher


@pytest.mark.parametrize(("name", "least"), [(SETTLEMENT_CENTRE, 60), (COMPANY, 40)])
def test_a_shipped_chart_is_whole(name: str, least: int) -> None:
    rows = chart_template(name)
    codes = [row.code for row in rows]
    assert len(codes) == len(set(codes)) >= least
    assert all(row.nature in NATURES and all(row.names.values()) and row.term for row in rows)
    assert all(row.parent in codes[: codes.index(row.code)] for row in rows if row.parent)


def test_the_settlement_centres_chart_has_the_codes_of_the_reference() -> None:
    rows = {row.code: row for row in chart_template(SETTLEMENT_CENTRE)}
    assert {"1002", "201101", "201106", "130101", "224101", "3001", "4103", "6411", "2314", "8007"} <= set(
        rows
    )
    assert (rows["201101"].parent, rows["201101"].names["zh-hans"], rows["1304"].normal_side) == (
        "2011",
        "活期存款",
        -1,
    )


def test_a_book_has_its_chart_and_one_default_a_group(journal: Journal) -> None:
    with journal.ctx.open():
        assert Subject.objects.filter(book_id=journal.book.id).count() == len(
            chart_template(SETTLEMENT_CENTRE)
        )
        unit = make_unit(journal.machine)
        company = NewBook("CO", "Company", unit.id, "KRW", TODAY, chart=COMPANY, kind=Book.COMPANY)
        assert set_up_book(journal.ctx, new=company).code == "CO"
        assert access_book(journal.ctx).code == "SC" and access_book(journal.ctx, "CO").kind == "company"
        for wrong in (company, NewBook("SC2", "Other", unit.id, "KRW", TODAY, is_default=True)):
            with pytest.raises(DomainError, match="book_exists"):
                set_up_book(journal.ctx, new=wrong)
        with pytest.raises(NotFound):
            access_book(journal.ctx, "NONE")
        with pytest.raises(DomainError, match="chart_unknown"):
            set_up_book(journal.ctx, new=NewBook("X", "X", unit.id, "KRW", TODAY, chart="none"))


def test_only_one_day_is_open_and_it_opens_once(journal: Journal) -> None:
    with journal.ctx.open():
        with pytest.raises(DomainError, match="move_not_allowed"):
            open_business_day(journal.ctx, journal.book, TODAY)
        with pytest.raises(NotFound):
            open_business_day(journal.ctx, journal.book, date(2026, 11, 23))


def test_a_standing_order_needs_another_person_and_says_what_was_agreed(journal: Journal) -> None:
    new = NewStandingOrder("INT", "Interest at night", (INTEREST,), TODAY, date(2027, 1, 1))
    with journal.ctx.open():
        request = file_standing_order(journal.ctx, journal.book, new=new)
        shown = describe(journal.ctx, request)
        assert (shown.kind, shown.title, shown.note) == (
            "standing_order",
            "Interest at night",
            "이자 · 2026-11-20 – 2027-01-01",
        )
        with pytest.raises(SamePerson):
            decide_standing_order(journal.ctx, request.id, approve=True, seen_hash=request.content_hash)
    with journal.second.open():
        decide_standing_order(journal.second, request.id, approve=True, seen_hash=request.content_hash)
        made = StandingOrder.objects.get(code="INT")
        assert (made.maker_id, made.checker_id) == (
            journal.ctx.actor.person_id,
            journal.second.actor.person_id,
        )
    assert journal.codes(voucher("1", "bank", "a", 1), origin=INTEREST) == ["booked"]
    with journal.ctx.open(), pytest.raises(DomainError, match="standing_order_exists"):
        file_standing_order(journal.ctx, journal.book, new=new)


def test_a_standing_order_that_was_refused_is_not_in_force(journal: Journal) -> None:
    with journal.ctx.open():
        request = file_standing_order(
            journal.ctx, journal.book, new=NewStandingOrder("INT", "Interest", (INTEREST,), TODAY)
        )
    with journal.second.open():
        decide_standing_order(
            journal.second, request.id, approve=False, seen_hash=request.content_hash, reason="not now"
        )
        assert not StandingOrder.objects.filter(code="INT").exists()
        assert ApprovalRequest.objects.get(id=request.id).state == "refused"


@pytest.mark.parametrize(
    "wrong",
    [
        NewStandingOrder("has space", "T", (FILE,), TODAY),
        NewStandingOrder("X", "T", (), TODAY),
        NewStandingOrder("X", "T", ("anything",), TODAY),
        NewStandingOrder("X", "T", (FILE,), TODAY, TODAY),
    ],
)
def test_a_standing_order_that_makes_no_sense_is_not_filed(journal: Journal, wrong: NewStandingOrder) -> None:
    with journal.ctx.open(), pytest.raises(DomainError, match="standing_order_invalid"):
        file_standing_order(journal.ctx, journal.book, new=wrong)


def test_an_order_of_later_days_gives_no_leave_today(db: None) -> None:
    from tests.ledger.journal import make_journal

    journal = make_journal(acts=())
    agree(journal, NewStandingOrder("LATER", "Later", (FILE,), date(2026, 11, 21)))
    agree(journal, NewStandingOrder("OVER", "Over", (FILE,), date(2026, 1, 1), TODAY))
    with pytest.raises(DomainError, match="standing_order_missing"):
        journal.post(voucher("1", "bank", "a", 1))


def test_a_clerk_of_a_member_unit_sees_no_book(journal: Journal) -> None:
    clerk = make_person(journal.machine, roles=["clerk"])
    with clerk.open(), pytest.raises(Forbidden):
        access_book(clerk)


def test_the_nightly_jobs_make_months_ahead_and_count_again(journal: Journal) -> None:
    jobs.make_months(journal.machine)
    assert journal.rows(
        "select to_regclass('ledger_entry_202611') is not null, to_regclass('ledger_voucher_202612') is not null,"
        " to_regclass('ledger_entry_202701') is not null, to_regclass('ledger_entry_202702') is null"
    ) == [(True, True, True, True)]
    journal.post(voucher("1", "bank", "a", 1))
    jobs.verify(journal.machine)
    with journal.ctx.open():
        line = AuditLine.objects.get(code="ledger.book.verified")
    assert line.after == {"accounts": 4, "entries": 2, "differences": 0}


def test_months_go_over_the_year() -> None:
    assert months_from(date(2026, 11, 30), 3) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


def test_a_product_is_the_sum_of_the_daily_balances() -> None:
    """1,000 from the 1st, 500 more from the 11th, up to the 21st: 10 × 1,000 + 10 × 1,500."""
    entries = [(1000, date(2026, 1, 1)), (500, date(2026, 1, 11))]
    assert product_of(entries, date(2026, 1, 21)) == 25_000
    assert (
        rolled(product_of(entries[:1], date(2026, 1, 11)), 1000, date(2026, 1, 11), date(2026, 1, 21))
        == 20_000
    )
    assert product_of(reversed(entries), date(2026, 1, 21)) == 25_000


@pytest.mark.parametrize(("rows_a_second", "quiet", "waited"), [(40_000, 2400, 1200), (5_000, 300, 150)])
def test_batches_hold_the_book_for_the_time_aimed_at(rows_a_second: int, quiet: int, waited: int) -> None:
    sizes, somebody = [FIRST], [False] * 5 + [True] * 3 + [False] * 3
    for one in somebody:
        sizes.append(next_size(sizes[-1], sizes[-1] / rows_a_second, one))
    assert sizes[5] == sizes[-1] == quiet and sizes[8] == waited


def test_a_batch_is_never_more_than_twice_the_former_nor_beyond_the_bounds() -> None:
    assert next_size(500, 0, False) == 1000
    assert next_size(LARGEST, 0, False) == LARGEST
    assert next_size(1000, 60, True) == SMALLEST
    assert next_size(1000, AIM_SECONDS, False) == 1000


@pytest.mark.parametrize("life", [ACCOUNT, BUSINESS_DAY])
def test_every_move_is_allowed_where_the_table_says_and_nowhere_else(life: object) -> None:
    allowed = {(str(state), move): str(after) for state, move, after in life.walk() if after is not None}  # type: ignore[attr-defined]
    expected: dict[object, dict[tuple[str, str], str]] = {
        ACCOUNT: {
            (AccountState.OPEN, "freeze"): "frozen", (AccountState.FROZEN, "unfreeze"): "open",
            (AccountState.OPEN, "close"): "closed",
        },
        BUSINESS_DAY: {
            (DayState.WAITING, "open"): "open", (DayState.OPEN, "wait"): "waiting", (DayState.OPEN, "begin_close"): "closing",
            (DayState.CLOSING, "abandon_close"): "open", (DayState.CLOSING, "close"): "closed",
            (DayState.CLOSED, "reopen"): "reopened", (DayState.REOPENED, "begin_close"): "closing",
        },
    }  # fmt: skip
    assert allowed == expected[life]
