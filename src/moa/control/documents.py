"""Documents: files as they came, sealed at rest under the group's key, named by a keyed hash.

The raw bytes are on disk before the row that names them is committed; a crash in between leaves an unnamed file
that `sweep_unnamed` removes, never a row without a file. Who writes or removes bytes holds the row's lock; who
sweeps holds the folder's lock alone, so a sweep never meets a file whose row is still to be committed.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.group_keys import ContentKeyUnknown, content_key, naming_key, renew_content_key
from moa.control.models import Document
from moa.control.on_disk import sync_to_disk
from moa.control.rules import RETENTION_YEARS, retain_until
from moa.control.sealed_files import CHUNK, DocumentDamaged, SealedReader, key_version_of, seal
from moa.control.sealed_secrets import seal_all_again
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.masking import mask_text

NAME_MAX_LENGTH = 255


class DocumentNotKept(DomainError):
    """Only the hash, the size and the error of this file were kept."""

    code = "document_not_kept"


class DocumentNameTooLong(DomainError):
    code = "document_name_too_long"


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did. `damaged` are documents whose stored bytes no longer open; they are left as they are."""

    version: int
    documents: int
    damaged: tuple[int, ...]


def store(ctx: Context, source: BinaryIO, *, name: str, kind: str) -> Document:
    """Keep `source` sealed and return its row; the same bytes of the same kind give the same row.

    A file whose bytes were removed before (refused, or its time was over) is kept anew, and its row says so.

    Shape: `kind` is one of RETENTION_YEARS. Raises: document_name_too_long.
    """
    _check_label(name, kind)
    size, digest = measure(source)
    _hold_folder(ctx, alone=False)
    existing = Document.objects.select_for_update().filter(kind=kind, sha256=digest).first()
    if existing is not None and existing.stored and _path(ctx, existing.storage_name).exists():
        return existing
    storage_name = hmac.new(naming_key(ctx), f"{kind}:{digest}".encode(), hashlib.sha256).hexdigest()
    version, key = content_key(ctx)
    _write_sealed(_path(ctx, storage_name), source, key=key, version=version, size=size)
    if existing is None:
        document, made = _insert(
            ctx, name=name, kind=kind, digest=digest, size=size, storage_name=storage_name, version=version
        )
        if not made:
            return document
    else:
        document = _keep_anew(ctx, existing, storage_name, version)
    facts = {"kind": kind, "bytes": size, "sha256": digest}
    record(ctx, "control.document.stored", "document", document.id, after=facts)
    return document


def refuse(ctx: Context, source: BinaryIO, *, name: str, kind: str, code: str) -> Document:
    """Keep only the hash, the size and the error of a file that must not be kept.

    When the same file is already kept, its bytes are removed.
    """
    _check_label(name, kind)
    size, digest = measure(source)
    document, made = _insert(
        ctx, name=name, kind=kind, digest=digest, size=size, storage_name="", version=None, refusal=code
    )
    if not made:
        forget_content(ctx, document, code=code)
        return Document.objects.get(id=document.id)
    facts = {"kind": kind, "bytes": size, "sha256": digest, "code": code}
    record(ctx, "control.document.refused", "document", document.id, after=facts)
    return document


def forget_content(ctx: Context, document: Document, *, code: str) -> None:
    """Remove the bytes of a document that turned out to hold what must not be kept; hash, size and error stay."""
    row = Document.objects.select_for_update().get(id=document.id)
    Document.objects.filter(id=row.id).update(stored=False, refusal=code, storage_name="", key_version=None)
    record(ctx, "control.document.forgotten", "document", row.id, after={"code": code})
    if row.storage_name:
        transaction.on_commit(lambda: _remove_bytes(ctx, row.id, row.storage_name))


@contextmanager
def open_document(ctx: Context, document_id: int) -> Iterator[BinaryIO]:
    """The plain bytes of a document as a seekable stream. Raises: not_found, document_not_kept, document_damaged."""
    document = Document.objects.filter(id=document_id).first()
    if document is None:
        raise NotFound(document=document_id)
    if not document.stored:
        raise DocumentNotKept(document=document_id, refusal=document.refusal)
    try:
        raw = _path(ctx, document.storage_name).open("rb")
    except FileNotFoundError:
        raise DocumentDamaged(document=document_id, reason="missing") from None
    try:
        key = _key_of(ctx, raw)
        with io.BufferedReader(SealedReader(raw, key, document.storage_name.encode()), CHUNK) as reader:
            yield reader
    finally:
        raw.close()


def rotate_keys(ctx: Context) -> Rotation:
    """Make a new data key for the group and seal every document and registered secret again under it. The Context must be closed.

    The key is committed before the first file is sealed under it, and each file in a transaction of its own: a
    rotation that was interrupted loses nothing, and the next one does what is left.

    Raises: forbidden.
    """
    with transaction.atomic(durable=True), ctx.open():
        require(ctx, "control.keys.rotate")
        version = renew_content_key(ctx)
        record(ctx, "control.keys.renewed", "group", ctx.group_id, after={"version": version})
    count, damaged = 0, list[int]()
    while waiting := _sealed_before(ctx, version, damaged):
        for document_id in waiting:
            try:
                with ctx.open():
                    _seal_again(ctx, document_id, version)
                count += 1
            except DocumentDamaged:
                damaged.append(document_id)
    with ctx.open():
        secrets = seal_all_again(ctx)
        facts = {"version": version, "documents": count, "secrets": secrets, "damaged": damaged}
        record(ctx, "control.keys.rotated", "group", ctx.group_id, after=facts)
    return Rotation(version, count, tuple(damaged))


def purge_expired(ctx: Context) -> int:
    """Remove the bytes of documents whose time is over; the rows stay as evidence that they were there."""
    expired = list(Document.objects.filter(stored=True, retain_until__lt=ctx.today).order_by("id"))
    for document in expired:
        forget_content(ctx, document, code="retention_over")
    return len(expired)


def sweep_unnamed(ctx: Context, *, older_than_seconds: int = 86_400) -> int:
    """Remove files of the group's folder that no row names and that are not being written."""
    _hold_folder(ctx, alone=True)
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


def _key_of(ctx: Context, raw: BinaryIO) -> bytes:
    try:
        return content_key(ctx, key_version_of(raw))[1]
    except ContentKeyUnknown:
        raise DocumentDamaged(reason="key version") from None


def _check_label(name: str, kind: str) -> None:
    if kind not in RETENTION_YEARS:
        raise ValueError(f"no retention is set for documents of the kind {kind}")
    if len(name) > NAME_MAX_LENGTH:
        raise DocumentNameTooLong(length=len(name), limit=NAME_MAX_LENGTH)


def _hold_folder(ctx: Context, *, alone: bool) -> None:
    """Hold the folder's lock until the transaction ends: writers together, a sweep alone."""
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"select {lock}(hashtextextended('control.documents', %s))", [ctx.group_id])


def _write_sealed(path: Path, source: BinaryIO, *, key: bytes, version: int, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            source.seek(0)
            seal(source, target, key=key, key_version=version, size=size, label=path.name.encode())
            target.flush()
            os.fsync(target.fileno())
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    sync_to_disk(path.parent)


def _sealed_before(ctx: Context, version: int, but: list[int]) -> list[int]:
    with ctx.open():
        older = Document.objects.filter(stored=True, key_version__lt=version).exclude(id__in=but)
        return list(older.order_by("id").values_list("id", flat=True))


def _seal_again(ctx: Context, document_id: int, version: int) -> None:
    _hold_folder(ctx, alone=False)
    document = Document.objects.select_for_update().get(id=document_id)
    if document.stored:
        _, key = content_key(ctx, version)
        path = _path(ctx, document.storage_name)
        with open_document(ctx, document_id) as plain:
            _write_sealed(path, plain, key=key, version=version, size=document.size_bytes)
        Document.objects.filter(id=document_id).update(key_version=version)


def _remove_bytes(ctx: Context, document_id: int, storage_name: str) -> None:
    """After commit: remove the bytes, unless the same file came again in the meantime."""
    with ctx.open():
        if not Document.objects.select_for_update().get(id=document_id).stored:
            _path(ctx, storage_name).unlink(missing_ok=True)


def _keep_anew(ctx: Context, document: Document, storage_name: str, version: int) -> Document:
    document.storage_name, document.key_version = storage_name, version
    document.stored, document.refusal = True, ""
    document.retain_until = retain_until(ctx.today, document.kind)
    document.save(update_fields=["storage_name", "key_version", "stored", "refusal", "retain_until"])
    return document


def _insert(
    ctx: Context, *, name: str, kind: str, digest: str, size: int, storage_name: str,
    version: int | None, refusal: str = "",
) -> tuple[Document, bool]:  # fmt: skip
    """The new row and True, or the row that was there already and False."""
    try:
        with transaction.atomic():
            document = Document.objects.create(
                group_id=ctx.group_id, kind=kind, name=mask_text(name), sha256=digest, size_bytes=size,
                storage_name=storage_name, key_version=version, stored=not refusal, refusal=refusal,
                retain_until=retain_until(ctx.today, kind), person_id=ctx.actor.person_id,
            )  # fmt: skip
        return document, True
    except IntegrityError:
        # The same file from two browsers at once: the other row is this file's row.
        return Document.objects.select_for_update().get(kind=kind, sha256=digest), False
