"""The data keys of a group: wrapped by the installation's master key, made at first need, renewed on command."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, transaction

from moa.control.context import Context
from moa.control.models import GroupKey
from moa.control.secret_files import secret_bytes
from moa.kernel.errors import DomainError


class MasterKeyWrong(DomainError):
    """The master key of this installation is not the one that wrapped the group's keys."""

    code = "master_key_wrong"


class MasterKeyTooShort(DomainError):
    """The file named as master key holds too little to be one."""

    code = "master_key_too_short"


class ContentKeyUnknown(DomainError):
    """The group has no data key of this version."""

    code = "content_key_unknown"


MASTER_KEY_LEAST_BYTES = 32


def master_key() -> bytes:
    """The installation's master key: MOA_MASTER_KEY_FILE, else a file of the state folder made at first need.

    Raises: master_key_too_short.
    """
    given = os.environ.get("MOA_MASTER_KEY_FILE")
    if given:
        return master_key_from(Path(given).read_bytes())
    return secret_bytes(Path(settings.STATE_DIR), "master_key")


def master_key_from(raw: bytes) -> bytes:
    """The key that a file given by the operator stands for. Raises: master_key_too_short."""
    if len(raw.strip()) < MASTER_KEY_LEAST_BYTES:
        raise MasterKeyTooShort(bytes=len(raw.strip()), least=MASTER_KEY_LEAST_BYTES)
    return hashlib.sha256(b"moa master key" + raw).digest()


def master_id(master: bytes) -> str:
    return hashlib.sha256(b"moa master id" + master).hexdigest()[:16]


def content_key(ctx: Context, version: int | None = None) -> tuple[int, bytes]:
    """The group's data key: the newest (made at first need), or `version`.

    Shape: (version, 32 bytes). Raises: content_key_unknown, master_key_wrong.
    """
    keys = GroupKey.objects.filter(purpose="content").order_by("-version")
    row = keys.filter(version=version).first() if version is not None else keys.first()
    if row is None:
        if version is not None:
            raise ContentKeyUnknown(version=version)
        row = _make(ctx, "content", 1)
    return row.version, _unwrap(ctx, row)


def naming_key(ctx: Context) -> bytes:
    """The key that document names are derived with; it has one version, so names stay."""
    row = GroupKey.objects.filter(purpose="naming").first() or _make(ctx, "naming", 1)
    return _unwrap(ctx, row)


def renew_content_key(ctx: Context) -> int:
    """Make the next version of the group's data key; new documents are sealed under it."""
    newest = GroupKey.objects.filter(purpose="content").order_by("-version").first()
    return _make(ctx, "content", newest.version + 1 if newest else 1).version


def rewrap(ctx: Context, former_master: bytes, new_master: bytes) -> int:
    """Wrap all keys of the group under another master key; the data keys and the documents stay.

    Keys that the new master key wraps already are left, so a run that was interrupted can be repeated.

    Raises: master_key_wrong.
    """
    count = 0
    for row in GroupKey.objects.select_for_update().exclude(master_id=master_id(new_master)).order_by("id"):
        plain = _unwrap(ctx, row, former_master)
        row.wrapped, row.master_id = (
            _wrap(ctx, row.purpose, row.version, plain, new_master),
            master_id(new_master),
        )
        row.save(update_fields=["wrapped", "master_id"])
        count += 1
    return count


def _label(ctx: Context, purpose: str, version: int) -> bytes:
    return f"{ctx.group_id}:{purpose}:{version}".encode()


def _wrap(ctx: Context, purpose: str, version: int, plain: bytes, master: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(master).encrypt(nonce, plain, _label(ctx, purpose, version))


def _unwrap(ctx: Context, row: GroupKey, master: bytes | None = None) -> bytes:
    raw = bytes(row.wrapped)
    try:
        return AESGCM(master or master_key()).decrypt(
            raw[:12], raw[12:], _label(ctx, row.purpose, row.version)
        )
    except InvalidTag:
        raise MasterKeyWrong(group=ctx.group_id, wrapped_by=row.master_id) from None


def _make(ctx: Context, purpose: str, version: int) -> GroupKey:
    master = master_key()
    wrapped = _wrap(ctx, purpose, version, os.urandom(32), master)
    try:
        with transaction.atomic():
            return GroupKey.objects.create(
                group_id=ctx.group_id, purpose=purpose, version=version, wrapped=wrapped,
                master_id=master_id(master), created_at=ctx.at,
            )  # fmt: skip
    except IntegrityError:
        # Another call made it a moment before; that one counts.
        return GroupKey.objects.get(purpose=purpose, version=version)
