"""EI13 of 5,000 × 300 KB: writing it from a folder, and reading it with the SHA-256 of each evidence, against cp.

The bytes are no pictures, so what they are is not looked at; the form of each record and every total is. Seconds by the
clock, median of five pairs after a warm-up; every copy is a new file, on both sides. The memory is that of a process of
its own, which writes or reads the same file.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from moa.entry.bench.measure import Result, peak_megabytes

RECORDS, SIZE = 5_000, 300_000
PAIRS = 5
ALLOWED = 1.3
MEMORY_CEILING_MB = 32
_WRITING = """
import sys
from moa.entry.bench.evidence_files import write
print(write(sys.argv[1], sys.argv[2]))
"""
_READING = """
import sys
from moa.entry.bench.evidence_files import read
print(read(sys.argv[1]))
"""


def run() -> list[Result]:
    """`evidence.write`, `evidence.read`: seconds, allowed ÷ measured. `evidence.rss`: MB, the larger of the two."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make_evidence(folder / "evidence")
        writing = _pairs(folder, lambda: write(folder / "evidence", folder / "ours"))
        (folder / "file").unlink()
        write(folder / "evidence", folder / "file")
        reading = _pairs(folder, lambda: read(folder / "file"))
        peak = max(_peak(_WRITING, folder / "evidence", folder / "ours"), _peak(_READING, folder / "file"))
    return [
        _against_copy("evidence.write", *writing),
        _against_copy("evidence.read", *reading),
        Result("evidence.rss", peak, MEMORY_CEILING_MB, MEMORY_CEILING_MB / peak, 1),
    ]


def write(evidence: str | Path, path: str | Path) -> int:
    """The file of all evidence in the folder. Shape: gives the records written."""
    from datetime import date

    from moa.formats.kftc.evidence_writing import EvidenceWriter
    from moa.formats.kftc.file_frame import HeaderFacts
    from moa.formats.kftc.listing import Listing

    with open(path, "wb") as out:
        facts = HeaderFacts("9912345678", date(2026, 7, 16))
        writer = EvidenceWriter(out, Listing(_refuse), facts, Path(evidence), check=False)
        writer.write(_rows())
    return writer.records


def read(path: str | Path) -> int:
    """The whole file, with a hash of each evidence. Shape: gives the records whose hash was told."""
    from moa.formats.kftc.evidence_file import EvidenceRecord, examine_evidence

    hashes = set[bytes]()

    def take(record: EvidenceRecord) -> None:
        hashes.add(record.sha256)

    with open(path, "rb", buffering=0) as source:
        examine_evidence(source, _refuse, take, check=False)
    return len(hashes)


def _pairs(folder: Path, work: Callable[[], int]) -> tuple[Any, Any]:
    """Seconds of our work and of cp, each the median of the pairs after the first."""
    ours, copies = [], []
    for _ in range(PAIRS + 1):
        (folder / "ours").unlink(missing_ok=True)
        begun = perf_counter()
        done = work()
        ours.append(perf_counter() - begun)
        if done != RECORDS:
            raise AssertionError(f"{done} of {RECORDS} records")
        if (folder / "ours").exists():
            (folder / "ours").replace(folder / "file")
        begun = perf_counter()
        subprocess.run(["cp", folder / "file", folder / "copy"], check=True)
        copies.append(perf_counter() - begun)
        (folder / "copy").unlink()
    return median(ours[1:]), median(copies[1:])


def _against_copy(name: str, ours: Any, copy: Any) -> Result:
    return Result(name, ours, copy, ALLOWED * copy / ours, 1)


def _peak(program: str, *arguments: Path) -> int:
    printed, peak = peak_megabytes(program, *map(str, arguments))
    if printed != str(RECORDS):
        raise AssertionError(f"{printed} of {RECORDS} records")
    return peak


def _make_evidence(folder: Path) -> None:
    """Different bytes in each file."""
    folder.mkdir()
    rest = os.urandom(SIZE - 8)
    for number in range(RECORDS):
        (folder / f"{number}.jpg").write_bytes(number.to_bytes(8, "big") + rest)


def _rows() -> Iterator[dict[str, str]]:
    for number in range(RECORDS):
        yield {
            "payer_no": f"{number:010}",
            "bank_code": "088",
            "account_no": f"110{number:09}",
            "evidence_type": "1",
            "evidence_file": f"{number}.jpg",
        }


def _refuse(finding: object) -> None:
    raise AssertionError(finding)
