"""Secrets that an installation makes for itself, as files that only its user can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_bytes(state_dir: Path, name: str, length: int = 32) -> bytes:
    """The secret `name` of this installation, made at the first call; mode 0600, safe against two first calls."""
    folder = state_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(length))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def secret_text(state_dir: Path, name: str) -> str:
    return secret_bytes(state_dir, name, 48).hex()
