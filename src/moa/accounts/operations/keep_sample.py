"""Keep a table that somebody will point at, unless it holds numbers of persons."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from moa.accounts.operations.receive_file import FileEmpty, FileTooLarge
from moa.accounts.permissions import DEFINE
from moa.accounts.samples import KIND, LIMIT_BYTES, SHEET_LIMIT_BYTES
from moa.control.access import require_below
from moa.control.context import Context
from moa.control.documents import measure, store
from moa.control.models import Document
from moa.formats.spreadsheets.guess import guess, guess_without_header
from moa.formats.spreadsheets.pointing import profile_of
from moa.formats.spreadsheets.preview import Preview, preview
from moa.formats.spreadsheets.trial import try_profile
from moa.formats.statements import ReadOptions
from moa.kernel.errors import DomainError


class SampleUnfit(DomainError):
    """The file shows no table: its code is the reader's, `sample_locked` or `sample_holds_persons`."""

    code = "sample_unfit"


def keep_sample(ctx: Context, *, source: BinaryIO, name: str) -> Document:
    """Raises: forbidden, file_empty, file_too_large, document_name_too_long, sample_holds_persons, sample_unfit and
    the reader's codes; nothing is kept then."""
    require_below(ctx, DEFINE, None)
    size, _ = measure(source)
    if size == 0:
        raise FileEmpty(name=name)
    if size > LIMIT_BYTES:
        raise FileTooLarge(size=size, limit=LIMIT_BYTES)
    options = ReadOptions(max_sheet_bytes=SHEET_LIMIT_BYTES)
    seen = preview(source, options, 1)
    if not any(sheet.rows for sheet in seen.sheets):
        raise SampleUnfit(sample_problem(seen))
    for sheet in seen.sheets:
        found = guess(sheet.head)
        found = found if found.names else guess_without_header(sheet.head)
        # Any currency of two decimals does: it is the columns of persons that are looked for.
        profile = profile_of(replace(found, currency="USD"), name="guess")
        if found.names and try_profile(source, options, profile).holds_persons:
            raise SampleUnfit("sample_holds_persons")
    return store(ctx, source, name=name, kind=KIND)


def sample_problem(seen: Preview) -> str:
    """Why there is nothing to point at. A locked workbook has a code of its own, for here no password is taken."""
    code = seen.problems[0].code if seen.problems else "sample_unfit"
    return "sample_locked" if code in ("password_needed", "password_wrong") else code
