"""Bring a refused file in once more, by a column profile that was made for it."""

from __future__ import annotations

from moa.accounts.lifecycle import FileState
from moa.accounts.models import StatementFile
from moa.accounts.operations.receive_file import receive_file
from moa.accounts.own_profiles import access_profile
from moa.accounts.permissions import IMPORT
from moa.accounts.queries import access_file
from moa.control.access import require
from moa.control.context import Context
from moa.control.documents import open_document
from moa.kernel.errors import DomainError


class FileNotRefused(DomainError):
    """Only a refused file is brought in again."""

    code = "file_not_refused"


def read_again(ctx: Context, *, file_id: int, profile_id: int) -> StatementFile:
    """A new row of the history for the same bytes, to be read by that profile. The old one stays as it was.

    Raises: forbidden, not_found, file_not_refused, document_not_kept.
    """
    require(ctx, IMPORT)
    file = access_file(ctx, file_id)
    profile = access_profile(ctx, profile_id)
    if file.state != FileState.REFUSED:
        raise FileNotRefused(file=file_id)
    with open_document(ctx, file.document_id) as source:
        return receive_file(
            ctx, source=source, name=file.name, account=file.asked_account, profile=profile.key
        )
