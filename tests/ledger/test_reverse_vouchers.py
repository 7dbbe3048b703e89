"""A voucher is taken back once, linked, from its value dates: in red on its own side, or in black on the other."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from moa.directory.operations.enter_rate import enter_rate
from moa.directory.rules.rates import NewRate
from moa.kernel.errors import NotFound
from moa.ledger.models import Balance, Book, Entry, Voucher
from moa.ledger.operations.post_vouchers import Answer, StandingOrderMissing
from moa.ledger.operations.reverse_voucher import ReversalStyleUnknown, reverse_voucher
from moa.ledger.rules.reversals import (
    NEGATIVE_SAME_SIDE,
    OPPOSITE_SIDE,
    STYLES,
    memo_of,
    reversing_legs,
    style_of,
)
from moa.ledger.rules.sides import CREDIT, DEBIT
from moa.ledger.rules.vouchers import Leg
from moa.ledger.verification import verify_books
from tests.control.factories import TODAY
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import close


def booked(journal: Journal, key: str, debit: str, credit: str, minor: int, **more: Any) -> tuple[int, int]:
    answer = journal.post(voucher(key, debit, credit, minor, **more)).answers[0]
    assert not answer.code and answer.voucher_id and answer.period
    return answer.voucher_id, answer.period


def reverse(journal: Journal, of: tuple[int, int], key: str = "r", **more: Any) -> Answer:
    by_two = journal.authority()
    with journal.ctx.open():
        return reverse_voucher(journal.ctx, journal.book, *of, key=key, **({"authority": by_two} | more))


def legs(journal: Journal, answer: Answer) -> list[tuple[str, int, int, date]]:
    with journal.ctx.open():
        entries = Entry.objects.filter(voucher_id=answer.voucher_id).order_by("leg").select_related("account")
        return [(one.account.code, one.side, one.amount_minor, one.value_date) for one in entries]


def test_by_default_it_is_red_on_the_same_side_and_linked(journal: Journal) -> None:
    of = booked(journal, "1", "bank", "a", 1000, value=date(2026, 11, 18))
    answer = reverse(journal, of)
    # The debit of 1,000 is a debit of -1,000: the turnover of the side shrinks instead of the other one growing.
    value = date(2026, 11, 18)
    assert legs(journal, answer) == [("bank", DEBIT, -1000, value), ("a", CREDIT, 1000, value)]
    with journal.ctx.open():
        found = Voucher.objects.get(id=answer.voucher_id)
    assert ((found.reverses_id, found.reverses_period), found.origin) == (of, "reversal")
    assert found.memo == f"2026-11-20 전표 {of[0]} 취소"
    assert journal.balance("bank") == journal.balance("a") == 0


def test_on_the_opposite_side_when_asked_or_when_it_is_the_books_way(journal: Journal) -> None:
    of = booked(journal, "1", "bank", "a", 1000)
    asked = reverse(journal, of, style=OPPOSITE_SIDE)
    assert legs(journal, asked) == [("bank", CREDIT, -1000, TODAY), ("a", DEBIT, 1000, TODAY)]
    with journal.ctx.open():
        Book.objects.filter(id=journal.book.id).update(reversal_style=OPPOSITE_SIDE)
        journal.book.refresh_from_db()
    own = reverse(journal, booked(journal, "2", "bank", "a", 7), key="r2")
    assert [side for _, side, _, _ in legs(journal, own)] == [CREDIT, DEBIT]


def test_what_an_earlier_year_booked_is_taken_back_on_the_opposite_side_whatever_is_asked(db: None) -> None:
    journal = make_journal(first_day=date(2026, 12, 31))
    of = booked(journal, "1", "bank", "a", 1000, day=date(2026, 12, 31))
    assert close(journal).next_day == date(2027, 1, 4)
    answer = reverse(journal, of, style=NEGATIVE_SAME_SIDE)
    last_year = date(2026, 12, 31)
    assert legs(journal, answer) == [("bank", CREDIT, -1000, last_year), ("a", DEBIT, 1000, last_year)]


def test_interest_products_are_as_if_it_had_never_been(journal: Journal) -> None:
    booked(journal, "0", "bank", "a", 500, value=date(2026, 11, 1))
    with journal.ctx.open():
        before = dict(Balance.objects.values_list("account__code", "product"))
    reverse(journal, booked(journal, "1", "bank", "a", 1000, value=date(2026, 11, 10)))
    with journal.ctx.open():
        assert dict(Balance.objects.values_list("account__code", "product")) == before
        assert all(not book.differences for book in verify_books(journal.ctx))


def test_it_is_taken_back_once_and_the_same_key_gives_the_same_answer(journal: Journal) -> None:
    of = booked(journal, "1", "bank", "a", 1000)
    first = reverse(journal, of)
    again, other = reverse(journal, of), reverse(journal, of, key="another")
    assert (again.voucher_id, again.is_new) == (first.voucher_id, False)
    assert other.code == "not_reversible"


def test_a_floor_holds_for_a_reversal_too(journal: Journal) -> None:
    of = booked(journal, "1", "bank", "a", 1000)
    booked(journal, "2", "a", "bank", 400)
    assert (reverse(journal, of).code, journal.balance("a")) == ("below_floor", 600)


def test_money_of_another_currency_goes_back_at_what_it_was_worth_or_unvalued(journal: Journal) -> None:
    journal.load(("usd", "1002", "USD", None), ("usd a", "201101", "USD", None))
    unvalued = booked(journal, "1", "usd", "usd a", 500, currency="USD")
    worth = voucher("2", "usd", "usd a", 500, currency="USD")
    given = worth._replace(legs=tuple(leg._replace(functional_minor=leg.minor * 14) for leg in worth.legs))
    answer = journal.post(given).answers[0]
    assert answer.voucher_id and answer.period
    # A rate comes to be known between booking and taking back.
    with journal.ctx.open():
        enter_rate(journal.ctx, new=NewRate(TODAY, "USD", "KRW", Decimal("1380"), "hand"))
    taken = [
        reverse(journal, unvalued, key="r1"),
        reverse(journal, (answer.voucher_id, answer.period), key="r2"),
    ]
    assert [one.code for one in taken] == ["", ""]
    with journal.ctx.open():
        assert [
            list(Entry.objects.filter(voucher_id=one.voucher_id).order_by("leg").values_list("functional_minor", flat=True))
            for one in taken
        ] == [[None, None], [-7000, 7000]]  # fmt: skip


def test_nobody_reverses_without_a_second_person_what_is_not_there_or_in_an_unknown_way(
    journal: Journal,
) -> None:
    of = booked(journal, "1", "bank", "a", 1000)
    with pytest.raises(StandingOrderMissing):
        reverse(journal, of, authority=None)
    with pytest.raises(NotFound):
        reverse(journal, (of[0] + 1, of[1]))
    with pytest.raises(ReversalStyleUnknown):
        reverse(journal, of, style="blue")


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_takes_it_back(transactional_db: None) -> None:
    journal = make_journal()
    of = booked(journal, "1", "bank", "a", 1000)
    codes: list[str] = []

    def act(key: str) -> None:
        try:
            codes.append(reverse(journal, of, key=key).code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(f"r{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(codes) == [""] + ["not_reversible"] * 5
    assert journal.balance("a") == 0


AMOUNTS = st.integers(-(10**12), 10**12).filter(bool)


@given(st.lists(st.tuples(AMOUNTS, st.sampled_from((DEBIT, CREDIT)), st.none() | AMOUNTS), min_size=2, max_size=8),
       st.sampled_from(STYLES))  # fmt: skip
def test_whatever_the_legs_and_the_style_nothing_is_left(
    rows: list[tuple[int, int, int | None]], style: str
) -> None:
    former = [Leg(f"a{n}", minor, side, "KRW", worth, TODAY) for n, (minor, side, worth) in enumerate(rows)]
    for one, back in zip(former, reversing_legs(former, style), strict=True):
        assert one.minor + back.minor == 0 == (one.functional_minor or 0) + (back.functional_minor or 0)
        assert (back.account, back.currency, back.value_date) == (one.account, one.currency, one.value_date)
        assert (back.side == one.side) is (style == NEGATIVE_SAME_SIDE)


def test_the_style_asked_counts_within_the_year_alone() -> None:
    assert style_of(NEGATIVE_SAME_SIDE, date(2026, 1, 2), date(2026, 12, 31)) == NEGATIVE_SAME_SIDE
    assert style_of(NEGATIVE_SAME_SIDE, date(2025, 12, 31), date(2026, 1, 2)) == OPPOSITE_SIDE


def test_the_memo_speaks_the_language_of_the_books_country() -> None:
    day = date(2026, 3, 5)
    assert memo_of("CN", day, 7) == "冲销2026年03月05日错账 凭证7"
    assert memo_of("US", day, 7) == "Reversal of voucher 7 of 2026-03-05"
