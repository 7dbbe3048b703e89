"""A statement file comes in: raw first, stored whole or refused whole, and never twice."""

from __future__ import annotations

import pytest

from moa.accounts.lifecycle import FileState
from moa.accounts.models import BankAccount, Statement, StatementFile
from moa.accounts.operations.receive_file import FileEmpty, FileTooLarge
from moa.control.documents import open_document
from moa.control.models import AuditLine, Document
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from tests.accounts.bank_files import NUMBER, Line, camt, mt940, nov, table
from tests.accounts.books import Books
from tests.control.factories import make_person, make_unit

THREE = [Line(nov(16), 1000, "ONE"), Line(nov(16), -300, "TWO"), Line(nov(17), 50, "THREE")]
FORMATS = {
    "mt940": mt940(THREE, opening=500),
    "camt.053": camt(THREE, kind="053", opening=500),
    "csv": table(THREE, opening=500),
    "csv newest first": table(THREE, opening=500, newest_first=True),
}


def test_it_keeps_the_raw_file_before_anything_is_understood(books: Books) -> None:
    file_id = books.receive(b"not a statement at all", "odd.bin")
    with books.ctx.open():
        file = StatementFile.objects.get(id=file_id)
        with open_document(books.ctx, file.document_id) as raw:
            assert (file.state, raw.read()) == (FileState.RECEIVED, b"not a statement at all")


@pytest.mark.parametrize("form", FORMATS)
def test_it_stores_lines_statement_and_balances(books: Books, form: str) -> None:
    account = books.open()
    result = books.bring(FORMATS[form])
    assert (result.stored, result.duplicate, result.entries_new, result.entries_known) == (True, False, 3, 0)
    assert books.lines(account) == [(line.day, line.amount, line.words) for line in THREE]
    assert books.points(account) == {nov(16): 1200, nov(17): 1250}
    assert books.current(account) == (nov(17), 1250)
    with books.ctx.open():
        file = StatementFile.objects.get()
        assert (file.state, file.entries_new, file.error_count) == (FileState.STORED, 3, 0)
        statement = Statement.objects.get()
        assert (statement.from_date, statement.to_date) == (nov(16), nov(17))
        assert (statement.opening_minor, statement.closing_minor) == (500, 1250)
        assert AuditLine.objects.filter(code="accounts.file.stored").count() == 1


@pytest.mark.parametrize("form", FORMATS)
def test_the_running_balance_follows_the_order_of_booking(books: Books, form: str) -> None:
    account = books.open()
    books.bring(FORMATS[form])
    with books.ctx.open():
        from moa.accounts.models import Transaction

        found = Transaction.objects.filter(account_id=account.id).order_by("booked_on", "id")
        assert list(found.values_list("balance_minor", flat=True)) == [1500, 1200, 1250]


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_file_twice_changes_nothing(books: Books, form: str) -> None:
    books.open()
    first = books.bring(FORMATS[form], "one")
    before = books.what_accounts_say()
    again, renamed = books.bring(FORMATS[form], "one"), books.bring(FORMATS[form], "another name")
    for result in (again, renamed):
        assert (result.stored, result.duplicate, result.entries_new, result.entries_known) == (
            True,
            True,
            0,
            3,
        )
    assert books.what_accounts_say() == before
    with books.ctx.open():
        assert {file.duplicate_of_id for file in StatementFile.objects.exclude(id=first.file_id)} == {
            first.file_id
        }
        assert Document.objects.count() == 1


@pytest.mark.parametrize("asked", [NUMBER, "100-200-3004005", ""])
def test_the_same_file_with_its_account_named_another_way_changes_nothing(books: Books, asked: str) -> None:
    books.open()
    books.bring(mt940(THREE), account="1002-003-004005")
    before = books.what_accounts_say()
    assert books.bring(mt940(THREE), account=asked).duplicate
    assert books.what_accounts_say() == before


def test_a_file_without_its_account_can_be_given_to_two_accounts(books: Books) -> None:
    one, other = books.open("111122223333"), books.open("444455556666")
    data = table(THREE, account="")
    assert books.bring(data, account=one.number).entries_new == 3
    assert books.bring(data, account=other.number).entries_new == 3
    assert books.bring(data, account=other.number).duplicate
    assert books.amounts(one) == books.amounts(other) == [1000, -300, 50]


def test_a_file_without_its_account_needs_one_named(books: Books) -> None:
    books.open()
    result = books.bring(table(THREE, account=""))
    assert [problem.code for problem in result.errors] == ["account_needed"]


def test_an_overlapping_file_adds_only_what_is_new(books: Books) -> None:
    account = books.open()
    books.bring(mt940(THREE, opening=500))
    more = [Line(nov(18), 7, "FOUR"), Line(nov(19), -1, "FIVE")]
    result = books.bring(mt940([*THREE, *more], opening=500))
    assert (result.entries_new, result.entries_known) == (2, 3)
    assert books.amounts(account) == [1000, -300, 50, 7, -1]
    assert books.points(account) == {nov(16): 1200, nov(17): 1250, nov(18): 1257, nov(19): 1256}


def test_an_older_file_after_a_newer_one_leaves_the_newest_balance(books: Books) -> None:
    account = books.open()
    books.bring(mt940([Line(nov(18), 7)], opening=1250))
    books.bring(mt940(THREE, opening=500))
    assert books.current(account) == (nov(18), 1257)
    assert books.points(account)[nov(17)] == 1250


def test_a_file_with_any_error_stores_nothing_and_reports_all(books: Books) -> None:
    books.open()
    before = books.what_accounts_say()
    broken = mt940(THREE, closing=999) + mt940(THREE, currency="KRW").replace(b"C1000,", b"CXX,")
    result = books.bring(broken)
    assert not result.stored
    assert {"closing_mismatch", "line_unreadable"} <= {problem.code for problem in result.errors}
    assert all(problem.place.startswith("line ") for problem in result.errors)
    assert books.what_accounts_say() == before
    with books.ctx.open():
        file = StatementFile.objects.get()
        assert (file.state, file.error_count) == (FileState.REFUSED, len(result.errors))
        assert [one["code"] for one in file.problems if one["severity"] == "error"] == [
            problem.code for problem in result.errors
        ]


def test_an_error_of_the_last_statement_keeps_the_first_out_too(books: Books) -> None:
    account = books.open()
    usd = books.open("5550001112223", currency="USD")
    result = books.bring(mt940(THREE) + mt940(THREE, account=usd.number, currency="KRW"))
    assert [(problem.code, problem.value) for problem in result.errors] == [("currency_mismatch", "KRW")]
    assert books.all_lines(account) == 0


def test_a_refused_file_can_be_tried_again(books: Books) -> None:
    books.open(currency="USD")
    assert books.bring(mt940(THREE)).errors
    books.open(currency="KRW")
    assert books.bring(mt940(THREE)).entries_new == 3


def test_a_file_that_nothing_can_read_says_so(books: Books) -> None:
    result = books.bring(b"\x00\x01\x02 nothing", "odd.bin")
    assert [problem.code for problem in result.errors] == ["format_unknown"]


def test_an_empty_or_too_large_file_is_refused_before_it_is_kept(books: Books) -> None:
    with pytest.raises(FileEmpty):
        books.receive(b"")
    with pytest.raises(FileTooLarge):
        books.receive(b"x" * 101, limit_bytes=100)
    with books.ctx.open():
        assert not StatementFile.objects.exists()
        assert not Document.objects.exists()


def test_a_statement_without_lines_gives_the_balance_of_its_days(books: Books) -> None:
    account = books.open()
    result = books.bring(mt940([], opening=500, first=nov(16), last=nov(18)))
    assert (result.stored, result.entries_new) == (True, 0)
    assert books.points(account) == {nov(16): 500, nov(18): 500}


def test_a_period_that_has_not_ended_yet_ends_with_the_day_on_which_the_file_came(books: Books) -> None:
    account = books.open()
    books.bring(table(THREE, opening=500, period=(nov(1), nov(30))))
    assert books.current(account) == (nov(20), 1250)
    with books.ctx.open():
        assert Statement.objects.get().to_date == nov(20)


def test_a_line_that_was_booked_late_leaves_the_balances_of_the_days_before(books: Books) -> None:
    account = books.open()
    books.bring(mt940([Line(nov(10), 100, "TEN"), Line(nov(11), 10, "ELEVEN")]))
    late = mt940(
        [Line(nov(10), 5, "LATE"), Line(nov(12), 1, "TWELVE")], opening=110, first=nov(12), last=nov(12)
    )
    assert books.bring(late).stored
    assert books.points(account) == {nov(10): 100, nov(11): 110, nov(12): 116}
    again = books.bring(mt940([Line(nov(10), 100, "TEN"), Line(nov(11), 10, "ELEVEN")], reference="AGAIN"))
    assert (again.conflicts, again.entries_known) == (0, 2)
    assert books.amounts(account) == [100, 10, 5, 1]


def test_a_file_is_imported_once(books: Books) -> None:
    from moa.accounts.operations.import_file import import_file

    books.open()
    result = books.bring(mt940(THREE))
    with pytest.raises(MoveNotAllowed):
        import_file(books.ctx, file_id=result.file_id)


def test_a_person_without_the_right_takes_no_file_in(books: Books) -> None:
    clerk = make_person(books.machine, roles=["clerk"])
    with pytest.raises(Forbidden):
        books.receive(mt940(THREE), ctx=clerk)


def test_a_teller_of_one_company_stores_nothing_in_another(books: Books) -> None:
    other = make_unit(books.machine)
    account = books.open(unit_id=other.id)
    teller = make_person(books.machine, roles=[("teller", books.company.id)])
    result = books.bring(mt940(THREE), ctx=teller)
    assert [problem.code for problem in result.errors] == ["account_forbidden"]
    assert books.all_lines(account) == 0


def test_a_user_of_another_group_finds_nothing_by_guessing(books: Books) -> None:
    from moa.accounts.operations.import_file import import_file
    from tests.accounts.books import make_books

    account = books.open()
    file_id = books.receive(mt940(THREE))
    stranger = make_books()
    with pytest.raises(NotFound):
        import_file(stranger.ctx, file_id=file_id)
    assert stranger.bring(mt940(THREE)).parked == [NUMBER]
    assert books.all_lines(account) == 0
    with stranger.ctx.open():
        assert not BankAccount.objects.exists()
