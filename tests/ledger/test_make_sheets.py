"""Sheets of the books: worked examples, and over random postings every sheet agrees with the entries and each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.ledger.balances import balances_on
from moa.ledger.operations.post_vouchers import Answer
from moa.ledger.operations.reverse_voucher import reverse_voucher
from moa.ledger.sheets.catalogue import SHEETS, make_sheet
from moa.ledger.sheets.shape import Asked, Sheet
from moa.ledger.sheets.turnover import turnovers
from tests.control.factories import TODAY
from tests.ledger.journal import DEPOSIT, Journal, make_journal, voucher
from tests.ledger.proofs import close, reopen

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
DAYS = [TODAY, MONDAY, TUESDAY]


def later(journal: Journal) -> Context:
    """The treasurer at this very moment, so that what was booked a moment ago may be asked about."""
    return replace(journal.ctx, at=datetime.now(UTC), memo={})


def sheet(journal: Journal, name: str, first: date = TODAY, last: date = TUESDAY, **asked: Any) -> Sheet:
    ctx = later(journal)
    with ctx.open():
        return make_sheet(ctx, journal.book, name, Asked(first, last, **asked))


def rows(found: Sheet, *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(row[key] for key in keys) for row in found.rows]


def known_balances(journal: Journal, moment: datetime) -> dict[str, int]:
    ctx = later(journal)
    with ctx.open():
        return {
            one.account: one.signed_minor for one in balances_on(ctx, journal.book, TODAY, known_at=moment)
        }


def take_back(journal: Journal, key: str, of: Answer) -> None:
    """In red: the same legs negative on their own sides."""
    by_two = journal.authority()
    assert of.voucher_id and of.period
    with journal.ctx.open():
        answer = reverse_voucher(
            journal.ctx, journal.book, of.voucher_id, of.period, key=key, authority=by_two
        )
    assert not answer.code


@pytest.fixture
def three_days(journal: Journal) -> Journal:
    journal.post(voucher("1", "bank", "a", 1000, memo="예치"), voucher("2", "a", "b", 300))
    close(journal)
    third = journal.post(voucher("3", "bank", "free", 50, day=MONDAY)).answers[0]
    close(journal)
    journal.post(voucher("4", "b", "bank", 100, day=TUESDAY))
    take_back(journal, "5", third)
    return journal


def test_a_day_sheet_has_opening_both_columns_count_and_closing_a_subject(three_days: Journal) -> None:
    keys = ("subject", "opening", "debit", "credit", "entries", "closing")
    assert rows(sheet(three_days, "day", TODAY, TODAY), *keys) == [
        ("1002", 0, 1000, 0, 1, 1000), ("2011", 0, 300, 1300, 3, 1000), ("201101", 0, 300, 1300, 3, 1000),
    ]  # fmt: skip
    tuesday = sheet(three_days, "day", TUESDAY, TUESDAY)
    # The red voucher stands in its own columns as a negative.
    assert rows(tuesday, *keys)[0] == ("1002", 1050, -50, 100, 2, 900)
    assert tuesday.totals == [{"currency": "KRW", "debit": 50, "credit": 50, "entries": 4}]


def test_balances_monthly_and_cumulative_reach_over_the_range(three_days: Journal) -> None:
    balance = sheet(three_days, "balance", MONDAY, TUESDAY)
    keys = (
        "subject",
        "opening_debit",
        "opening_credit",
        "debit",
        "credit",
        "debit_balance",
        "credit_balance",
    )
    assert rows(balance, *keys)[0] == ("1002", 1000, 0, 0, 100, 900, 0)
    assert rows(balance, *keys)[-1] == ("201101", 0, 1000, 100, 0, 0, 900)
    assert sheet(three_days, "month", TUESDAY).asked.first == date(2026, 11, 1)
    cumulative = sheet(three_days, "cumulative", TUESDAY)
    assert cumulative.asked.first == date(2026, 1, 1)
    assert rows(cumulative, "debit", "debit_month", "credit_month", "closing")[0] == (1000, 1000, 100, 900)


def test_the_ledger_of_a_subject_runs_day_by_day_and_of_an_account_entry_by_entry(
    three_days: Journal,
) -> None:
    by_day = sheet(three_days, "subject-ledger", MONDAY, subject="2011")
    assert by_day.about["opening"] == {"KRW": 1000}
    assert rows(by_day, "day", "debit", "credit", "closing") == [
        (MONDAY, 0, 50, 1050),
        (TUESDAY, 100, -50, 900),
    ]
    of_account = sheet(three_days, "account-ledger", TODAY, account="a")
    assert rows(of_account, "debit", "credit", "closing", "memo", "n") == [
        (None, 1000, 1000, "예치", 1), (300, None, 700, "", 2),
    ]  # fmt: skip
    assert of_account.totals == [
        {"currency": "KRW", "debit": 300, "credit": 1000, "entries": 2, "closing": 700}
    ]
    entries = sheet(three_days, "subject-entries", subject="201101", last=TODAY)
    assert rows(entries, "account", "closing") == [("a", 1000), ("a", 700), ("b", 1000)]


def test_a_ledger_that_is_cut_says_so_and_its_totals_are_whole(three_days: Journal) -> None:
    cut = sheet(three_days, "subject-entries", subject="2011", most=1)
    assert (len(cut.rows), cut.is_cut) == (1, True)
    assert cut.totals[0]["debit"] == 400 and cut.totals[0]["closing"] == 900


def test_vouchers_are_found_by_text_account_subject_amount_and_origin(three_days: Journal) -> None:
    def found(**asked: Any) -> list[str]:
        return [row["key"] for row in sheet(three_days, "vouchers", **asked).rows]

    assert found() == ["5", "4", "3", "2", "1"]
    assert found(text="예치") == ["1"] and found(text="100%") == []
    assert found(account="b") == ["4", "2"] and found(subject="1002") == ["5", "4", "3", "1"]
    assert found(least_minor=100, most_minor=300) == ["4", "2"]
    assert found(origin="entry") == [] and found(currency="USD") == []
    assert sheet(three_days, "vouchers").totals == [{"currency": "KRW", "vouchers": 5, "amount": 1400}]


def test_large_amounts_come_first_and_volume_counts_by_day_kind_and_maker(three_days: Journal) -> None:
    large = sheet(three_days, "large", least_minor=300)
    assert rows(large, "account", "debit", "credit") == [
        ("bank", 1000, None), ("a", None, 1000), ("a", 300, None), ("b", None, 300),
    ]  # fmt: skip
    assert rows(sheet(three_days, "volume"), "day", "vouchers", "entries", "amount") == [
        (str(TODAY), 2, 4, 1300), (str(MONDAY), 1, 2, 50), (str(TUESDAY), 2, 4, 50),
    ]  # fmt: skip
    assert rows(sheet(three_days, "volume", by="origin"), "origin", "vouchers") == [
        ("file", 4),
        ("reversal", 1),
    ]
    assert sum(row["vouchers"] for row in sheet(three_days, "volume", by="maker").rows) == 5


def test_what_was_known_at_a_moment_stays_and_what_changed_since_is_explained(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1000))
    moment = datetime.now(UTC)
    before = {
        name: sheet(journal, name, last=TODAY, known_at=moment) for name in ("balance", "day", "accounts")
    }
    told = known_balances(journal, moment)
    journal.post(voucher("2", "a", "b", 300, memo="나중"))
    journal.load(("opened later", DEPOSIT, "KRW", None))
    close(journal)
    journal.post(voucher("3", "bank", "b", 7, day=MONDAY))
    for name, then in before.items():
        assert sheet(journal, name, last=TODAY, known_at=moment).rows == then.rows
    assert known_balances(journal, moment) == told
    assert "opened later" in known_balances(journal, datetime.now(UTC))
    of_a = sheet(journal, "account-ledger", last=MONDAY, account="a", known_at=moment)
    assert rows(of_a, "closing") == [(1000,)] and of_a.totals[0]["closing"] == 1000
    changed = sheet(journal, "changes", last=TODAY, known_at=moment)
    assert rows(changed, "account", "before", "change", "after") == [
        ("a", 1000, -300, 700),
        ("b", 0, 300, 300),
    ]
    assert [(row["memo"], row["account"], row["change"]) for row in changed.about["why"]] == [
        ("나중", "a", -300), ("나중", "b", 300),
    ]  # fmt: skip


def test_a_moment_to_come_an_unknown_sheet_and_a_range_backwards_are_refused(journal: Journal) -> None:
    for name, asked, code in (
        ("day", {"known_at": datetime.now(UTC) + timedelta(hours=1)}, "moment_in_future"),
        ("weather", {}, "sheet_unknown"),
        ("day", {"first": TUESDAY, "last": TODAY}, "range_backwards"),
        ("subject-ledger", {}, "sheet_needs"),
        ("account-ledger", {"account": "nobody"}, "not_found"),
        ("changes", {}, "sheet_needs"),
    ):
        with pytest.raises(DomainError) as refused:
            sheet(journal, name, **asked)
        assert refused.value.code == code


def test_a_reopened_day_counts_what_each_of_its_closings_moved_once(three_days: Journal) -> None:
    keys = ("subject", "opening", "debit", "credit", "entries", "closing")
    open_day = rows(sheet(three_days, "day", TUESDAY, TUESDAY), *keys)
    close(three_days, open_next=False)
    assert rows(sheet(three_days, "day", TUESDAY, TUESDAY), *keys) == open_day
    moment = datetime.now(UTC)
    reopen(three_days)
    assert rows(sheet(three_days, "day", TUESDAY, TUESDAY), *keys) == open_day
    three_days.post(voucher("6", "bank", "a", 11, day=TUESDAY))
    under_way = rows(sheet(three_days, "day", TUESDAY, TUESDAY), *keys)
    assert under_way[0] == ("1002", 1050, -39, 100, 3, 911)
    assert rows(sheet(three_days, "day", TUESDAY, TUESDAY, known_at=moment), *keys) == open_day
    close(three_days)
    assert rows(sheet(three_days, "day", TUESDAY, TUESDAY), *keys) == under_way
    assert rows(sheet(three_days, "day", TUESDAY, TUESDAY, known_at=moment), *keys) == open_day


# ---- over random postings

moves = st.tuples(
    st.sampled_from(["bank", "free", "usd_bank", "usd"]), st.sampled_from(["bank", "free", "usd_bank", "usd"]),
    st.integers(1, 400), st.integers(0, 2), st.booleans(),
)  # fmt: skip


@pytest.fixture(scope="module")
def one_journal(django_db_setup: None, django_db_blocker: Any) -> Any:
    """One book for all examples; each takes back what it did."""
    with django_db_blocker.unblock(), transaction.atomic():
        journal = make_journal()
        journal.load(("usd_bank", "1002", "USD", None), ("usd", "201101", "USD", None))
        yield journal
        transaction.set_rollback(True)


def posted(journal: Journal, batch: list[tuple[str, str, int, int, bool]], day: date, start: int) -> None:
    """Transfers; those that say so are taken back in red at once."""
    for n, (debit, credit, minor, _, taken_back) in enumerate(batch, start):
        if debit != credit and debit.startswith("usd") == credit.startswith("usd"):
            currency = "USD" if debit.startswith("usd") else "KRW"
            answer = journal.post(voucher(f"p{n}", debit, credit, minor, day=day, currency=currency)).answers[
                0
            ]
            assert answer.code == ""
            if taken_back:
                take_back(journal, f"r{n}", answer)


def truth(journal: Journal, first: date, last: date, known_at: datetime) -> dict[tuple[str, str], list[int]]:
    """Opening, debit, credit and count by account, from nothing but the entries."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for code, currency, day, side, minor in journal.rows(
        """select a.code, a.currency, e.business_date, e.side, e.amount_minor from ledger_entry e
             join ledger_account a on a.id = e.account_id where e.recorded_at <= %s and e.business_date <= %s""",
        [known_at, last],
    ):
        found = sums[code, currency]
        if day < first:
            found[0] += minor
        else:
            found[1 if side == 1 else 2] += minor
            found[3] += 1
    return {key: value for key, value in sums.items() if any(value)}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(batch=st.lists(moves, max_size=12), closed=st.integers(0, 2))
def test_every_sheet_agrees_with_the_entries_and_with_each_other(
    one_journal: Journal, batch: list[tuple[str, str, int, int, bool]], closed: int
) -> None:
    journal = one_journal
    with transaction.atomic():
        moments = []
        for at, day in enumerate(DAYS[: closed + 1]):
            mine = [one for one in batch if min(one[3], closed) == at]
            posted(journal, mine[: len(mine) // 2], day, 1000 * at)
            moments.append(datetime.now(UTC))
            posted(journal, mine[len(mine) // 2 :], day, 1000 * at + 500)
            if at < closed:
                close(journal)
        moments.append(datetime.now(UTC))
        for known_at in (*moments, None):
            _agree(journal, known_at)
        transaction.set_rollback(True)


def _agree(journal: Journal, known_at: datetime | None) -> None:
    until = known_at or datetime.now(UTC)
    ctx = later(journal)
    with ctx.open():
        for first, last in ((TODAY, TUESDAY), (MONDAY, MONDAY), (TUESDAY, TUESDAY), (TODAY, TODAY)):
            found = turnovers(ctx, journal.book, first, last, by="account", known_at=known_at)
            told = {
                (one.account, one.currency): [one.opening, one.debit, one.credit, one.entries]
                for one in found if not one.is_idle
            }  # fmt: skip
            assert told == truth(journal, first, last, until)
        days = [sheet(journal, "day", day, day, known_at=known_at) for day in DAYS]
        month = sheet(journal, "month", known_at=known_at)
        summed: dict[tuple[str, str, str], int] = defaultdict(int)
        for one in days:
            for row in one.rows:
                for key in ("debit", "credit", "entries"):
                    summed[row["subject"], row["currency"], key] += row[key]
        for row in month.rows:
            side = row["side"]
            assert row["opening"] + side * (row["debit"] - row["credit"]) == row["closing"]
            for key in ("debit", "credit", "entries"):
                assert row[key] == summed.get((row["subject"], row["currency"], key), 0)
        accounts = balances_on(ctx, journal.book, TUESDAY, known_at=known_at)
        for name in ("trial-balance", "balance"):
            for total in sheet(journal, name, known_at=known_at).totals:
                debits = sum(
                    max(one.signed_minor, 0) for one in accounts if one.currency == total["currency"]
                )
                assert total["debit_balance"] == total["credit_balance"] == debits
                assert total["debit"] == total["credit"]
        for row in sheet(journal, "trial-balance", known_at=known_at).rows:
            if row["currency"] == journal.book.functional_currency:
                assert (row["debit_worth"], row["credit_worth"]) == (
                    row["debit_balance"],
                    row["credit_balance"],
                )
        by_day = sheet(journal, "subject-ledger", subject="2011", known_at=known_at)
        for total in by_day.totals:
            assert (
                sum(row["debit"] for row in by_day.rows if row["currency"] == total["currency"])
                == total["debit"]
            )


def test_every_sheet_of_the_catalogue_can_be_asked_as_known_at_a_moment(three_days: Journal) -> None:
    moment = datetime.now(UTC)
    asked: dict[str, Any] = {"subject": "2011", "known_at": moment}
    told = {name: sheet(three_days, name, **asked, account="a").rows for name in SHEETS}
    three_days.post(voucher("9", "bank", "a", 5, day=TUESDAY))
    again = {name: sheet(three_days, name, **asked, account="a").rows for name in SHEETS if name != "changes"}
    assert again == {name: found for name, found in told.items() if name != "changes"}
    assert len(told["account-ledger"]) == 2
