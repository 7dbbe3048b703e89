"""The line itself: a socket that sends frames and gives what comes, within a time. Knows no message and no table.

The time here is the machine's own, for waiting only; no moment of it is stored.
"""

from __future__ import annotations

import select
import socket
import time
from types import TracebackType
from typing import Any

from moa.formats.firm_banking import Frame, FrameReader, framed, poll_answer

_PIECE = 65_536
# Seconds; answers that follow each other closer are one piece.
_CLOSE = 0.02
# Seconds; nothing is sent on an older line.
MOST_AGE = 120


class LineDown(Exception):
    """No connection came about: it is certain that nothing was sent."""


class LineBroken(Exception):
    """The line ended while something may have been under way."""


class LineEnded(LineBroken):
    """The line had ended before: it is certain that nothing of this payload was sent."""


class Line:
    """`with Line(host, port, seconds=10) as line: line.send(payload); frames = line.receive()`."""

    def __init__(self, host: str, port: int, *, seconds: float) -> None:
        self.host, self.port, self.seconds = host, port, seconds
        self._socket: socket.socket | None = None
        self._reader = FrameReader()
        self._waiting_until = self._entered = time.monotonic()

    def __enter__(self) -> Line:
        """Raises: LineDown."""
        try:
            self._socket = socket.create_connection((self.host, self.port), timeout=self.seconds)
        except OSError as fault:
            raise LineDown(str(fault)) from fault
        self._entered = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def send(self, payload: bytes) -> None:
        """Raises: LineEnded, when nothing of it was sent; LineBroken, when it may have left."""
        assert self._socket is not None, "the line is entered first"
        if time.monotonic() - self._entered > MOST_AGE:
            # Whoever was held up so long may be asked about already: what is sent now would come after its answer.
            raise LineEnded("the line is too old to send on")
        if self.has_ended():
            raise LineEnded("the bank ended the line before")
        try:
            self._socket.sendall(framed(payload))
        except OSError as fault:
            raise LineBroken(str(fault)) from fault
        self._waiting_until = time.monotonic() + self.seconds

    def has_ended(self) -> bool:
        """Whether the bank has ended the line, and all that it said before was taken."""
        assert self._socket is not None, "the line is entered first"
        at_hand = select.poll()
        at_hand.register(self._socket, select.POLLIN)
        if not at_hand.poll(0):
            return False
        try:
            return not self._socket.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def receive(self, wanted: int = 1) -> list[Frame]:
        """The next frames that are messages or garbled; polls are answered by the way. Empty when the time is over.

        Up to `wanted` that come close after each other are taken together, for each piece is stored by itself.

        Raises: LineBroken when the bank ended the line and left nothing.
        """
        found = self._read(self._waiting_until)
        if found is None:
            # What came of a frame and not the rest of it.
            return self._reader.finish()
        while len(found) < wanted and (more := self._at_hand()):
            found += more
        return found

    def _at_hand(self) -> list[Frame]:
        """What comes in this moment. That the line has ended is told to whoever asks next."""
        try:
            return self._read(min(self._waiting_until, time.monotonic() + _CLOSE)) or []
        except LineBroken:
            return []

    def _read(self, until: Any) -> list[Frame] | None:
        """None when the time is over. Raises: LineBroken."""
        assert self._socket is not None, "the line is entered first"
        while True:
            left = until - time.monotonic()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                piece = self._socket.recv(_PIECE)
                frames = self._reader.feed(piece) if piece else self._reader.finish()
                for frame in frames:
                    if frame.kind == "poll":
                        self._socket.sendall(poll_answer(frame.payload))
            except TimeoutError:
                return None
            except OSError as fault:
                raise LineBroken(str(fault)) from fault
            told = [frame for frame in frames if frame.kind in ("message", "garbled")]
            if told:
                return told
            if not piece:
                raise LineBroken("the bank ended the line")
