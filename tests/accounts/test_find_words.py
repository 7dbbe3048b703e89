"""Two characters find a line among all of a group, by the index and before it, and never more than plain LIKE would."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.accounts import words_of_lines
from moa.accounts.web.transactions_table import TRANSACTIONS
from moa.accounts.words_of_lines import lines_with, read_new_words
from moa.control.context import Context
from moa.control.table_rows import count_rows, read_page
from moa.ui.tables.conditions import read_asked
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books, make_books
from tests.control.factories import signed_in

WORDS = [
    "삼성전자 물품대금", "대성금속공업(주)", "苏州宏泰机电", "한국전력공사 전기요금", "Payment 100% REF_1", "Payment 100 REF 1",
    "A\\B corporation", "ÄÖ Straße", "김", "삼 성",
]  # fmt: skip


@pytest.fixture
def filled(books: Books) -> Books:
    books.open()
    lines = [
        Line(nov(1 + number), 1000 + number, words, f"REF{number + 1}") for number, words in enumerate(WORDS)
    ]
    books.bring(mt940(lines))
    return books


def found(ctx: Context, query: str) -> list[str]:
    """The words of the lines that the page's list gives."""
    ctx.memo.clear()
    with ctx.open():
        asked = read_asked(TRANSACTIONS, QueryDict(query), zone=ZoneInfo("Asia/Seoul"))
        rows = read_page(ctx, TRANSACTIONS, asked, size=1000).rows
        assert count_rows(ctx, TRANSACTIONS, asked) == (len(rows), False)
    return sorted(row.description for row in rows)


def by_like(ctx: Context, fragment: str) -> list[str]:
    """What a plain comparison of every line gives."""
    for letter in "\\%_":
        fragment = fragment.replace(letter, "\\" + letter)
    with ctx.open(), connection.cursor() as cursor:
        cursor.execute(
            "select description from accounts_transaction where counterparty ilike %(p)s or description ilike %(p)s"
            " or reference ilike %(p)s",
            {"p": f"%{fragment}%"},
        )
        return sorted(words for (words,) in cursor.fetchall())


def narrowed(ctx: Context, words: str) -> int | None:
    """How many lines the index gives, None where it does not help."""
    ctx.memo.clear()
    with ctx.open():
        predicates = lines_with(ctx, [words])
    return len(predicates[0][1]["word_lines0"]) if predicates else None


@pytest.mark.parametrize("is_read", [False, True])
def test_two_syllables_find_a_line_before_and_after_its_words_are_indexed(
    filled: Books, is_read: bool
) -> None:
    if is_read:
        assert read_new_words(filled.ctx) == len(WORDS)
        assert read_new_words(filled.ctx) == 0
    assert found(filled.ctx, "text=삼성") == ["삼성전자 물품대금"]
    assert found(filled.ctx, "text=금속") == ["대성금속공업(주)"]
    assert found(filled.ctx, "text=宏泰") == ["苏州宏泰机电"]
    assert found(filled.ctx, "text=PAYMENT") == ["Payment 100 REF 1", "Payment 100% REF_1"]
    assert found(filled.ctx, "text=한국없음") == []
    assert narrowed(filled.ctx, "삼성") == 1


def test_percent_underline_and_backslash_are_letters_like_others(filled: Books) -> None:
    read_new_words(filled.ctx)
    assert found(filled.ctx, "text=0%25") == ["Payment 100% REF_1"]
    assert found(filled.ctx, "text=F_1") == ["Payment 100% REF_1"]
    assert found(filled.ctx, "text=a\\b") == ["A\\B corporation"]
    assert found(filled.ctx, "text=%25%25") == []


def test_one_character_and_words_of_very_many_lines_are_found_without_the_index(
    filled: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_new_words(filled.ctx)
    assert found(filled.ctx, "text=김") == ["김"]
    assert narrowed(filled.ctx, "김") is None
    monkeypatch.setattr(words_of_lines, "MOST_FOUND", 1)
    assert narrowed(filled.ctx, "Payment") is None
    assert found(filled.ctx, "text=Payment") == ["Payment 100 REF 1", "Payment 100% REF_1"]


def test_it_goes_with_other_conditions_and_looks_at_its_own_column(filled: Books) -> None:
    read_new_words(filled.ctx)
    assert found(filled.ctx, "text=Payment&least=1005&most=1005") == ["Payment 100 REF 1"]
    assert found(filled.ctx, "text=Payment&least=5000") == []
    assert found(filled.ctx, "counterparty=Payment") == []
    assert found(filled.ctx, "reference=REF2&text=금속") == ["대성금속공업(주)"]
    assert found(filled.ctx, "reference=REF2&text=삼성") == []


def test_lines_of_another_group_are_never_found(filled: Books) -> None:
    other = make_books()
    other.open()
    other.bring(mt940([Line(nov(1), 5, "삼성전자 다른 그룹")]))
    for books in (filled, other):
        read_new_words(books.ctx)
    assert found(other.ctx, "text=삼성") == ["삼성전자 다른 그룹"]
    assert found(filled.ctx, "text=삼성") == ["삼성전자 물품대금"]
    assert narrowed(filled.ctx, "삼성") == 1


def test_the_search_of_the_top_bar_opens_the_lines(filled: Books) -> None:
    read_new_words(filled.ctx)
    answer = signed_in(filled.ctx).get("/transactions", {"text": "삼성"}).content.decode()
    assert "삼성전자" in answer
    assert "대성금속" not in answer


# Small alphabets, so that fragments are met often; with what LIKE, arrays and case might stumble over.
_LETTERS = st.text(alphabet="가나xX%_\\'\"{},苏ßẞİı\u0301 ", min_size=0, max_size=6)


_COPY = """
insert into accounts_transaction (booked_on, group_id, account_id, amount_minor, balance_stated, fingerprint, occurrence,
    statement_id, place, reference, bank_reference, description, counterparty, counterparty_account, recorded_at)
select booked_on, group_id, account_id, amount_minor, false, gen_random_uuid(), 1, statement_id, place, %s, '', %s, %s, '',
       recorded_at
  from accounts_transaction order by id limit 1
"""


@given(words=st.lists(_LETTERS, min_size=3, max_size=3), fragment=_LETTERS, is_read=st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_finds_what_plain_like_finds(
    filled: Books, words: list[str], fragment: str, is_read: bool
) -> None:
    """Each example adds a line to those of the ones before it; some of them are indexed, the last ones may not be."""
    with filled.ctx.open(), connection.cursor() as cursor:
        cursor.execute(_COPY, words)
    if is_read:
        read_new_words(filled.ctx)
    for one in {fragment.strip(), words[0].strip()[1:3]}:
        if one.strip():
            query = QueryDict(mutable=True)
            query["text"] = one
            assert found(filled.ctx, query.urlencode()) == by_like(filled.ctx, one.strip())
