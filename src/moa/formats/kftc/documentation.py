"""The printed layout pages, made from the layout tables: `python -m moa.formats.kftc.documentation docs/kftc`."""

from __future__ import annotations

import sys
from pathlib import Path

from moa.formats.fixed_width.hangul import WIDE_SPACE
from moa.formats.fixed_width.kinds import Date, Unwritable
from moa.formats.fixed_width.layout import Field, Layout

from .evidence_layouts import BLOCK, IDENTIFICATION
from .faults import field_label
from .field_kinds import BankCode
from .file_kinds import FileKind, file_kinds

STATUS = {
    "verified": "verified: printed in a document of KFTC",
    "compiled": "compiled: not printed in a document that we saw, but independent programs agree",
    "partly inferred": "partly inferred: known from one program, the rest from the record's length",
    "experimental": "experimental: one public sample; try it with KFTC's test centre before relying on it",
}
_HEADING = ("byte", "length", "field", "항목", "what it holds", "when not given", "note")


def layout_markdown(layout: Layout) -> str:
    """One record: its source and status, then a line a field, bytes counted from 1."""
    lines = [
        f"## {layout.name}",
        "",
        f"{layout.length} bytes. Source: {layout.source}. Status: {STATUS[layout.status]}.",
        "",
        _row(*_HEADING),
        "|" + "---|" * len(_HEADING),
        *(_field_row(field) for field in layout),
    ]
    return "\n".join(lines) + "\n"


def kind_markdown(kind: FileKind) -> str:
    """The page of a kind of file: what it is, then its three records."""
    lines = [
        f"# {kind.name}: {kind.title['en']} ({kind.title['ko']} · {kind.title['zh-hans']})",
        "",
        "Made by `python -m moa.formats.kftc.documentation docs/kftc` from the tables that read and write the file.",
        "",
        *_about(kind),
        "",
    ]
    records = [layout_markdown(layout) for layout in (kind.header, kind.data, kind.trailer)]
    return "\n".join(lines) + "\n" + "\n".join(records)


def index_markdown() -> str:
    """All kinds with how sure each of their tables is."""
    lines = [
        "# Layouts of CMS files",
        "",
        "Made by `python -m moa.formats.kftc.documentation docs/kftc`. Bytes are counted from 1, as KFTC prints them.",
        "",
        _row("kind", "what it is", "header", "data record", "trailer"),
        "|" + "---|" * 5,
    ]
    for kind in file_kinds().values():
        status = [layout.status for layout in (kind.header, kind.data, kind.trailer)]
        lines.append(
            _row(f"[{kind.name}]({kind.name}.md)", f"{kind.title['en']} ({kind.title['ko']})", *status)
        )
    lines += ["", *(f"- **{status}**: {told.split(': ', 1)[1]}" for status, told in STATUS.items())]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    made = {f"{kind.name}.md": kind_markdown(kind) for kind in file_kinds().values()}
    return {"README.md": index_markdown(), **made}


def _about(kind: FileKind) -> list[str]:
    lines = []
    if kind.family == "EI13":
        lines += [
            f"Blocks of {BLOCK:,} bytes. A data record is its identification of {IDENTIFICATION} bytes, the evidence's own "
            f"bytes, and spaces up to a multiple of {BLOCK:,}.",
        ]
    else:
        lines += [
            f"Records of {kind.record_length} bytes: one header, the data records, one trailer, and no line breaks."
        ]
    if kind.is_result:
        lines += [
            f"A result file: it lists only what failed of {kind.result_of}. What it does not list succeeded, but only "
            "once the complete file has arrived."
        ]
    if kind.minimum_won:
        lines += [f"The smallest sum that may be asked for is {kind.minimum_won} won (0075)."]
    if kind.experimental:
        lines += ["**Experimental**: every use says so with the warning `kind_experimental`."]
    return lines


def _field_row(field: Field) -> str:
    bytes_ = str(field.position) if field.length == 1 else f"{field.position}–{field.end}"
    note = field.note + ("" if field.strict else " (weak source: a fault here is a warning)")
    return _row(
        bytes_,
        str(field.length),
        f"`{field.name}`",
        field_label(field.name, "ko"),
        _holds(field),
        _default(field),
        note,
    )


def _holds(field: Field) -> str:
    """As its kind says it, where the kind fits fields of one length only."""
    if isinstance(field.kind, Date):
        return f"a day, {'YYMMDD' if field.length == 6 else 'YYYYMMDD'}"
    if isinstance(field.kind, BankCode) and field.length == 3:
        return "bank code of three digits"
    return field.kind.describe()


def _default(field: Field) -> str:
    """What is written when nobody says anything; a field without default has to be given."""
    if field.default is None:
        return "–"
    try:
        written = field.kind.write(field.default, field.length)
    except Unwritable:
        return "–"
    if not written.strip(b" "):
        return "spaces"
    if not written.strip(b"0"):
        return "zeros"
    if written == WIDE_SPACE * (field.length // 2):
        return "A1A1"
    return f'"{written.decode("ascii").rstrip()}"'


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(folder: Path) -> None:
    target = folder / "layouts"
    target.mkdir(parents=True, exist_ok=True)
    for name, page in pages().items():
        (target / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/kftc"))
