"""A file that appears whole or not at all: written beside its place, stored safely, then renamed."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TextIO, cast

import click


class Output:
    """The file to be made. Leaving the context without `keep` leaves what was there before.

    Raises: click.ClickException when the place can't be written.
    """

    def __init__(self, path: Path) -> None:
        # Through a link the file behind it is made anew, not the link.
        self._path = path.resolve()
        if self._path.exists() and not self._path.is_file():
            raise click.UsageError(f"{path} is no ordinary file")
        self._text: TextIO | None = None
        self._kept = False

    def __enter__(self) -> Self:
        folder = self._path.parent
        try:
            handle, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=folder)
        except OSError as refused:
            raise _refused(self._path, refused) from None
        self._beside = Path(name)
        self._binary = cast(BinaryIO, os.fdopen(handle, "w+b"))
        return self

    def binary(self) -> BinaryIO:
        return self._binary

    def text(self) -> TextIO:
        if self._text is None:
            self._text = io.TextIOWrapper(self._binary, encoding="utf-8", newline="", write_through=False)
        return self._text

    def keep(self) -> None:
        """The file takes its place, with the rights of the one before or those a new file would have."""
        try:
            if self._text is not None:
                self._text.flush()
            self._binary.flush()
            os.fchmod(self._binary.fileno(), self._mode())
            os.fsync(self._binary.fileno())
            self._beside.replace(self._path)
            self._kept = True
            _store_folder(self._path.parent)
        except OSError as refused:
            raise _refused(self._path, refused) from None

    def _mode(self) -> int:
        if self._path.exists():
            return self._path.stat().st_mode & 0o777
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._kept:
            self._beside.unlink(missing_ok=True)
        try:
            (self._text or self._binary).close()
        except OSError as refused:
            if error is None:
                raise _refused(self._path, refused) from None
        if isinstance(error, OSError) and error.filename is None:
            raise _refused(self._path, error) from None


def _refused(path: Path, refused: OSError) -> click.ClickException:
    return click.ClickException(f"{path}: {refused.strerror or refused}")


def _store_folder(folder: Path) -> None:
    """The new name itself must survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
