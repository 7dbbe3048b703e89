"""Numbers of persons: in no understood copy; a file with one in an identity field leaves hash, size and error only."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.db import connection

from moa.accounts.explanation import explained
from moa.accounts.lifecycle import FileState
from moa.accounts.models import StatementFile, Transaction
from moa.control.documents import DocumentNotKept, open_document
from moa.control.models import AuditLine, Document
from tests.accounts.bank_files import Line, camt, mt940, nov, table
from tests.accounts.books import Books, make_books

# Made up: a Korean number with a right check digit, a Chinese one, a card number that passes Luhn.
RESIDENT, CITIZEN, CARD = "900101-1234568", "11010519491231002X", "4111111111111111"
NUMBERS = {RESIDENT: "900101-*******", CITIZEN: "110105************", CARD: "411111**********"}


def everywhere(books: Books) -> str:
    """All text of every table of the group that holds any, but for the sealed raw file."""
    found: list[str] = []
    with books.ctx.open(), connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'"
            " and c.relkind in ('r', 'p') and not c.relispartition"
            " and has_table_privilege(c.oid, 'select') and c.relname ~ '^(accounts|control)_'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"select t::text from {name} t")
            found.extend(text for (text,) in cursor.fetchall())
    return "\n".join(found)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("form", ["mt940", "camt", "table"])
def test_in_words_it_is_six_digits_and_stars(books: Books, form: str, number: str) -> None:
    account = books.open()
    lines = [Line(nov(16), 1000, f"PAID FOR {number} TODAY")]
    data = {
        "mt940": mt940(lines), "camt": camt(lines, kind="053", opening=0), "table": table(lines, opening=0),
    }[form]  # fmt: skip
    assert books.bring(data).entries_new == 1
    assert NUMBERS[number] in books.lines(account)[0][2]
    assert number not in everywhere(books)


def test_in_references_too(books: Books) -> None:
    books.open()
    assert books.bring(mt940([Line(nov(16), 1000, "PAY", RESIDENT)])).entries_new == 1
    assert RESIDENT not in everywhere(books)


def test_an_account_number_is_one_whatever_it_looks_like(books: Books) -> None:
    account = books.open("9001011234568")
    assert books.bring(mt940([Line(nov(16), 1000)], account="9001011234568")).entries_new == 1
    assert books.amounts(account) == [1000]


def test_the_panel_shows_the_raw_line_masked(books: Books) -> None:
    books.open()
    books.bring(mt940([Line(nov(16), 1000, f"PAID FOR {RESIDENT}")]))
    with books.ctx.open():
        facts = explained(books.ctx, str(Transaction.objects.get().id))
    assert facts is not None
    assert RESIDENT not in str(facts)


def test_in_an_identity_column_the_file_is_refused_and_forgotten(books: Books) -> None:
    account = books.open()
    data = table([Line(nov(16), 1000)], extra=("주민등록번호", RESIDENT))
    result = books.bring(data, "payroll.csv")
    assert [(one.code, one.value) for one in result.errors] == [("resident_number_refused", "900101*******")]
    assert books.all_lines(account) == 0
    with books.ctx.open():
        file = StatementFile.objects.get()
        document = Document.objects.get()
        assert (file.state, file.size_bytes, file.sha256) == (
            FileState.REFUSED,
            len(data),
            hashlib.sha256(data).hexdigest(),
        )
        assert (document.stored, document.storage_name) == (False, "")
        with pytest.raises(DocumentNotKept), open_document(books.ctx, document.id):
            pass
        assert AuditLine.objects.filter(code="control.document.forgotten").count() == 1
    assert RESIDENT not in everywhere(books)


@pytest.mark.django_db(transaction=True)
def test_the_bytes_of_a_forgotten_file_are_gone_however_often_it_comes(state_folder: Path) -> None:
    books = make_books()
    books.open()
    data = table([Line(nov(16), 1000)], extra=("주민등록번호", RESIDENT))
    folder = state_folder / "documents" / str(books.ctx.group_id)
    # Other test sessions may have left files of a group of this number.
    before = {path for path in folder.rglob("*") if path.is_file()}
    for _ in range(2):
        assert books.bring(data).errors
        assert {path for path in folder.rglob("*") if path.is_file()} == before
