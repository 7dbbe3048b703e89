"""How a stored file is read again: which reader, with what is known beside the file."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from moa.accounts.models import BankAccount, StatementFile
from moa.accounts.rules import number_keys
from moa.accounts.staging import Staged, stage
from moa.control.context import Context
from moa.control.documents import open_document
from moa.formats.recognise import Recognised, recognise
from moa.formats.statements import FileFacts, ReadOptions, StatementEnd
from moa.kernel.errors import NotFound

_WITHOUT_CURRENCY = {"csv", "xlsx", "xls", "html"}


def recognise_file(source: BinaryIO, options: ReadOptions) -> Recognised | None:
    source.seek(0)
    return recognise(source, options)


def choose_options(source: BinaryIO, file: StatementFile, password: str, sheet_limit: int) -> ReadOptions:
    """What is known beside the file: the account that was named, and the currency that it is kept in.

    A spreadsheet often states no currency; then the account's own counts before the profile's. When nobody named
    the account, the file is read once to find it.
    """
    options = ReadOptions(
        account=file.asked_account, profile=file.asked_profile, password=password, max_sheet_bytes=sheet_limit
    )
    recognised = recognise_file(source, options)
    if recognised is None or recognised.format not in _WITHOUT_CURRENCY:
        return options
    number = file.asked_account
    if not number:
        source.seek(0)
        for event in recognised.reader(source, options, FileFacts()):
            if isinstance(event, StatementEnd):
                number = event.account
                break
    currencies: set[str] = set()
    for key in number_keys(number):
        currencies.update(BankAccount.objects.filter(number_key=key).values_list("currency", flat=True))
    return replace(options, currency=currencies.pop()) if len(currencies) == 1 else options


def stage_again(
    ctx: Context, file: StatementFile, *, password: str = "", sheet_limit: int = 150_000_000
) -> Staged:
    """Stage the lines of a file that was understood before, from its raw document."""
    with open_document(ctx, file.document_id) as source:
        options = choose_options(source, file, password, sheet_limit)
        recognised = recognise_file(source, options)
        if recognised is None:
            raise NotFound(file=file.id)
        source.seek(0)
        return stage(recognised.reader(source, options, FileFacts()), lambda done: None)
