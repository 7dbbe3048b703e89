"""The size of a file does not show in the memory of the process that reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MEGABYTE = 1_000_000
# The child reads and reports its own peak; nothing else of the test is in its memory.
CHILD = """
import json, sys
from moa.formats.inspection import inspect
from moa.formats.statements import ReadOptions
with open(sys.argv[1], "rb") as source, open("/dev/null", "w") as out:
    errors = inspect(source, ReadOptions(), out, format=sys.argv[2])
# Not getrusage: its peak includes that of the test process, from before the child became itself.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(json.dumps([errors, int(peak.split()[1]) // 1024]))
"""


def _inspected(path: Path, format_: str = "") -> tuple[int, int]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), format_],
        env={"PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        text=True,
        timeout=300,
    )
    errors, megabytes = json.loads(done.stdout)
    return errors, megabytes


def _write(path: Path, head: bytes, row: bytes, tail: bytes, size: int) -> int:
    count = size // len(row)
    with path.open("wb") as file:
        file.write(head)
        for _ in range(count // 1000):
            file.write(row * 1000)
        file.write(tail)
    return count // 1000 * 1000


def test_it_reads_a_large_statement_in_little_memory(tmp_path: Path) -> None:
    row = (
        ":61:2611201120C1,NTRFREF0000000001//BANK0000000001\r\n"
        ":86:물품대금 주식회사 한빛전자 2026년 11월\r\n세금계산서 20261120-001\r\n"
    ).encode("cp949")
    head = b":20:R\r\n:25:110123456789\r\n:28C:1/1\r\n:60F:C261119KRW0,\r\n"
    path = tmp_path / "large.sta"
    count = _write(path, head, row, b"", 30 * MEGABYTE)
    with path.open("ab") as file:
        file.write(f":62F:C261120KRW{count},\r\n-\r\n".encode())
    errors, megabytes = _inspected(path)
    assert errors == 0
    assert megabytes <= 64


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (b"", b"no statement, only words on and on\n"),
        (b"", b"no line ends at all "),
        (b":20:R\n:25:1\n:60F:C261119KRW0,\n:61:261120C1,NTRFX\n:86:", b"one narrative without an end "),
        (b":20:R\n:25:1\n:60F:C261119KRW0,\n:61:261120C1,NTRFX\n:86:", b"narrative lines without an end\n"),
        (b":20:R\n:25:1\n:60F:C261119KRW0,\n", b":61:nonsense\n"),
        (b":20:R\n:25:1\n:60F:C261119KRW0,\n", b":\n"),
        (b":20:R\n:25:1\n:60F:C261119KRW0,\n:61:261120C1,NTRFX\n", b":86:again\n"),
        (b"", b":20:R\n:25:1\n:62M:C261119KRW0,\n"),
        (b"", b"\x00\xff\xb0\xa1\n"),
    ],
    ids=[
        "words",
        "one-line",
        "one-field",
        "field-lines",
        "bad-lines",
        "colons",
        "narratives",
        "open-pages",
        "binary",
    ],
)
def test_no_nonsense_makes_its_memory_grow(tmp_path: Path, head: bytes, row: bytes) -> None:
    path = tmp_path / "nonsense.sta"
    _write(path, head, row, b"", 3 * MEGABYTE)
    errors, megabytes = _inspected(path, "mt940")
    assert errors > 0
    assert megabytes <= 64
