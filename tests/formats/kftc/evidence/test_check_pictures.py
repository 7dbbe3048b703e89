"""A picture is what its extension says, whole, and nothing besides."""

from __future__ import annotations

import struct
import tracemalloc
from pathlib import Path

import pytest
from PIL import Image

from moa.entry.bench.measure import peak_megabytes
from moa.formats.kftc.evidence import check_evidence
from tests.formats.kftc.evidence.evidence_samples import (
    archive,
    gif,
    huge_header,
    jpeg,
    multi_picture,
    page,
    pdf,
    saved,
    sound,
    tif,
    with_comment,
)

SCRIPT = b"<script>alert(1)</script>"
EXIF = Image.Exif()
EXIF[0x0112], EXIF[0x010E] = 6, "scanned"


def reason(extension: str, data: bytes) -> str:
    """Why it is refused, or nothing."""
    findings = check_evidence("1", extension, data)
    if not findings:
        return ""
    (finding,) = findings
    assert (finding.code, finding.field, finding.record) == ("0105", "evidence", None)
    return finding.value


def orphaned(picture: bytes, stray: bytes) -> bytes:
    """A TIFF with bytes that no directory speaks of between its head and its directory."""
    return (
        picture[:4] + struct.pack("<I", len(picture) + len(stray)) + picture[8:] + stray + directory(picture)
    )


def directory(picture: bytes) -> bytes:
    (at,) = struct.unpack_from("<I", picture, 4)
    (count,) = struct.unpack_from("<H", picture, at)
    return picture[at : at + 2 + 12 * count + 4]


def looped(picture: bytes) -> bytes:
    """A TIFF whose directory names itself as the next one."""
    (at,) = struct.unpack_from("<I", picture, 4)
    end = at + len(directory(picture)) - 4
    return picture[:end] + struct.pack("<I", at) + picture[end + 4 :]


def far_frame() -> bytes:
    """A GIF whose frame begins at 65,535 × 65,535 of a small screen."""
    data = gif()
    at = 13 + (3 << (data[10] & 7) + 1)
    assert data[at : at + 5] == b",\0\0\0\0"
    return data[: at + 1] + b"\xff\xff\xff\xff" + data[at + 5 :]


def many_scans(added: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again: each takes time, and few bytes."""
    data = saved(page(80, 80), "JPEG", quality=10, progressive=True)
    return data[:-2] + data[data.rindex(b"\xff\xc4") : -2] * added + data[-2:]


WHOLE = {
    "jpeg": ("jpg", jpeg()),
    "progressive jpeg": ("jpg", jpeg(progressive=True)),
    "jpeg with restart markers": ("jpg", jpeg(restart_marker_blocks=3)),
    "jpeg without colour sampling": ("jpg", jpeg(subsampling=0)),
    "grey jpeg": ("jpg", saved(page(mode="L"), "JPEG")),
    "jpeg in printing colours": ("jpg", saved(page(mode="CMYK"), "JPEG")),
    "jpeg with exif": ("jpg", jpeg(exif=EXIF, comment=b"by a scanner")),
    "jpeg padded with zeros": ("jpg", jpeg() + bytes(700)),
    "jpeg padded with ones": ("jpg", jpeg() + b"\xff" * 30),
    "jpeg with a line end": ("jpg", jpeg() + b"\r\n"),
    "jpeg of one dot": ("jpg", saved(Image.new("L", (1, 1)), "JPEG")),
    "phone's jpeg with a second view": ("jpg", multi_picture(jpeg(), jpeg(quality=30))),
    "second view, then zeros": ("jpg", multi_picture(jpeg(), jpeg(quality=30)) + bytes(90)),
    "gif": ("gif", gif()),
    "gif of two frames": ("gif", gif(save_all=True, append_images=[page().rotate(180)])),
    "gif with a comment": ("gif", gif(comment=b"by a scanner")),
    "gif padded with zeros": ("gif", gif() + bytes(10)),
    "fax tiff": ("tif", tif()),
    "tiff of two pages": ("tif", tif(save_all=True, append_images=[page(mode="1")])),
    "unpacked tiff": ("tif", saved(page(200, 200), "TIFF")),
    "tiff with lzw": ("tif", tif("L", compression="tiff_lzw")),
    "tiff with deflate": ("tif", tif("RGB", compression="tiff_adobe_deflate")),
    "tiff with jpeg": ("tif", tif("L", compression="jpeg")),
    "tiff with packbits": ("tif", tif("1", compression="packbits")),
    "big-endian tiff": ("tif", saved(Image.new("I;16B", (90, 60), 99), "TIFF")),
    "tiff with a description": ("tif", tif(description="by a scanner", software="scanner", dpi=(300, 300))),
    "tiff with a directory left behind": ("tif", orphaned(tif(), b"")),
}


@pytest.mark.parametrize("name", WHOLE)
def test_it_takes_what_scanners_and_phones_write(name: str) -> None:
    assert reason(*WHOLE[name]) == ""


OTHER = {
    "PNG": saved(page(), "PNG"),
    "BMP": saved(page(200, 200), "BMP"),
    "WebP": saved(page(), "WEBP"),
    "PDF": pdf(),
    "ZIP": archive(),
    "WAV": sound(),
    "MP3": sound("MP3", "MPEG_LAYER_III"),
    "HTML": b"\n<html><body>agreed</body></html>",
    "executable": b"MZ" + bytes(200),
    "script": b"#!/bin/sh\nexit\n",
    "unknown": b"agreed, on paper",
    "BigTIFF": b"II+\x00\x08\x00\x00\x00" + bytes(50),
    "GIF": gif(),
    "TIFF": tif(),
}


@pytest.mark.parametrize("name", OTHER)
def test_it_names_what_stands_under_a_wrong_extension(name: str) -> None:
    assert reason("jpg", OTHER[name]) == f"content is {name}"


@pytest.mark.parametrize("extension", ["gif", "tif"])
def test_it_refuses_a_jpeg_under_the_extension_of_another_picture(extension: str) -> None:
    assert reason(extension, jpeg()) == "content is JPEG"


CUT = {
    name: WHOLE[name]
    for name in WHOLE
    if "padded" not in name and "line end" not in name and "one dot" not in name
}


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_it_refuses_a_cut_off_picture(name: str, kept: float) -> None:
    extension, data = CUT[name]
    assert reason(extension, data[: int(len(data) * kept)]) != ""


@pytest.mark.parametrize(
    "options", [{}, {"subsampling": 0}, {"optimize": True}, {"restart_marker_blocks": 3}]
)
@pytest.mark.parametrize("kept", [0.4, 0.6, 0.8, 0.95])
def test_it_refuses_a_jpeg_whose_end_marker_hides_that_the_rest_is_missing(
    options: dict[str, int], kept: float
) -> None:
    data = jpeg(**options)
    cut = data[: int(len(data) * kept)].rstrip(b"\xff")
    assert reason("jpg", cut + b"\xff\xd9") == "truncated"


@pytest.mark.parametrize("intervals", [1, 5, 40])
def test_it_refuses_a_jpeg_that_lacks_whole_intervals_between_restart_markers(intervals: int) -> None:
    data = jpeg(restart_marker_blocks=3)
    begin = data.index(b"\xff\xda")
    markers = [at for at in range(begin, len(data)) if data[at] == 0xFF and 0xD0 <= data[at + 1] <= 0xD7]
    assert reason("jpg", data[: markers[-intervals]] + b"\xff\xd9") == "truncated"


POLYGLOTS = {
    "archive behind a jpeg": ("jpg", jpeg() + archive(), "data after the end"),
    "page behind a jpeg": ("jpg", jpeg() + b"<html>" + SCRIPT, "data after the end"),
    "pdf behind a jpeg": ("jpg", jpeg() + pdf(), "data after the end"),
    "program behind a jpeg": ("jpg", jpeg() + b"MZ\x90\x00" + bytes(60), "data after the end"),
    "film behind a jpeg": ("jpg", jpeg() + b"\x00\x00\x00\x18ftypmp42" + bytes(40), "data after the end"),
    "second jpeg that is not announced": ("jpg", jpeg() + jpeg(), "data after the end"),
    "archive behind an announced view": (
        "jpg",
        multi_picture(jpeg(), jpeg()) + archive(),
        "data after the end",
    ),
    "archive announced as a view": ("jpg", multi_picture(jpeg(), archive()), "data after the end"),
    "archive behind zeros": ("jpg", jpeg() + bytes(4096) + archive(), "data after the end"),
    "archive in a comment": ("jpg", with_comment(jpeg(), archive()), "contains an archive"),
    "pdf in a comment": ("jpg", with_comment(jpeg(), pdf()), "contains PDF"),
    "script in a comment": ("jpg", with_comment(jpeg(), SCRIPT), "contains HTML"),
    "server page in a comment": ("jpg", with_comment(jpeg(), b"<?php echo 1;"), "contains HTML"),
    "archive behind a gif": ("gif", gif() + archive(), "data after the end"),
    "page behind a gif": ("gif", gif() + SCRIPT, "data after the end"),
    "script in a gif's comment": ("gif", gif(comment=SCRIPT), "contains HTML"),
    "archive in a gif's comment": ("gif", gif(comment=archive()), "contains an archive"),
    "archive behind a tiff": ("tif", tif() + archive(), "data after the end"),
    "page behind a tiff": ("tif", tif() + b"<html>" + SCRIPT, "data after the end"),
    "program inside a tiff": ("tif", orphaned(tif(), b"MZ" + b"\x90" * 5000), "data outside the picture"),
    "archive inside a tiff": ("tif", orphaned(tif(), archive()), "contains an archive"),
    "pdf inside a tiff": ("tif", tif(description=pdf().decode()), "contains PDF"),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_it_refuses_a_picture_that_is_something_else_too(name: str) -> None:
    extension, data, why = POLYGLOTS[name]
    assert reason(extension, data) == why


HOSTILE = {
    "jpeg of 65,000 × 65,000": ("jpg", huge_header(jpeg(), 65_000, 65_000), "too many pixels"),
    "jpeg without height": ("jpg", huge_header(jpeg(), 480, 0), "cannot be decoded"),
    "jpeg of markers only": ("jpg", b"\xff\xd8\xff\xd9", "cannot be decoded"),
    "gif of 65,535 × 65,535": ("gif", gif()[:6] + b"\xff\xff\xff\xff" + gif()[10:], "too many pixels"),
    "gif without a picture": ("gif", gif()[:13].replace(gif()[10:11], b"\x00") + b";", "cannot be decoded"),
    "gif of a thousand large frames": (
        "gif",
        gif()[:6] + b"\xd0\x07\xd0\x07\x00\x00\x00" + b",\0\0\0\0\1\0\1\0\0\2\2\x4c\1\0" * 1000 + b";",
        "too many pixels",
    ),
    "gif whose frame stands far outside": (
        "gif",
        far_frame(),
        "too many pixels",
    ),
    "jpeg of forty scans": ("jpg", many_scans(34), "too many scans"),
    "tiff in a loop": ("tif", looped(tif()), "cannot be decoded"),
    "tiff directory outside": ("tif", tif()[:4] + b"\xff\xff\xff\x7f" + tif()[8:], "truncated"),
    "tiff with lzma": ("tif", tif("L", compression="lzma"), "TIFF compression not allowed"),
    "tiff of 60 million white dots": (
        "tif",
        saved(Image.new("1", (10_000, 6_000)), "TIFF", compression="group4"),
        "too many pixels",
    ),
    "tiff of 20 million coloured dots": (
        "tif",
        saved(Image.new("RGB", (5_000, 4_000)), "TIFF", compression="tiff_adobe_deflate"),
        "too many pixels",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_refuses_what_would_fill_the_memory_or_never_end(name: str) -> None:
    extension, data, why = HOSTILE[name]
    tracemalloc.start()
    assert reason(extension, data) == why
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


_IN_A_PROCESS = """
import sys
from moa.formats.kftc.evidence import READING, check_evidence
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        print([each.value for each in check_evidence("1", path[-3:], file.read(), limit=READING)])
"""


def test_it_decodes_the_largest_pages_in_bounded_memory(tmp_path: Path) -> None:
    a4_at_600 = Image.new("L", (4960, 7016), 255)
    waves = [Image.new("RGB", (2000, 2000), (12 * tone, 0, 0)) for tone in range(20)]
    samples = {
        "grey.tif": saved(a4_at_600, "TIFF", compression="tiff_adobe_deflate"),
        "fax.tif": saved(a4_at_600.convert("1"), "TIFF", compression="group4"),
        "page.gif": saved(a4_at_600, "GIF"),
        "plain.jpg": saved(a4_at_600.resize((3508, 4960)), "JPEG", quality=1),
        "progressive.jpg": saved(a4_at_600.convert("RGB"), "JPEG", quality=1, progressive=True),
        "moving.gif": saved(waves[0], "GIF", save_all=True, append_images=waves[1:]),
        "coloured.tif": saved(Image.new("RGB", (3900, 4100)), "TIFF", compression="tiff_adobe_deflate"),
    }
    for name, data in samples.items():
        Path(tmp_path, name).write_bytes(data)
    printed, megabytes = peak_megabytes(_IN_A_PROCESS, *(str(tmp_path / name) for name in samples))
    assert printed.splitlines() == ["[]"] * len(samples)
    assert megabytes <= 256


def test_it_says_nothing_on_the_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(tif())
    data[200:260] = b"\x00\xff" * 30
    check_evidence("1", "tif", bytes(data))
    assert capfd.readouterr().err == ""
