"""Documents: files as they came, sealed at rest under the group's key, named by a keyed hash.

The raw bytes are on disk before the row that names them is committed; a crash in between leaves an unnamed file
that `sweep_unnamed` removes, never a row without a file.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction

from moa.control.audit import record
from moa.control.context import Context
from moa.control.group_keys import content_key, naming_key, renew_content_key
from moa.control.models import Document
from moa.control.sealed_files import CHUNK, SealedReader, key_version_of, seal
from moa.kernel.errors import DomainError, NotFound

# Years that a kind is kept, from the day it came. Source: DESIGN §4 (retention per kind); five and ten years are
# the usual terms of Korean and Chinese bookkeeping law and are the user's to lengthen.
RETENTION_YEARS = {"statement_file": 10, "rate_file": 5, "attachment": 10}


class DocumentNotKept(DomainError):
    """Only the hash, the size and the error of this file were kept."""

    code = "document_not_kept"


def store(ctx: Context, source: BinaryIO, *, name: str, kind: str) -> Document:
    """Keep `source` sealed and return its row; the same bytes of the same kind give the same row."""
    size, digest = measure(source)
    existing = Document.objects.filter(kind=kind, sha256=digest).first()
    if existing is not None and existing.stored and _path(ctx, existing.storage_name).exists():
        return existing
    storage_name = hmac.new(naming_key(ctx), f"{kind}:{digest}".encode(), hashlib.sha256).hexdigest()
    version, key = content_key(ctx)
    _write_sealed(_path(ctx, storage_name), source, key=key, version=version, size=size)
    if existing is not None:
        return existing
    document = _insert(
        ctx, name=name, kind=kind, digest=digest, size=size, storage_name=storage_name, version=version
    )
    record(
        ctx,
        "control.document.stored",
        "document",
        document.id,
        after={"kind": kind, "bytes": size, "sha256": digest},
    )
    return document


def refuse(ctx: Context, source: BinaryIO, *, name: str, kind: str, code: str) -> Document:
    """Keep only the hash, the size and the error of a file that must not be kept."""
    size, digest = measure(source)
    document = _insert(
        ctx, name=name, kind=kind, digest=digest, size=size, storage_name="", version=None, refusal=code
    )
    record(
        ctx,
        "control.document.refused",
        "document",
        document.id,
        after={"kind": kind, "sha256": digest, "code": code},
    )
    return document


def forget_content(ctx: Context, document: Document, *, code: str) -> None:
    """Remove the bytes of a document that turned out to hold what must not be kept; hash, size and error stay."""
    storage_name = document.storage_name
    Document.objects.filter(id=document.id).update(
        stored=False, refusal=code, storage_name="", key_version=None
    )
    record(ctx, "control.document.forgotten", "document", document.id, after={"code": code})
    if storage_name:
        transaction.on_commit(lambda: _path(ctx, storage_name).unlink(missing_ok=True))


@contextmanager
def open_document(ctx: Context, document_id: int) -> Iterator[BinaryIO]:
    """The plain bytes of a document as a seekable stream. Raises: not_found, document_not_kept, document_damaged."""
    document = Document.objects.filter(id=document_id).first()
    if document is None:
        raise NotFound(document=document_id)
    if not document.stored:
        raise DocumentNotKept(document=document_id, refusal=document.refusal)
    raw = _path(ctx, document.storage_name).open("rb")
    try:
        _, key = content_key(ctx, key_version_of(raw))
        with io.BufferedReader(SealedReader(raw, key), CHUNK) as reader:
            yield reader  # type: ignore[misc]
    finally:
        raw.close()


def rotate_keys(ctx: Context) -> int:
    """Make a new data key for the group and seal every document again under it; returns their number."""
    version = renew_content_key(ctx)
    _, key = content_key(ctx, version)
    count = 0
    for document in Document.objects.filter(stored=True).order_by("id"):
        with open_document(ctx, document.id) as plain:
            _write_sealed(
                _path(ctx, document.storage_name), plain, key=key, version=version, size=document.size_bytes
            )
        Document.objects.filter(id=document.id).update(key_version=version)
        count += 1
    record(ctx, "control.keys.rotated", "group", ctx.group_id, after={"version": version, "documents": count})
    return count


def purge_expired(ctx: Context) -> int:
    """Remove the bytes of documents whose time is over; the rows stay as evidence that they were there."""
    expired = list(Document.objects.filter(stored=True, retain_until__lt=ctx.today).order_by("id"))
    for document in expired:
        forget_content(ctx, document, code="retention_over")
    return len(expired)


def sweep_unnamed(ctx: Context, *, older_than_seconds: int = 86_400) -> int:
    """Remove files of the group's folder that no row names and that are not being written."""
    named = set(Document.objects.filter(stored=True).values_list("storage_name", flat=True))
    limit, count = ctx.at.timestamp() - older_than_seconds, 0
    for path in _folder(ctx).rglob("*"):
        if path.is_file() and path.name not in named and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
            count += 1
    return count


def measure(source: BinaryIO) -> tuple[int, str]:
    """Size and SHA-256 of a stream, which is rewound."""
    source.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    source.seek(0)
    return size, digest.hexdigest()


def _folder(ctx: Context) -> Path:
    return Path(settings.STATE_DIR) / "documents" / str(ctx.group_id)


def _path(ctx: Context, storage_name: str) -> Path:
    return _folder(ctx) / storage_name[:2] / storage_name


def _write_sealed(path: Path, source: BinaryIO, *, key: bytes, version: int, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            source.seek(0)
            seal(source, target, key=key, key_version=version, size=size)
            target.flush()
            os.fsync(target.fileno())
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _insert(
    ctx: Context, *, name: str, kind: str, digest: str, size: int, storage_name: str,
    version: int | None, refusal: str = "",
) -> Document:  # fmt: skip
    try:
        with transaction.atomic():
            return Document.objects.create(
                group_id=ctx.group_id, kind=kind, name=name[:255], sha256=digest, size_bytes=size,
                storage_name=storage_name, key_version=version, stored=not refusal, refusal=refusal,
                retain_until=_retain_until(ctx.today, kind), person_id=ctx.actor.person_id,
            )  # fmt: skip
    except IntegrityError:
        # The same file from two browsers at once: the other row is this file's row.
        return Document.objects.get(kind=kind, sha256=digest)


def _retain_until(day: date, kind: str) -> date:
    return day + timedelta(days=366 * RETENTION_YEARS.get(kind, 10))
