"""What one sound identification speaks for is sound by the reference too, and rows made after it are made the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.fixed_width.strategies import mutated
from moa.formats.kftc.evidence_ahead import EvidenceAhead
from moa.formats.kftc.evidence_alike import QuickRows, SoundShapes, shape_of
from moa.formats.kftc.evidence_folder import EvidenceFolder
from moa.formats.kftc.evidence_layouts import DATA
from moa.formats.kftc.file_frame import HeaderFacts
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.record_checks import check_record
from moa.formats.kftc.row_records import RowEncoder

DAY = date(2026, 7, 16)
FRAME = HeaderFacts("9912345678", DAY).frame(file_kinds()["EI13"])
ROW = {
    "payer_no": "PAYER0001", "bank_code": "088", "account_no": "110123456789", "evidence_type": "1", "extension": "jpg",
    "evidence_length": "1234",
}  # fmt: skip


def encoder() -> RowEncoder:
    return RowEncoder(
        FRAME, extra=frozenset({"evidence_file"}), found_out=frozenset({"extension", "evidence_length"})
    )


SOUND = encoder().encode(ROW, 1, 1).raw


def test_the_first_is_sound_and_has_a_shape():
    assert check_record(FRAME, SOUND, 1) == [] and shape_of(SOUND) is not None
    assert not SoundShapes().has(SOUND)


@settings(max_examples=400)
@given(mutated(SOUND, first=0))
def test_what_it_speaks_for_the_reference_finds_sound(raw):
    sound = SoundShapes()
    sound.learn(SOUND)
    if len(raw) == DATA.length and sound.has(raw):
        assert check_record(FRAME, raw, 1) == []


@settings(max_examples=400)
@given(st.data())
def test_in_each_field_it_speaks_for_no_more_than_the_reference(data):
    sound = SoundShapes()
    sound.learn(SOUND)
    name = data.draw(st.sampled_from([field.name for field in DATA]))
    field = DATA.field(name)
    letters = st.sampled_from(b"0123456789 AZaz-\x00\xb0\xff")
    cell = bytes(data.draw(st.lists(letters, min_size=field.length, max_size=field.length)))
    raw = SOUND[: field.start] + cell + SOUND[field.end :]
    if sound.has(raw):
        assert check_record(FRAME, raw, 1) == []
    number = data.draw(st.text("0123456789", min_size=1, max_size=field.length)).encode().ljust(field.length)
    raw = SOUND[: field.start] + number + SOUND[field.end :]
    if sound.has(raw):
        assert check_record(FRAME, raw, 1) == []


_TEXTS = {
    "payer_no": st.sampled_from(["PAYER0001", "7", "A" * 20, "A" * 21, "A" * 31, "a b", " a", "", "９", "가", "x-y"]),
    "account_no": st.sampled_from(["110123456789", "110123456780", "1", "11012345678", "1" * 21, "12 3", "", "１２", "a1"]),
    "bank_code": st.sampled_from(["088", "004", "026", "999", "88", ""]),
    "application_date": st.sampled_from(["", "20260716", "2026-07-15", "20260717", "20260231", "x"]),
    "evidence_type": st.sampled_from(["1", "2", "9", ""]),
    "extension": st.sampled_from(["jpg", "gif", "exe", "", "한글"]),
    "evidence_length": st.sampled_from(["0", "1", "300000"]),
}  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.fixed_dictionaries(_TEXTS), max_size=12))
def test_rows_are_made_as_the_reference_makes_them(rows):
    quick, slow = QuickRows(encoder()), encoder()
    for number, row in enumerate([ROW, *rows, ROW], 1):
        made, expected = quick.encode(row, number), slow.encode(row, number, number)
        assert (made.raw, made.findings) == (expected.raw, expected.findings)


def test_a_number_that_needs_more_digits_is_left_to_the_reference():
    quick = QuickRows(encoder())
    quick.encode(ROW, 1)
    assert quick.encode(ROW, 10_000_000).findings == encoder().encode(ROW, 10_000_000, 10_000_000).findings


@pytest.mark.parametrize("count", [0, 1, 4, 5, 12, 13, 30])
def test_evidence_is_read_ahead_in_order_and_kept_until_it_is_used(tmp_path: Path, count: int):
    for number in range(count):
        (tmp_path / f"{number}").write_bytes(b"%d" % number * (number + 1))
    rows = [{"evidence_file": f"{number}"} for number in range(count)]
    ahead = EvidenceAhead(EvidenceFolder(tmp_path), "evidence_file", room=100, before=3, after=2)
    seen = [
        (one.row["evidence_file"], one.size, bytes(one.room[3 : 3 + (one.size or 0)]))
        for one in ahead.over(rows)
    ]
    assert seen == [
        (f"{number}", len(f"{number}") * (number + 1), b"%d" % number * (number + 1))
        for number in range(count)
    ]


def test_a_file_that_is_not_there_is_told_with_its_row(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"A" * 50)
    rows = [{"evidence_file": name} for name in ("a", "b", "../a", "")]
    ahead = EvidenceAhead(EvidenceFolder(tmp_path), "evidence_file", room=10, before=0, after=0)
    said = [(one.size, one.code) for one in ahead.over(rows)]
    assert said == [(50, ""), (None, "evidence_missing"), (None, "evidence_outside"), (None, "")]
