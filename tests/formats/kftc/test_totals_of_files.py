"""The figures that a reader computes, and when a trailer's others are an error, a warning or nothing to speak of."""

import numpy as np
import pytest

from moa.formats.fixed_width.block import Block
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.totals import Totals
from tests.formats.kftc.sample_files import INSTITUTION, KINDS, file_of, read, row, varied_file


def put(record, at, new):
    return record[:at] + new + record[at + len(new) :]


@pytest.mark.parametrize("kind_name", KINDS)
def test_many_records_add_up_as_each_by_itself(kind_name):
    kind = file_kinds()[kind_name]
    records = varied_file(kind_name, 60)[1:-1]
    records[7] = put(records[7], 25, b"x" * 4)
    records[9] = put(records[9], 42, b"00000000x0000")
    records[11] = put(records[11], 116, b"9")
    each, many = Totals(kind), Totals(kind)
    for record in records:
        each.add(record)
    raw = np.frombuffer(b"".join(records), np.uint8).reshape(len(records), -1)
    many.add_many(Block(raw), [7, 9, 11])
    assert (many.figures, many.unknown, many.by_result) == (each.figures, each.unknown, each.by_result)


def test_sums_are_exact_beyond_what_a_float_holds():
    rows = [row("EB21", n) | {"amount": "9007199254741"} for n in range(1, 3)] + [
        row("EB21", 3) | {"amount": "141"}
    ]
    kind = file_kinds()["EB21"]
    totals = Totals(kind)
    raw = b"".join(kind.data.encode({"seq": "1", "institution_code": INSTITUTION} | said) for said in rows)
    totals.add_many(Block(np.frombuffer(raw * 1_000, np.uint8).reshape(3_000, -1)), [])
    assert totals.figures["full_amount"] == 1_000 * (2 * 9_007_199_254_741 + 141)


def test_a_record_whose_type_is_unknown_silences_the_counts_by_type_only():
    records = file_of("EB13", [row("EB13", n) for n in range(1, 4)])
    records[2] = put(records[2], 25, b"5")
    records[-1] = put(records[-1], 27, b"00000004")
    assert read(records).codes() == [("A012", 3), ("count_mismatch", 5)]


def test_a_record_whose_amount_can_not_be_read_silences_the_sum_but_not_the_count():
    records = file_of("EB21", [row("EB21", n) for n in range(1, 4)])
    records[2] = put(records[2], 42, b"x")
    records[-1] = put(records[-1], 35, b"00000009")
    assert [(f.code, f.field) for f in read(records).found] == [
        ("0088", "amount"),
        ("count_mismatch", "full_count"),
    ]


def test_each_wrong_figure_is_told_with_the_trailer_s_value():
    records = file_of("EB21", [row("EB21", n) | {"debit_form": "10"[n % 2]} for n in range(1, 5)])
    records[-1] = put(put(records[-1], 27, b"00000005"), 43, b"0000000000007")
    assert read(records).told() == [
        ("count_mismatch", 6, "total_count", "5"),
        ("amount_mismatch", 6, "full_amount", "7"),
    ]


PARTLY = [
    row("EB22", 1),
    row("EB22", 2) | {"debit_form": "0", "amount": "300"},
    row("EB22", 3) | {"debit_form": "2", "result": "P", "amount": "5000"},
]


@pytest.mark.parametrize(
    ("rows", "figures", "codes"),
    [
        # Failed wholly or partly by the request's form, with what was not debited: as the file itself reads.
        pytest.param(PARTLY, (3, 1, 10_001, 2, 5_300), [], id="by form"),
        # By the mark alone, P or N: the other candidate.
        pytest.param(PARTLY, (3, 2, 10_301, 1, 5_000), ["partial_reading_undecided"], id="by mark"),
        # P counted with what was debited: only the request file knows that sum.
        pytest.param(PARTLY, (3, 1, 10_001, 2, 8_300), ["partial_reading_undecided"], id="what was debited"),
        pytest.param(PARTLY, (3, 1, 10_002, 2, 5_300), ["amount_mismatch"], id="wrong in full"),
        pytest.param(PARTLY, (4, 1, 10_001, 2, 5_300), ["count_mismatch"], id="wrong count"),
        pytest.param(PARTLY[:2], (2, 1, 10_001, 1, 301), ["amount_mismatch"], id="nothing debited in part"),
    ],
)
def test_partial_debits_may_be_counted_in_two_ways(rows, figures, codes):
    records = file_of("EB22", rows)
    widths = (8, 8, 13, 8, 13)
    told = b"".join(b"%0*d" % (width, figure) for width, figure in zip(widths, figures, strict=True))
    records[-1] = put(records[-1], 27, told)
    assert [code for code, _ in read(records).codes()] == codes
