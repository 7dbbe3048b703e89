"""MT940: entries per second against the mt-940 package, on the same file in the same run."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

from moa.entry.bench.measure import Result, peak_megabytes, rates_in_turns

ENTRIES = 100_000
SPEED_FLOOR = 5
MEMORY_CEILING_MB = 64
_FIRST_DAY = date(2026, 1, 1)
_READING_PROCESS = """
import sys
from moa.formats.swift.mt940 import read
from moa.formats.statements import Entry, FileFacts, ReadOptions
with open(sys.argv[1], "rb") as source:
    print(sum(isinstance(event, Entry) for event in read(source, ReadOptions(), FileFacts())))
"""
# The three ways in which most banks fill four lines: numbered subfields, slash codes, plain text.
_NARRATIVES = (
    ":86:166?00GUTSCHRIFT?20EREF+E{0:010}?21SVWZ\n+INVOICE {0:010} GOODS\n?30DEUTDEFF?31DE89370400440532013000\n"
    "?32ACME TRADING GMBH",
    ":86:/EREF/E{0:010}/ORDP//NAME/ACME TRA\nDING GMBH/IBAN/DE89370400440532013000\n/REMI/INVOICE {0:010} GOODS\n"
    "/BIC/DEUTDEFF",
    ":86:TRANSFER FROM ACME TRADING GMBH\nDE89370400440532013000 DEUTDEFF\nINVOICE {0:010} FOR GOODS DELIVERED\n"
    "E{0:010}",
)


def run() -> list[Result]:
    """The row `statements.mt940`, and `statements.mt940_rss` (MB, allowed ÷ measured)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "statement.sta")
        write_statement(path, ENTRIES)
        ours, reference = rates_in_turns(ENTRIES, [lambda: _read_ours(path), lambda: _read_reference(path)])
        printed, peak = peak_megabytes(_READING_PROCESS, str(path))
        if printed != str(ENTRIES):
            raise AssertionError(f"{printed} of {ENTRIES} entries read")
    return [
        Result("statements.mt940", ours, reference, ours / reference, SPEED_FLOOR),
        Result("statements.mt940_rss", peak, MEMORY_CEILING_MB, MEMORY_CEILING_MB / peak, 1),
    ]


def write_statement(path: Path, entries: int) -> None:
    """One statement of about 190 bytes an entry, whose closing balance is right."""
    balance = 100_000_000
    with path.open("w", encoding="ascii", newline="\r\n") as file:
        file.write(f":20:BENCH\n:25:45050050/76198810\n:28C:1/1\n:60F:{_balance(balance)}\n")
        for number in range(entries):
            credit = number % 2 == 1
            minor = number * 7919 % 999_983 + 1
            balance += minor if credit else -minor
            day = _FIRST_DAY + timedelta(days=number * 90 // entries)
            file.write(
                f":61:{day:%y%m%d}{day:%m%d}{'C' if credit else 'D'}R{minor // 100},{minor % 100:02}"
                f"NTRFREF{number:010}//BANK{number:010}\n{_NARRATIVES[number % 3].format(number)}\n"
            )
        file.write(f":62F:{_balance(balance)}\n-\n")


def _balance(minor: int) -> str:
    return f"{'D' if minor < 0 else 'C'}260331EUR{abs(minor) // 100},{abs(minor) % 100:02}"


def _read_ours(path: Path) -> int:
    from moa.formats.statements import Entry, FileFacts, ReadOptions
    from moa.formats.swift.mt940 import read
    from moa.kernel.errors import Problem

    count = 0
    with path.open("rb") as source:
        for event in read(source, ReadOptions(), FileFacts()):
            if type(event) is Entry:
                count += 1
            elif isinstance(event, Problem):
                raise AssertionError(event)
    return count


def _read_reference(path: Path) -> int:
    import mt940

    return len(mt940.parse(str(path)))
