"""Whatever the bytes, the answer is findings: no exception, nothing of the content in them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.evidence import check_evidence
from moa.formats.kftc.evidence.shrink_refusal import CannotShrink
from moa.formats.kftc.evidence.shrinking import Shrunk, shrink
from moa.formats.kftc.evidence.signing import build_signed_data
from tests.formats.kftc.evidence.evidence_samples import (
    gif,
    id3,
    id3v1,
    jpeg,
    multi_picture,
    page,
    saved,
    sound,
    tif,
)
from tests.formats.kftc.evidence.signed_samples import CONTENT, as_der, certificate, rsa_key

SAMPLES = {
    "jpeg": ("1", "jpg", jpeg(quality=20)),
    "progressive": ("1", "jpg", jpeg(quality=20, progressive=True, restart_marker_blocks=5)),
    "two views": ("1", "jpg", multi_picture(jpeg(quality=10), jpeg(quality=5))),
    "gif": ("3", "gif", gif(save_all=True, append_images=[page().rotate(180)])),
    "fax": ("3", "tif", tif()),
    "jpeg in tiff": ("3", "tif", tif("L", compression="jpeg")),
    "lzw": ("1", "tif", tif("P", compression="tiff_lzw")),
    "wav": ("4", "wav", sound(subtype="IMA_ADPCM", seconds=1)),
    "mp3": ("5", "mp3", id3(bytes(30)) + sound("MP3", "MPEG_LAYER_III", 1) + id3v1()),
    "der": ("2", "der", build_signed_data(CONTENT, rsa_key(), as_der(certificate(rsa_key())))),
}
REASONS = {
    "truncated", "data after the end", "cannot be decoded", "too many pixels", "too many scans",
    "data outside the picture", "TIFF compression not allowed", "no sound", "data before the sound",
    "contains HTML", "contains PDF", "contains an archive", "not DER", "indefinite length", "not signed-data",
    "not exactly one signer", "parts that are not used", "digest not allowed", "digests disagree",
    "signature algorithm not allowed", "no content", "signer not named by issuer and serial number",
    "no certificate of the signer", "key not RSA", "key size not allowed", "attributes missing",
    "attribute repeated", "content type differs", "digest differs", "broken signature", "empty",
}  # fmt: skip

Change = tuple[int, int, bytes]
changes = st.lists(
    st.tuples(st.integers(0, 1 << 20), st.integers(0, 40), st.binary(max_size=20)), min_size=1, max_size=6
)


def damaged(data: bytes, changed: list[Change]) -> bytes:
    """The same bytes with some taken out and others put in, here and there, often near the start."""
    for place, out, into in changed:
        at = place % (len(data) + 1) if place % 3 else place % 120
        data = data[:at] + into + data[at + out :]
    return data


def check_findings(findings: list[Finding]) -> None:
    for finding in findings:
        assert type(finding) is Finding
        assert finding.field in ("evidence_type", "extension", "evidence_length", "evidence")
        if finding.code == "0105":
            assert finding.value in REASONS or finding.value.startswith("content is ")


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60, deadline=None)
@given(changed=changes)
def test_it_only_ever_answers_with_findings(name: str, changed: list[Change]) -> None:
    evidence_type, extension, data = SAMPLES[name]
    check_findings(check_evidence(evidence_type, extension, damaged(data, changed)))


@pytest.mark.parametrize("name", SAMPLES)
def test_it_refuses_every_beginning_of_good_evidence(name: str) -> None:
    evidence_type, extension, data = SAMPLES[name]
    for end in [*range(1, 60), *range(60, len(data) - 1, 211)]:
        findings = check_evidence(evidence_type, extension, data[:end])
        check_findings(findings)
        whole_stream = extension == "mp3" and findings == [] and end >= len(data) - 128
        assert findings or whole_stream, end


@settings(max_examples=200, deadline=None)
@given(
    evidence_type=st.sampled_from("1234567") | st.text(max_size=3),
    extension=st.sampled_from(["jpg", "gif", "tif", "wav", "mp3", "der"]) | st.text(max_size=7),
    data=st.binary(max_size=400),
    beginning=st.sampled_from(
        [b"", b"\xff\xd8\xff", b"GIF89a", b"II*\0", b"RIFF\0\1\0\0WAVE", b"ID3\4\0\0", b"\x30"]
    ),
)
def test_it_refuses_random_bytes(evidence_type: str, extension: str, data: bytes, beginning: bytes) -> None:
    findings = check_evidence(evidence_type, extension, beginning + data)
    check_findings(findings)
    assert findings


LARGE = {
    "jpg": saved(page(1300, 1850), "JPEG", quality=30),
    "tif": saved(page(1700, 2400, "1"), "TIFF", compression="group4"),
    "gif": saved(page(1300, 1850, "P"), "GIF"),
}


@pytest.mark.parametrize("extension", LARGE)
@settings(max_examples=25, deadline=None)
@given(changed=changes)
def test_it_shrinks_or_refuses_damaged_pictures(extension: str, changed: list[Change]) -> None:
    try:
        shrunk = shrink(damaged(LARGE[extension], changed), extension)
    except CannotShrink as refusal:
        assert refusal.code.startswith("evidence_")
    else:
        assert isinstance(shrunk, Shrunk)
        assert len(shrunk.data) <= 300_000
