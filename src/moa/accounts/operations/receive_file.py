"""Take in a statement file: the raw bytes are kept before anything of them is understood."""

from __future__ import annotations

from typing import BinaryIO

from moa.accounts.finding import LONGEST_NUMBER, AccountNumberTooLong
from moa.accounts.models import StatementFile
from moa.accounts.permissions import IMPORT
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import measure, store
from moa.kernel.errors import DomainError


class FileTooLarge(DomainError):
    """The file is above the limit that the installation states; facts: `size`, `limit`."""

    code = "file_too_large"
    is_passing = True


class FileEmpty(DomainError):
    code = "file_empty"


class ProfileUnknown(DomainError):
    code = "profile_unknown"


LONGEST_PROFILE = 40


def receive_file(
    ctx: Context,
    *,
    source: BinaryIO,
    name: str,
    account: str = "",
    profile: str = "",
    limit_bytes: int | None = None,
) -> StatementFile:
    """Keep `source` and return its row in state "received". Raises: forbidden, file_too_large, file_empty,
    account_number_too_long, profile_unknown, document_name_too_long.

    The right is asked where the file's account lies once that is known; here it must be held somewhere.
    """
    require(ctx, IMPORT)
    if len(account) > LONGEST_NUMBER:
        raise AccountNumberTooLong(number=account, limit=LONGEST_NUMBER)
    if len(profile) > LONGEST_PROFILE:
        raise ProfileUnknown(profile=profile)
    size, digest = measure(source)
    if size == 0:
        raise FileEmpty(name=name)
    if limit_bytes is not None and size > limit_bytes:
        raise FileTooLarge(size=size, limit=limit_bytes)
    document = store(ctx, source, name=name, kind="statement_file")
    file = StatementFile.objects.create(
        group_id=ctx.group_id, document_id=document.id, person_id=ctx.actor.person_id, name=name,
        channel=ctx.channel, sha256=digest, size_bytes=size, received_at=ctx.at, asked_account=account,
        asked_profile=profile,
    )  # fmt: skip
    record(
        ctx, "accounts.file.received", "statement_file", file.id, after={"name": file.name, "sha256": digest}
    )
    return file
