"""What is told of a file as a whole, and that one fault is told once."""

import io

import pytest

from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.listing import ERRORS_LISTED
from moa.formats.kftc.reading import examine
from tests.formats.kftc.sample_files import KINDS, file_of, read, row, sound_file

EB13 = sound_file("EB13", 20)
LENGTH = 120


def put(record, at, new):
    return record[:at] + new + record[at + len(new) :]


def changed(at, new):
    return [new if place == at else record for place, record in enumerate(EB13)]


@pytest.mark.parametrize("kind", KINDS)
def test_it_finds_nothing_in_a_sound_file(kind):
    found = read(sound_file(kind, 30))
    assert (found.kind, found.institution, found.date, found.records) == (
        kind,
        "9912345678",
        "2026-07-16",
        30,
    )
    assert found.codes() == ([("kind_experimental", None)] if kind in ("EB31", "EB32") else [])
    assert (found.errors, found.totals["total_count"]) == (0, 30)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_records_is_sound(kind):
    assert read(sound_file(kind, 0)).errors == 0


@pytest.mark.parametrize("line_break", [b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\x1a"])
def test_line_breaks_are_passed_over_with_one_warning(line_break, end):
    found = read(line_break.join(EB13) + end)
    assert (found.codes(), found.records) == ([("line_breaks", None)], 20)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\x1a", b"\r\n\x1a"])
def test_an_end_mark_after_the_last_record_is_nothing(end):
    assert read(b"".join(EB13) + end).codes() == []


@pytest.mark.parametrize("line_break", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("at", [0, 1, 5, 20, 21])
@pytest.mark.parametrize("place", [27, 60, 118])
def test_a_record_that_lost_or_gained_a_byte_is_one_error_and_the_next_is_read(line_break, at, place):
    for length, new in (
        (119, EB13[at][:place] + EB13[at][place + 1 :]),
        (121, EB13[at][:place] + b"9" + EB13[at][place:]),
    ):
        found = read(line_break.join(changed(at, new)))
        told = [f for f in found.told() if f[0] != "line_breaks"]
        assert told == [("record_length", at + 1, "", str(length))]
        assert found.records == 20


@pytest.mark.parametrize("place", [0, 3, 12])
@pytest.mark.parametrize("at", [1, 5, 20])
def test_the_damage_may_be_in_a_record_s_head(at, place):
    cut = EB13[at][:place] + EB13[at][place + 1 :]
    assert read(changed(at, cut)).told() == [("record_length", at + 1, "", "119")]
    swollen = EB13[at][: place + 1] + b"x" + EB13[at][place + 1 :]
    assert read(changed(at, swollen)).told() == [("record_length", at + 1, "", "121")]


CASES = {
    "empty": (b"", [("file_empty", None)]),
    "another format": (b"PK\x03\x04" + bytes(100), [("kind_unknown", None)]),
    "unknown kind": ([EB13[0].replace(b"EB13", b"EB99")], [("kind_unknown", None)]),
    "header lost": (EB13[1:], [("header_missing", 1)]),
    "trailer alone": (EB13[-1:], [("header_missing", 1)]),
    "header alone": (EB13[:1], [("trailer_missing", None)]),
    "trailer lost": (EB13[:-1], [("trailer_missing", None)]),
    "cut in the trailer": (b"".join(EB13)[:-5], [("record_length", 22)]),
    "two files": (EB13 + EB13, [("after_trailer", 23)]),
    "two trailers": ([*EB13, EB13[-1]], [("trailer_repeated", 23)]),
    "something behind": (b"".join(EB13) + b"and more", [("record_length", 22)]),
    "two headers": ([EB13[0], *EB13], [("header_repeated", 2)]),
    "type garbled": (changed(5, put(EB13[5], 0, b"X")), [("0081", 6)]),
    "header's type garbled": (changed(0, put(EB13[0], 0, b"X")), [("0081", 1)]),
    "trailer's type garbled": (changed(21, put(EB13[21], 0, b"X")), [("0081", 22)]),
    "number garbled": (changed(5, put(EB13[5], 5, b"x")), [("0081", 6)]),
    "number slipped": (changed(5, put(EB13[5], 8, b"9")), [("0081", 6)]),
    "short by far": (changed(5, EB13[5][:50]), [("record_length", 6)]),
    "institution of a record": (changed(5, put(EB13[5], 18, b"9")), [("institution_mismatch", 6)]),
    "institution of the header": (changed(0, put(EB13[0], 18, b"9")), [("institution_mismatch", 1)]),
    "institution of the trailer": (changed(21, put(EB13[21], 18, b"9")), [("institution_mismatch", 22)]),
    "institution that is none": (changed(0, put(EB13[0], 9, b"88")), [("institution_invalid", 1)]),
    "file name of the trailer": (changed(21, put(EB13[21], 23, b"0717")), [("file_name_mismatch", 22)]),
    "another day in the name": (changed(0, put(EB13[0], 23, b"0715")), [("date_mismatch", 1)]),
    "no such day": (changed(0, put(EB13[0], 27, b"261316")), [("date_invalid", 1)]),
    "applied after the file": (changed(5, put(EB13[5], 19, b"260717")), [("A011", 6)]),
    "count of type 1": (changed(21, put(EB13[21], 42, b"1")), [("count_mismatch", 22)]),
    "resident number": (changed(5, put(EB13[5], 69, b"8001011234567")), [("0091", 6)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_one_fault_is_told_once(name):
    data, expected = CASES[name]
    assert read(data).codes() == expected


def test_a_missing_record_is_a_slip_of_the_numbers_and_a_wrong_count():
    found = read([*EB13[:5], *EB13[6:]])
    assert found.codes() == [("0081", 6), ("count_mismatch", 21), ("count_mismatch", 21)]


def test_a_foreign_record_between_does_not_shift_the_numbers():
    found = read([*EB13[:5], b"x" * 77, *EB13[5:]])
    assert found.told()[0] == ("record_length", 6, "", "77")
    assert [code for code, _ in found.codes()].count("0081") == 0


def test_a_resident_number_is_shown_with_stars():
    shown = read(changed(5, put(EB13[5], 69, b"800101-1234567 "))).told()[0]
    assert shown == ("0091", 6, "holder_id", "800101*******")


def test_a_source_that_can_not_be_sought_is_read_as_well():
    class Pipe:
        def __init__(self, data):
            self.data = io.BytesIO(data)

        def read(self, size):
            return self.data.read(min(size, 100))

    found = []
    summary = examine(Pipe(b"".join(EB13)), found.append)
    assert (found, summary.records) == ([], 20)


class Endless(io.RawIOBase):
    """A beginning, and then zeros for ever."""

    def __init__(self, head):
        self.head, self.given = head, 0

    def readable(self):
        return True

    def readinto(self, room):
        data = self.head[: len(room)]
        self.head = self.head[len(data) :]
        room[:] = data + bytes(len(room) - len(data))
        self.given += len(room)
        return len(room)


def test_an_endless_file_of_zeros_is_refused_at_once():
    source, found = Endless(b""), []
    examine(source, found.append)
    assert [f.code for f in found] == ["kind_unknown"]
    assert source.given < 100_000


def test_zeros_without_end_behind_a_header_end_the_reading():
    source, found = Endless(EB13[0]), []
    summary = examine(source, found.append)
    assert len(found) == ERRORS_LISTED + 1 == summary.errors
    assert found[-1].code == "too_many_errors"
    assert source.given < 20_000_000


def test_zeros_without_end_behind_a_trailer_are_one_error():
    source, found = Endless(b"".join(EB13)), []
    examine(source, found.append)
    assert [f.code for f in found] == ["after_trailer"]


CHANGE = {"handling_branch": "CHNG"}
OLD, NEW = CHANGE | {"application_type": "3"}, CHANGE | {"application_type": "1", "account_no": "99"}


@pytest.mark.parametrize(
    ("halves", "alone"),
    [
        ([("7", OLD), ("7", NEW)], []),
        ([("7", OLD), ("8", OLD), ("8", NEW), ("7", NEW)], []),
        ([("7", OLD)], [2]),
        ([("7", NEW)], [2]),
        ([("7", OLD), ("8", NEW)], [2, 3]),
        ([("7", OLD), ("7", OLD), ("7", NEW)], [2]),
        ([("7", OLD | {"application_type": "7"})], [2]),
        ([("7", {"handling_branch": "CNCL", "application_type": "3"})], []),
    ],
)
@pytest.mark.parametrize(("kind", "code"), [("EB11", "0077"), ("EB12", "0079")])
def test_half_a_change_of_account_is_told_where_it_stands_alone(kind, code, halves, alone):
    rows = [row(kind, 1) | {"payer_no": payer} | said for payer, said in halves]
    rows += [row(kind, number) for number in range(100, 110)]
    found = [f for f in read(file_of(kind, rows)).found if f.severity == "error"]
    assert [(f.code, f.record, f.field) for f in found] == [(code, n, "handling_branch") for n in alone]


SAME = {"account_no": "00000000000001"}
BACKWARDS = ("change_pair_order", 3, "application_type", "3")


@pytest.mark.parametrize(
    ("kind", "halves", "told"),
    [
        ("EB11", [NEW, OLD], [BACKWARDS]),
        ("EB12", [NEW, OLD], []),
        ("EB11", [OLD, NEW | SAME], [("change_pair_same_account", 3, "account_no", "00000000000001")]),
        ("EB12", [NEW | SAME, OLD], [("change_pair_same_account", 3, "account_no", "00000000000001")]),
    ],
)
def test_what_is_wrong_between_two_halves_is_told_once(kind, halves, told):
    rows = [row(kind, 1) | {"payer_no": "7"} | said for said in halves]
    rows += [row(kind, number) for number in range(100, 110)]
    found = read(file_of(kind, rows)).found
    assert [tuple(f[1:]) for f in found if f.severity == "error"] == told


def test_changes_are_no_matter_of_other_files():
    assert "handling_branch" not in {f.field for f in read(sound_file("EB13", 3)).found}
    assert file_kinds()["EB14"].name == read(sound_file("EB14", 3)).kind
