"""How a stored file is read, the first time and again: which reader, with what is known beside the file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from traceback import extract_tb
from typing import BinaryIO

from django.db import Error as DatabaseError

from moa.accounts.finding import AccountFinder
from moa.accounts.models import StatementFile
from moa.accounts.own_profiles import own_profiles
from moa.accounts.permissions import VIEW
from moa.accounts.staging import Staged, stage
from moa.control.context import Context
from moa.control.documents import open_document
from moa.formats.recognise import recognise
from moa.formats.statements import Event, FileFacts, ReadOptions
from moa.kernel.errors import DomainError, error

SHEET_LIMIT_BYTES = 150_000_000
_WITHOUT_CURRENCY = {"csv", "xlsx", "xls", "html"}
logger = logging.getLogger("moa.accounts")


class FileUnreadable(DomainError):
    """A file that was understood before cannot be read again: its workbook's password is needed, or it is damaged."""

    code = "file_unreadable"


@dataclass(frozen=True, slots=True)
class Reading:
    """Shape: `password` opens a locked workbook; `sheet_limit` bytes of sheet XML; `progress` takes entries so far."""

    password: str = ""
    sheet_limit: int = SHEET_LIMIT_BYTES
    progress: Callable[[int], None] = lambda done: None


def stage_file(
    ctx: Context,
    file: StatementFile,
    finder: AccountFinder,
    how: Reading,
    source: BinaryIO,
    *,
    known_at: datetime | None = None,
) -> tuple[Staged, FileFacts]:
    """Stage the lines of a file. A reader that fails on it is our fault, and yet an error that the person is told.

    A spreadsheet often states no currency; then the account's own counts before its profile's, so it is read again
    where the account turned out to be kept in another one. The group's own column profiles count as they stood at
    `known_at`: a file is read again as it was read the first time.
    """
    asked, own = own_profiles(ctx, file.asked_profile, known_at)
    options = ReadOptions(
        account=file.asked_account, profile=asked, password=how.password, own_profiles=own,
        max_sheet_bytes=how.sheet_limit, currency=_one_currency(finder, file.asked_account),
    )  # fmt: skip
    staged, facts = _stage(source, file, options, how)
    if facts.format in _WITHOUT_CURRENCY and not options.currency and not staged.error_count:
        currency = _other_currency(finder, staged)
        if currency:
            staged, facts = _stage(source, file, replace(options, currency=currency), how)
    return staged, facts


def stage_again(ctx: Context, file: StatementFile, how: Reading | None = None) -> Staged:
    """Stage the lines of a file that was understood before, from its raw document. Raises: file_unreadable."""
    with open_document(ctx, file.document_id) as source:
        # Looking at what a file said, and deciding on it, is not bringing it in.
        finder = AccountFinder(ctx, file.asked_account, VIEW)
        staged, _ = stage_file(ctx, file, finder, how or Reading(), source, known_at=file.state_at)
    if staged.error_count:
        raise FileUnreadable(file=file.id, problem=staged.errors[0].code)
    return staged


def _stage(
    source: BinaryIO, file: StatementFile, options: ReadOptions, how: Reading
) -> tuple[Staged, FileFacts]:
    facts = FileFacts()
    return stage(_events(source, file, options, facts), how.progress), facts


def _events(source: BinaryIO, file: StatementFile, options: ReadOptions, facts: FileFacts) -> Iterator[Event]:
    source.seek(0)
    try:
        recognised = recognise(source, options)
        if recognised is None:
            yield error("format_unknown", "file", "format", file.name)
            return
        facts.format = recognised.format
        source.seek(0)
        yield from recognised.reader(source, options, facts)
    except DomainError as refusal:
        yield error(refusal.code, "file", "", "")
    except (DatabaseError, OSError, MemoryError):
        # Not the file's doing: the next try may go better.
        raise
    except Exception as fault:
        log_fault(f"reading file {file.id}", fault)
        yield error("reader_failed", "file", "", facts.format)


def log_fault(what: str, fault: Exception) -> None:
    """Write a fault of our own to the log: its place in the program, never its words, which may repeat the file's."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(fault.__traceback__)[-3:]]
    logger.error("%s failed: %s at %s", what, type(fault).__name__, " < ".join(places))


def _one_currency(finder: AccountFinder, number: str) -> str:
    """The currency of the account that the person named, when it has one number and one currency."""
    currencies = {one.currency for one in finder.candidates(number)} if number else set()
    return currencies.pop() if len(currencies) == 1 else ""


def _other_currency(finder: AccountFinder, staged: Staged) -> str:
    for end in staged.ends.values():
        currencies = {one.currency for one in finder.candidates(end.account)} if end.account else set()
        if len(currencies) == 1 and end.currency not in currencies:
            return currencies.pop()
    return ""
