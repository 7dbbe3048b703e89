"""What kind of file stands behind a name: the first bytes say, never the ending."""

from __future__ import annotations

import re
from typing import BinaryIO, Literal

Container = Literal["zip", "ole", "biff", "html", "text"]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The first record of Excel 2 to 5, which also wrote workbooks without a compound file around them.
_BIFF = re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style|tr)[\s>/]", re.IGNORECASE)
_HEAD = 4096


def container_of(source: BinaryIO) -> Container:
    """The container of a seekable file; the stream is left at its start."""
    source.seek(0)
    head = source.read(_HEAD)
    source.seek(0)
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_OLE):
        return "ole"
    if _BIFF.match(head):
        return "biff"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "html" if body.startswith(b"<") and _HTML.search(body) else "text"
