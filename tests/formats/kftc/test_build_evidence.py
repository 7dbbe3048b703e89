"""Building EI13: the blocks byte for byte, the limits of what is sent, and which files may be taken."""

from __future__ import annotations

import io
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.evidence_file import EvidenceRecord, examine_evidence
from moa.formats.kftc.writing import BuildSummary, build
from tests.formats.kftc.test_evidence_file import SOUND, header, record, trailer

ROW = {
    "payer_no": "P1",
    "bank_code": "088",
    "account_no": "110234567890",
    "evidence_type": "5",
    "evidence_file": "one.wav",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "evidence"
    (made / "deep").mkdir(parents=True)
    (made / "one.wav").write_bytes(SOUND)
    (made / "deep" / "two.WAV").write_bytes(SOUND)
    (tmp_path / "secret.wav").write_bytes(SOUND)
    return made


def built(
    folder: Path | None, rows: list[dict[str, str]], **more: Any
) -> tuple[bytes, list[Finding], BuildSummary]:
    out, findings = io.BytesIO(), list[Finding]()
    summary = build(
        "EI13",
        rows,
        out,
        findings.append,
        institution="9912345678",
        date=date(2026, 7, 16),
        evidence_dir=folder,
        **more,
    )
    return out.getvalue(), findings, summary


def codes(folder: Path | None, *rows: dict[str, str], **more: Any) -> list[tuple[str, int | None, str]]:
    raw, findings, _ = built(folder, list(rows), **more)
    if findings:
        assert len(raw) % 1024 == 0
    return [(each.code, each.record, each.field) for each in findings]


def test_it_writes_evidence_byte_for_byte(folder: Path) -> None:
    two = ROW | {"payer_no": "P2", "evidence_file": "deep/two.WAV", "application_date": "2026-07-16"}
    raw, findings, summary = built(folder, [ROW, two])
    assert findings == []
    assert raw == header(2) + record(1, SOUND) + record(2, SOUND) + trailer(2, 18)
    assert (summary.records, summary.totals) == (2, {"data_count": 2, "block_count": 18})


def test_it_keeps_the_extension_that_a_row_gives(folder: Path) -> None:
    (folder / "scan").write_bytes(SOUND)
    raw, findings, _ = built(folder, [ROW | {"evidence_file": "scan", "extension": "WAV"}])
    assert findings == []
    assert raw[1024 + 107 : 1024 + 112] == b"WAV  "


def test_it_takes_rows_that_were_read_from_a_file(folder: Path) -> None:
    first = built(folder, [ROW])[0]
    rows: list[dict[str, str]] = []

    def take(one: EvidenceRecord) -> None:
        rows.append(one.fields | {"evidence_file": "one.wav"})

    examine_evidence(io.BytesIO(first), lambda _: None, take)
    assert built(folder, rows)[0] == first
    assert codes(folder, rows[0] | {"evidence_length": "1"}) == [("evidence_length", 1, "evidence_length")]


def test_a_file_without_rows_has_a_header_that_counts_none(tmp_path: Path) -> None:
    raw, findings, _ = built(None, [])
    assert raw == header(0) + trailer(0, 0)
    assert [each.code for each in findings] == ["rows_empty"]


@pytest.mark.parametrize(
    ("evidence_type", "extension", "size", "is_refused"),
    [
        ("1", "jpg", 300_000, False),
        ("1", "jpg", 300_001, True),
        ("3", "tif", 300_001, True),
        ("4", "mp3", 200_000, False),
        ("5", "wav", 200_001, True),
        ("2", "der", 5_000, False),
        ("2", "der", 5_001, True),
        ("1", "gif", 0, False),
        ("1", "gif", 5_000_000, True),
    ],
)
def test_it_keeps_the_smaller_limits(
    folder: Path, evidence_type: str, extension: str, size: int, is_refused: bool
) -> None:
    (folder / "it").write_bytes(b"x" * size)
    found = codes(
        folder, ROW | {"evidence_type": evidence_type, "extension": extension, "evidence_file": "it"}
    )
    # The x's are no picture and no sound, so what is not too large is refused for its content.
    assert found == [("0103", 1, "evidence_length") if is_refused else ("0105", 1, "evidence")]


BAD = [
    ({"evidence_file": ""}, ("value_missing", 2, "evidence_file")),
    ({"evidence_file": "none.wav"}, ("evidence_missing", 2, "evidence_file")),
    ({"evidence_file": "one.wav/x"}, ("evidence_missing", 2, "evidence_file")),
    ({"evidence_file": "x\0.wav"}, ("evidence_missing", 2, "evidence_file")),
    ({"evidence_file": "n" * 5000}, ("evidence_missing", 2, "evidence_file")),
    ({"evidence_file": "../secret.wav"}, ("evidence_outside", 2, "evidence_file")),
    ({"evidence_file": "deep/../../secret.wav"}, ("evidence_outside", 2, "evidence_file")),
    ({"evidence_file": "/etc/passwd"}, ("evidence_outside", 2, "evidence_file")),
    ({"evidence_file": "deep"}, ("evidence_unreadable", 2, "evidence_file")),
    ({"evidence_file": "."}, ("evidence_unreadable", 2, "evidence_file")),
    ({"extension": "jpg"}, ("0102", 2, "extension")),
    ({"evidence_type": "1"}, ("0102", 2, "extension")),
    ({"evidence_type": "9"}, ("0101", 2, "evidence_type")),
    ({"evidence_type": "6"}, ("0101", 2, "evidence_type")),
    ({"evidence_type": ""}, ("0101", 2, "evidence_type")),
    ({"payer_no": "P-1"}, ("0088", 2, "payer_no")),
    ({"bank_code": "999"}, ("0011", 2, "bank_code")),
    ({"bank_code": "0880000"}, ("0011", 2, "bank_code")),
    ({"account_no": "1 2"}, ("0098", 2, "account_no")),
    ({"application_date": "260716"}, ("A011", 2, "application_date")),
    ({"application_date": "20260717"}, ("A011", 2, "application_date")),
    ({"institution_code": "9900000000"}, ("institution_mismatch", 2, "institution_code")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), BAD)
def test_it_names_the_fault_of_a_bad_row(
    folder: Path, change: dict[str, str], expected: tuple[str, int, str]
) -> None:
    assert codes(folder, ROW, ROW | {"payer_no": "P2"} | change, ROW | {"payer_no": "P3"}) == [expected]


def test_it_takes_no_file_from_outside_through_a_link(folder: Path) -> None:
    (folder / "in.wav").symlink_to("deep/two.WAV")
    (folder / "out.wav").symlink_to("../secret.wav")
    (folder / "away").symlink_to("/etc")
    (folder / "loop.wav").symlink_to("loop.wav")
    os.mkfifo(folder / "pipe.wav")
    rows = [
        ROW | {"payer_no": f"P{n}", "evidence_file": name}
        for n, name in enumerate(["in.wav", "out.wav", "away/passwd", "loop.wav", "pipe.wav"], 1)
    ]
    assert codes(folder, *rows) == [
        ("evidence_outside", 2, "evidence_file"),
        ("evidence_outside", 3, "evidence_file"),
        ("evidence_unreadable", 4, "evidence_file"),
        ("evidence_unreadable", 5, "evidence_file"),
    ]


def test_it_misses_columns_and_folder_once(folder: Path) -> None:
    bare = {name: value for name, value in ROW.items() if name not in ("evidence_file", "bank_code")}
    assert codes(folder, bare, bare) == [
        ("column_missing", None, "bank_code"),
        ("column_missing", None, "evidence_file"),
    ]
    assert codes(None, ROW, ROW | {"payer_no": "P2"}) == [("value_missing", None, "evidence_dir")]
    assert codes(folder, ROW | {"memo": "x"}) == [("column_unknown", None, "memo")]


def test_it_refuses_an_account_for_the_header(folder: Path) -> None:
    assert codes(folder, ROW, account="123") == [("value_not_taken", None, "account")]


def test_it_warns_of_evidence_that_is_there_twice(folder: Path) -> None:
    raw, findings, _ = built(folder, [ROW, ROW | {"evidence_file": "deep/two.WAV"}])
    assert [(each.severity, each.code, each.record) for each in findings] == [
        ("warning", "duplicate_evidence", 2)
    ]
    assert len(raw) == 20 * 1024


def test_it_stands_where_the_output_stood(folder: Path) -> None:
    out = io.BytesIO(b"before")
    out.seek(0, os.SEEK_END)
    build(
        "EI13", [ROW], out, lambda _: None, institution="9912345678", date=date(2026, 7, 16), evidence_dir=folder
    )  # fmt: skip
    out.write(b"after")
    assert out.getvalue() == b"before" + header(1) + record(1, SOUND) + trailer(1, 9) + b"after"
