"""Letters of a form that were lost on the way: its bytes are no UTF-8, and Django reads a sign � for each of them.

That sign may also be typed, for it stands in words of banks; so the bytes are asked, not the text.
"""

from __future__ import annotations

import codecs
from functools import partial
from typing import Any
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict

from moa.kernel.errors import DomainError

# UTF-8 whose decoder keeps a byte that fits nowhere as half a character, which no right text holds.
_MARKING = "moa_marking_utf_8"


class TextNotUtf8(DomainError):
    """Text of a form came in bytes that are no UTF-8, so letters of it are lost; facts: `field`."""

    code = "text_not_utf8"


def watch_letters(request: HttpRequest) -> None:
    """Before the form is read: of one in pieces nothing but its text is left afterwards."""
    if request.content_type == "multipart/form-data" and (request.encoding or "utf-8").lower() == "utf-8":
        request.parse_file_upload = partial(_read_pieces, request)  # type: ignore[method-assign]


def refuse_lost_letters(request: HttpRequest) -> None:
    """Raises: text_not_utf8, with the first field that came so."""
    has_signs = any("\ufffd" in value for _, held in request.POST.lists() for value in held)
    # Read with the form, which the line above does where nobody did before.
    lost = getattr(request, "lost_in", None)
    if has_signs and request.content_type == "application/x-www-form-urlencoded":
        pairs = map(unquote_to_bytes, request.body.split(b"&"))
        broken = next((pair for pair in pairs if not _is_whole(pair)), None)
        lost = None if broken is None else broken.partition(b"=")[0].decode("utf-8", "replace")
    if lost is not None:
        raise TextNotUtf8(field=lost)


def _is_whole(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_pieces(
    request: HttpRequest, meta: dict[str, Any], body: Any
) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    """As Django's own, and `request.lost_in` names the first field of which letters are lost. Heads of pieces are UTF-8 always."""
    parser = MultiPartParser(meta, body, request.upload_handlers, _MARKING)
    post, files = parser.parse()
    kept = QueryDict(mutable=True)
    for name, values in post.lists():
        whole = [_mended(value) for value in values]
        if whole != values and not hasattr(request, "lost_in"):
            request.lost_in = name  # type: ignore[attr-defined]
        kept.setlist(name, whole)
    kept._mutable = False
    return kept, files


def _mended(text: str) -> str:
    return "".join("\ufffd" if "\udc80" <= letter <= "\udcff" else letter for letter in text)


def _decode(data: Any, errors: str = "strict", /) -> tuple[str, int]:
    return bytes(data).decode("utf-8", "surrogateescape"), len(data)


def _find(name: str) -> codecs.CodecInfo | None:
    return codecs.CodecInfo(codecs.utf_8_encode, _decode, name=_MARKING) if name == _MARKING else None


codecs.register(_find)
