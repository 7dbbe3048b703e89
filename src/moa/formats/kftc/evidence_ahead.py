"""The evidence of the rows that come next, read in a thread while the rows before them are judged and written."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple

from .evidence_folder import EvidenceFolder, EvidenceRefused

# So many rows a task, for a task costs more than a file; of a third set one is filled while another is worked on.
_ROWS, _SETS = 4, 3

Row = Mapping[str, str]


class Loaded(NamedTuple):
    """One row and its evidence. Shape: `size` of the whole file, None when it was not read; `code` what is wrong with it;
    `room` holds the bytes, as far as it goes, until the next but eight rows are asked for."""

    row: Row
    size: int | None
    code: str
    room: memoryview


class EvidenceAhead:
    """`for loaded in EvidenceAhead(folder, column, room=…, before=…).over(rows)`.

    Shape: a file's bytes stand in its room behind `before` bytes, `room` of them at most; without a folder nothing is read.
    """

    def __init__(
        self, folder: EvidenceFolder | None, column: str, *, room: int, before: int, after: int
    ) -> None:
        self.folder, self.column, self.before, self.most = folder, column, before, room
        self._rooms = [
            [memoryview(bytearray(before + room + after)) for _ in range(_ROWS)] for _ in range(_SETS)
        ]

    def over(self, rows: Iterable[Row]) -> Iterator[Loaded]:
        waiting: deque[Future[list[Loaded]]] = deque()
        source, number = iter(rows), 0
        with ThreadPoolExecutor(1) as pool:
            while piece := list(islice(source, _ROWS)):
                waiting.append(pool.submit(self._load, piece, self._rooms[number % _SETS]))
                number += 1
                if len(waiting) == _SETS:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()

    def _load(self, rows: list[Row], rooms: list[memoryview]) -> list[Loaded]:
        return [self._one(row, room) for row, room in zip(rows, rooms, strict=False)]

    def _one(self, row: Row, room: memoryview) -> Loaded:
        name = row.get(self.column) or ""
        if self.folder is None or not name:
            return Loaded(row, None, "", room)
        try:
            size = self.folder.read(name, room[self.before : self.before + self.most])
        except EvidenceRefused as refused:
            return Loaded(row, None, refused.code, room)
        return Loaded(row, size, "", room)
