"""`moa kftc records`: the data records of a CMS file as JSON lines or CSV.

A cell is the field's text and nothing else, so that a table can be changed and built into a file again: nothing is
added before a value that a spreadsheet might take for a formula. Such a value can stand only where the sender writes
freely; import the columns as text.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from moa.entry.commands.kftc_findings import (
    KFTC_FILE,
    language_of,
    language_option,
    opened,
    show_finding,
    speak_utf8,
)
from moa.entry.commands.kftc_output import OUTPUT_FILE, Output, refuse_to_replace
from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.codes import Language
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.reading import examine
from moa.formats.kftc.rows import Rows

if TYPE_CHECKING:
    from moa.formats.kftc.evidence_file import EvidenceRecord

Write = Callable[[Iterable[dict[str, str]]], None]


@click.command(
    help="Print the data records of a CMS file, one a line, all values as text without padding. "
    "What is wrong with the file goes to standard error. FILE may be - for standard input."
)
@click.argument("file", type=KFTC_FILE)
@click.option("--json-lines", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--csv", "as_csv", is_flag=True, help="A heading and one line a record, UTF-8.")
@click.option("-o", "--output", type=OUTPUT_FILE, help="Write to this file.")
@language_option
def records(file: Path, as_json: bool, as_csv: bool, output: Path | None, language: str | None) -> int:
    if as_json == as_csv:
        raise click.UsageError("name one of --json-lines and --csv")
    speak_utf8()
    complaints = _Complaints(language_of(language))
    if output is not None:
        refuse_to_replace(output, language_of(language), inputs=[file])
    with ExitStack() as closing:
        source = closing.enter_context(opened(file))
        out: TextIO = sys.stdout
        finished = None
        if output is not None:
            finished = closing.enter_context(Output(output))
            out = finished.text()
        write = _csv_table(out) if as_csv else _json_lines(out)
        summary = examine(source, complaints, lambda given: write(_texts(given)))
        if as_csv and not summary.records and summary.kind:
            csv.writer(out, lineterminator="\n").writerow(
                field.name for field in file_kinds()[summary.kind].data
            )
        if finished is not None:
            finished.keep()
    return 1 if complaints.errors else 0


class _Complaints:
    """Findings on standard error; a warning is no reason to speak between the records."""

    def __init__(self, language: Language) -> None:
        self.errors = 0
        self._language = language

    def __call__(self, finding: Finding) -> None:
        if finding.severity == "error":
            self.errors += 1
            show_finding(finding, self._language)


def _texts(given: Rows | EvidenceRecord) -> Iterable[dict[str, str]]:
    return given.decoded() if isinstance(given, Rows) else [given.fields]


def _json_lines(out: TextIO) -> Write:
    encode = json.JSONEncoder(ensure_ascii=False).encode

    def write(rows: Iterable[dict[str, str]]) -> None:
        out.writelines(encode(row) + "\n" for row in rows)

    return write


def _csv_table(out: TextIO) -> Write:
    heading: list[str] = []
    table = csv.writer(out, lineterminator="\n")

    def write(rows: Iterable[dict[str, str]]) -> None:
        waiting = iter(rows)
        if not heading and (first := next(waiting, None)) is not None:
            heading.extend(first)
            table.writerow(heading)
            table.writerow(first.values())
        table.writerows(row.values() for row in waiting)

    return write
