"""Reading EI13: what is told of good files and of each fault, and what it takes."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.evidence_file import EvidenceRecord, examine_evidence

BLOCK = 1024
INSTITUTION = b"9912345678          "
WAV = b"RIFF\x24\x20\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x00\x20\x00\x00"
SOUND = WAV + b"\x80" * 0x2000


def header(count: int, day: bytes = b"20260716") -> bytes:
    return (b"AE1112110000000" + day + INSTITUTION + b"%07d" % count).ljust(BLOCK)


def record(number: int, data: bytes, form: bytes = b"5wav  ", length: int | None = None) -> bytes:
    told = len(data) if length is None else length
    raw = b"AE111222%07d" % number + b" " * 10 + INSTITUTION + (b"P%d" % number).ljust(30)
    raw += b"088" + b"110234567890        " + b"20260716" + form + b"%07d" % told + data
    return raw.ljust(-(-len(raw) // BLOCK) * BLOCK)


def trailer(count: int, blocks: int) -> bytes:
    return (b"AE1112339999999" + INSTITUTION + b"%07d" % count + b"%010d" % blocks).ljust(BLOCK)


def whole(*records: bytes) -> bytes:
    blocks = sum(map(len, records)) // BLOCK
    return header(len(records)) + b"".join(records) + trailer(len(records), blocks)


def examined(raw: bytes, check: bool = False) -> tuple[list[Finding], list[tuple[int, str, int, bytes]], Any]:
    findings, seen = list[Finding](), list[tuple[int, str, int, bytes]]()

    def take(one: EvidenceRecord) -> None:
        seen.append((one.number, one.fields["payer_no"], one.length, one.sha256))

    summary = examine_evidence(io.BytesIO(raw), findings.append, take, check=check)
    return findings, seen, summary


def errors(raw: bytes, check: bool = False) -> list[tuple[str, int | None, str]]:
    findings, _, summary = examined(raw, check)
    assert summary.errors == len(findings)
    return [(each.code, each.record, each.field) for each in findings]


def test_it_reads_each_evidence_with_its_hash() -> None:
    texts = [SOUND, b"A" * 5000, b"C" * (BLOCK - 119), b"D" * (BLOCK - 118), b"E" * 204_800]
    findings, seen, summary = examined(whole(*(record(n, text) for n, text in enumerate(texts, 1))))
    assert findings == []
    assert seen == [(n + 1, f"P{n}", len(t), sha256(t).digest()) for n, t in enumerate(texts, 1)]
    assert (summary.kind, summary.institution, summary.date) == ("EI13", "9912345678", "2026-07-16")
    assert summary.totals == {"data_count": 5, "block_count": 9 + 5 + 1 + 2 + 201}
    assert (summary.header["evidence_count"], summary.trailer["block_count"]) == ("5", "218")


def test_it_gives_the_bytes_only_while_it_calls() -> None:
    kept: list[memoryview] = []

    def take(one: EvidenceRecord) -> None:
        assert one.data is not None
        assert one.data == SOUND
        kept.append(one.data)

    examine_evidence(io.BytesIO(whole(record(1, SOUND))), lambda _: None, take)
    with pytest.raises(ValueError, match="released"):
        kept[0][0]


def test_it_decodes_the_content_when_asked() -> None:
    raw = whole(record(1, SOUND), record(2, b"no sound"))
    assert errors(raw) == []
    assert errors(raw, check=True) == [("0105", 3, "evidence")]


@pytest.mark.parametrize(
    ("form", "size", "expected"),
    [
        (b"1jpg  ", 307_200, []),
        (b"1JPG  ", 307_200, []),
        (b"3tif  ", 307_201, [("0103", 2, "evidence_length")]),
        (b"4mp3  ", 204_800, []),
        (b"5wav  ", 204_801, [("0103", 2, "evidence_length")]),
        (b"2der  ", 5_120, []),
        (b"2der  ", 5_121, [("0103", 2, "evidence_length")]),
        (b"1gif  ", 3_000_000, [("0103", 2, "evidence_length")]),
        (b"1gif  ", 0, [("0105", 2, "evidence")]),
        (b"1wav  ", 100, [("0102", 2, "extension")]),
        (b"1png  ", 100, [("0102", 2, "extension")]),
        (b"2jpg  ", 9_000, [("0102", 2, "extension")]),
        (b"8jpg  ", 100, [("0101", 2, "evidence_type")]),
        (b"6jpg  ", 100, [("0101", 2, "evidence_type")]),
    ],
)
def test_it_judges_type_extension_and_size(
    form: bytes, size: int, expected: list[tuple[str, int, str]]
) -> None:
    raw = whole(record(1, b"x" * size, form), record(2, SOUND))
    assert errors(raw) == expected
    _, seen, _ = examined(raw)
    assert seen[0][2:] == (size, sha256(b"x" * size).digest())


def put(at: int, new: bytes) -> Callable[[bytes], bytes]:
    return lambda raw: raw[:at] + new + raw[at + len(new) :]


FIRST, SECOND, THIRD = BLOCK, BLOCK + 9 * BLOCK, BLOCK + 18 * BLOCK
LAST = BLOCK + 27 * BLOCK
GARBLED = [
    ("header date", put(15, b"20261332"), [("date_invalid", 1, "application_date")]),
    ("header count", put(43, b"0000004"), [("count_mismatch", 1, "evidence_count")]),
    ("header filler", put(1000, b"x"), [("0089", 1, "filler")]),
    ("work code", put(SECOND, b"XX"), [("0081", 3, "work_code")]),
    ("record type", put(SECOND + 6, b"99"), [("0081", 3, "record_type")]),
    ("seq", put(SECOND + 8, b"0000009"), [("0081", 3, "seq")]),
    ("seq letter", put(SECOND + 8, b"000000A"), [("0081", 3, "seq")]),
    ("institution", put(SECOND + 25, b"9900000000"), [("institution_mismatch", 3, "institution_code")]),
    ("payer", put(SECOND + 45, b"P-2"), [("0088", 3, "payer_no")]),
    ("after file date", put(SECOND + 98, b"20260717"), [("A011", 3, "application_date")]),
    ("length too short", put(SECOND + 112, b"0000100"), [("evidence_length", 3, "evidence_length")]),
    ("length of zero", put(SECOND + 112, b"0000000"), [("evidence_length", 3, "evidence_length")]),
    ("length too long", put(SECOND + 112, b"0019999"), [("evidence_length", 3, "evidence_length")]),
    ("length beyond the end", put(THIRD + 112, b"0300000"), [("evidence_length", 4, "evidence_length")]),
    ("length beyond all limits", put(SECOND + 112, b"9999999"), [("evidence_length", 3, "evidence_length")]),
    ("length of letters", put(SECOND + 112, b"000abcd"), [("0088", 3, "evidence_length")]),
    ("length of a whole record more", put(SECOND + 112, b"%07d" % (18 * BLOCK - 119)),
     [("evidence_length", 3, "evidence_length")]),
    ("filler", put(THIRD - 1, b"x"), [("0089", 3, "filler")]),
    ("trailer type", put(LAST + 6, b"99"), [("0081", 5, "record_type")]),
    ("trailer count", put(LAST + 35, b"0000009"), [("count_mismatch", 5, "data_count")]),
    ("trailer blocks", put(LAST + 42, b"0000000001"), [("block_count_mismatch", 5, "block_count")]),
    ("second trailer", lambda raw: raw + raw[-BLOCK:], [("after_trailer", 6, "")]),
    ("rubbish after", lambda raw: raw + b"x", [("after_trailer", 6, "")]),
    ("line break after", lambda raw: raw + b"\r\n\x1a", []),
    ("header twice", lambda raw: raw[:BLOCK] + raw, [("header_repeated", 2, "")]),
    ("no trailer", lambda raw: raw[:-BLOCK], [("trailer_missing", None, "")]),
    ("trailer cut", lambda raw: raw[:-1], [("record_length", 5, "")]),
    ("cut in evidence", lambda raw: raw[: THIRD + 4000], [("record_length", 4, ""), ("trailer_missing", None, "")]),
    ("cut in identification", lambda raw: raw[: THIRD + 50],
     [("record_length", 4, ""), ("trailer_missing", None, "")]),
    ("no header", lambda raw: raw[BLOCK:], [("header_missing", 1, "")]),
    ("nothing", lambda raw: b"", [("file_empty", None, "")]),
    ("another file", lambda raw: b"x" + raw, [("kind_unknown", None, "")]),
    ("institution in the header", put(23, b"9900000000"), [("institution_mismatch", 1, "institution_code")]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [case[1:] for case in GARBLED], ids=[c[0] for c in GARBLED])
def test_it_tells_one_fault_once_and_goes_on(
    change: Callable[[bytes], bytes], expected: list[tuple[str, int | None, str]]
) -> None:
    raw = change(whole(*(record(number, SOUND) for number in (1, 2, 3))))
    assert errors(raw) == expected


def test_it_does_not_take_evidence_for_records() -> None:
    inside = record(2, b"y" * 100) * 3
    raw = whole(record(1, b"x" * (BLOCK - 119) + inside), record(2, SOUND))
    assert errors(raw) == []


def test_it_passes_over_line_breaks_with_a_warning() -> None:
    records = [header(2), record(1, SOUND), record(2, b"\n" * 2000), trailer(2, 9 + 3)]
    findings, _, summary = examined(b"\r\n".join(records) + b"\r\n")
    assert [(each.severity, each.code) for each in findings] == [("warning", "line_breaks")]
    assert summary.totals["block_count"] == 12


def test_it_reads_a_source_that_gives_little_at_a_time() -> None:
    class Trickle(io.RawIOBase):
        def __init__(self, raw: bytes) -> None:
            self.inner = io.BytesIO(raw)

        def readinto(self, room: Any) -> int:
            return self.inner.readinto(memoryview(room)[:777])

    findings = list[Finding]()
    examine_evidence(Trickle(whole(record(1, SOUND), record(2, SOUND))), findings.append)  # type: ignore[arg-type]
    assert findings == []


def test_a_file_of_twenty_gigabytes_without_records_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.write(header(1))
        file.truncate(20 << 30)
    findings = list[Finding]()
    with path.open("rb") as file:
        examine_evidence(file, findings.append)
        assert file.tell() < 1 << 30
    assert [each.code for each in findings] == ["0081", "trailer_missing"]


def test_evidence_is_read_and_written_without_numpy() -> None:
    program = (
        "import io, sys\n"
        "from moa.formats.kftc import evidence_writing\n"
        "from moa.formats.kftc.evidence_file import examine_evidence\n"
        "examine_evidence(io.BytesIO(sys.stdin.buffer.read()), print, check=False)\n"
        "print('numpy' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=whole(record(1, SOUND)), stdout=subprocess.PIPE, check=True
    )
    assert done.stdout == b"False\n"


@pytest.mark.parametrize(("block", "at"), [(1, 35), (10, 25)])
@pytest.mark.parametrize("dirt", [b"x", b"\x00", b"9912345678"])
def test_what_stands_behind_an_institution_is_looked_at_in_rows_and_trailer(
    block: int, at: int, dirt: bytes
) -> None:
    raw = whole(record(1, SOUND))
    place = block * BLOCK + at
    assert errors(raw[:place] + dirt + raw[place + len(dirt) :]) == [
        ("institution_invalid", 2 if block == 1 else 3, "institution_code")
    ]


@pytest.mark.parametrize("named", [b"1234567890          ", b"9912345678       x  ", b"991234567           "])
def test_an_institution_that_is_wrong_throughout_is_told_at_the_header(named: bytes) -> None:
    raw = whole(record(1, SOUND), record(2, SOUND)).replace(INSTITUTION, named)
    assert errors(raw) == [("institution_invalid", 1, "institution_code")]


def test_a_length_that_is_too_small_is_one_error() -> None:
    assert errors(whole(record(1, SOUND), record(2, SOUND, length=len(SOUND) - 10)), check=True) == [
        ("evidence_length", 3, "evidence_length")
    ]


def test_what_stands_behind_sound_evidence_is_shown_in_short() -> None:
    dirty = bytearray(record(1, SOUND))
    dirty[-700:] = b"\0" * 700
    (found,) = examined(whole(bytes(dirty)), check=True)[0]
    assert (found.code, found.record, found.field) == ("0089", 2, "filler")
    assert found.value == "\\x00" * 25 + "…"


@pytest.mark.parametrize(("payer", "told"), [(b"P" * 20, []), (b"P" * 21, ["payer_no_too_long"])])
def test_a_payer_that_no_application_can_name_is_a_warning(payer: bytes, told: list[str]) -> None:
    one = record(1, SOUND)
    one = one[:45] + payer.ljust(30) + one[75:]
    findings = examined(whole(one))[0]
    assert [each.code for each in findings if each.severity == "warning"] == told
