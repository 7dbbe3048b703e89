"""Random passwords of the database roles, one per file that only this user can read."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from moa.entry.postgres.places import as_launcher_error, make_folder


def read_password(state: Path, role: str) -> str | None:
    """The kept password, or None when there is none yet.

    Raises: postgres.not_yours.
    """
    path = _path(state, role)
    try:
        return path.read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise as_launcher_error(problem, path) from problem


def keep_password(state: Path, role: str) -> str:
    """The kept password of a role, made at first use."""
    known = read_password(state, role)
    if known is not None:
        return known
    path = _path(state, role)
    make_folder(path.parent, mode=0o700)
    growing = path.with_suffix(f".{os.getpid()}")
    try:
        descriptor = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
        # A link never replaces: of two first starts at once both keep the password of the faster one.
        with contextlib.suppress(FileExistsError):
            os.link(growing, path)
        growing.unlink()
    except OSError as problem:
        raise as_launcher_error(problem, path) from problem
    return path.read_text(encoding="ascii").strip()


def _path(state: Path, role: str) -> Path:
    return state / "secrets" / f"{role}.password"
