"""The line over HTTP: connections that last, one request under way on each, and what comes, within a time. Knows no table.

Nothing is sent twice: what a connection took may have left, whatever it did afterwards. The time here is the machine's own,
for waiting only.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from types import TracebackType
from typing import Any

from moa.channels.open_banking.replies import LARGEST, stays_open, whole_reply

_PIECE = 65_536
# Seconds; nothing is sent on older connections.
MOST_AGE = 120


class LineDown(Exception):
    """No connection came about: it is certain that nothing was sent."""


class NotTheBank(LineDown):
    """Who answered has no certificate that proves it to be the bank: it was told nothing."""


class _Lane:
    """One connection. Shape: `buffer` what came and was not taken; `is_waiting` that a request is under way on it; `sent` how many
    have gone on it."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.buffer = b""
        self.sent = 0
        self.is_waiting = False
        self.is_dead = False

    def close(self) -> None:
        self.is_dead = True
        self.socket.close()


class HttpLine:
    """`with HttpLine(host, port, seconds=10) as line: n = line.ready(8); line.send(payloads); answers = line.receive()`."""

    def __init__(
        self, host: str, port: int, *, seconds: Any, is_tls: bool = False, authority: str = ""
    ) -> None:
        """Shape: `authority` the certificates that alone are believed over TLS; empty for those of the machine."""
        self.host, self.port, self.seconds = host, port, seconds
        self._tls = ssl.create_default_context(cadata=authority or None) if is_tls else None
        # What came on a connection that had nothing under way.
        self.strays: list[bytes] = []
        self._lanes: list[_Lane] = []
        self._under_way: list[_Lane | None] = []
        self._last: list[_Lane] = []
        self._entered = self._waiting_until = time.monotonic()

    def __enter__(self) -> HttpLine:
        """Raises: LineDown."""
        self._entered = time.monotonic()
        self.ready(1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for lane in self._lanes:
            lane.close()
        self._lanes.clear()

    def ready(self, wanted: int, *, unused: bool = False) -> int:
        """Have so many connections, or as many as come about; `unused` ones carried nothing before, so that whatever comes first on
        them is of what is sent next. Raises: LineDown when there is none, or they are too old, NotTheBank."""
        if time.monotonic() - self._entered > MOST_AGE:
            raise LineDown("the connections are too old to send on")
        for lane in self._lanes if unused else ():
            if lane.sent and self._is_quiet(lane):
                lane.close()
        self._lanes = [lane for lane in self._lanes if self._is_quiet(lane)]
        while len(self._lanes) < wanted:
            try:
                self._lanes.append(self._connected())
            except OSError as fault:
                if not self._lanes:
                    raise LineDown(str(fault)) from fault
                break
        return min(len(self._lanes), wanted)

    def send(self, payloads: list[bytes]) -> list[bool]:
        """Each on a connection of its own, at most as many as are ready. Shape: which of them a socket took whole; the others
        may have left too."""
        assert len(payloads) <= len(self._lanes), "no more than are ready"
        self._under_way, taken = [], []
        self._last = self._lanes[: len(payloads)]
        for lane, payload in zip(self._lanes, payloads, strict=False):
            lane.is_waiting = True
            lane.sent += 1
            try:
                lane.socket.settimeout(self.seconds)
                lane.socket.sendall(payload)
                self._under_way.append(lane)
                taken.append(True)
            except OSError:
                lane.close()
                self._under_way.append(None)
                taken.append(False)
        self._waiting_until = time.monotonic() + self.seconds
        return taken

    def receive(self) -> list[bytes]:
        """What came to each that was sent, empty where nothing did; a part of an answer is given as it is."""
        answers = [
            b"" if lane is None else self._answer(lane, self.until(at))
            for at, lane in enumerate(self._under_way)
        ]
        self._under_way = []
        for lane in self._lanes:
            if lane.buffer:
                # More than was asked for: whatever comes next on it can't be trusted.
                self.strays.append(lane.buffer)
                lane.buffer = b""
                lane.close()
        return answers

    @property
    def firsts(self) -> list[bool]:
        """Of what was sent last, which was the first on its connection."""
        return [lane.sent == 1 for lane in self._last]

    def distrust(self, at: int) -> None:
        """What came in that place was no answer to what was sent there: nothing more goes on its connection."""
        self._last[at].close()

    def until(self, at: int) -> Any:
        """How long the answer to what was sent in that place is waited for, by the machine's clock."""
        return self._waiting_until

    def _connected(self) -> _Lane:
        plain = socket.create_connection((self.host, self.port), timeout=self.seconds)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is None:
            return _Lane(plain)
        try:
            return _Lane(self._tls.wrap_socket(plain, server_hostname=self.host))
        except OSError as fault:
            plain.close()
            if isinstance(fault, ssl.SSLCertVerificationError):
                raise NotTheBank(fault.verify_message) from fault
            raise

    def _is_quiet(self, lane: _Lane) -> bool:
        """Whether the next request may go on it. One on which something came by itself, or that has ended, is given up."""
        if not lane.is_dead and not lane.is_waiting and not lane.buffer:
            readable, _, _ = select.select([lane.socket], [], [], 0)
            if not readable or self._says_nothing(lane):
                return True
        if lane.buffer:
            self.strays.append(lane.buffer)
            lane.buffer = b""
        lane.close()
        return False

    def _says_nothing(self, lane: _Lane) -> bool:
        """Whether what came is TLS's own, such as tickets for later. An end, or anything else, is no such thing."""
        try:
            lane.socket.settimeout(0)
            lane.buffer += lane.socket.recv(_PIECE)
        except (ssl.SSLWantReadError, BlockingIOError):
            return True
        except OSError:
            pass
        return False

    def _answer(self, lane: _Lane, until: Any) -> bytes:
        while True:
            length = whole_reply(lane.buffer)
            if length > 0:
                payload, lane.buffer = lane.buffer[:length], lane.buffer[length:]
                lane.is_waiting = False
                if not stays_open(payload):
                    lane.close()
                return payload
            if length < 0 or not self._read(lane, max(until - time.monotonic(), 0.001)):
                payload, lane.buffer = lane.buffer, b""
                lane.close()
                return payload

    def _read(self, lane: _Lane, seconds: Any) -> bool:
        """False when the time is over or nothing more comes."""
        try:
            lane.socket.settimeout(seconds)
            piece = lane.socket.recv(_PIECE)
        except OSError:
            return False
        lane.buffer += piece
        return bool(piece) and len(lane.buffer) <= LARGEST + _PIECE
