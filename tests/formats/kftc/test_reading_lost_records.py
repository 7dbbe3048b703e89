"""After records were lost or rubbish was added, reading goes on at the next record, and says once what is broken."""

import io

import pytest

from moa.formats.fixed_width.finding import error, warning
from moa.formats.kftc import check_pair, judging, listing
from moa.formats.kftc.listing import EnoughErrors, Listing
from tests.formats.kftc.sample_files import file_of, read, row, sound_file

RECORDS = {kind: sound_file(kind, 60) for kind in ("EB13", "EB21")}
RESULTS = ("EB12", "EB14", "EB22", "EC22")


@pytest.fixture(params=[1, 1_000], ids=["together", "one by one"], autouse=True)
def few(request, monkeypatch):
    monkeypatch.setattr(judging, "_TOO_FEW", request.param)


def codes(data):
    return [f.code for f in read(data).found if f.severity == "error"]


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("place", [0, 1, 10, 40])
@pytest.mark.parametrize("lost", [1.0085, 1.25, 2.01, 4096 / 120])
def test_lost_bytes_are_one_broken_record_and_one_gap(kind, place, lost):
    whole = b"".join(RECORDS[kind])
    start = 6 * len(RECORDS[kind][0]) + place
    found = codes(whole[:start] + whole[start + int(lost * len(RECORDS[kind][0])) :])
    assert [found.count(code) for code in ("record_length", "0081")] == [1, 1]
    assert set(found) <= {"record_length", "0081", "count_mismatch", "amount_mismatch"}


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("rubbish", [b"x", b"\0", b" "])
@pytest.mark.parametrize(("place", "length"), [(40, 120), (40, 4_096), (30, 500), (10, 333), (40, 300_000)])
def test_added_bytes_are_one_broken_record(kind, rubbish, place, length):
    whole = b"".join(RECORDS[kind])
    start = 6 * len(RECORDS[kind][0]) + place
    assert codes(whole[:start] + rubbish * length + whole[start:]) == ["record_length"]


@pytest.mark.parametrize("line_break", [b"", b"\n", b"\r\n"])
def test_a_record_of_one_byte_is_one_broken_record(line_break):
    records = RECORDS["EB13"]
    cut = line_break.join([*records[:7], records[7][:1], *records[8:]])
    told = [f for f in read(cut).told() if f[0] != "line_breaks"]
    assert told == [("record_length", 8, "", "1")]


def test_rows_of_which_no_head_can_be_read_are_each_told():
    records = RECORDS["EB13"]
    assert codes([*records[:7], b" " * 240, *records[9:]]) == ["0081", "0081"]


def test_line_breaks_without_end_are_passed_over():
    assert read(RECORDS["EB13"][0] + b"\n" * 20_000_000).codes() == [
        ("trailer_missing", None),
        ("line_breaks", None),
    ]
    assert codes(b"\r\n".join([*RECORDS["EB13"][:5], b"\n" * 500_000, *RECORDS["EB13"][5:]])) == []


def test_a_warning_after_the_last_error_that_is_listed_is_no_end():
    said = []
    tally = Listing(said.append)
    with pytest.raises(EnoughErrors):
        for number in range(listing.ERRORS_LISTED + 1):
            tally.take(error("0081", number))
    tally.take(warning("line_breaks"))
    assert [f.code for f in said[-2:]] == ["too_many_errors", "line_breaks"]


def test_a_file_of_lines_with_too_many_errors_says_so():
    first, *rows, last = sound_file("EB13", 20_002)
    found = read(b"\n".join([first, *(row[:55] + b" " + row[56:] for row in rows), last]))
    assert (found.errors, found.found[-1].code) == (20_001, "line_breaks")


def test_a_long_value_is_shortened():
    said = []
    Listing(said.append).take(error("0089", 2, "filler", "x" * 972))
    assert said[0].value == "x" * 100 + "…"


def numbered(kind, numbers):
    """A file whose rows carry these numbers."""
    records = file_of(kind, [row(kind, n) for n in range(1, len(numbers) + 1)])
    rows = [b"R%08d" % n + record[9:] for n, record in zip(numbers, records[1:-1], strict=True)]
    return [records[0], *rows, records[-1]]


@pytest.mark.parametrize("kind", RESULTS)
@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([1, 4, 9, 10, 30, 31, 70, 72, 80, 99, 100, 102], [("sequence_of_requests", None)]),
        ([5, 6, 7, 8, 9, 10, 11, 12, 13, 14], [("sequence_of_requests", None)]),
        ([1, 2, 90, 4, 5, 6, 7, 8, 9, 10], [("0081", 4)]),
        ([1, 2, 2, 3, 4, 5, 6, 7, 8, 9], [("0081", 4)]),
        ([2, 4, 6, 8, 10, 12, 11, 14, 16, 18], [("0081", 7), ("sequence_of_requests", None)]),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], []),
    ],
)
def test_numbers_of_results_may_be_those_of_their_requests(kind, numbers, told):
    assert read(numbered(kind, numbers)).codes() == told


def test_numbers_of_requests_may_not_skip():
    assert read(numbered("EB13", [1, 2, 5, 6, 9, 10, 11, 12, 13, 14])).codes() == [("0081", 4), ("0081", 6)]


def test_a_pair_holds_whose_result_keeps_the_numbers_of_its_requests():
    asked = file_of("EB13", [row("EB13", n) for n in range(1, 21)])
    refused = numbered("EB14", [3, 7, 20])
    rows = [asked[n][:85] + old[85:] for n, old in zip((3, 7, 20), refused[1:-1], strict=True)]
    answer = b"".join([refused[0], *rows, refused[-1]])
    verdict = check_pair(io.BytesIO(b"".join(asked)), io.BytesIO(answer))
    assert (verdict.accepted, verdict.warning_counts["sequence_of_requests"]) == (True, 1)
