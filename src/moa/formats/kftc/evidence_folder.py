"""The folder that evidence is taken from: files by name, and nothing outside of it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from moa.kernel.errors import DomainError

# O_NONBLOCK: a pipe that somebody put there must not make us wait.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW


class EvidenceRefused(DomainError):
    """A file that can't be taken. Shape: `code` is the finding's."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code


class EvidenceFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def read(self, name: str, room: memoryview) -> int:
        """The file's bytes into the room, as far as it goes; gives the size of the whole file.

        A link is followed only to a file within the folder. Raises: EvidenceRefused (evidence_missing,
        evidence_outside, evidence_unreadable).
        """
        handle = self._open(name)
        try:
            at = 0
            while at < len(room) and (got := os.readv(handle, [room[at:]])):
                at += got
            return at if at < len(room) else max(at, os.fstat(handle).st_size)
        except OSError:
            raise EvidenceRefused("evidence_unreadable") from None
        finally:
            os.close(handle)

    def _open(self, name: str) -> int:
        if "\0" in name:
            raise EvidenceRefused("evidence_missing")
        steps = name.split(os.sep)
        if not steps[0] or ".." in steps:
            raise EvidenceRefused("evidence_outside")
        try:
            if len(steps) == 1:
                return self._opened(f"{self._folder}{os.sep}{name}")
        except OSError as failed:
            if failed.errno not in (errno.ELOOP, errno.EMLINK):
                raise _refusal(failed) from None
        return self._followed(name)

    def _followed(self, name: str) -> int:
        try:
            found = (self._folder / name).resolve(strict=True)
            if not found.is_relative_to(self._folder):
                raise EvidenceRefused("evidence_outside")
            return self._opened(str(found))
        except (OSError, RuntimeError) as failed:
            raise _refusal(failed) from None

    def _opened(self, path: str) -> int:
        handle = os.open(path, _FLAGS)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise EvidenceRefused("evidence_unreadable")
        return handle


def _refusal(failed: Exception) -> EvidenceRefused:
    gone = isinstance(failed, FileNotFoundError | NotADirectoryError) or (
        isinstance(failed, OSError) and failed.errno == errno.ENAMETOOLONG
    )
    return EvidenceRefused("evidence_missing" if gone else "evidence_unreadable")
