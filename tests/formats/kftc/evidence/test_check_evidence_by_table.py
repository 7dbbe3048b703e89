"""Type × extension × size: what KFTC takes, before anyone looks inside."""

from __future__ import annotations

import pytest

from moa.formats.kftc.evidence import EVIDENCE_KINDS, READING, WRITING, Limit, check_evidence
from tests.formats.kftc.evidence.evidence_samples import gif, jpeg, page, saved, sound, tif

PAGE, TONE, MP3 = jpeg(), sound(), sound("MP3", "MPEG_LAYER_III")
GOOD = {
    "jpg": PAGE,
    "jpeg": PAGE,
    "gif": gif(),
    "tif": tif(),
    "wav": TONE,
    "mp3": MP3,
}
TAKEN = [
    (kind.code, extension)
    for kind in EVIDENCE_KINDS.values()
    for extension in kind.extensions
    if kind.code != "2"
]
REFUSED = [
    (kind.code, extension)
    for kind in EVIDENCE_KINDS.values()
    for extension in ("jpg", "jpeg", "gif", "tif", "der", "mp3", "wav", "png", "pdf", "tiff", "", "jp g")
    if extension not in kind.extensions
]


@pytest.mark.parametrize(("evidence_type", "extension"), TAKEN)
def test_it_takes_every_extension_of_a_type(evidence_type: str, extension: str) -> None:
    assert check_evidence(evidence_type, extension, GOOD[extension]) == []
    assert check_evidence(evidence_type, extension.upper(), GOOD[extension], limit=READING) == []


@pytest.mark.parametrize(("evidence_type", "extension"), REFUSED)
def test_it_refuses_an_extension_of_another_type(evidence_type: str, extension: str) -> None:
    (finding,) = check_evidence(evidence_type, extension, PAGE[:4000])
    assert finding == ("error", "0102", None, "extension", extension)


@pytest.mark.parametrize("evidence_type", ["0", "6", "7", "9", "", " ", "11", "x"])
def test_it_refuses_a_type_that_the_table_does_not_have(evidence_type: str) -> None:
    (finding,) = check_evidence(evidence_type, "jpg", PAGE)
    assert finding == ("error", "0101", None, "evidence_type", evidence_type)


# (type, extension, limit, the largest size that is not refused for its size)
SIZES = [
    ("1", "jpg", WRITING, 300_000),
    ("3", "tif", WRITING, 300_000),
    ("2", "der", WRITING, 5_000),
    ("4", "mp3", WRITING, 200_000),
    ("5", "wav", WRITING, 200_000),
    ("1", "gif", READING, 307_200),
    ("2", "der", READING, 5_120),
    ("4", "wav", READING, 204_800),
]


@pytest.mark.parametrize(("evidence_type", "extension", "limit", "largest"), SIZES)
def test_it_refuses_one_byte_over_the_limit(
    evidence_type: str, extension: str, limit: Limit, largest: int
) -> None:
    (over,) = check_evidence(evidence_type, extension, bytes(largest + 1), limit=limit)
    assert over == ("error", "0103", None, "evidence_length", str(largest + 1))
    (at_the_limit,) = check_evidence(evidence_type, extension, bytes(largest), limit=limit)
    assert at_the_limit.code == "0105"


def test_it_takes_a_picture_of_exactly_the_limit() -> None:
    padded = PAGE + bytes(300_000 - len(PAGE))
    assert check_evidence("1", "jpg", padded) == []
    assert [each.code for each in check_evidence("1", "jpg", padded + b"\0")] == ["0103"]
    assert check_evidence("1", "jpg", padded + b"\0", limit=READING) == []


def test_it_calls_an_empty_file_empty_and_not_too_large() -> None:
    assert check_evidence("1", "jpg", b"") == [("error", "0105", None, "evidence", "empty")]


# (type, extension, size, codes): where type and extension do not fit, the larger of their limits counts.
TOGETHER = [
    ("2", "jpg", 5_001, ["0102"]),
    ("2", "jpg", 300_000, ["0102"]),
    ("2", "jpg", 300_001, ["0102", "0103"]),
    ("1", "mp3", 300_000, ["0102"]),
    ("4", "jpg", 300_001, ["0102", "0103"]),
    ("4", "pdf", 200_000, ["0102"]),
    ("4", "pdf", 200_001, ["0102", "0103"]),
    ("4", "pdf", 0, ["0102", "0105"]),
    ("7", "pdf", 900_000, ["0101"]),
]


@pytest.mark.parametrize(("evidence_type", "extension", "size", "codes"), TOGETHER)
def test_it_reports_the_extension_and_the_size_together(
    evidence_type: str, extension: str, size: int, codes: list[str]
) -> None:
    assert [each.code for each in check_evidence(evidence_type, extension, bytes(size))] == codes


def test_it_does_not_repeat_a_long_text_in_the_place_of_an_extension() -> None:
    (finding,) = check_evidence("1", "900101-1234567", saved(page(), "JPEG"))
    assert finding.value == "90010…"
