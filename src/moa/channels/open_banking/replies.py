"""Answers over HTTP: their bytes taken from a stream, and what they say, in our own codes. Pure; nothing is guessed.

An answer is usable when its head can be read, it is whole, and its body is a JSON object, or its status says enough alone.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from moa.channels.open_banking.requests import BALANCE, NAME, RESULT, TOKEN, TOTALS, TRANSACTIONS, TRANSFER
from moa.channels.reasons import ERROR

LARGEST = 4 << 20
DONE = "0000"
_HEAD = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n(.*?)\r\n\r\n", re.DOTALL)
_OF_STATUS = {400: "H400", 401: "H401", 403: "H403", 404: "H404", 429: "H429", 503: "H503"}
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)


class Reply(NamedTuple):
    """Shape: `code` in our words: of the transfer, the name or the balance where the request was taken, else why it was not;
    `said` the body's fields, of the one row where there is one; `problem` why the answer can't be used at all; `told_at` the
    moment that the bank wrote into it, as it stands there, None where there is none."""

    code: str = ""
    said: Mapping[str, Any] = {}
    problem: str = ""
    status: int = 200
    retry_after: int = 0
    told_at: object = None

    def text(self, name: str) -> str:
        value = self.said.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """Amounts come as texts of digits; anything else is none."""
        value = self.text(name)
        bare = value.removeprefix("-")
        return int(value) if _DIGITS.fullmatch(bare) else None


def whole_reply(buffer: bytes) -> int:
    """How many bytes the first answer of the buffer takes, 0 while it is not whole, -1 when it is none."""
    found = _HEAD.match(buffer)
    if found is None:
        return -1 if b"\r\n\r\n" in buffer or len(buffer) > LARGEST else 0
    headers = _headers(found[2])
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _chunked_length(buffer, found.end())
    length = headers.get("content-length", "")
    if not _DIGITS.fullmatch(length) or int(length) > LARGEST:
        return -1
    end = found.end() + int(length)
    return end if len(buffer) >= end else 0


def stays_open(payload: bytes) -> bool:
    found = _HEAD.match(payload)
    return found is not None and _headers(found[2]).get("connection", "").lower() != "close"


def read_reply(
    key: str, payload: bytes, *, number: str, refusing: frozenset[int], is_first: bool = False
) -> Reply:
    """What an answer to a request of this kind says.

    A refusal of a transfer is believed when it names the transfer's number, or names none and is the first answer on its
    connection, where there is no other request that it could be of. Else it says nothing, and the bank is asked.

    Shape: `number` the bank_tran_id that it must speak of, empty for none; `refusing` the statuses by which the bank promises
    that nothing was done.
    """
    if whole_reply(payload) != len(payload):
        return Reply(problem="garbled")
    found = _HEAD.match(payload)
    assert found is not None, "whole_reply has read its head"
    status, headers = int(found[1]), _headers(found[2])
    after = headers.get("retry-after", "")
    body = _json_of(_body_of(payload, found.end(), headers))
    named = _numbers_in(body)
    if number and named - {number}:
        return Reply(problem="nobody_asked")
    is_tied = key != TRANSFER or bool(named) or is_first
    if status != 200:
        code = _OF_STATUS.get(status, ERROR) if status in refusing else ("H503" if status == 503 else ERROR)
        code = code if is_tied else ERROR
        return Reply(code, body or {}, "", status, int(after) if _DIGITS.fullmatch(after) else 0)
    if body is None:
        return Reply(problem="garbled")
    if key == TOKEN:
        return Reply(
            DONE if isinstance(body.get("access_token"), str) and body["access_token"] else ERROR, body
        )
    code = ours(body.get("rsp_code"))
    if code != DONE:
        return Reply(code if is_tied else ERROR, body)
    said = _row_of(body) if key in (TRANSFER, RESULT) else body
    if said is None:
        return Reply(problem="garbled")
    if number and said.get("bank_tran_id") != number:
        return Reply(problem="nobody_asked")
    # An inquiry was done whatever the transfer's own code is, which stays among the fields.
    inner = (
        ours(said.get("bank_rsp_code")) if key in (TRANSFER, NAME, BALANCE, TRANSACTIONS, TOTALS) else DONE
    )
    return Reply(inner, said, told_at=body.get("api_tran_dtm"))


def _numbers_in(body: Mapping[str, Any] | None) -> set[object]:
    """Every bank_tran_id that the answer names, of itself or of its rows; what is no text is one that nobody has asked with."""
    if body is None:
        return set()
    rows = body.get("res_list")
    places = [body, *(one for one in rows if isinstance(one, dict))] if isinstance(rows, list) else [body]
    named = [one["bank_tran_id"] for one in places if one.get("bank_tran_id") not in (None, "")]
    return {one if isinstance(one, str) else repr(one).encode() for one in named}


def ours(theirs: object) -> str:
    """The bank's code in our words; one that is not in the list says nothing."""
    return _codes().get(theirs, ERROR) if isinstance(theirs, str) else ERROR


@cache
def _codes() -> dict[str, str]:
    text = files(__package__).joinpath("codes.tsv").read_text(encoding="utf-8")
    return {row[0]: row[1] for row in list(csv.reader(text.splitlines(), delimiter="\t"))[1:]}


def _headers(raw: bytes) -> dict[str, str]:
    named = (line.partition(":") for line in raw.decode("latin-1").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in named if name}


def _row_of(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    rows = body.get("res_list")
    return rows[0] if isinstance(rows, list) and len(rows) == 1 and isinstance(rows[0], dict) else None


def _json_of(body: bytes | None) -> Mapping[str, Any] | None:
    try:
        said = json.loads(body) if body is not None else None
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _body_of(payload: bytes, start: int, headers: Mapping[str, str]) -> bytes | None:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return payload[start:]
    pieces, at = [], start
    while (size := _chunk_at(payload, at)) is not None and size[1]:
        pieces.append(payload[size[0] : size[0] + size[1]])
        at = size[0] + size[1] + 2
    return b"".join(pieces)


def _chunked_length(buffer: bytes, start: int) -> int:
    at = start
    while (found := _chunk_at(buffer, at)) is not None:
        begins, size = found
        at = begins + size + 2
        if len(buffer) < at:
            return 0
        if buffer[at - 2 : at] != b"\r\n" or at - start > LARGEST:
            return -1
        if size == 0:
            return at
    line = buffer[at : at + 20]
    return -1 if b"\r\n" in line or len(line) == 20 else 0


def _chunk_at(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Where a chunk's data begin and how long they are; None when its length can't be read (yet)."""
    found = re.compile(rb"([0-9A-Fa-f]{1,6})\r\n").match(buffer, at)
    return (found.end(), int(found[1], 16)) if found else None
