"""`moa kftc build`: a CMS file from a table of rows; it is written only when every row is right."""

from __future__ import annotations

import sys
from datetime import datetime
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
from moa.entry.commands.kftc_rows import rows_of
from moa.formats.fixed_width.finding import Finding
from moa.formats.fixed_width.kinds import Unwritable
from moa.formats.kftc.codes import Language
from moa.formats.kftc.faults import fault_text, field_label
from moa.formats.kftc.file_kinds import FileKind, file_kinds
from moa.formats.kftc.writing import BuildSummary
from moa.formats.kftc.writing import build as build_file

# Only the files about sums name the institution's own account and bank in their header.
_HEADER_FIELDS = {
    "EB2x": ("credit_account_no", "main_bank_branch_code"),
    "EB3x": ("debit_account_no", "bank_branch_code"),
}
# Every error is told on standard error; of warnings only so many, for they stop nothing and --json lists them.
_WARNINGS_SHOWN = 20


@click.command(
    help="Make a CMS file of KIND from a table of rows (CSV with the fields' names, UTF-8 or CP949; - is standard "
    "input). Numbering, padding, header and trailer are ours. When a row is wrong nothing is written."
)
@click.argument("kind", type=click.Choice(list(file_kinds())))
@click.option("--rows", "table", required=True, type=KFTC_FILE, help="The table of rows.")
@click.option("--institution", required=True, help="Ten digits that begin with 99.")
@click.option("--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The file's date.")
@click.option("--account", default="", help="The institution's account (EB21, EB22, EC21, EC22, EB31, EB32).")
@click.option("--bank-branch", default="", help="Bank and branch of that account, seven digits.")
@click.option(
    "--evidence-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the files named in the column evidence_file are (EI13).",
)
@click.option("-o", "--output", required=True, type=OUTPUT_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print what was made, or what is wrong, as JSON.")
@language_option
def build(
    kind: str,
    table: Path,
    institution: str,
    day: datetime,
    account: str,
    bank_branch: str,
    evidence_dir: Path | None,
    output: Path,
    as_json: bool,
    language: str | None,
) -> int:
    asked = file_kinds()[kind]
    spoken = language_of(language)
    (speak_utf8 if as_json else speak_to_person)()
    _check_usage(asked, institution, account, bank_branch, spoken)
    refuse_to_replace(output, spoken, inputs=[table], folder=evidence_dir)
    told = _Told(spoken)
    takes_account = asked.family in _HEADER_FIELDS  # a script may give them always; they are then left out
    with opened(table, seekable=True) as source, Output(output) as out:
        summary = build_file(
            asked.name,
            rows_of(source, asked, told),
            out.binary(),
            told,
            institution=institution,
            date=day.date(),
            account=account if takes_account else "",
            bank_branch=bank_branch if takes_account else "",
            evidence_dir=evidence_dir if asked.family == "EI13" else None,
        )
        if not told.errors:
            out.keep()
    told.say_rest()
    if as_json:
        facts = {"kind": asked.name, "institution": institution, "date": day.date().isoformat()}
        write_json(facts | _made(summary, output, told), told.store, sys.stdout)
    elif not told.errors:
        click.echo(f"{output}: {asked.name}, {summary.records:,} record{'' if summary.records == 1 else 's'}")
    return 1 if told.errors else 0


def _made(summary: BuildSummary, output: Path, told: _Told) -> dict[str, Any]:
    return {
        "records": summary.records,
        "totals": summary.totals,
        "file": None if told.errors else str(output),
    }


class _Told:
    """Findings as they come: a line each on standard error, and kept for --json."""

    def __init__(self, language: Language) -> None:
        self.store = FindingStore()
        self._language = language

    @property
    def errors(self) -> int:
        return self.store.counts["error"]

    def __call__(self, finding: Finding) -> None:
        if finding.severity == "warning" and finding.code == "rows_empty" and self.errors:
            return  # what is wrong with the table has been told, and is why no row was read
        self.store(finding)
        if finding.severity == "error" or self.store.counts["warning"] <= _WARNINGS_SHOWN:
            show_finding(finding, self._language, "row")

    def say_rest(self) -> None:
        rest = self.store.counts["warning"] - _WARNINGS_SHOWN
        if rest > 0:
            click.echo(f"{rest:,} more warnings; --json lists them", err=True)


def _check_usage(
    kind: FileKind, institution: str, account: str, bank_branch: str, language: Language
) -> None:
    """Options that no file of this kind can be made with are a wrong use of the command."""
    given = {"institution_code": ("--institution", institution)}
    if kind.family in _HEADER_FIELDS:
        account_field, bank_field = _HEADER_FIELDS[kind.family]
        given |= {account_field: ("--account", account), bank_field: ("--bank-branch", bank_branch)}
    for name, (option, text) in given.items():
        field = kind.header.field(name)
        try:
            field.kind.write(text, field.length)
        except Unwritable as refused:
            code = refused.code if text else "value_missing"
            told = f"{field_label(name, language)}: {fault_text(code, language, name, text)}"
            shown = f'{option} "{text}" ({code})' if text else f"{option} ({kind.name})"
            raise click.UsageError(f"{shown}: {told}") from None
