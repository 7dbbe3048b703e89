"""What became known between two moments: every difference with its line and its file, and the sums join."""

from __future__ import annotations

from datetime import datetime

import pytest

from moa.accounts.models import Conflict
from moa.accounts.operations.close_account import close_account
from moa.reports.comparison import Difference
from moa.reports.position import MomentInFuture
from tests.accounts.bank_files import Line, mt940, nov, table
from tests.accounts.books import Books, make_books
from tests.control.factories import make_person, make_unit
from tests.reports.asking import bring_lines, differences, figures, now

ONE, OTHER = "100000000001", "100000000002"
DAY = nov(18)


@pytest.fixture
def moments(books: Books) -> list[datetime]:
    """Before anything, after a first file of each account, after a second of the first account, after a replacement."""
    books.open(ONE)
    books.open(OTHER, currency="USD")
    found = [now(books.ctx)]
    bring_lines(books, ONE, Line(nov(16), 1000), Line(nov(17), -50), opening=500, reference="first")
    bring_lines(books, OTHER, Line(nov(16), 3), currency="USD", reference="dollars")
    found.append(now(books.ctx))
    bring_lines(
        books, ONE, Line(nov(18), 7), Line(nov(19), 9), opening=1450, reference="second", first=nov(18)
    )
    found.append(now(books.ctx))
    books.bring(
        mt940([Line(nov(16), 1000), Line(nov(17), -60)], opening=500, account=ONE, reference="third"),
        "third.sta",
    )
    with books.ctx.open():
        conflict_id = Conflict.objects.get().id
    books.settle(conflict_id, replace=True)
    found.append(now(books.ctx))
    return found


def shown(found: list[Difference]) -> list[tuple[str, int | None, int | None, str, str]]:
    return [(one.account, one.before_minor, one.after_minor, one.file, one.line) for one in found]


def test_lines_that_became_known_stand_with_their_file(books: Books, moments: list[datetime]) -> None:
    assert shown(differences(books.ctx, DAY, moments[1], moments[2])) == [
        (ONE, 1450, 1457, "second.sta", "line 5")
    ]


def test_a_first_statement_begins_with_its_opening_balance(books: Books, moments: list[datetime]) -> None:
    assert shown(differences(books.ctx, DAY, moments[0], moments[1])) == [
        (ONE, None, 500, "first.sta", "balance"),
        (ONE, 500, 1500, "first.sta", "line 5"),
        (ONE, 1500, 1450, "first.sta", "line 7"),
        (OTHER, None, 0, "dollars.sta", "balance"),
        (OTHER, 0, 300, "dollars.sta", "line 5"),
    ]


def test_only_lines_up_to_the_day_count(books: Books, moments: list[datetime]) -> None:
    assert shown(differences(books.ctx, nov(17), moments[1], moments[2])) == []
    assert len(differences(books.ctx, nov(19), moments[1], moments[2])) == 2


def test_a_replaced_line_goes_and_its_successor_comes(books: Books, moments: list[datetime]) -> None:
    assert shown(differences(books.ctx, nov(17), moments[2], moments[3])) == [
        (ONE, 1450, 1500, "first.sta", "line 7 superseded"),
        (ONE, 1500, 1440, "third.sta", "line 7"),
    ]


def test_the_other_direction_is_the_same_chain_back(books: Books, moments: list[datetime]) -> None:
    there = differences(books.ctx, nov(17), moments[0], moments[3])
    back = differences(books.ctx, nov(17), moments[3], moments[0])
    assert [(one.line, one.after_minor, one.before_minor) for one in back] == [
        (one.line, one.before_minor, one.after_minor) for one in reversed(there)
    ]


@pytest.mark.parametrize("day", [nov(15), nov(16), nov(17), DAY, nov(19)])
def test_the_rows_of_an_account_join_one_answer_to_the_other(
    books: Books, moments: list[datetime], day: object
) -> None:
    for early in range(4):
        for late in range(4):
            found = differences(books.ctx, day, moments[early], moments[late])  # type: ignore[arg-type]
            before = figures(books.ctx, day, by="account", known_at=moments[early])  # type: ignore[arg-type]
            after = figures(books.ctx, day, by="account", known_at=moments[late])  # type: ignore[arg-type]
            for key in before.keys() | after.keys():
                chain = [one for one in found if (one.account, one.currency) == key]
                ends = (before.get(key, (None,))[0], after.get(key, (None,))[0])
                assert chain or ends[0] == ends[1]
                if chain:
                    assert (chain[0].before_minor, chain[-1].after_minor) == ends
                    for left, right in zip(chain, chain[1:], strict=False):
                        assert left.after_minor == right.before_minor


def test_without_a_first_moment_it_compares_with_now(books: Books, moments: list[datetime]) -> None:
    back = differences(books.ctx, DAY, None, moments[3])
    assert back == []
    books.bring(table([Line(nov(18), 7), Line(nov(18), 1)], opening=1450, account=ONE), "late.csv")
    assert differences(books.ctx, DAY, None, moments[0])[-1].after_minor is None


def test_a_closing_ends_the_chain(books: Books, moments: list[datetime]) -> None:
    from moa.accounts.models import BankAccount

    with books.ctx.open():
        account = BankAccount.objects.get(number=OTHER)
        close_account(books.ctx, account_id=account.id, closed_on=nov(17))
    found = differences(books.ctx, DAY, moments[3], now(books.ctx))
    assert shown(found) == [(OTHER, 300, None, "", "closed")]
    assert differences(books.ctx, nov(16), moments[3], now(books.ctx)) == []


def test_a_moment_that_has_not_come_is_refused(books: Books, moments: list[datetime]) -> None:
    with pytest.raises(MomentInFuture):
        differences(books.ctx, DAY, moments[0], now(books.ctx).replace(year=2099))


def test_nobody_sees_another_units_or_groups_differences(books: Books, moments: list[datetime]) -> None:
    clerk = make_person(books.machine, roles=[("clerk", make_unit(books.machine).id)])
    for ctx in (clerk, make_books().ctx):
        assert differences(ctx, DAY, moments[0], moments[3]) == []
