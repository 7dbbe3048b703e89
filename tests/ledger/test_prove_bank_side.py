"""What the banks said is sealed with the day: lines and differences add up to the last unit, and missing is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from moa.control.context import Context
from moa.ledger import bank_side
from moa.ledger.bank_side import BankDay, BankDifference, BankLine, provide_bank_side
from moa.ledger.models import Book
from tests.control.factories import TODAY
from tests.ledger.journal import Journal, voucher
from tests.ledger.proofs import Verdict, altered, bodies, check, close, export, reopen

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
FILE = "ab" * 32
FIRST = BankDay(
    "KB 1", "bank", 0, 1300, (FILE,),
    (BankLine(1000, "B1", TODAY, "입금"), BankLine(300, "B2", TODAY)),
    (BankDifference("line", "B2", 300, TODAY),),
)  # fmt: skip


class Statements:
    """Stands in for the context that links bank accounts to the book."""

    def __init__(self) -> None:
        self.days: dict[date, list[BankDay]] = {TODAY: [FIRST]}

    def bank_days(self, ctx: Context, book: Book, day: date) -> Iterable[BankDay]:
        return self.days.get(day, ())


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    monkeypatch.setattr(bank_side, "_providers", [])
    provided = Statements()
    provide_bank_side(provided)
    return provided


def proof(journal: Journal, folder: Path, last: date = TODAY) -> Path:
    return export(journal, folder / "proof.txt", TODAY, last)


def after_change(path: Path, old: str, new: str) -> Verdict:
    return check(
        altered(
            path, lambda lines: lines.__setitem__(slice(None), [line.replace(old, new) for line in lines])
        )
    )


def test_bank_and_book_differ_by_what_is_listed(
    journal: Journal, statements: Statements, tmp_path: Path
) -> None:
    journal.post(voucher("1", "bank", "a", 1000))
    closed = close(journal)
    path = proof(journal, tmp_path)
    assert [line for line in bodies(path) if "KB 1" in line] == [
        f'["bank","KB 1","bank",0,1300,1000,["{FILE}"]]\n',
        '["line","KB 1",1000,"B1","2026-11-20","입금"]\n',
        '["line","KB 1",300,"B2","2026-11-20",""]\n',
        '["difference","KB 1","line","B2",300,"2026-11-20"]\n',
    ]
    verdict = check(path, f"{TODAY}={closed.hex}")
    assert verdict.holds and "1 bank days (0 without a statement, 1 listed differences)" in verdict.said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"KB 1",300,"B2"', '"KB 1",299,"B2"', "is not in its lines"),
        ('"B2",300,"2026', '"B2",299,"2026', "not in the listed differences"),
        ("0,1300,1000", "0,1300,1001", "another balance"),
        ("0,1300,1000", "null,null,1000", "no statement"),
        ('"difference","KB 1","line"', '"difference","KB 1","rest"', "says nothing"),
        ('"B2",300,"2026-11-20"]', '"B2",300,"2026-11-21"]', "says nothing"),
        ('"difference","KB 1"', '"difference","KB 2"', "says nothing"),
        ('["line","KB 1",1000', '["line","KB 2",1000', "no such line"),
        (FILE, FILE[:-2], "no statement"),
        ("입금", "출금", "the lines of the day"),
    ],
)
def test_a_bank_side_that_does_not_add_up_or_was_changed_is_found(
    journal: Journal, statements: Statements, tmp_path: Path, old: str, new: str, said: str
) -> None:
    journal.post(voucher("1", "bank", "a", 1000))
    close(journal)
    verdict = after_change(proof(journal, tmp_path), old, new)
    assert not verdict.holds and said in verdict.said, verdict.said


def test_a_missing_statement_is_shown_as_missing_and_its_lines_come_with_the_next(
    journal: Journal, statements: Statements, tmp_path: Path
) -> None:
    missing = BankDay("KB 1", "bank", None, None)
    late = BankDay(
        "KB 1", "bank", 1300, 1350, (FILE, "cd" * 32), (BankLine(50, "B3", MONDAY),), FIRST.differences
    )
    statements.days |= {MONDAY: [missing], TUESDAY: [late]}
    journal.post(voucher("1", "bank", "a", 1000))
    close(journal)
    journal.post(voucher("2", "bank", "a", 50, day=MONDAY))
    close(journal)
    close(journal)
    path = proof(journal, tmp_path, TUESDAY)
    verdict = check(path)
    assert verdict.holds and "2026-11-23: no statement of bank account KB 1" in verdict.said
    assert "3 bank days (1 without a statement" in verdict.said
    assert "opens at 1299 after 1300" in after_change(path, "1300,1350,1050", "1299,1350,1050").said


def test_a_bank_account_is_not_passed_over_once_it_was_there(
    journal: Journal, statements: Statements, tmp_path: Path
) -> None:
    journal.post(voucher("1", "bank", "a", 1000))
    close(journal)
    close(journal)
    verdict = check(proof(journal, tmp_path, MONDAY))
    assert not verdict.holds and "passed over: ['KB 1']" in verdict.said


def test_a_reopened_day_states_its_bank_accounts_again(
    journal: Journal, statements: Statements, tmp_path: Path
) -> None:
    journal.post(voucher("1", "bank", "a", 1000))
    close(journal)
    reopen(journal)
    journal.post(voucher("2", "bank", "a", 300))
    statements.days[TODAY] = [replace(FIRST, differences=())]
    closed = close(journal)
    path = proof(journal, tmp_path)
    assert check(path, f"{TODAY}={closed.hex}").holds
    # The statement may be corrected afterwards; what was sealed is what is shown.
    statements.days[TODAY] = []
    assert proof(journal, tmp_path).read_bytes() == path.read_bytes()


def test_an_account_told_twice_is_found(journal: Journal, statements: Statements, tmp_path: Path) -> None:
    statements.days[TODAY] = [FIRST, FIRST]
    journal.post(voucher("1", "bank", "a", 1000))
    close(journal)
    assert "told twice" in check(proof(journal, tmp_path)).said


def test_two_providers_are_a_fault_of_ours(statements: Statements) -> None:
    with pytest.raises(ValueError, match="two providers"):
        provide_bank_side(Statements())
