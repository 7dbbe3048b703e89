"""What stands in the evidence of an EI13: real recordings and signed documents pass, spoiled ones do not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.formats.kftc.command_line import moa
from tests.formats.kftc.oracle import consents, files, pictures, signed
from tests.formats.kftc.oracle.consents import Consent


def _reported(
    kind: str, extension: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> list[tuple[str, int | None, str]]:
    day = files.day_of(0)
    one = Consent("P1", "088", "110234567890", day.strftime("%Y%m%d"), kind, extension, content)
    (tmp_path / "file").write_bytes(b"".join(consents.records(files.INSTITUTION, day, [one])))
    return moa(capsys, "inspect", tmp_path / "file", "--json").reported


def _mp3() -> bytes:
    out = io.BytesIO()
    soundfile.write(out, np.sin(np.arange(8_000) / 8), 8_000, format="MP3")
    return out.getvalue()


def test_a_signed_document_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(signed.good()) < 5_000
    assert _reported("2", "der", signed.good(), tmp_path, capsys) == []


@pytest.mark.parametrize("name", signed.spoiled())
def test_a_spoiled_document_does_not(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _reported("2", "der", signed.spoiled()[name], tmp_path, capsys)
    assert [(code, record) for code, record, _field in found] == [("0105", 2)]


@pytest.mark.parametrize("kind", ["4", "5"])
def test_an_mp3_passes(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _reported(kind, "mp3", _mp3(), tmp_path, capsys) == []


ARCHIVE = b"PK\x03\x04" + bytes(26) + b"run.exe" + b"MZ" * 400 + b"PK\x05\x06" + bytes(18)
PAGE = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize("extension", ["jpg", "gif", "tif", "wav"])
@pytest.mark.parametrize("where", ["an archive behind", "a page behind", "a page before"])
def test_two_files_in_one_are_refused(
    extension: str, where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = pictures.recording() if extension == "wav" else pictures.picture(extension)
    both = {
        "an archive behind": whole + ARCHIVE,
        "a page behind": whole + PAGE,
        "a page before": PAGE + whole,
    }
    found = _reported("4" if extension == "wav" else "1", extension, both[where], tmp_path, capsys)
    assert {(code, record) for code, record, _field in found} <= {("0105", 2), ("0102", 2)}
    assert len(found) == 1


@pytest.mark.parametrize("extension", ["jpg", "gif", "tif", "wav"])
def test_half_a_file_is_refused(extension: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = pictures.recording() if extension == "wav" else pictures.picture(extension)
    found = _reported(
        "5" if extension == "wav" else "3", extension, whole[: len(whole) // 2], tmp_path, capsys
    )
    assert [(code, record) for code, record, _field in found] == [("0105", 2)]
