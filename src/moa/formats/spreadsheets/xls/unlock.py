"""Workbooks behind a password, opened in memory."""

from __future__ import annotations

import io
import re
from typing import BinaryIO

import msoffcrypto
from msoffcrypto.exceptions import InvalidKeyError

from moa.formats.spreadsheets.refusals import WorkbookRefused, broken, too_large, unsupported
from moa.formats.spreadsheets.xls.ole import open_ole, read_stream
from moa.formats.spreadsheets.xlsx.package import refuse_entities

# Excel's own password for workbooks that anyone may open but not change.
_OPEN_PASSWORD = "VelvetSweatshop"
_MOST_ENCRYPTION_INFO = 1 << 20
# Excel hashes a password 100,000 times; ten million, which the format allows, would hold a worker for a minute.
_MOST_ROUNDS = 1_000_000
_SPIN = re.compile(rb'spinCount="(\d{1,20})"')
# The library takes some twenty times the size of an .xls to unlock it.
_MOST_LOCKED_XLS = 16 << 20


def unlock(source: BinaryIO, password: str, most: int) -> tuple[BinaryIO, bool]:
    """The workbook without its password, and whether it is an xlsx.

    Raises: WorkbookRefused (password_needed, password_wrong, workbook_broken, workbook_too_large).
    """
    ole = open_ole(source)
    info = read_stream(ole, "EncryptionInfo", _MOST_ENCRYPTION_INFO)
    size = source.seek(0, 2)
    if size > (most if info is not None else _MOST_LOCKED_XLS):
        raise too_large(str(size))
    if info is not None:
        # The description of the encryption is XML, which the library reads with entities.
        refuse_entities(info[8:])
        rounds = _SPIN.search(info)
        if rounds is not None and int(rounds[1]) > _MOST_ROUNDS:
            raise unsupported(f"{int(rounds[1])} rounds")
    source.seek(0)
    opened = io.BytesIO()
    try:
        locked = msoffcrypto.OfficeFile(source)
        if info is not None:
            locked.load_key(password=password or _OPEN_PASSWORD, verify_password=True)
        else:
            locked.load_key(password=password or _OPEN_PASSWORD)
        locked.decrypt(opened)
    except InvalidKeyError:
        raise WorkbookRefused("password_wrong" if password else "password_needed") from None
    except Exception as problem:
        # Damaged files make the library raise whatever its XML, cipher and container parsers raise.
        raise broken(str(problem)[:200]) from None
    opened.seek(0)
    return opened, info is not None
