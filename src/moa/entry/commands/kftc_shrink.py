"""`moa kftc shrink`: a picture of a consent made small enough to send, its text still readable. No database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from moa.entry.commands.kftc_findings import (
    KFTC_FILE,
    FindingStore,
    language_of,
    language_option,
    opened,
    show_finding,
    speak_to_person,
    speak_utf8,
    write_json,
)
from moa.entry.commands.kftc_output import OUTPUT_FILE, Output, refuse_to_replace
from moa.formats.fixed_width.finding import Finding, error
from moa.formats.kftc.codes import Language
from moa.formats.kftc.evidence.foreign import name_of
from moa.formats.kftc.evidence.shrink_refusal import CannotShrink

# The largest pictures that are taken, unpacked, are not larger.
_LARGEST = 200_000_000
_EXTENSIONS = {"JPEG": "jpg", "GIF": "gif", "TIFF": "tif"}
_SAME = {"jpeg": "jpg", "tiff": "tif"}

_TOLD: dict[Language, str] = {
    "ko": "{file}: {before:,}바이트에서 {size:,}바이트로, {width}×{height}, {dpi} dpi, {method}",
    "en": "{file}: {before:,} to {size:,} bytes, {width}×{height}, {dpi} dpi, {method}",
    "zh-hans": "{file}: 由{before:,}字节缩小到{size:,}字节，{width}×{height}，{dpi} dpi，{method}",
}
_METHODS: dict[Language, dict[str, str]] = {
    "ko": {"quality": "품질", "grey": "회색조", "colour": "컬러"},
    "en": {},
    "zh-hans": {"quality": "质量", "grey": "灰度", "colour": "彩色"},
}


@click.command(
    help="Make a picture (JPEG, GIF, TIFF) small enough for EI13 with its text still readable, upright and without "
    "metadata. FILE stays as it is. When no readable picture is that small, nothing is written."
)
@click.argument("file", type=KFTC_FILE)
@click.option("-o", "--output", required=True, type=OUTPUT_FILE)
@click.option("--limit", type=click.IntRange(min=1), default=300_000, show_default=True, help="Most bytes.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made, or what is wrong, as JSON.")
@language_option
def shrink(file: Path, output: Path, limit: int, as_json: bool, language: str | None) -> int:
    spoken = language_of(language)
    (speak_utf8 if as_json else speak_to_person)()
    refuse_to_replace(output, spoken, inputs=[file])
    store = FindingStore()
    made = _made(file, output, limit)
    if isinstance(made, Finding):
        store(made)
        show_finding(made, spoken)
        made = {"file": None}
    elif not as_json:
        method = made["method"]
        for word, said in _METHODS[spoken].items():
            method = method.replace(word, said)
        click.echo(_TOLD[spoken].format(**{**made, "method": method}))
    if as_json:
        write_json(made, store, sys.stdout)
    return 1 if store.counts["error"] else 0


def _made(file: Path, output: Path, limit: int) -> dict[str, Any] | Finding:
    """The facts of the file that was written, or why none was."""
    from moa.formats.kftc.evidence.shrinking import shrink as shrink_picture

    with opened(file) as source:
        data = source.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        return error("evidence_too_many_pixels")
    try:
        found = shrink_picture(data, _EXTENSIONS.get(name_of(data), ""), limit=limit)
    except CannotShrink as refused:
        return error(refused.code)
    named = output.suffix[1:].lower()
    if _SAME.get(named, named) != found.extension or named == "tiff":
        return error("output_extension", None, "extension", found.extension)
    with Output(output) as out:
        out.binary().write(found.data)
        out.keep()
    return {
        "file": str(output),
        "before": len(data),
        "size": len(found.data),
        "extension": found.extension,
        "width": found.width,
        "height": found.height,
        "dpi": found.dpi,
        "method": found.method,
    }
