"""Reading and checking KFTC files: against a plain reader, the bare file, the achkit package; and the memory it takes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from moa.entry.bench.kftc_files import write_file
from moa.entry.bench.kftc_naive import read_naively
from moa.entry.bench.measure import Result, peak_megabytes

KINDS = ("EB13", "EB21")
RECORDS, NAIVE_RECORDS, ACH_ENTRIES, MANY_RECORDS = 1_000_000, 100_000, 50_000, 5_000_000
ROUNDS = 5
NAIVE_FLOOR, LIMIT_FLOOR, ACHKIT_FLOOR = 40, 0.3, 15
MEMORY_CEILING_MB, GROWTH_ALLOWED_PERCENT = 64, 110
_READING_PROCESS = """
import sys
from moa.formats.kftc.reading import examine
with open(sys.argv[1], "rb") as source:
    print(examine(source, print).records)
"""


def run() -> list[Result]:
    """Speeds are records per second of processor time, medians in turns; of the two kinds the slower decides."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_speeds(Path(folder)), *_memory(Path(folder))]


def _speeds(folder: Path) -> list[Result]:
    works: dict[str, tuple[int, Callable[[], int]]] = {}
    for kind in KINDS:
        large, small = folder / kind, folder / f"{kind}.small"
        write_file(large, kind, RECORDS)
        write_file(small, kind, NAIVE_RECORDS)
        works[kind] = RECORDS, partial(_read, large)
        works[f"{kind}.limit"] = RECORDS, partial(_read_bytes, large)
        works[f"{kind}.naive"] = NAIVE_RECORDS, partial(read_naively, small, kind)
    ach = folder / "ach.txt"
    lines = _write_ach(ach)
    works["achkit"] = lines, partial(_read_ach, ach, lines)
    rates = _rates(works)
    return [
        *_slower("kftc.read_vs_naive", rates, "naive", NAIVE_FLOOR),
        *_slower("kftc.read_vs_limit", rates, "limit", LIMIT_FLOOR),
        _result("kftc.read_vs_achkit", min(rates[kind] for kind in KINDS), rates["achkit"], ACHKIT_FLOOR),
    ]


def _rates(works: dict[str, tuple[int, Callable[[], int]]]) -> dict[str, int]:
    """Records per second of each work, the median of the rounds, in turns. A work that does less is a fault."""
    seconds: dict[str, list[Any]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, (count, work) in works.items():
            begun = process_time()
            done = work()
            seconds[name].append(process_time() - begun)
            if done != count:
                raise AssertionError(f"{name}: {done} of {count}")
    return {name: round(count / median(seconds[name])) for name, (count, _) in works.items()}


def _slower(name: str, rates: dict[str, int], against: str, floor: Any) -> list[Result]:
    """A row for each kind without a floor, and one of the slower kind with it."""
    each = [
        _result(f"{name}.{kind.lower()}", rates[kind], rates[f"{kind}.{against}"], None) for kind in KINDS
    ]
    worst = min(each, key=lambda result: result.ratio)
    return [Result(name, worst.ours, worst.reference, worst.ratio, floor), *each]


def _result(name: str, ours: int, reference: int, floor: Any) -> Result:
    return Result(name, ours, reference, ours / reference, floor)


def _memory(folder: Path) -> list[Result]:
    many = folder / "many"
    write_file(many, "EB13", MANY_RECORDS)
    peaks = []
    for path, records in ((folder / "EB13", RECORDS), (many, MANY_RECORDS)):
        printed, peak = peak_megabytes(_READING_PROCESS, str(path))
        if printed != str(records):
            raise AssertionError(printed)
        peaks.append(peak)
    few, most = peaks
    return [
        Result("kftc.rss", most, MEMORY_CEILING_MB, MEMORY_CEILING_MB / most, 1),
        Result("kftc.rss_flat", most, few, few * GROWTH_ALLOWED_PERCENT / 100 / most, 1),
    ]


def _read(path: Path) -> int:
    from moa.formats.kftc.reading import examine

    found: list[object] = []
    with path.open("rb") as source:
        records = examine(source, found.append).records
    if found:
        raise AssertionError(found[0])
    return records


def _read_bytes(path: Path) -> int:
    with path.open("rb") as source:
        content = source.read()
    return len(content) // (120 if path.name == "EB13" else 150) - 2


def _write_ach(path: Path) -> int:
    """A file of achkit's own making. Shape: its count of lines."""
    from datetime import datetime

    file = import_module("achkit").AchFile.create(
        "011000015", "1234567890", creation_date=datetime(2026, 7, 16, 9)
    )
    batch = file.batch("PPD", "PAYROLL", "2026-07-16")
    for n in range(ACH_ENTRIES):
        batch.debit(f"PERSON {n}", "011000015", f"{n:010}", n * 7919 % 999_983 + 1_000, id_number=f"{n:08}")
    text = file.render()
    path.write_text(text, encoding="ascii")
    return len(text.splitlines())


def _read_ach(path: Path, lines: int) -> int:
    """Its `validate` parses the text and then checks it."""
    answer = import_module("achkit").validate(path.read_text(encoding="ascii"))
    if not answer["ok"]:
        raise AssertionError(answer["errors"][0])
    return lines
