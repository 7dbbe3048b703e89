"""A stranger checks the proof of closed days with a script that imports nothing of ours, and finds every alteration."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from moa.kernel.errors import Forbidden
from moa.ledger.book_lock import stamp_book
from moa.ledger.operations.export_proof import export_proof
from moa.ledger.proof_file import DayNotClosed, NothingClosed
from moa.ledger.rules.seals import Tree, body_of, text_of
from moa.ledger.rules.vouchers import Leg, NewVoucher, debit
from tests.control.factories import TODAY, make_person
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import SCRIPT, altered, bodies, check, close, export, reopen, write

Alteration = Callable[[list[str]], object]
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


class Books:
    """Two closed days, the second one reopened and closed again; `seals` as the auditor holds them."""

    def __init__(self, journal: Journal, folder: Path) -> None:
        self.journal, self.folder = journal, folder
        journal.load(
            ("usd", "1002", "USD", None), ("usd-fx", "3002", "USD", None), ("krw-fx", "3002", "KRW", None)
        )
        exchange = (
            Leg("usd", 10_000, 1, "USD", 138_250), Leg("usd-fx", -10_000, -1, "USD", -138_250),
            debit("krw-fx", 138_250, "KRW"), Leg("bank", -138_250, -1, "KRW"),
        )  # fmt: skip
        journal.post(
            voucher("1", "bank", "a", 1000, memo='"한글" \\ true {', value=date(2026, 11, 18)),
            voucher("2", "a", "b", 300), NewVoucher("3", TODAY, TODAY, exchange),
        )  # fmt: skip
        self.first = close(journal)
        journal.load(("new", "201101", "KRW", None), ("b", "201101", "KRW", 0))
        journal.post(voucher("4", "bank", "new", 5, day=MONDAY), voucher("5", "a", "b", 40, day=MONDAY))
        self.second = close(journal)
        reopen(journal)
        ((number, period),) = journal.rows("select id, period from ledger_voucher where key = '5'")
        red = voucher("5 red", "a", "b", -40, day=MONDAY)._replace(reverses=(number, period))
        journal.post(red, voucher("5 right", "a", "b", 41, day=MONDAY))
        self.third = close(journal)
        self.seals = [f"{one.day}={one.hex}" for one in (self.first, self.second, self.third)]

    def export(self, first: date = TODAY, last: date = MONDAY) -> Path:
        return export(self.journal, self.folder / "proof.txt", first, last)


@pytest.fixture
def books(journal: Journal, tmp_path: Path) -> Books:
    return Books(journal, tmp_path)


def test_the_script_is_short_and_imports_the_standard_library_only() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert text.count("\n") <= 250
    imports = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imports <= {"argparse", "datetime", "gc", "hashlib", "json", "re", "sys"}


def test_a_proof_holds_with_every_seal_and_without(books: Books) -> None:
    path = books.export()
    with_seals, without = check(path, *books.seals), check(path)
    assert with_seals.holds and without.holds
    assert "7 vouchers, 16 entries, 3 closings" in with_seals.said
    assert "consistent in itself only" not in with_seals.said
    assert "consistent in itself only" in without.said


def test_a_proof_from_the_middle_begins_with_sealed_balances(books: Books) -> None:
    path = books.export(MONDAY)
    assert check(path, *books.seals[1:]).holds
    # The seal of the day before stands in the file, so it can be held against it as well.
    assert check(path, *books.seals).holds
    changed = altered(path, lambda lines: replace(lines, '["balance","a"', "-700]", "-701]"))
    assert "add up to -1" in check(changed).said
    both = altered(changed, lambda lines: replace(lines, '["balance","b"', "-300]", "-299]"))
    assert "not those that were sealed" in check(both).said


def replace(lines: list[str], begins: str, old: str, new: str) -> None:
    (at,) = [at for at, line in enumerate(lines) if line.startswith(begins) and old in line]
    lines[at] = lines[at].replace(old, new)


def test_a_seal_that_the_auditor_holds_must_be_in_the_file(books: Books) -> None:
    path = books.export()
    wrong = check(path, f"{TODAY}={books.third.hex}")
    assert not wrong.holds and "the one you hold" in wrong.said
    assert not check(path, f"2026-11-19={books.first.hex}").holds
    short = check(books.export(last=TODAY), books.seals[-1])
    assert not short.holds


def test_what_comes_after_the_last_seal_held_is_said_to_be_consistent_only(books: Books) -> None:
    said = check(books.export(), books.seals[0]).said
    assert "What follows the last of them is consistent in itself only" in said


def test_one_byte_changed_anywhere_is_found_with_its_line(books: Books) -> None:
    data = books.export().read_bytes()
    drawn = random.Random(7)
    for at in [0, 8, 9, len(data) - 1, *drawn.sample(range(len(data)), 60)]:
        changed = bytearray(data)
        changed[at] ^= 1 << drawn.randrange(8)
        path = books.folder / "changed.txt"
        path.write_bytes(changed)
        verdict = check(path)
        line = data[:at].count(b"\n") + 1
        # A changed line feed makes two lines one, or one two; then the next one may be the first that is wrong.
        assert not verdict.holds and f"WRONG at line {line}," in verdict.said, (at, verdict.said)


def test_a_byte_added_or_taken_away_is_found(books: Books) -> None:
    data = books.export().read_bytes()
    path = books.folder / "changed.txt"
    for changed in (
        data + b"\n",
        data + b" ",
        data[:-1],
        data[1:],
        b"\xef\xbb\xbf" + data,
        data.replace(b"\n", b"\r\n"),
        b"",
    ):
        path.write_bytes(changed)
        assert not check(path).holds, changed[-20:]


@pytest.mark.parametrize("cut", [1, 2, 5])
def test_a_file_that_was_cut_off_is_found(books: Books, cut: int) -> None:
    whole = books.export().read_bytes().splitlines(keepends=True)
    path = books.folder / "cut.txt"
    path.write_bytes(b"".join(whole[:-cut]))
    assert "cut off" in check(path).said


def voucher_at(lines: list[str], key: str) -> int:
    return next(
        at for at, line in enumerate(lines) if line.startswith('["voucher"') and json.loads(line)[3] == key
    )


def swap(lines: list[str]) -> None:
    at = voucher_at(lines, "4")
    lines[at], lines[at + 1] = lines[at + 1], lines[at]


def in_voucher(key: str, old: str, new: str) -> Alteration:
    def act(lines: list[str]) -> None:
        at = voucher_at(lines, key)
        assert old in lines[at], lines[at]
        lines[at] = lines[at].replace(old, new, 1)

    return act


def without_voucher(key: str) -> Alteration:
    return lambda lines: lines.pop(voucher_at(lines, key))


def twice(lines: list[str]) -> None:
    at = voucher_at(lines, "1")
    lines.insert(at, lines[at])


def reverses_another(lines: list[str]) -> None:
    at = voucher_at(lines, "5 red")
    values = json.loads(lines[at])
    values[9] -= 1
    lines[at] = body_of(values)


def change(begins: str, old: str, new: str) -> Alteration:
    return lambda lines: replace(lines, begins, old, new)


def insert(at: int, body: str) -> Alteration:
    return lambda lines: lines.insert(at, body)


def without_total(lines: list[str]) -> None:
    del lines[next(at for at, line in enumerate(lines) if line.startswith('["total"'))]


def without_day(lines: list[str]) -> None:
    begin = next(n for n, line in enumerate(lines) if line.startswith('["day","2026-11-23",1'))
    end = next(n for n, line in enumerate(lines) if line.startswith('["day","2026-11-23",2'))
    del lines[begin:end]


def without_last_closing(lines: list[str]) -> None:
    del lines[next(n for n, line in enumerate(lines) if line.startswith('["day","2026-11-23",2')) : -1]


ONE_WAY, NO_LINE, SEALED = "in the one way there is", "not a line of this format", "the lines of the day"
# Every check of a line is made anew after the change, as somebody does who knows the format; what is said names the place.
ALTERATIONS: dict[str, tuple[Alteration, str]] = {
    "two vouchers swapped": (swap, "before its turn"),
    "a voucher removed": (without_voucher("1"), "entry 2 of account a leaves"),
    "the last voucher removed": (without_voucher("5 right"), "totals"),
    "a voucher twice": (twice, "stands twice"),
    "an amount": (in_voucher("2", "300,300", "301,301"), "leaves -700"),
    "a balance after": (in_voucher("2", "-700", "-701"), "leaves -701"),
    "a functional amount": (in_voucher("3", "10000,138250", "10000,138251"), "does not balance"),
    "a worth in the book's currency": (in_voucher("2", "300,300", "300,299"), "worth"),
    "a memo": (in_voucher("1", "한글", "한자"), SEALED),
    "a value date": (in_voucher("1", "2026-11-18", "2026-11-19"), SEALED),
    "a value date that is none": (in_voucher("2", '-20",-700', '-31",-700'), "day is out of range"),
    "a key": (in_voucher("4", '"4","file"', '"9","file"'), SEALED),
    "its maker alone": (in_voucher("4", 'null,"FILES"', "null,null"), "nobody but its maker"),
    "a checker beside a standing order": (in_voucher("4", 'null,"FILES"', '2,"FILES"'), "nobody but its maker"),
    "what it reverses": (reverses_another, SEALED),
    "what is taken back, taken back again": (in_voucher("5 right", "null,null", "null,1"), SEALED),
    "a total": (change('["total","1002","KRW",0', "-138250", "-138251"), "totals"),
    "a total removed": (without_total, "totals"),
    "an account's name": (change('["account","a","Account a"', "Account a", "Account z"), SEALED),
    "an account's subject": (change('["account","a","Account a"', "201101", "201102"), "totals"),
    "an account's side": (change('["account","a","Account a"', "-1]", "1]"), SEALED),
    "a day removed": (without_day, "does not follow"),
    "the currency of the head": (change('["proof"', "KRW", "USD"), "worth"),
    "the book of the head": (change('["proof"', '"SC"', '"SD"'), "another book"),
    "the first day of the head": (change('["proof"', '"from":"2026-11-20"', '"from":"2026-11-19"'), "its head says"),
    "the last day of the head": (change('["proof"', '"to":"2026-11-23"', '"to":"2026-11-24"'), "should end"),
    "the version": (change('["proof"', '"proof",1,', '"proof",2,'), "no proof of version 1"),
    "more in the head": (change('["proof"', '"group"', '"more":"","group"'), "no proof of version 1"),
    "the count of a seal": (change('["seal"', '"vouchers":3', '"vouchers":4'), SEALED),
    "a name twice in a seal": (change('["seal"', '"vouchers":3', '"vouchers":9,"vouchers":3'), ONE_WAY),
    "the moment of a seal": (change('["seal"', '"vouchers":3', '"vouchers":3,"later":1'), "another book"),
    "a moment that goes on": (in_voucher("1", 'Z","1"', 'ZZ","1"'), "before its turn"),
    "a space": (in_voucher("2", '["voucher",', '["voucher", '), SEALED),
    "an escape": (in_voucher("2", '"FILES"', '"\\u0046ILES"'), ONE_WAY),
    "true for one": (in_voucher("1", '["bank",1,1,', '["bank",true,1,'), ONE_WAY),
    "a fraction": (in_voucher("2", "300,300", "300.0,300"), "300.0"),
    "an exponent": (in_voucher("2", "300,300", "3E2,300"), "3E2"),
    "not a number": (in_voucher("2", "300,300", "NaN,300"), "NaN"),
    "a number without end": (in_voucher("2", "300,300", "9" * 5000 + ",300"), "integer string"),
    "words after the list": (in_voucher("2", "]]]", "]]] []"), "does not end"),
    "a line of no kind": (insert(2, '["rest","1002","KRW"]\n'), "rest"),
    "more in an account": (change('["account","a"', "-1]", "-1,5]"), NO_LINE),
    "an object for a list": (insert(2, '{"voucher":1}\n'), "WRONG at line 3"),
    "a number for a list": (insert(2, "7\n"), NO_LINE),
    "lists without end": (insert(2, "[" * 100_000 + "\n"), NO_LINE),
    "letters that are no UTF-8": (insert(2, '["\ud800"]\n'), "WRONG at line 3"),
    "something before the end": (lambda lines: lines.insert(-1, lines[1]), "stands after"),
}  # fmt: skip


def test_every_alteration_with_all_checks_repaired_is_found(books: Books) -> None:
    path = books.export()
    whole, missed = bodies(path), {}
    for name, (act, said) in ALTERATIONS.items():
        changed = altered(path, act)
        verdict = check(changed)
        if verdict.holds or not verdict.said.startswith("WRONG at line ") or said not in verdict.said:
            missed[name] = verdict.said
        assert changed.read_bytes() != path.read_bytes(), name
    assert missed == {} and bodies(path) == whole


def seal_again(lines: list[str], memo: tuple[str, str]) -> None:
    """Somebody rewrites the books: a voucher is another, and every seal after it is made anew from what is altered."""
    last: str | None = None
    tree = Tree()
    for at, line in enumerate(lines):
        lines[at] = line = line.replace(*memo)
        if line.startswith('["day"'):
            tree = Tree()
        if line.startswith('["seal"'):
            facts = json.loads(line)[1] | {"previous": last, "root": tree.root()}
            lines[at] = f'["seal",{text_of(facts)}]\n'
            last = sha256(text_of(facts).encode()).hexdigest()
        tree.add(line)


def test_a_history_that_was_rewritten_whole_fails_only_against_a_seal(books: Books) -> None:
    path = altered(books.export(), lambda lines: seal_again(lines, ("한글", "한자")))
    assert check(path).holds
    for seal in books.seals:
        assert not check(path, seal).holds


def test_a_closing_left_out_at_the_end_fails_only_against_its_seal(books: Books) -> None:
    path = altered(books.export(), without_last_closing)
    assert check(path).holds
    assert check(path, *books.seals[:2]).holds
    assert not check(path, books.seals[2]).holds


def test_a_day_more_at_the_end_is_said_not_to_be_compared(books: Books) -> None:
    path = books.export()
    assert "What follows" not in check(path, books.seals[2]).said
    assert "What follows" in check(path, *books.seals[:2]).said


def test_the_proof_of_another_book_does_not_pass_for_this_one(books: Books, tmp_path: Path) -> None:
    other = make_journal("OTHER")
    closed = close(other)
    assert closed.hex != books.first.hex
    path = export(other, tmp_path / "other.txt", TODAY, TODAY)
    assert check(path).holds and not check(path, books.seals[0]).holds
    lines = bodies(path)
    assert '"group":"OTHER"' in lines[0]


def test_the_script_says_nothing_that_the_file_dictates_to_the_terminal(books: Books) -> None:
    path = altered(books.export(), change('["account","a"', '"a"', '"a\\u001b[2Jall holds\\n"'))
    assert "\x1b" not in check(path).said and check(path).said.count("\n") == 1


def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    assert "WRONG at line 1" in check(path).said
    assert not check(tmp_path / "absent.txt").holds


def test_an_export_names_the_day_that_is_not_closed(books: Books) -> None:
    with pytest.raises(DayNotClosed) as open_day:
        books.export(TODAY, TUESDAY)
    assert open_day.value.facts["day"] == TUESDAY
    with pytest.raises(DayNotClosed) as later:
        books.export(date(2026, 11, 28), date(2026, 12, 31))
    assert later.value.facts["day"] == date(2026, 11, 30)
    assert list(books.folder.iterdir()) == []


def test_days_on_which_no_books_are_kept_do_not_stand_in_the_way(books: Books) -> None:
    assert check(books.export(date(2026, 11, 15), date(2026, 11, 22)), books.seals[0]).holds
    with pytest.raises(NothingClosed):
        books.export(date(2026, 11, 21), date(2026, 11, 22))


def test_a_reopened_day_is_not_exported(books: Books) -> None:
    reopen(books.journal)
    with pytest.raises(DayNotClosed) as refused:
        books.export()
    assert refused.value.facts["day"] == MONDAY


def test_a_file_that_stood_there_is_replaced_whole_or_left(books: Books) -> None:
    path = books.export()
    before = path.read_bytes()
    with pytest.raises(DayNotClosed):
        books.export(TODAY, TUESDAY)
    assert path.read_bytes() == before
    assert books.export().read_bytes() == before
    assert [one.name for one in books.folder.iterdir()] == ["proof.txt"]


def test_who_may_not_export_gets_nothing(books: Books) -> None:
    clerk = make_person(books.journal.machine, roles=["clerk"])
    path = books.folder / "none.txt"
    with pytest.raises(Forbidden), clerk.open():
        export_proof(clerk, books.journal.book, first=TODAY, last=MONDAY, path=path)
    assert not path.exists()


def test_a_changed_name_is_stated_with_its_day_and_proven(journal: Journal, tmp_path: Path) -> None:
    close(journal)
    with journal.ctx.open():
        journal.book.accounts.filter(code="a").update(name="갑 주식회사")
    closed = close(journal)
    path = export(journal, tmp_path / "proof.txt", TODAY, MONDAY)
    assert [line for line in bodies(path) if '"갑 주식회사"' in line] == [
        '["account","a","갑 주식회사","201101","KRW",-1]\n'
    ]
    assert check(path, f"{MONDAY}={closed.hex}").holds
    later = export(journal, tmp_path / "later.txt", MONDAY, MONDAY)
    assert check(later, f"{MONDAY}={closed.hex}").holds


def test_the_file_written_by_the_export_is_the_one_that_the_format_gives(books: Books) -> None:
    path = books.export()
    assert write(books.folder / "again.txt", bodies(path)).read_bytes() == path.read_bytes()


def test_a_clock_that_steps_back_does_not_turn_the_order_of_days_around(
    journal: Journal, tmp_path: Path
) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    with journal.ctx.open():
        stamp_book(journal.book.id, ahead)
    journal.post(voucher("1", "bank", "a", 1))
    first = close(journal)
    journal.post(voucher("2", "bank", "a", 1, day=MONDAY))
    second = close(journal)
    assert ahead < first.closed_at < second.closed_at < ahead + timedelta(seconds=1)
    path = export(journal, tmp_path / "proof.txt", TODAY, MONDAY)
    assert check(path, f"{TODAY}={first.hex}", f"{MONDAY}={second.hex}").holds
