"""The folder that evidence is taken from: files by name, and nothing outside of it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path, PurePath
from typing import IO

from moa.kernel.errors import DomainError

# O_NONBLOCK: a pipe that somebody put there must not make us wait.
_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)


class EvidenceRefused(DomainError):
    """A file that can't be taken. Shape: `code` is the finding's."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code


class EvidenceFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def open(self, name: str) -> IO[bytes]:
        """The file, without a buffer of its own. Raises: EvidenceRefused (evidence_missing, evidence_outside,
        evidence_unreadable).

        A link is followed only to a file within the folder.
        """
        path = PurePath(name)
        if "\0" in name:
            raise EvidenceRefused("evidence_missing")
        if path.is_absolute() or ".." in path.parts:
            raise EvidenceRefused("evidence_outside")
        try:
            if len(path.parts) == 1:
                return self._opened(f"{self._folder}{os.sep}{name}")
        except OSError as failed:
            if failed.errno not in (errno.ELOOP, errno.EMLINK):
                raise _refusal(failed) from None
        return self._followed(name)

    def _followed(self, name: str) -> IO[bytes]:
        try:
            found = (self._folder / name).resolve(strict=True)
            if not found.is_relative_to(self._folder):
                raise EvidenceRefused("evidence_outside")
            return self._opened(str(found))
        except (OSError, RuntimeError) as failed:
            raise _refusal(failed) from None

    def _opened(self, path: str) -> IO[bytes]:
        handle = os.open(path, _FLAGS)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise EvidenceRefused("evidence_unreadable")
        return open(handle, "rb", buffering=0)


def _refusal(failed: Exception) -> EvidenceRefused:
    gone = isinstance(failed, FileNotFoundError | NotADirectoryError) or (
        isinstance(failed, OSError) and failed.errno == errno.ENAMETOOLONG
    )
    return EvidenceRefused("evidence_missing" if gone else "evidence_unreadable")
