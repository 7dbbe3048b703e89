"""Frames on the line: four digits of length, then a message of 300 bytes or a poll of 20.

A reader takes the bytes as they come, in pieces of any size, and finds the next sound frame after a broken one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .codec import key_of
from .layouts import IDENT, LENGTH
from .messages import MESSAGES

PREFIX = 4
POLL_LENGTH = 20
_POLL_ASKED, _POLL_ANSWERED = b"HDRREQPOLL", b"HDRRESPOLL"
_MESSAGE_PREFIX, _POLL_PREFIX = b"0300", b"0020"
# Bytes after the prefix by which a message is known: identity, company, bank, kind, count, number.
_TELLING = 38

FrameKind = Literal["message", "poll", "poll_answer", "garbled"]


@dataclass(frozen=True, slots=True)
class Frame:
    """Shape: `payload` without its four digits of length; of a garbled one all bytes that were passed over."""

    kind: FrameKind
    payload: bytes


def framed(payload: bytes) -> bytes:
    """The payload with its length before it. Raises: ValueError for more than four digits can say."""
    if not 0 < len(payload) <= 9999:
        raise ValueError("a frame holds 1 to 9999 bytes")
    return b"%04d" % len(payload) + payload


def poll_request(now: datetime) -> bytes:
    """The whole frame of a poll. Shape: `now` is the sender's clock."""
    return framed(_POLL_ASKED + f"{now:%m%d%H%M%S}".encode())


def poll_answer(payload: bytes) -> bytes:
    """The whole frame that answers a poll: the same time, RES for REQ."""
    return framed(_POLL_ANSWERED + payload[len(_POLL_ASKED) :])


class FrameReader:
    """Feed it what a socket gives; it gives frames in order.

    A frame that is too short swallows the head of the next one; the reader then goes back for that head. A frame that
    is too long, or bytes that are no frame, are passed over up to the next head that is surely one, and are given as
    one garbled frame. A broken frame of the right length is given as a message: that its content is broken is for
    `check` to say. It never waits for more bytes than a frame has, and never holds more than one and a head.
    """

    def __init__(self) -> None:
        self._buffer = b""
        # The bytes of the message given last, while the head of the next may lie in them.
        self._given = b""

    def feed(self, data: bytes) -> list[Frame]:
        self._buffer += data
        frames: list[Frame] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def finish(self) -> list[Frame]:
        """What is left when the line ends: a frame that was cut is garbled."""
        rest, self._buffer, self._given = self._buffer, b"", b""
        return [Frame("garbled", rest)] if rest else []

    def _next(self) -> Frame | None:
        buffer = self._buffer
        if len(buffer) < PREFIX:
            return None
        length = {_MESSAGE_PREFIX: LENGTH, _POLL_PREFIX: POLL_LENGTH}.get(buffer[:PREFIX])
        if length is None or (length == POLL_LENGTH and not _may_be_poll(buffer[PREFIX:])):
            return self._passed_over()
        if length == LENGTH and (inside := _head_in(buffer, PREFIX, PREFIX + LENGTH)) is not None:
            self._buffer, self._given = buffer[inside:], b""
            return Frame("garbled", buffer[:inside])
        if len(buffer) < PREFIX + length:
            return None
        payload = buffer[PREFIX : PREFIX + length]
        self._buffer = buffer[PREFIX + length :]
        if length == POLL_LENGTH:
            self._given = b""
            return Frame("poll" if payload.startswith(_POLL_ASKED) else "poll_answer", payload)
        self._given = payload
        return Frame("message", payload)

    def _passed_over(self) -> Frame | None:
        """What is no frame, up to the next head; None while only more bytes can tell."""
        whole = self._given + self._buffer
        start = len(self._given)
        # The head of this frame may be the tail of the last one, which was then too short.
        at = _head_in(whole, max(0, start - _TELLING - PREFIX), len(whole))
        if at is not None and at < start:
            self._buffer, self._given = whole[at:], b""
            return self._next()
        if at is not None:
            self._buffer, self._given = whole[at:], b""
            return Frame("garbled", whole[start:at])
        keep = _TELLING + PREFIX - 1
        if len(self._buffer) <= LENGTH + PREFIX + keep:
            return None
        cut = len(self._buffer) - keep
        passed, self._buffer, self._given = self._buffer[:cut], self._buffer[cut:], b""
        return Frame("garbled", passed)


def _may_be_poll(said: bytes) -> bool:
    """Whether the bytes that are there so far begin a poll or its answer."""
    return any(said[: len(head)] == head[: len(said)] for head in (_POLL_ASKED, _POLL_ANSWERED))


def _head_in(data: bytes, start: int, end: int) -> int | None:
    """Where the first head lies that is surely one: a poll's, or a message's with a kind that there is."""
    at = start
    while True:
        found = [
            place for prefix in (_MESSAGE_PREFIX, _POLL_PREFIX) if (place := data.find(prefix, at, end)) >= 0
        ]
        if not found:
            return None
        at = min(found)
        if _is_head(data[at : at + PREFIX + _TELLING]):
            return at
        at += 1


def _is_head(head: bytes) -> bool:
    said = head[PREFIX:]
    if head.startswith(_POLL_PREFIX):
        return said.startswith((_POLL_ASKED, _POLL_ANSWERED))
    return (
        len(said) == _TELLING
        and said[:9] in (IDENT.encode(), b" " * 9)
        and said[21:24].isdigit()
        and key_of(said) in MESSAGES
        and said[31:38].isdigit()
    )
