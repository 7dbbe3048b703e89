"""Small secrets sealed under the group's data key, each bound to the row that it belongs to."""

from __future__ import annotations

import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from moa.control.context import Context
from moa.control.group_keys import content_key
from moa.kernel.errors import DomainError


class SecretDamaged(DomainError):
    """The sealed secret does not open as the one of its row."""

    code = "secret_damaged"


SealAgain = Callable[[Context], int]
_SEALED: list[SealAgain] = []


def register_sealed(seal_again: SealAgain) -> None:
    """What seals a context's secrets again under a renewed key, in an open Context, and tells how many."""
    _SEALED.append(seal_again)


def seal_all_again(ctx: Context) -> int:
    """Every registered secret under the newest key. The Context is open."""
    return sum(seal_again(ctx) for seal_again in _SEALED)


def seal_secret(ctx: Context, plain: str, *, label: str) -> tuple[int, bytes]:
    """Shape: (version of the key, nonce and sealed text). The Context is open."""
    version, key = content_key(ctx)
    nonce = os.urandom(12)
    return version, nonce + AESGCM(key).encrypt(nonce, plain.encode(), _bound_to(ctx, label))


def open_secret(ctx: Context, version: int, sealed: bytes, *, label: str) -> str:
    """Raises: secret_damaged, content_key_unknown, master_key_wrong."""
    _, key = content_key(ctx, version)
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], _bound_to(ctx, label)).decode()
    except InvalidTag:
        raise SecretDamaged(label=label) from None


def _bound_to(ctx: Context, label: str) -> bytes:
    return f"moa secret {ctx.group_id} {label}".encode()
