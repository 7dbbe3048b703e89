"""The sockets of the world: two ports a bank, and the control API. The only place here that reads a clock.

The first port of a bank takes requests and gives answers; a company with one-way lines connects to the second one too,
and then everything from the bank comes there. Loopback only.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from moa.formats.firm_banking import FrameReader

from .control import Control
from .http_reading import Refused, read_request
from .run import Run
from .values import Effect, Hang, Send, Store

HOST = "127.0.0.1"
_PIECE = 1 << 16
_LONGEST_SLEEP = 3600.0
_MILLION = 1_000_000
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Clock:
    """The virtual moment. Shape: `speed` virtual seconds a real one; 0 stands still until it is stepped."""

    def __init__(self, run: Run, speed: int) -> None:
        self.run, self.speed = run, speed
        self._since, self._from = time.monotonic_ns(), run.world.now

    def now(self) -> datetime:
        passed = (time.monotonic_ns() - self._since) * self.speed // _MILLION
        return max(self.run.world.now, self._from + timedelta(milliseconds=passed))

    def set(self, moment: datetime, speed: int | None = None) -> None:
        """Go on from a moment that is not before the present one."""
        self.speed = self.speed if speed is None else speed
        self._since, self._from = time.monotonic_ns(), moment

    def seconds_until(self, due: datetime) -> float:
        """Real seconds; the longest sleep when the clock stands."""
        if not self.speed:
            return _LONGEST_SLEEP
        return min(max((due - self.now()) / timedelta(seconds=self.speed), 0), _LONGEST_SLEEP)


class Server:
    """Shape: `folder` gets the log and the statements; port 0 lets the system choose."""

    def __init__(self, run: Run, folder: Path, speed: int) -> None:
        self.run = run
        self.folder = folder
        self.clock = Clock(run, speed)
        self.ports: dict[str, dict[str, int]] = {}
        self.control_port = self.http_port = 0
        self.named_ports: dict[str, int] = {}
        self._writers: dict[int, asyncio.StreamWriter] = {}
        self._sessions = max(run.world.sessions, default=0)
        self._woken = asyncio.Event()
        self._servers: list[asyncio.Server] = []

    async def start(self, port: int, former: Mapping[str, int] = MappingProxyType({})) -> None:
        """Listen: control on `port`, the banks over HTTP on the next, their lines on the ports after it in the order of their codes.

        Shape: `former` by name the ports to take where `port` is 0; one that is taken meanwhile becomes another.
        """
        for left_over in list(self.run.world.sessions):
            self.do({"do": "hang", "session": left_over})
        control = Control(self)
        self.control_port = await self._listen(control.serve, "control", port, former)
        self.http_port = await self._listen(self._talk_http, "http", port and port + 1, former)
        at = port + 2
        for code in self.run.world.desks:
            self.ports[code] = {}
            for role in ("send", "receive"):
                if self.run.world.profiles[code].has_lines:
                    talk = partial(self._talk, code, role == "receive")
                    self.ports[code][role] = await self._listen(talk, f"{code}.{role}", port and at, former)
                at += 1

    async def _listen(self, talk: Talk, name: str, port: int, former: Mapping[str, int]) -> int:
        """Shape: the port; `name` of who listens, such as "control" or "004.send"."""
        try:
            server = await asyncio.start_server(talk, HOST, port or former.get(name, 0))
        except OSError:
            if port:
                raise
            server = await asyncio.start_server(talk, HOST, 0)
        self._servers.append(server)
        number = int(server.sockets[0].getsockname()[1])
        self.named_ports[name] = number
        return number

    async def _talk_http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests one after the other, until the company hangs up. A lost answer leaves it waiting until then."""
        self._sessions += 1
        session = self._sessions
        self._writers[session] = writer
        try:
            while session in self._writers:
                request = await read_request(reader)
                asked = request.query if request.method == "GET" else request.body
                token = request.headers.get("authorization", "").removeprefix("Bearer ")
                effects = self.run.receive_http(
                    session, request.method, request.path, asked, token, self.clock.now()
                )
                self.carry_out(effects)
                await writer.drain()
                if request.headers.get("connection", "").lower() == "close" and any(
                    isinstance(each, Send) and each.session == session for each in effects
                ):
                    break
        except Refused as refused:
            writer.write(
                f"HTTP/1.1 {refused.status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
            )
        except (
            ConnectionError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            asyncio.CancelledError,
        ):
            pass
        self._writers.pop(session, None)
        writer.close()

    def begin_anew(self, seed: int, start: datetime, speed: int) -> None:
        """Another run in the place of this one, with the same ports: every line breaks, the log begins again."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()
        log = self.run.log
        if log is not None:
            log.seek(0)
            log.truncate()
        self.run = Run(seed, start, log)
        self.clock = Clock(self.run, speed)
        self._woken.set()

    def do(self, event: dict[str, Any]) -> list[Effect]:
        """Let an event happen now and carry out what it causes. Raises: WorldError."""
        effects = self.run.do({"at": self.clock.now().isoformat(), **event})
        self.carry_out(effects)
        return effects

    def carry_out(self, effects: list[Effect]) -> None:
        # A bank that ended before it wrote down what it then answered would deny it afterwards.
        self.flush()
        for effect in effects:
            if isinstance(effect, Send):
                writer = self._writers.get(effect.session)
                if writer is not None and not writer.is_closing():
                    writer.write(effect.data)
            elif isinstance(effect, Hang):
                writer = self._writers.pop(effect.session, None)
                if writer is not None:
                    writer.close()
            elif isinstance(effect, Store):
                place = self.folder / "statements" / effect.path
                place.parent.mkdir(parents=True, exist_ok=True)
                beside = place.with_suffix(".part")
                beside.write_bytes(effect.data)
                beside.replace(place)
        self._woken.set()

    async def _talk(
        self, bank: str, is_receiver: bool, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._sessions += 1
        session = self._sessions
        self._writers[session] = writer
        self.do({"do": "connect", "session": session, "bank": bank, "receiver": is_receiver})
        frames = FrameReader()
        try:
            while session in self._writers and (piece := await reader.read(_PIECE)):
                for frame in frames.feed(piece):
                    self.carry_out(self.run.receive(session, frame.kind, frame.payload, self.clock.now()))
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        if self._writers.pop(session, None) is not None:
            self.do({"do": "hang", "session": session})
        writer.close()

    async def keep_time(self) -> None:
        """Let happen by itself what falls due, and keep the log on disk."""
        while True:
            self._woken.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(
                    self._woken.wait(), self.clock.seconds_until(self.run.world.next_due())
                )
            if self.run.world.next_due() <= self.clock.now():
                self.do({"do": "step"})
            self.flush()

    def flush(self) -> None:
        if self.run.log is not None:
            self.run.log.flush()

    async def stop(self) -> None:
        for server in self._servers:
            server.close()
        for writer in list(self._writers.values()):
            writer.close()
        self.flush()

    def whereabouts(self) -> dict[str, Any]:
        return {
            "control": f"http://{HOST}:{self.control_port}",
            "http": f"http://{HOST}:{self.http_port}",
            "banks": self.ports,
            "ports": self.named_ports,
        }


async def serve(
    run: Run, folder: Path, *, port: int, speed: int, start: datetime, found: Callable[[dict[str, Any]], None],
    former: Mapping[str, int] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Serve until a signal; `found` is told where, `former` are the ports of the run before. A run that ended before `start` goes on at `start`: banks do not sleep."""
    server = Server(run, folder, speed)
    if start > run.world.now:
        server.clock.set(start)
        server.do({"do": "step", "at": start.isoformat()})
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await server.start(port, former)
    found(server.whereabouts())
    timekeeper = asyncio.ensure_future(server.keep_time())
    stopped = asyncio.ensure_future(ended.wait())
    done, _waiting = await asyncio.wait({timekeeper, stopped}, return_when=asyncio.FIRST_COMPLETED)
    await server.stop()
    if timekeeper in done:
        timekeeper.result()
    timekeeper.cancel()
