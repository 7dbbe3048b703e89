"""The records of EI13 that come next, read and hashed in a second thread while those before them are judged.

Where the next records begin is guessed from the lengths that they state. A guess that proves wrong costs time and nothing
else, for nothing is judged that was guessed: the reader asks for the bytes at a place of the file and for the hash of a
stretch of it, and what was prepared is given only when it is that very place and stretch. Only a file on a disk is read so,
by places (`pread`), for which both threads can ask at once; what else gives bytes is read in order as ever.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import BinaryIO, Self

from moa.formats.fixed_width.window import Window, lies_on_disk

from .evidence_blocks import blocks_of
from .evidence_layouts import BLOCK, DATA, IDENTIFICATION, WORK_CODE

# Two large records a run, so that what was read is still in the processor's own memory when it is hashed; behind them
# as much as tells what follows.
_ROOM, _BEHIND = 640 << 10, BLOCK + 4
_RUNS = 5
_MOST_WRONG = 20
_BEGINNING = WORK_CODE + b"22"
_LENGTH = DATA.field("evidence_length").start


class EvidenceWindow(Window):
    """The window that EI13 is read through. Shape: `with` it, so that the second thread ends with the reading."""

    def __init__(self, source: BinaryIO, capacity: int, *, hashed: bool) -> None:
        super().__init__(source, capacity)
        self._own = self.buffer, self._view
        self._is_guessing = hashed and lies_on_disk(source)
        self._begun_at = source.tell() if self._is_guessing else 0
        self._wrong = 0
        self._chain: _Chain | None = None
        self._run: _Run | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._chain is not None:
            self._chain.close()

    def fill(self, wanted: int = 0) -> None:
        # The first time there is a header to be read, and a small file is read whole.
        if not self._is_guessing or not (self.passed or self.end):
            super().fill()
            return
        place = self._begun_at + self.passed
        run = self._run_at(place)
        if run is not None and run.got >= wanted:
            self._run, self.buffer, self._view = run, run.room, run.view
            self.start, self.end = 0, run.got
            return
        if self._run is not None:
            self._run, (self.buffer, self._view) = None, self._own
            self.start = self.end = 0
            self._source.seek(place)
        super().fill()

    def _run_at(self, place: int) -> _Run | None:
        """What was read from that place on, guessed anew from there if it was not guessed."""
        if self._chain is not None and self._chain.place != place:
            self._wrong += self._chain.place is not None
            self._is_guessing = self._wrong <= _MOST_WRONG
            self._chain.close()
            self._chain = None
        if self._chain is None and self._is_guessing:
            self._chain = _Chain(self._source.fileno(), place)
        return self._chain.take() if self._chain is not None else None

    def view_of(self, start: int, length: int) -> memoryview:
        return self._view[self.start + start : self.start + start + length]

    def hash_of(self, start: int, length: int) -> bytes:
        """The SHA-256 of what lies there. Shape: `start` counts from the window's start; all of it lies in the buffer."""
        if self._run is not None:
            known = self._run.hashes.get((self._begun_at + self.passed + start, length))
            if known is not None:
                return known
        with self.view_of(start, length) as data:
            return sha256(data).digest()


class _Run:
    """Some whole records and the beginning of the next.

    Shape: once it is `ready`, `got` bytes of the room hold what stands from `place` on, `hashes` are by place and length of
    evidence. `next` is the run that follows, if records can be followed to it.
    """

    def __init__(self, place: int, guess: int) -> None:
        self.place, self.guess = place, guess
        self.room = bytearray()
        self.got = 0
        self.hashes: dict[tuple[int, int], bytes] = {}
        self.next: _Run | None = None
        self.ready = Lock()
        self.ready.acquire()

    def enter(self, rooms: list[bytearray]) -> None:
        self._rooms = rooms
        self.room = rooms.pop() if rooms else bytearray(_ROOM)
        self.view = memoryview(self.room)

    def leave(self) -> None:
        if self.room:
            self._rooms.append(self.room)

    def read(self, file: int) -> list[tuple[int, int]]:
        """As many records as the room holds. Shape: gives the start and length of each evidence within the room."""
        evidence, end = list[tuple[int, int]](), 0
        self._reach(file, self.guess)
        while (length := self._length_told(end)) is not None:
            size = blocks_of(length) * BLOCK
            if end + size + _BEHIND > _ROOM:
                if end:
                    self.next = _Run(self.place + end, end + _BEHIND)
                break
            self._reach(file, end + size + _BEHIND)
            if self.got < end + size:
                break
            evidence.append((end + IDENTIFICATION, length))
            end += size
        return evidence

    def hash(self, evidence: list[tuple[int, int]]) -> None:
        for start, length in evidence:
            self.hashes[self.place + start, length] = sha256(self.view[start : start + length]).digest()

    def _reach(self, file: int, end: int) -> None:
        """What can't be read stays out: the reader then meets the fault itself."""
        if end > self.got:
            with suppress(OSError):
                self.got += os.preadv(file, [self.view[self.got : end]], self.place + self.got)

    def _length_told(self, start: int) -> int | None:
        head = self.room[start : start + IDENTIFICATION]
        told = head[_LENGTH:]
        if start + IDENTIFICATION <= self.got and head.startswith(_BEGINNING) and told.isdigit():
            return int(told)
        return None


class _Chain:
    """The runs from one place on, each read by the second thread or by whoever waits, one after the other; hashed at once.

    Shape: `place` is where the next one begins, None after the last; what `take` gives holds until it is called again.
    """

    def __init__(self, file: int, place: int) -> None:
        self._file = file
        self._first: _Run | None = _Run(place, IDENTIFICATION)
        self._given: _Run | None = None
        # The one run that nobody has begun; None for good when no more follow.
        self._unread: SimpleQueue[_Run | None] = SimpleQueue()
        self._unread.put(self._first)
        self._permits: SimpleQueue[None] = SimpleQueue()
        for _ in range(_RUNS):
            self._permits.put(None)
        # Each thread has its own, for the other would first have to bring them out of that one's processor.
        self._mine, self._theirs = list[bytearray](), list[bytearray]()
        self._thread: Thread | None = None
        self._is_over = False

    @property
    def place(self) -> int | None:
        return self._first.place if self._first is not None else None

    def take(self) -> _Run | None:
        if self._given is not None:
            self._given.leave()
            self._given = None
            self._permits.put(None)
        run = self._first
        if run is not None:
            self._finish(run)
            self._given, self._first = run, run.next
            self._start()
        return run

    def close(self) -> None:
        self._is_over = True
        if self._thread is not None:
            self._permits.put(None)
            self._unread.put(None)
            self._thread.join()

    def _start(self) -> None:
        """The second thread, once there is more than one run; without one the reader does it all."""
        if self._first is not None and self._thread is None:
            thread = Thread(target=self._work, name="evidence-read-ahead")
            with suppress(RuntimeError):
                thread.start()
                self._thread = thread

    def _work(self) -> None:
        while True:
            self._permits.get()
            run = self._next_unread()
            if run is None or self._is_over:
                return
            self._do(run, self._theirs)

    def _finish(self, run: _Run) -> None:
        """Wait for the run, and meanwhile do those that nobody has begun."""
        while not run.ready.acquire(blocking=False):
            other = None
            with suppress(Empty):
                self._permits.get_nowait()
                other = self._next_unread()
            if other is None:
                run.ready.acquire()
                return
            self._do(other, self._mine)

    def _next_unread(self) -> _Run | None:
        """Never long to wait for: whoever reads a run names the next one before it hashes."""
        run = self._unread.get()
        if run is None:
            self._unread.put(None)
        return run

    def _do(self, run: _Run, rooms: list[bytearray]) -> None:
        evidence = list[tuple[int, int]]()
        try:
            try:
                run.enter(rooms)
                evidence = run.read(self._file)
            finally:
                self._unread.put(run.next)
            run.hash(evidence)
        finally:
            run.ready.release()
