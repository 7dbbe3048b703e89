"""Decoders that talk: their lines would stand between ours on the standard error, and say nothing that we do not."""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_STANDARD_ERROR = 2
_turn = RLock()


@contextmanager
def without_warnings() -> Iterator[None]:
    """Pillow warns about metadata that it cannot read. Nothing here reads metadata."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def without_messages() -> Iterator[None]:
    """libtiff and mpg123 write their complaints to the process's standard error, and no binding can stop them.

    One thread at a time: the descriptor belongs to the process, and must be put back by who took it.
    """
    with _turn, without_warnings():
        try:
            kept = os.dup(_STANDARD_ERROR)
        except OSError:
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, _STANDARD_ERROR)
            os.close(nowhere)
            yield
        finally:
            os.dup2(kept, _STANDARD_ERROR)
            os.close(kept)
