"""A recording is what its extension says, plays to its end, and nothing besides."""

from __future__ import annotations

import struct

import pytest

from moa.formats.kftc.evidence import check_evidence
from tests.formats.kftc.evidence.evidence_samples import ape_tag, archive, id3, id3v1, jpeg, pdf, sound

WAV = sound()
MP3 = sound("MP3", "MPEG_LAYER_III")
# Behind the first frame, which says how many follow.
STREAM = MP3[MP3.index(b"\xff", 200) :]


def reason(extension: str, data: bytes) -> str:
    findings = check_evidence("4", extension, data)
    if not findings:
        return ""
    (finding,) = findings
    assert (finding.code, finding.field) == ("0105", "evidence")
    return finding.value


def resized(wav: bytes, change: int) -> bytes:
    """The same WAV whose head states another length of the file."""
    return wav[:4] + struct.pack("<I", len(wav) - 8 + change) + wav[8:]


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body


def with_chunk(name: bytes, body: bytes) -> bytes:
    return resized(WAV + chunk(name, body), 0)


WHOLE = {
    "pcm": ("wav", WAV),
    "mu-law": ("wav", sound(subtype="ULAW")),
    "a-law": ("wav", sound(subtype="ALAW")),
    "ima adpcm": ("wav", sound(subtype="IMA_ADPCM")),
    "microsoft adpcm": ("wav", sound(subtype="MS_ADPCM")),
    "gsm": ("wav", sound(subtype="GSM610")),
    "extensible head": ("wav", sound("WAVEX")),
    "wav with a list of facts": ("wav", with_chunk(b"LIST", b"INFOISFT\x04\x00\x00\x00rec\x00")),
    "wav padded with zeros": ("wav", WAV + bytes(100)),
    "wav that counts its head twice": ("wav", resized(WAV, 8)),
    "mp3": ("mp3", MP3),
    "mp3 without the announcing frame": ("mp3", STREAM),
    "mp3 with id3": ("mp3", id3(b"TIT2\x00\x00\x00\x05\x00\x00\x00call" + bytes(60)) + MP3),
    "mp3 with two id3": ("mp3", id3() + id3(bytes(20)) + MP3),
    "mp3 with zeros before the sound": ("mp3", id3() + bytes(50) + MP3),
    "mp3 with id3v1": ("mp3", MP3 + id3v1()),
    "mp3 with ape tag": ("mp3", MP3 + ape_tag()),
    "mp3 with both": ("mp3", MP3 + ape_tag() + id3v1()),
    "mp3 padded with zeros": ("mp3", MP3 + bytes(400)),
}


@pytest.mark.parametrize("name", WHOLE)
def test_it_takes_what_recorders_write(name: str) -> None:
    assert reason(*WHOLE[name]) == ""


REFUSED = {
    "mp3 named wav": ("wav", MP3, "content is MP3"),
    "wav named mp3": ("mp3", WAV, "content is WAV"),
    "flac named wav": ("wav", sound("FLAC"), "content is FLAC"),
    "ogg named mp3": ("mp3", sound("OGG", "VORBIS"), "content is Ogg"),
    "long wav form": ("wav", sound("RF64"), "content is RF64"),
    "picture named mp3": ("mp3", jpeg(), "content is JPEG"),
    "words named mp3": ("mp3", b"I agree", "content is unknown"),
    "cut wav": ("wav", WAV[: len(WAV) // 2], "truncated"),
    "wav without sound": ("wav", sound(seconds=0), "no sound"),
    "wav without format": (
        "wav",
        resized(b"RIFF\0\0\0\0WAVE" + chunk(b"data", bytes(90)), 0),
        "cannot be decoded",
    ),
    "wav of unknown code": ("wav", WAV[:20] + b"\x77\x77" + WAV[22:], "cannot be decoded"),
    "wav of 60,000 channels": ("wav", WAV[:22] + struct.pack("<H", 60_000) + WAV[24:], "cannot be decoded"),
    "archive behind a wav": ("wav", WAV + archive(), "data after the end"),
    "archive counted into a wav": ("wav", resized(WAV + archive(), 0), "truncated"),
    "archive in a chunk": (
        "wav",
        with_chunk(b"LIST", archive() + b"\0" * (len(archive()) % 2)),
        "contains an archive",
    ),
    "page in a chunk": ("wav", with_chunk(b"note", b"<html >agreed "), "contains HTML"),
    "tag without sound": ("mp3", id3(bytes(300)), "no sound"),
    "cut mp3": ("mp3", MP3[: len(MP3) // 2], "truncated"),
    "mp3 cut between frames": ("mp3", MP3[: MP3.rindex(MP3[:2])], "truncated"),
    "stream cut inside a frame": ("mp3", STREAM[:-20], "truncated"),
    "archive behind an mp3": ("mp3", MP3 + archive(), "data after the end"),
    "words behind an mp3": ("mp3", MP3 + b"agreed by telephone", "data after the end"),
    "pdf before the sound": ("mp3", id3() + pdf() + MP3, "data before the sound"),
    "archive in a tag": ("mp3", id3(archive()) + MP3, "contains an archive"),
    "page in a tag": ("mp3", id3(b"<script >x</script>") + MP3, "contains HTML"),
    "tag longer than the file": ("mp3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + MP3, "no sound"),
    "tag of no length": ("mp3", b"ID3\x04\x00\x00\xff\xff\xff\xff" + MP3, "cannot be decoded"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_what_is_no_whole_recording(name: str) -> None:
    extension, data, why = REFUSED[name]
    assert reason(extension, data) == why


def test_it_says_nothing_on_the_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    damaged = bytearray(MP3)
    damaged[900:1000] = b"\x55" * 100
    check_evidence("4", "mp3", bytes(damaged))
    assert capfd.readouterr().err == ""
