"""One HTTP request from a stream, for the control API and for the banks' HTTP interface."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

LARGEST_BODY = 1 << 20


class HttpRequest(NamedTuple):
    """Shape: `headers` by lower-case name; `query` and a form's fields as last said; `form` says that a form sent the body."""

    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]
    form: bool


class Refused(Exception):
    def __init__(self, status: int, words: str) -> None:
        self.status, self.words = status, words
        super().__init__(words)


async def read_request(reader: asyncio.StreamReader) -> HttpRequest:
    """Raises: Refused for what is no request or too long."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3:
        raise Refused(400, "no request")
    named = (line.partition(":") for line in lines[1:])
    headers = {name.lower(): value.strip() for name, _, value in named if name}
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or int(length) > LARGEST_BODY:
        raise Refused(413, "too long")
    raw = await reader.readexactly(int(length))
    # A JSON object counts as one whatever its label says: curl -d labels everything a form.
    form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded") and raw[:1] != b"{"
    address = urlsplit(parts[1])
    return HttpRequest(
        method=parts[0],
        path=address.path,
        headers=headers,
        query=_flat(parse_qs(address.query)),
        body=_flat(parse_qs(raw.decode("utf-8", "replace"))) if form else _object(raw),
        form=form,
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        said = json.loads(raw or b"{}")
    except ValueError:
        raise Refused(400, "the body is no JSON") from None
    if not isinstance(said, dict):
        raise Refused(400, "the body is no JSON object")
    return said


def _flat(pairs: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in pairs.items()}
