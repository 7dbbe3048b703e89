"""One fault of a KFTC file is one finding, also where it shows in many places; and nothing hides behind it."""

import io
from datetime import date

import pytest

from moa.formats.fixed_width.finding import error
from moa.formats.kftc import judging
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.record_checks import FileFrame, check_record
from moa.formats.kftc.writing import build
from tests.formats.kftc.sample_files import INSTITUTION, file_of, read, row, sound_file

EB13 = sound_file("EB13", 40)


@pytest.fixture(params=[1, 1_000], ids=["together", "one by one"], autouse=True)
def few(request, monkeypatch):
    monkeypatch.setattr(judging, "_TOO_FEW", request.param)


def put(record, at, new):
    return record[:at] + new + record[at + len(new) :]


def changed(records, at, start, new):
    records = list(records)
    records[at] = put(records[at], start, new)
    return records


def errors(data):
    return [(f.code, f.record, f.field) for f in read(data).found if f.severity == "error"]


@pytest.mark.parametrize("institution", [b"1234567890", b"991234567 ", b"99-1234567"])
def test_an_institution_that_is_wrong_in_all_records_is_told_at_the_header(institution):
    found = read([put(record, 9, institution) for record in EB13])
    assert found.told() == [("institution_invalid", 1, "institution_code", institution.decode().strip())]
    assert found.institution == institution.decode().strip()


def test_another_institution_among_wrong_ones_is_still_told():
    wrong = [put(record, 9, b"1234567890") for record in EB13]
    assert errors(changed(wrong, 9, 9, b"1234567891")) == [
        ("institution_invalid", 1, "institution_code"),
        ("institution_invalid", 10, "institution_code"),
    ]


def test_an_institution_that_is_wrong_in_the_header_alone_is_told_there():
    assert errors(changed(EB13, 0, 9, b"1234567890")) == [("institution_invalid", 1, "institution_code")]


@pytest.mark.parametrize("name", [b"EB310716", b"EB149999", b"        ", b"EB130717"])
def test_any_other_name_in_the_trailer_is_a_mismatch(name):
    assert errors(changed(EB13, -1, 19, name)) == [("file_name_mismatch", 42, "file_name")]


@pytest.mark.parametrize("at", [1, 2, 20, 39, 40])
@pytest.mark.parametrize("line_break", [b"\n", b"\r", b"\r\n"])
def test_a_short_row_in_lines_is_one_fault(at, line_break):
    lines = [*EB13[:at], EB13[at][:-1], *EB13[at + 1 :]]
    assert errors(line_break.join(lines)) == [("record_length", at + 1, "")]


@pytest.mark.parametrize("kind", ["EB11", "EB13", "EB21", "EB22", "EB31"])
@pytest.mark.parametrize("byte", [b"\x00", b" ", b"\xff"])
def test_a_row_of_which_nothing_can_be_read_is_one_fault(kind, byte):
    records = sound_file(kind, 40)
    records[20] = byte * len(records[20])
    assert errors(records) == [("0081", 21, "record_type")]


def test_a_row_whose_institution_can_be_read_is_looked_at_whole():
    record = b" " * 9 + EB13[5][9:19] + b" " * 101
    frame = FileFrame(file_kinds()["EB13"], INSTITUTION.encode(), None)
    assert len(check_record(frame, record, 6)) > 2


@pytest.mark.parametrize("kind", ["EB31", "EB32"])
def test_a_credit_of_nothing_is_told(kind):
    rows = [row(kind, n) | {"amount": "0" if n == 9 else "1"} for n in range(1, 20)]
    assert errors(file_of(kind, rows)) == [("0061", 10, "amount")]


CHANGE = {"handling_branch": "CHNG", "payer_no": "P7"}
OLD = CHANGE | {"application_type": "3"}
NEW = CHANGE | {"application_type": "1", "account_no": "9912345"}


@pytest.mark.parametrize(
    ("record", "at", "new", "field"),
    [
        (2, 27, b"-", "payer_no"),
        (3, 27, b"-", "payer_no"),
        (2, 85, b"CHN-", "handling_branch"),
        (3, 85, b"CHN-", "handling_branch"),
    ],
)
@pytest.mark.parametrize(("kind", "alone"), [("EB11", "0077"), ("EB12", "0079")])
def test_a_half_that_can_not_be_read_leaves_the_other_half_in_peace(kind, alone, record, at, new, field):
    rows = [row(kind, 1) | OLD, row(kind, 2) | NEW, *(row(kind, n) for n in range(3, 12))]
    rows[9] |= OLD | {"payer_no": "P8"}
    found = errors(changed(file_of(kind, rows), record - 1, at, new))
    assert found == [("0088", record, field), (alone, 11, "handling_branch")]


@pytest.mark.parametrize("record", [2, 9])
def test_a_half_of_which_only_the_type_is_wrong_is_still_a_half(record):
    rows = [
        row("EB11", 1) | OLD,
        *(row("EB11", n) for n in range(2, 8)),
        row("EB11", 8) | NEW,
        row("EB11", 9),
    ]
    assert errors(changed(file_of("EB11", rows), record - 1, 0, b"X")) == [("0081", record, "record_type")]


def test_a_half_that_is_too_short_or_lost_leaves_the_other_half_in_peace():
    records = file_of("EB11", [row("EB11", 1) | OLD, row("EB11", 2) | NEW, row("EB11", 3), row("EB11", 4)])
    assert errors([*records[:2], records[2][:-2], *records[3:]]) == [("record_length", 3, "")]
    assert errors([*records[:2], b" " * 120, *records[3:]]) == [("0081", 3, "record_type")]


PARTLY = [
    row("EB22", 1),
    row("EB22", 2) | {"debit_form": "0", "amount": "300"},
    row("EB22", 3) | {"debit_form": "2", "result": "P", "amount": "5000"},
]


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ((3, 2, 10_301, 1, 7_000), [("partial_reading_undecided", "partial_fail_count", "1")]),
        ((3, 1, 10_001, 7, 5_300), [("count_mismatch", "partial_fail_count", "7")]),
        ((3, 2, 10_301, 7, 5_000), [("count_mismatch", "partial_fail_count", "7")]),
        ((3, 1, 10_001, 7, 9_999), [("count_mismatch", "partial_fail_count", "7")]),
        ((3, 1, 10_002, 2, 9_999), [("amount_mismatch", "full_fail_amount", "10002")]),
        ((4, 2, 10_301, 1, 7_000), [("count_mismatch", "total_count", "4")]),
    ],
)
def test_counts_fit_one_grouping_of_partial_debits_or_are_told(figures, told):
    records = file_of("EB22", PARTLY)
    said = b"".join(b"%0*d" % (width, each) for width, each in zip((8, 8, 13, 8, 13), figures, strict=True))
    found = read(changed(records, -1, 27, said)).found
    assert [(f.code, f.field, f.value) for f in found] == told


def test_a_sum_in_part_that_is_no_number_is_told_beside_the_rest():
    records = file_of("EB22", PARTLY)
    found = read([*records[:-1], put(records[-1], 27, b"%08d%08d%013d%08d" % (3, 2, 10_301, 1) + b"x" * 13)])
    assert [f.code for f in found.found] == ["0088", "partial_reading_undecided"]


def test_building_for_no_institution_is_one_error_whatever_the_rows():
    found = []
    build("EB13", [row("EB13", n) | {"amount": ""} for n in range(1, 4)], io.BytesIO(), found.append,
          institution="1234", date=date(2026, 7, 16))  # fmt: skip
    assert error("institution_invalid", None, "institution_code", "1234") in found
    assert [f.code for f in found if f.field == "institution_code"] == ["institution_invalid"]
