"""A file that appears whole or not at all: written beside its place, stored safely, then renamed."""

from __future__ import annotations

import io
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NoReturn, Self, TextIO, cast

import click

from moa.control.on_disk import sync_to_disk
from moa.entry.commands.kftc_findings import language_of
from moa.formats.kftc.codes import Language
from moa.formats.kftc.faults import fault_text
from moa.formats.kftc.recognise import HEAD_LENGTH, recognise

# What ends a command from outside and would leave the unfinished file; Ctrl-C is an exception already.
_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


class _OutputFile(click.Path):
    """The name of a file to make. A name that ends in a separator means a folder, which Path would forget."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and os.path.basename(value) in ("", os.curdir, os.pardir):
            language = language_of(ctx.params.get("language") if ctx else None)
            self.fail(f'"{value}": {fault_text("output_is_folder", language)}', param, ctx)
        return super().convert(value, param, ctx)


OUTPUT_FILE = _OutputFile()


def refuse_to_replace(
    output: Path, language: Language, *, inputs: Iterable[Path], folder: Path | None = None
) -> None:
    """Nobody wants the file that is read to be replaced by the one that is made.

    Shape: `folder` holds files that are read, by names that are not known yet: whatever is there and is no CMS file may
    be one of them. Raises: click.UsageError.
    """
    place = output.resolve()
    replaces = any(_is_same(place, each) for each in inputs)
    if folder is not None and place.is_file() and place.is_relative_to(folder.resolve()):
        with place.open("rb") as former:
            head = former.read(HEAD_LENGTH)
        replaces |= bool(head) and recognise(head) is None
    if replaces:
        raise click.UsageError(f'-o "{output}": {fault_text("output_is_input", language)}')


def _is_same(place: Path, read: Path) -> bool:
    """Also by another name of the same file, or when the shell opened it as standard input."""
    try:
        given = os.fstat(sys.stdin.fileno()) if str(read) == "-" else read.stat()
        return os.path.samestat(place.stat(), given)
    except (OSError, ValueError):  # one of them is no file
        return False


class Output:
    """The file to be made. Leaving the context without `keep` leaves what was there before, also when a signal ends it.

    Raises: click.ClickException when the place can't be written.
    """

    def __init__(self, path: Path) -> None:
        # Through a link the file behind it is made anew, not the link.
        self._path = path.resolve()
        if self._path.exists() and not self._path.is_file():
            raise click.UsageError(f"{path} is no ordinary file")
        self._text: TextIO | None = None
        self._kept = False
        self._beside = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        self._former: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self._heed_endings()
        try:
            handle = os.open(self._beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            self._binary = cast(BinaryIO, os.fdopen(handle, "w+b"))
        except OSError as refused:
            self._restore_endings()
            raise _refused(self._path, refused) from None
        except BaseException:  # ended just now
            self._beside.unlink(missing_ok=True)
            self._restore_endings()
            raise
        return self

    def _heed_endings(self) -> None:
        """Let these signals leave the context as an error does. One that is ignored stays so (nohup)."""
        if threading.current_thread() is threading.main_thread():
            heeded = [number for number in _ENDINGS if signal.getsignal(number) == signal.SIG_DFL]
            self._former = {number: signal.signal(number, _end) for number in heeded}

    def _restore_endings(self) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)
        self._former = {}

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
            sync_to_disk(self._path.parent)
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
        self._restore_endings()
        try:
            (self._text or self._binary).close()
        except OSError as refused:
            if error is None:
                raise _refused(self._path, refused) from None
        if isinstance(error, OSError) and error.filename is None:
            raise _refused(self._path, error) from None


def _end(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _refused(path: Path, refused: OSError) -> click.ClickException:
    return click.ClickException(f"{path}: {refused.strerror or refused}")
