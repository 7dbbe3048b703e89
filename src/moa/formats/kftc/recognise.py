"""Which kind of CMS file it is, by its first record and never by the file's name."""

from __future__ import annotations

import re

from .evidence_layouts import WORK_CODE
from .file_kinds import FileKind, file_kinds

HEAD_LENGTH = 27
FILE_NAME = slice(19, 27)
_DATA_HEAD = re.compile(rb"R[0-9]{8}99[0-9]{8}")


def recognise(head: bytes) -> FileKind | None:
    """The kind that the first 27 bytes name, or None."""
    if head.startswith(WORK_CODE):
        return file_kinds()["EI13"]
    named = head[19:23].decode("latin-1")
    return file_kinds().get(named) if named != "EI13" else None


def begins_with_data(head: bytes) -> bool:
    """Whether the file begins with a data record, so that only its header is missing."""
    return _DATA_HEAD.match(head) is not None
