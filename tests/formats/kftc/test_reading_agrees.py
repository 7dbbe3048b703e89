"""Read by many records at once, a file is read as by one at a time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.fixed_width.strategies import mutated
from moa.formats.kftc import judging, reading
from moa.formats.kftc.ends import check_header, check_trailer
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.listing import WARNINGS_LISTED
from moa.formats.kftc.record_checks import FileFrame, check_record
from moa.formats.kftc.sequence import Sequence, sequence_error
from tests.formats.kftc.sample_files import INSTITUTION, KINDS, read, sound_file, varied_file

FILES = {kind: varied_file(kind, 40) for kind in KINDS}
HEADER = slice(0, 33)


@pytest.fixture(params=[(1, 8_192), (1, 7), (5, 16)], ids=["one piece", "small pieces", "some by one"])
def pieces(request, monkeypatch):
    few, at_a_time = request.param
    monkeypatch.setattr(judging, "_TOO_FEW", few)
    monkeypatch.setattr(reading, "RECORDS_AT_A_TIME", at_a_time)


def one_by_one(data, monkeypatch):
    with monkeypatch.context() as context:
        context.setattr(judging, "_TOO_FEW", 1_000_000)
        return read(data)


def plain_findings(kind_name, data):
    """Every finding of a file whose records all have their length and type: a reader that knows no pieces.

    Pairs, totals and numbers have their own tests; here the numbers are taken one by one.
    """
    kind = file_kinds()[kind_name]
    cut = [data[at : at + kind.record_length] for at in range(0, len(data), kind.record_length)]
    frame = FileFrame(kind, INSTITUTION.encode(), reading.header_date(kind, cut[0]))
    found = check_header(kind, cut[0])
    sequence = Sequence(kind_name)
    for number, record in enumerate(cut[1:-1], 2):
        found += check_record(frame, record, number)
        found += [sequence_error(number + w.place, w.number) for w in sequence.follow(record[1:9])]
    found += sequence.finish()
    found += check_trailer(kind, cut[-1], len(cut), INSTITUTION.encode(), cut[0][19:27])
    return [(f[0], f[1], f[2], f[3]) if len(f) == 4 else tuple(f[1:]) for f in found]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("EB11", "EB12")])
def test_it_finds_what_a_plain_reader_finds(kind, pieces):
    length = file_kinds()[kind].record_length
    joined = b"".join(FILES[kind])

    @settings(max_examples=60)
    @given(st.data())
    def holds(data):
        changed = data.draw(mutated(joined[:-length], first=length + 20)) + joined[-length:]
        if any(changed[at : at + 1] in (b"T", b"H") for at in range(length, len(joined), length)[:-1]):
            return
        kept = [f for f in read(changed).told() if f[0] not in ("count_mismatch", "amount_mismatch")]
        ignored = ("kind_experimental", "partial_reading_undecided")
        assert [f for f in kept if f[0] not in ignored] == plain_findings(kind, changed)

    holds()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("line_break", [b"", b"\n", b"\r\n"])
def test_pieces_do_not_matter_whatever_is_wrong(kind, line_break, pieces, monkeypatch):
    joined = line_break.join(FILES[kind])

    @settings(max_examples=40)
    @given(mutated(joined, keep_length=False, first=27))
    def holds(changed):
        by_pieces, by_one = read(changed), one_by_one(changed, monkeypatch)
        assert by_pieces.told() == by_one.told()
        assert vars(by_pieces) | {"found": 0} == vars(by_one) | {"found": 0}

    holds()


def test_warnings_beyond_those_listed_are_counted_exactly(monkeypatch):
    """Ten thousand odd account numbers, some of them with another hint or a fault."""
    rows = []
    layout = file_kinds()["EB13"].data
    records = sound_file("EB13", 10_000)
    for at, record in enumerate(records[1:-1], 1):
        values = layout.decode(record) | {"account_no": "12345", "seq": str(at)}
        if at % 7 == 0:
            values["bank_branch_code"] = "0050000"
        if at % 11 == 0:
            values["holder_id"] = "1168200277"
        rows.append(layout.encode(values))
    rows[5_000] = rows[5_000][:96] + b"x" + rows[5_000][97:]
    data = b"".join([records[0], *rows, records[-1]])
    by_pieces, by_one = read(data), one_by_one(data, monkeypatch)
    assert by_pieces.told() == by_one.told()
    assert by_pieces.warning_counts == by_one.warning_counts == {
        "account_length_unusual": 10_000, "bank_code_legacy": 1_428, "business_number_check": 909,
    }  # fmt: skip
    assert by_pieces.errors == 1
    assert len(by_pieces.found) == 2 * WARNINGS_LISTED + 909 + 1
