"""`moa kftc shrink`: a smaller picture beside the original, or a clear refusal and nothing."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from moa.formats.kftc import check_evidence
from tests.formats.kftc.command_line import moa, moa_process


def scan(folder: Path, name: str = "scan.jpg", dpi: int = 300) -> Path:
    """A page of A4 with lines of grey noise: far over the limit at its quality."""
    size = (dpi * 210 * 10 // 254, dpi * 297 * 10 // 254)
    rough = Image.frombytes(
        "L", (size[0] // 6, size[1] // 6), Random(5).randbytes((size[0] // 6) * (size[1] // 6))
    )
    page = Image.blend(Image.new("L", size, 255), rough.resize(size), 0.2)
    page.save(folder / name, "JPEG", quality=98, dpi=(dpi, dpi))
    return folder / name  # fmt: skip


def test_it_makes_a_picture_that_can_be_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    original = scan(tmp_path)
    before = original.read_bytes()
    assert [each.code for each in check_evidence("1", "jpg", before)] == ["0103"]
    said = moa(capsys, "shrink", original, "-o", tmp_path / "small.jpg", "--json")
    assert (said.code, said.err) == (0, "")
    small = (tmp_path / "small.jpg").read_bytes()
    with Image.open(BytesIO(small)) as picture:
        assert (said.json["width"], said.json["height"]) == picture.size
    assert said.json["size"] == len(small) <= 300_000
    assert (said.json["before"], said.json["dpi"] >= 150, said.json["errors"]) == (len(before), True, [])
    assert check_evidence("1", "jpg", small) == []
    assert original.read_bytes() == before


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("bytes", "JPEG quality")), ("ko", ("바이트", "JPEG 품질")), ("zh-hans", ("字节", "JPEG 质量"))],
)
def test_it_says_size_dots_and_method(
    language: str, words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = moa(
        capsys, "shrink", scan(tmp_path, dpi=200), "-o", tmp_path / "a.jpeg", "--language", language, "--limit", 250_000
    )  # fmt: skip
    assert said.code == 0, said.err
    size = (tmp_path / "a.jpeg").stat().st_size
    assert size <= 250_000
    assert all(word in said.out for word in (*words, f"{size:,}", " dpi"))


@pytest.mark.parametrize(
    ("name", "output", "limit", "code"),
    [
        ("scan.jpg", "small.jpg", 1_000, "evidence_cannot_shrink"),
        ("scan.jpg", "small.tif", 300_000, "output_extension"),
        ("scan.jpg", "small", 300_000, "output_extension"),
        ("text.jpg", "small.jpg", 300_000, "evidence_not_a_picture"),
        ("empty.jpg", "small.jpg", 300_000, "evidence_not_a_picture"),
        ("coarse.jpg", "small.jpg", 300_000, "evidence_resolution_low"),
    ],
)
def test_it_refuses_what_cannot_be_and_writes_nothing(
    name: str, output: str, limit: int, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.jpg").write_bytes(b"no picture")
    (tmp_path / "empty.jpg").touch()
    Image.new("L", (600, 800), 200).save(tmp_path / "coarse.jpg")
    scan(tmp_path, dpi=150)
    there = sorted(tmp_path.iterdir())
    said = moa(
        capsys, "shrink", tmp_path / name, "-o", tmp_path / output, "--limit", limit, "--json", "--language", "ko"
    )  # fmt: skip
    assert (said.code, said.reported[0][0], said.json["file"]) == (1, code, None)
    assert said.err.startswith(f"{code} file")
    assert sorted(tmp_path.iterdir()) == there


def test_it_never_replaces_the_original(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    original = scan(tmp_path, dpi=150)
    before = original.read_bytes()
    assert moa(capsys, "shrink", original, "-o", original).code == 2
    assert original.read_bytes() == before
    assert moa(capsys, "shrink", original, "-o", tmp_path / "b.jpg", "--limit", 0).code == 2


def test_it_reads_a_page_of_two_tones_whatever_its_name_says(tmp_path: Path) -> None:
    noise = Image.frombytes("1", (2480, 3508), Random(3).randbytes(310 * 200) + b"\xff" * (310 * 3308))
    noise.save(tmp_path / "page.bin", "TIFF", dpi=(300, 300))
    said = moa_process("shrink", tmp_path / "page.bin", "-o", tmp_path / "small.tif", "--json")
    assert said.code == 0, said.err
    assert (said.json["extension"], said.json["method"], said.json["dpi"]) == ("tif", "TIFF G4", 300)
    assert check_evidence("1", "tif", (tmp_path / "small.tif").read_bytes()) == []
