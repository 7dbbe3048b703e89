"""The reader of statement tables: CSV, xlsx, xls, HTML named .xls, with or without a password."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from moa.formats.spreadsheets.cells import Sheet
from moa.formats.spreadsheets.containers import container_of
from moa.formats.spreadsheets.encoding import canonical, detect
from moa.formats.spreadsheets.profiles import PROFILES, Profile
from moa.formats.spreadsheets.refusals import WorkbookRefused
from moa.formats.spreadsheets.rows_csv import csv_sheet
from moa.formats.spreadsheets.table import Table
from moa.formats.statements import Event, FileFacts, ReadOptions
from moa.kernel.errors import Problem, error, warning

# More findings than a person can use, of each severity; the rest is counted, so that memory stays bounded.
MOST_PROBLEMS = 10_000


def read(source: BinaryIO, options: ReadOptions, facts: FileFacts) -> Iterator[Event]:
    """The statements in a table file, streamed; every fault with its row, column and value.

    Each sheet with a header is a statement (or several, where accounts follow one another); other sheets of the same
    workbook are skipped with the warning `sheet_ignored`.

    Problems: file_empty, profile_unknown, encoding_unknown, header_not_found, password_needed, password_wrong,
    workbook_broken, workbook_too_large, workbook_unsupported, workbook_entities, problems_omitted, and those of
    table.py, statement.py, interpret.py and the row readers.
    """
    counts = {"error": 0, "warning": 0}
    for event in _read(source, options, facts):
        if isinstance(event, Problem):
            counts[event.severity] += 1
            if counts[event.severity] > MOST_PROBLEMS:
                continue
        yield event
    for severity, count in counts.items():
        if count > MOST_PROBLEMS:
            make = error if severity == "error" else warning
            yield make("problems_omitted", "file", "", str(count - MOST_PROBLEMS))


def _read(source: BinaryIO, options: ReadOptions, facts: FileFacts) -> Iterator[Event]:
    profiles = profiles_for(options)
    if not profiles:
        yield error("profile_unknown", "file", "profile", options.profile)
        return
    if not source.seek(0, 2):
        yield error("file_empty", "file")
        return
    try:
        sheets = open_sheets(source, options, facts, profiles)
    except WorkbookRefused as refusal:
        yield error(
            refusal.code, "file", str(refusal.facts.get("field", "")), str(refusal.facts.get("value", ""))
        )
        return
    yield from read_sheets(sheets, options, facts, profiles)


def profiles_for(options: ReadOptions) -> list[Profile]:
    """What a header is held against: the caller's own profiles and the shipped ones, or the one asked for; empty
    where nobody knows that one. A profile of tables without a header knows none again, so it reads only what it is asked for.
    """
    own = {profile.name: profile for profile in options.own_profiles}
    if not options.profile:
        return [*(one for one in own.values() if one.header_rows), *PROFILES.values()]
    asked = own.get(options.profile) or PROFILES.get(options.profile)
    return [asked] if asked is not None else []


def read_sheets(
    sheets: Sequence[Sheet], options: ReadOptions, facts: FileFacts, profiles: Sequence[Profile]
) -> Iterator[Event]:
    """The statements in sheets that were opened."""
    index = 1
    without: list[Sheet] = []
    failed = False
    for sheet in sheets:
        table = Table(sheet, options, facts, profiles, first_index=index)
        for event in table.events():
            failed = failed or (isinstance(event, Problem) and event.severity == "error")
            yield event
        index = table.index
        if not table.found and not table.empty:
            without.append(sheet)
    if index > 1:
        for sheet in without:
            yield warning("sheet_ignored", f"sheet {sheet.name}")
    elif not failed:
        yield error("header_not_found", "file")


def open_sheets(
    source: BinaryIO, options: ReadOptions, facts: FileFacts, profiles: Sequence[Profile]
) -> list[Sheet]:
    """The file's sheets by what its first bytes say it is; fills the format and the encoding in.

    Raises: WorkbookRefused. The readers of workbooks and pages are imported when one comes: the parsers and
    ciphers behind them weigh more than everything else here.
    """
    container = container_of(source)
    if container == "zip":
        from moa.formats.spreadsheets.xlsx.rows import workbook_sheets

        facts.format, facts.encoding = "xlsx", "utf-8"
        return workbook_sheets(source, options.max_sheet_bytes)
    if container in ("ole", "biff"):
        return _open_xls(source, options, facts, locked=container == "ole")
    encoding = canonical(options.encoding) if options.encoding else ""
    if options.encoding and not encoding:
        raise WorkbookRefused("encoding_unknown", field="encoding", value=options.encoding)
    if container == "html":
        from moa.formats.spreadsheets.rows_html import html_encoding, html_sheet

        facts.format, facts.encoding = "html", encoding or html_encoding(source)
        return [html_sheet(source, facts.encoding)]
    facts.format, facts.encoding = "csv", encoding or detect(source)
    return [csv_sheet(source, facts.encoding, profiles)]


def _open_xls(source: BinaryIO, options: ReadOptions, facts: FileFacts, *, locked: bool) -> list[Sheet]:
    """An .xls, or the xlsx that a compound file around it locks."""
    from moa.formats.spreadsheets.xls.ole import is_locked, workbook_stream
    from moa.formats.spreadsheets.xls.rows import biff_sheets

    facts.format = "xls"
    most = options.max_sheet_bytes
    if locked and is_locked(source, most):
        from moa.formats.spreadsheets.xls.unlock import unlock

        source, is_package = unlock(source, options.password, most)
        if is_package:
            from moa.formats.spreadsheets.xlsx.rows import workbook_sheets

            facts.format, facts.encoding = "xlsx", "utf-8"
            return workbook_sheets(source, most)
    return biff_sheets(workbook_stream(source, most))
