"""Evidence in `moa kftc build EI13`: the smaller limits kept, byte for byte, at constant memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.kftc.command_line import moa, moa_measured
from tests.formats.kftc.oracle import consents, files, pictures

HEADER = ("--institution", files.INSTITUTION, "--date", files.day_of(0).isoformat())
NAMES = "payer_no,bank_code,account_no,application_date,evidence_type,extension,evidence_file\n"


def _row(number: int, kind: str, extension: str, name: str) -> str:
    return f"P{number},088,110234567890,{files.day_of(0):%Y%m%d},{kind},{extension},{name}\n"


@pytest.mark.parametrize(
    ("kind", "extension", "content"),
    [
        ("1", "jpg", pictures.picture_of_size(300_000)),
        ("3", "jpeg", pictures.picture("jpeg")),
        ("1", "gif", pictures.picture("gif")),
        ("1", "TIF", pictures.picture("tif")),
        ("4", "wav", pictures.recording(200_000 - 44)),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_it_puts_evidence_in_byte_for_byte(
    kind: str, extension: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "consent").write_bytes(content)
    (tmp_path / "rows.csv").write_text(NAMES + _row(1, kind, extension, "consent"))
    said = moa(
        capsys, "build", "EI13", "--rows", tmp_path / "rows.csv", *HEADER, "--evidence-dir", tmp_path,
        "-o", tmp_path / "made",
    )  # fmt: skip
    assert said.code == 0, said.err
    one = consents.Consent("P1", "088", "110234567890", f"{files.day_of(0):%Y%m%d}", kind, extension, content)
    expected = b"".join(consents.records(files.INSTITUTION, files.day_of(0), [one]))
    made = (tmp_path / "made").read_bytes()
    # Whether the extension is written as given or in small letters is left open.
    assert made.replace(b"tif  ", b"TIF  ") == expected.replace(b"tif  ", b"TIF  ")


@pytest.mark.parametrize(
    ("kind", "extension", "content", "codes"),
    [
        ("1", "jpg", pictures.picture_of_size(300_001), {"0103"}),
        ("4", "wav", pictures.recording(200_002 - 44), {"0103"}),
        ("2", "der", b"\x30" * 5_001, {"0103", "0105"}),
        ("2", "der", b"\x30\x82" + b"\x5a" * 100, {"0105"}),
        ("1", "jpg", pictures.picture("png"), {"0102", "0105"}),
        ("1", "png", pictures.picture("png"), {"0102"}),
        ("1", "jpg", pictures.picture("jpg")[:900], {"0105"}),
        ("1", "jpg", pictures.picture("jpg") + b"PK\x03\x04" + bytes(500), {"0105"}),
        ("1", "jpg", b"", {"0078", "0103", "0105"}),
        ("1", "jpg", b"<html><script>alert(1)</script></html>", {"0102", "0105"}),
    ],
)
def test_it_refuses_evidence_that_would_be_refused(
    kind: str, extension: str, content: bytes, codes: set[str],
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "good").write_bytes(pictures.picture("jpg"))
    (tmp_path / "consent").write_bytes(content)
    (tmp_path / "rows.csv").write_text(
        NAMES + _row(1, "1", "jpg", "good") + _row(2, kind, extension, "consent")
    )
    (tmp_path / "out").mkdir()
    said = moa(
        capsys, "build", "EI13", "--rows", tmp_path / "rows.csv", *HEADER, "--evidence-dir", tmp_path,
        "-o", tmp_path / "out" / "made",
    )  # fmt: skip
    assert said.code == 1
    hit = [line for line in said.err.splitlines() if codes & set(line.replace(":", " ").split())]
    assert hit and any("2" in line for line in hit), said.err
    assert list((tmp_path / "out").iterdir()) == []


def test_it_takes_no_more_memory_for_more_evidence(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "scan.jpg").write_bytes(pictures.picture_of_size(299_999))
    peaks = []
    for count in (3, 150):
        table = tmp_path / f"{count}.csv"
        table.write_text(NAMES + "".join(_row(number, "1", "jpg", "scan.jpg") for number in range(count)))
        said, peak = moa_measured(
            tmp_path, "build", "EI13", "--rows", table, *HEADER, "--evidence-dir", folder,
            "-o", tmp_path / "made",
        )  # fmt: skip
        assert said.code == 0, said.err
        read, seen = moa_measured(tmp_path, "inspect", tmp_path / "made", "--json")
        assert (read.code, read.json["records"]) == (0, count)
        peaks.append((peak, seen))
    # 45 MB of evidence more: a tenth of the small file's memory is what counting may cost.
    assert peaks[1][0] < peaks[0][0] * 1.1
    assert peaks[1][1] < peaks[0][1] * 1.1
