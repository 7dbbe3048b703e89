"""The printed layouts, made from the tables: `python -m moa.formats.firm_banking.documentation docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from moa.formats.fixed_width.layout import Field

from .layouts import ASSUMED, COMPILED, HEADER_LENGTH, NOT_PUBLIC, SOURCE, VERIFIED
from .messages import MESSAGES, MessageKind

PAGE = "firm_banking_layouts.md"
_STATUS = {
    VERIFIED: "printed in the design",
    COMPILED: "two public programs agree",
    ASSUMED: "only the message's name is public; an operator's own table must replace this one",
    NOT_PUBLIC: "only the message's name is public; the body is read as one text",
}


def page() -> str:
    """Header, then the body of every kind of message; kinds with one body stand together."""
    requests = [kind for kind in MESSAGES.values() if not kind.is_answer]
    lines = [
        "# Layouts of firm-banking messages",
        "",
        "Made by `python -m moa.formats.firm_banking.documentation docs` from the tables that read and write them. Bytes are counted from 1.",
        f"Source: {SOURCE}.",
        "",
        "## Header of every message",
        "",
        *_table([field for field in requests[0].layout if field.end <= HEADER_LENGTH]),
    ]
    for body, kinds in _together(requests):
        titles = "; ".join(f"{kind.key} {kind.title} ({kind.title_ko})" for kind in kinds)
        states = dict.fromkeys(kind.layout.status for kind in kinds)
        lines += [
            "",
            f"## {titles}",
            "",
            *(f"*{state}*: {_STATUS[state]}." for state in states),
            "",
            *_table(body),
        ]
    return "\n".join(lines) + "\n"


def _together(kinds: list[MessageKind]) -> list[tuple[list[Field], list[MessageKind]]]:
    found: dict[tuple[Field, ...], list[MessageKind]] = {}
    for kind in kinds:
        body = tuple(field for field in kind.layout if field.end > HEADER_LENGTH)
        found.setdefault(body, []).append(kind)
    return [(list(body), alike) for body, alike in found.items()]


def _table(fields: list[Field]) -> list[str]:
    rows = [
        f"| {field.position}–{field.end} | {field.length} | `{field.name}` | {field.kind.describe()} | {field.note} |"
        for field in fields
    ]
    return ["| byte | length | field | what it holds | note |", "|---|---|---|---|---|", *rows]


def main(folder: Path) -> None:
    (folder / PAGE).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
