"""The filter may doubt, but never pass a record in which the reference finds something; and its hints are exact."""

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import moa.formats.kftc.strategies  # noqa: F401  registers what KFTC fields may say
from moa.formats.fixed_width.accept import RecordFilter
from moa.formats.fixed_width.block import Block
from moa.formats.fixed_width.strategies import mutated, records, values
from moa.formats.kftc.accept import DataFilter
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.record_checks import FileFrame, check_record
from tests.formats.kftc.sample_files import INSTITUTION, KINDS

DAY = date(2026, 7, 16)
LAYOUTS = {
    layout.name: layout for kind in file_kinds().values() for layout in (kind.header, kind.data, kind.trailer)
}
# The filter is made for data records; the kinds of field that only ends have are always doubted.
FILTERED = [name for name in LAYOUTS if name.endswith(".data")]


def block_of(found):
    return Block(np.frombuffer(b"".join(found), np.uint8).reshape(len(found), -1))


def frame(kind):
    return FileFrame(file_kinds()[kind], INSTITUTION.encode(), DAY)


def seen(kind, found):
    """By record, whether it is in doubt, and the codes of its hints."""
    judge = DataFilter(frame(kind))
    block = block_of(found)
    doubts, hints = judge.doubts(block), judge.hints(block)
    return [
        (
            doubts is not None and bool(doubts[at]),
            sorted(code for code, flags in hints.items() if flags[at]),
        )
        for at in range(len(found))
    ]


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_a_layout_writes_it_reads_back(name):
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(values(LAYOUTS[name]))
    def holds(said):
        record = LAYOUTS[name].encode(said)
        assert len(record) == LAYOUTS[name].length
        assert LAYOUTS[name].check(record) == []
        assert LAYOUTS[name].decode(record) == said

    holds()


@pytest.mark.parametrize("name", FILTERED)
def test_a_sound_record_is_not_doubted(name):
    @settings(max_examples=40)
    @given(st.lists(records(LAYOUTS[name]), min_size=1, max_size=70))
    def holds(found):
        assert RecordFilter(LAYOUTS[name]).doubts(block_of(found)) is None

    holds()


@pytest.mark.parametrize("kind", KINDS)
def test_it_passes_no_record_in_which_the_reference_finds_a_fault(kind):
    sound = records(file_kinds()[kind].data, institution_code=st.just(INSTITUTION))

    @settings(max_examples=150)
    @given(st.lists(sound | sound.flatmap(mutated), min_size=1, max_size=3))
    def holds(found):
        for record, (doubted, hints) in zip(found, seen(kind, found), strict=True):
            findings = check_record(frame(kind), record, 2)
            assert doubted or sorted({finding.code for finding in findings}) == hints
            assert doubted or all(finding.severity == "warning" for finding in findings)

    holds()


@pytest.mark.parametrize("kind", KINDS)
def test_every_byte_at_every_place_is_judged_as_by_the_reference(kind):
    """One sound record, with each of its bytes replaced by each of 256: more than thirty thousand records."""
    layout = file_kinds()[kind].data
    said = {
        "seq": "7", "institution_code": INSTITUTION, "application_date": "260715", "application_type": "1",
        "payer_no": "aZ5", "bank_branch_code": "0881234", "account_no": "123456789012", "holder_id": "1168200276",
        "amount": "100", "result": "N", "error_code": "A016", "handling_branch": "CHNG", "passbook_text": "가Ａ",
        "phone": "01012345678", "fund_type": "1", "institution_area": "a b", "debit_form": "0", "check_flag": "N",
    }  # fmt: skip
    allowed = {
        "result": layout.field("result").kind,
        "error_code": layout.field("error_code").kind,
    }
    blank = {name for name, of in allowed.items() if type(of).__name__ == "Blank"}
    if layout.has("handling_branch") and type(layout.field("handling_branch").kind).__name__ == "Blank":
        blank.add("handling_branch")
    record = layout.encode({name: "" if name in blank else text for name, text in said.items()})
    found = [
        record[:at] + bytes([byte]) + record[at + 1 :] for at in range(layout.length) for byte in range(256)
    ]
    for changed, (doubted, hints) in zip(found, seen(kind, found), strict=True):
        findings = check_record(frame(kind), changed, 2)
        assert doubted or sorted({finding.code for finding in findings}) == hints, changed
        assert doubted or all(finding.severity == "warning" for finding in findings), changed


@given(st.integers(0, 999_999), st.sampled_from(["account_no", "holder_id"]))
@settings(max_examples=30)
def test_hints_do_not_depend_on_the_records_beside_them(number, field):
    layout = file_kinds()["EB13"].data
    said = {
        "seq": "1", "institution_code": INSTITUTION, "application_date": "260715", "application_type": "3",
        "payer_no": "1", "bank_branch_code": "0040000", "account_no": "12345678901234", "holder_id": "",
    }  # fmt: skip
    odd = layout.encode(said | {field: f"{number:010}"})
    plain = layout.encode(said)
    alone = seen("EB13", [odd])[0]
    assert seen("EB13", [plain, odd, plain]) == [(False, []), alone, (False, [])]
    assert alone[1] == sorted({f.code for f in check_record(frame("EB13"), odd, 2)})
