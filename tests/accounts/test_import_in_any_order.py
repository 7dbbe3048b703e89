"""Whatever files a history is cut into and in whatever order they come, the same lines and balances stand at the end."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts.bank_files import Line, mt940, nov, table
from tests.accounts.books import Books

EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
OPENING = 1_000
_accounts = itertools.count(100_000_000_000)

# Few amounts and few words, so that twins are common.
MOVES = st.tuples(st.sampled_from([100, 100, 250, -30]), st.sampled_from(["SALE", "FEE"]))
DAYS = st.lists(st.lists(MOVES, max_size=4), min_size=1, max_size=5)


class History:
    """The true lines of an account. No balance comes twice, for else nobody could tell where a file begins."""

    def __init__(self, days: list[list[tuple[int, str]]]) -> None:
        self.lines: list[Line] = []
        balance, seen = OPENING, {OPENING}
        for number, moves in enumerate(days):
            for amount, words in moves:
                if balance + amount in seen:
                    continue
                balance += amount
                seen.add(balance)
                self.lines.append(Line(nov(2 + number), amount, words))
        self.last = nov(1 + len(days))

    def __repr__(self) -> str:
        return f"History({[(line.day.day, line.amount, line.words) for line in self.lines]})"

    def balance(self, count: int) -> int:
        return OPENING + sum(line.amount for line in self.lines[:count])

    def starts_a_day(self, place: int) -> bool:
        return place in (0, len(self.lines)) or self.lines[place].day != self.lines[place - 1].day

    @property
    def day_starts(self) -> list[int]:
        return [place for place in range(len(self.lines)) if self.starts_a_day(place)]

    def closings(self) -> dict[date, int]:
        return {line.day: self.balance(place) for place, line in enumerate(self.lines, 1)}


@st.composite
def in_pages(draw: st.DrawFn) -> tuple[History, list[tuple[int, int, str]]]:
    """Pieces cut anywhere that say by their marks whether they begin or end within a day."""
    history = History(draw(DAYS))
    count = len(history.lines)
    cuts = sorted({0, count, *draw(st.lists(st.integers(0, count), max_size=4))})
    pieces = list(itertools.pairwise(cuts))
    more = draw(st.lists(st.tuples(st.integers(0, count), st.integers(0, count)), max_size=3))
    pieces += [(min(ends), max(ends)) for ends in more if ends[0] != ends[1]]
    marks = {True: "F", False: "M"}
    marked = [
        (begin, end, marks[history.starts_a_day(begin)] + marks[history.starts_a_day(end)])
        for begin, end in pieces
    ]
    return history, draw(st.permutations(marked))


@st.composite
def in_downloads(draw: st.DrawFn) -> tuple[History, list[tuple[int, int, str]]]:
    """Pieces that begin with a day and end anywhere, as downloads do, without saying so; "" is a spreadsheet."""
    history = History(draw(DAYS))
    count = len(history.lines)
    starts = [*history.day_starts, count]
    chosen = sorted({0, count, *draw(st.lists(st.sampled_from(starts), max_size=3))})
    pieces = list(itertools.pairwise(chosen))
    more = draw(st.lists(st.sampled_from(starts), max_size=3))
    pieces += [(begin, draw(st.integers(begin, count))) for begin in more]
    form = draw(st.sampled_from(["FF", ""]))
    return history, draw(st.permutations([(begin, end, form) for begin, end in pieces if begin != end]))


def written(history: History, begin: int, end: int, form: str, account: str) -> bytes:
    lines, opening = history.lines[begin:end], history.balance(begin)
    if not form:
        return table(lines, opening=opening, account=account)
    return mt940(lines, opening=opening, account=account, marks=form, reference=f"R{begin}-{end}")


def check(books: Books, history: History, pieces: list[tuple[int, int, str]]) -> None:
    number = str(next(_accounts))
    account = books.open(number)
    files = [written(history, *piece, account=number) for piece in pieces]
    for data in files:
        result = books.bring(data)
        assert (result.errors, result.conflicts, result.parked) == ([], 0, [])
    assert Counter(books.lines(account)) == Counter(
        (line.day, line.amount, line.words) for line in history.lines
    )
    closings, points = history.closings(), books.points(account)
    assert {day: points.get(day) for day in closings} == closings
    assert books.current(account) == (max(closings), closings[max(closings)])
    before = books.what_accounts_say()
    for data in files:
        assert books.bring(data, account=f"{number[:4]}-{number[4:]}").duplicate
    assert books.what_accounts_say() == before


@pytest.mark.parametrize("cut", [in_pages(), in_downloads()], ids=["pages", "downloads"])
def test_every_cut_and_order_gives_the_true_history(books: Books, cut: st.SearchStrategy) -> None:
    @EXAMPLES
    @given(cut)
    def holds(drawn: tuple[History, list[tuple[int, int, str]]]) -> None:
        history, pieces = drawn
        if history.lines:
            check(books, history, pieces)

    holds()


@EXAMPLES
@given(drawn=in_downloads(), days=st.integers(0, 3))
def test_lines_without_balances_get_them_once_a_balance_is_known(
    books: Books, drawn: tuple[History, list[tuple[int, int, str]]], days: int
) -> None:
    """A first file with balances and later ones without, in any order, give the balances of all days."""
    history, _ = drawn
    if len(history.day_starts) < 2:
        return
    number = str(next(_accounts))
    account = books.open(number)
    second = history.day_starts[1]
    stated = mt940(history.lines[:second], opening=OPENING, account=number)
    starts = [*history.day_starts[1:], len(history.lines)]
    unstated = [
        table(history.lines[begin:end], opening=None, account=number)
        for begin, end in itertools.pairwise(starts)
    ]
    files = [*unstated[days:], stated, *unstated[:days]]
    for data in files:
        assert books.bring(data).entries_known == 0
    assert books.points(account).items() >= history.closings().items()
    assert books.current(account)[1] == history.balance(len(history.lines))
    assert timedelta(0) <= history.last - nov(1)
