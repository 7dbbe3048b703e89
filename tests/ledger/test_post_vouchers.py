"""Vouchers are booked or refused one after the other, and each answer stands for ever."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from moa.control.models import AuditLine
from moa.kernel.errors import DomainError, Forbidden
from moa.ledger import posting_pieces, posting_rows
from moa.ledger.holds import place_hold
from moa.ledger.models import Entry, LedgerAccount, PostingKey, Voucher
from moa.ledger.operations.change_account import change_account
from moa.ledger.operations.post_vouchers import StandingOrderMissing
from moa.ledger.rules.vouchers import Leg, NewVoucher, credit, debit
from tests.control.factories import TODAY, make_person
from tests.ledger.journal import Journal, make_journal, voucher


def test_a_transfer_moves_both_balances_on_their_normal_sides(journal: Journal) -> None:
    posting = journal.post(voucher("1", "bank", "a", 1000))
    assert (posting.accepted, posting.known, posting.rejected) == (1, 0, [])
    assert (journal.balance("bank"), journal.balance("a")) == (1000, 1000)
    with journal.ctx.open():
        (made,) = Voucher.objects.all()
        entries = list(
            Entry.objects.order_by("leg").values_list("n", "amount_minor", "balance_after", "side", "period")
        )
    assert (made.id, made.business_date, made.origin, made.legs) == (
        posting.answers[0].voucher_id,
        TODAY,
        "file",
        2,
    )
    assert made.maker_id == journal.machine.actor.person_id and made.checker_id is None
    assert entries == [(1, 1000, 1000, 1, 202611), (1, -1000, -1000, -1, 202611)]


def test_the_order_of_the_vouchers_decides(journal: Journal) -> None:
    spend, fund = voucher("spend", "a", "bank", 300), voucher("fund", "bank", "a", 500)
    assert journal.codes(spend, fund, spend._replace(key="spend again")) == [
        "below_floor",
        "booked",
        "booked",
    ]
    assert journal.balance("a") == 200


def test_a_refusal_stands_also_when_there_would_be_money_now(journal: Journal) -> None:
    spend = voucher("spend", "a", "bank", 300)
    assert journal.codes(spend) == ["below_floor"]
    journal.post(voucher("fund", "bank", "a", 500))
    assert journal.codes(spend, spend._replace(key="new try")) == ["below_floor", "booked"]


def test_a_key_is_booked_once_and_other_content_under_it_is_a_conflict(journal: Journal) -> None:
    first = voucher("k", "bank", "a", 100)
    assert journal.codes(first, first) == ["booked", "known"]
    assert journal.codes(first, voucher("k", "bank", "a", 101), first._replace(memo="other")) == [
        "known", "key_conflict", "key_conflict",
    ]  # fmt: skip
    assert journal.balance("a") == 100
    again = journal.post(first).answers[0]
    with journal.ctx.open():
        assert again.voucher_id == Voucher.objects.get().id


def test_one_key_in_two_books_is_two_keys() -> None:
    assert PostingKey._meta.pk.field_names == ("book", "key")


FAR = TODAY + timedelta(days=1)
MANY = [
    ("account_unknown", voucher("x", "bank", "nowhere", 1)),
    ("wrong_currency", voucher("x", "bank", "a", 1, currency="USD")),
    ("closed_day", voucher("x", "bank", "a", 1, day=TODAY - timedelta(days=1))),
    ("day_not_open", voucher("x", "bank", "a", 1, day=FAR)),
    ("date_invalid", voucher("x", "bank", "a", 1)._replace(business_date=None)),
    ("amount_invalid", voucher("x", "bank", "a", 0)),
    ("amount_invalid", voucher("x", "bank", "a", -5)),
    ("amount_invalid", voucher("x", "bank", "a", 10**16 + 1)),
    ("unbalanced", NewVoucher("x", TODAY, TODAY, (debit("bank", 5, "KRW"), credit("a", 4, "KRW")))),
    ("unbalanced", NewVoucher("x", TODAY, TODAY, (debit("bank", 5, "KRW"),))),
    ("unbalanced", NewVoucher("x", TODAY, TODAY, ())),
    ("voucher_too_long", NewVoucher("x", TODAY, TODAY, (debit("bank", 5, "KRW"),) * 10_001)),
    ("amount_unreadable", NewVoucher("x", TODAY, TODAY, (), problem="amount_unreadable", raw=("1,0",))),
    ("not_reversible", voucher("x", "bank", "a", 1)._replace(reverses=(1, 202611))),
]


@pytest.mark.parametrize(("code", "wrong"), MANY)
def test_a_voucher_that_cannot_be_booked_is_answered_with_a_code_that_is_kept(
    journal: Journal, code: str, wrong: NewVoucher
) -> None:
    assert journal.codes(wrong, wrong) == [code, code]
    assert journal.codes(wrong) == [code]
    assert set(journal.balances().values()) == {0}
    assert journal.rows("select key, code, voucher_id from ledger_postingkey") == [("x", code, None)]


@pytest.mark.parametrize("key", ["", " k", "k ", "k\n", "k" * 201])
def test_a_key_that_cannot_be_kept_is_refused_and_not_kept(journal: Journal, key: str) -> None:
    assert journal.codes(voucher(key, "bank", "a", 1)) == ["key_invalid"]
    assert journal.rows("select 1 from ledger_postingkey") == []


def test_a_frozen_account_takes_what_raises_it_and_refuses_what_lowers_it(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 100))
    with journal.ctx.open():
        change_account(journal.ctx, journal.book, "a", "freeze")
    assert journal.codes(voucher("2", "a", "bank", 1), voucher("3", "bank", "a", 1)) == ["frozen", "booked"]
    with journal.ctx.open():
        change_account(journal.ctx, journal.book, "a", "unfreeze")
    assert journal.codes(voucher("2", "a", "bank", 1), voucher("4", "a", "bank", 1)) == ["frozen", "booked"]


def test_a_closed_account_takes_nothing_and_closes_only_empty(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 100))
    with pytest.raises(DomainError, match="account_not_empty"), journal.ctx.open():
        change_account(journal.ctx, journal.book, "a", "close")
    journal.post(voucher("2", "a", "bank", 100))
    with journal.ctx.open():
        change_account(journal.ctx, journal.book, "a", "close")
    assert journal.codes(voucher("3", "bank", "a", 1)) == ["account_closed"]


def test_what_is_held_cannot_be_spent(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 100))
    with journal.ctx.open():
        account = LedgerAccount.objects.get(code="a")
        place_hold(journal.ctx, journal.book, account.id, 60, source_kind="test", source_id=1)
    assert journal.codes(voucher("2", "a", "b", 41), voucher("3", "a", "b", 40)) == ["below_floor", "booked"]


def test_money_that_comes_in_is_never_refused_for_a_floor(journal: Journal) -> None:
    journal.load(("min", "201101", "KRW", 500), ("over", "201101", "KRW", -200))
    assert journal.codes(voucher("1", "bank", "min", 100), voucher("2", "min", "bank", 1)) == [
        "booked",
        "below_floor",
    ]
    assert journal.codes(voucher("3", "over", "bank", 200), voucher("4", "over", "bank", 1)) == [
        "booked",
        "below_floor",
    ]
    assert journal.balance("over") == -200


def test_legs_of_one_account_count_together(journal: Journal) -> None:
    legs = (debit("a", 70, "KRW"), credit("a", 100, "KRW"), debit("bank", 30, "KRW"))
    assert journal.codes(NewVoucher("1", TODAY, TODAY, legs)) == ["booked"]
    assert journal.balance("a") == 30
    assert journal.rows("select n, balance_after from ledger_entry where leg < 3 order by leg") == [
        (1, 70),
        (2, -30),
    ]


def test_a_voucher_of_two_currencies_balances_in_each_and_is_worth_nothing_in_all(journal: Journal) -> None:
    journal.load(
        ("usd bank", "1002", "USD", None), ("usd fx", "3002", "USD", None), ("krw fx", "3002", "KRW", None)
    )
    exchange = (
        Leg("usd bank", 10_000, 1, "USD", 138_250), Leg("usd fx", -10_000, -1, "USD", -138_250),
        debit("krw fx", 138_250, "KRW"), credit("bank", 138_250, "KRW"),
    )  # fmt: skip
    crossed = (debit("usd bank", 5, "USD"), credit("bank", 5, "KRW"))
    assert journal.codes(
        NewVoucher("1", TODAY, TODAY, exchange), NewVoucher("2", TODAY, TODAY, crossed),
        NewVoucher("3", TODAY, TODAY, (exchange[0], exchange[1]._replace(functional_minor=-1), *exchange[2:])),
    ) == ["booked", "unbalanced", "unbalanced"]  # fmt: skip
    assert journal.rows("select functional_minor from ledger_entry order by leg") == [
        (138_250,), (-138_250,), (138_250,), (-138_250,),
    ]  # fmt: skip


def test_without_a_rate_a_foreign_voucher_stays_unvalued(journal: Journal) -> None:
    journal.load(("u1", "1002", "USD", None), ("u2", "201101", "USD", None))
    assert journal.codes(voucher("1", "u1", "u2", 500, currency="USD")) == ["booked"]
    assert journal.rows("select distinct functional_minor from ledger_entry") == [(None,)]


def test_a_back_dated_value_date_corrects_the_interest_product(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1000, value=TODAY - timedelta(days=10)))
    journal.post(voucher("2", "a", "bank", 400, value=TODAY - timedelta(days=3)))
    assert journal.rows(
        "select product, product_date from ledger_balance b join ledger_account a on a.id = b.account_id where a.code = 'a'"
    ) == [(-(1000 * 10 - 400 * 3), TODAY)]  # fmt: skip


def test_nobody_books_by_machine_without_a_standing_order_of_the_day(db: None) -> None:
    journal = make_journal(acts=())
    with pytest.raises(StandingOrderMissing):
        journal.post(voucher("1", "bank", "a", 1))


def test_a_person_without_the_right_books_nothing(journal: Journal) -> None:
    auditor = make_person(journal.machine, roles=["auditor"])
    with pytest.raises(Forbidden):
        journal.post(voucher("1", "bank", "a", 1), ctx=auditor)


def test_the_audit_trail_has_one_line_a_posting(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1), voucher("2", "bank", "nowhere", 1))
    journal.post(voucher("1", "bank", "a", 1))
    with journal.ctx.open():
        (line,) = AuditLine.objects.filter(code="ledger.vouchers.posted")
    assert (line.after["accepted"], line.after["refused"], line.person_id) == (
        1,
        1,
        journal.ctx.actor.person_id,
    )


def test_a_memo_keeps_no_persons_number(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1, memo="refund 900101-1234567"))
    assert journal.rows("select memo from ledger_voucher") == [("refund 900101-*******",)]


@pytest.mark.parametrize("count", [40, 400, 1200, 4100])
def test_few_and_many_are_written_alike(journal: Journal, count: int) -> None:
    vouchers = [voucher(f"{n}", "bank", "a", n, memo=f"tab\there\\{n}") for n in range(1, count + 1)]
    spent = [voucher(f"s{n}", "a", "b", 10**9) for n in range(3)]
    posting = journal.post(*vouchers, *spent)
    assert (posting.accepted, len(posting.rejected)) == (count, 3)
    assert journal.balance("a") == count * (count + 1) // 2
    assert journal.rows("select count(*), count(distinct memo), max(memo) from ledger_voucher")[0][:2] == (
        count,
        count,
    )
    assert journal.rows("select memo from ledger_voucher where key = '7'") == [("tab\there\\7",)]
    assert journal.post(*vouchers, *spent).known == count
    assert [one.code for one in journal.post(*spent).answers] == ["below_floor"] * 3


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (date(1, 1, 1), "date_invalid"), (date(9999, 12, 31), "date_invalid"), (TODAY - timedelta(days=1831), "date_invalid"),
        (TODAY - timedelta(days=1830), "booked"), (TODAY + timedelta(days=366), "booked"), (TODAY + timedelta(days=367), "date_invalid"),
    ],
)  # fmt: skip
def test_a_value_date_of_another_time_is_a_slip(journal: Journal, day: date, answer: str) -> None:
    assert journal.codes(voucher("1", "bank", "a", 1)._replace(value_date=day)) == [answer]


def test_a_fault_while_a_batch_is_written_leaves_nothing_of_it(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, columns = [], posting_rows._columns

    def broken(*given: Any) -> dict[str, str]:
        asked = columns(*given)
        written.append(asked["v_id"].count(",") + 1)
        return asked | {"k_voucher": "{no number}"} if len(written) == 2 else asked

    monkeypatch.setattr(posting_rows, "_columns", broken)
    vouchers = [voucher(f"{n}", "bank", "a", n) for n in range(1, 4010)]
    with pytest.raises(psycopg.errors.DataError):
        journal.post(*vouchers)
    assert written == [700, 1500, 1809]
    assert journal.balance("a") == 0
    assert journal.rows("select count(*) from ledger_postingkey") == [(0,)]


def test_a_batch_says_of_what_its_first_piece_failed_though_more_is_read_after_it(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting_pieces, "FEW", 10)
    monkeypatch.setattr(posting_pieces, "PIECES", (20,))
    columns = posting_rows._columns
    monkeypatch.setattr(
        posting_rows, "_columns", lambda *given: columns(*given) | {"k_voucher": "{no number}"}
    )
    with pytest.raises(psycopg.errors.DataError):
        journal.post(*(voucher(f"{n}", "bank", "a", n) for n in range(1, 200)))
    assert journal.rows("select count(*) from ledger_postingkey") == [(0,)]


def test_other_days_are_told_apart(journal: Journal) -> None:
    assert journal.codes(
        voucher("1", "bank", "a", 1, day=date(1999, 1, 4)), voucher("2", "bank", "a", 1, day=date(2999, 1, 4))
    ) == ["closed_day", "day_not_open"]  # fmt: skip


def test_no_balance_grows_beyond_what_sums_can_hold_and_a_large_one_may_fall(journal: Journal) -> None:
    journal.post(*(voucher(f"{n}", "bank", "a", 10**16) for n in range(9)))
    assert journal.codes(voucher("more", "bank", "a", 1), voucher("back", "a", "bank", 10**16)) == [
        "balance_too_large", "booked",
    ]  # fmt: skip
    assert journal.balance("a") == 8 * 10**16
