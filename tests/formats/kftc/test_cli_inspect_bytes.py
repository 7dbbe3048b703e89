"""Bytes overwritten at random: product and oracle must name the same records and fields."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.formats.kftc.command_line import moa
from tests.formats.kftc.oracle import files
from tests.formats.kftc.oracle.judge import KNOWN_BANKS, judge
from tests.formats.kftc.oracle.verdict import Mutation, disagreements

# A code that the oracle's short list lacks may be a bank's all the same; line breaks are tolerated.
BREAKS = b"\r\n"
# What may stand in these two the specification leaves to bank and institution.
FREE = {"fund_type", "institution_area"}
BANK_AT = {"EB13": 46, "EB21": 19}


@pytest.mark.parametrize("kind", ["EB13", "EB21"])
@pytest.mark.parametrize("at_once", [1, 1, 2, 6], ids=["one", "another", "two", "six"])
def test_product_and_oracle_name_the_same_faults(
    kind: str,
    at_once: int,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rng, wrong = Random(request.node.name), []
    for _ in range(300):
        content = _changed(kind, rng, at_once)
        (tmp_path / "file").write_bytes(content)
        said = moa(capsys, "inspect", tmp_path / "file", "--json")
        faults = tuple(judge(kind, content))
        reported = [one for one in said.reported if one[2] not in FREE]
        wrong += disagreements(Mutation("", content, faults), reported)
    assert wrong == []


def _changed(kind: str, rng: Random, at_once: int) -> bytes:
    """Bytes of rows, half of them letters and digits so that they are nearly right."""
    records = files.records_of(kind, rng.randrange(50), count=6)
    size, bank = len(records[0]), BANK_AT[kind]
    for _ in range(at_once):
        number, offset = rng.randrange(1, len(records) - 1), rng.randrange(9, size)
        byte = rng.choice((rng.randrange(256), rng.choice(b"0123456789 AZaz-")))
        if byte in BREAKS:
            continue
        row = bytearray(records[number])
        row[offset] = byte
        code = bytes(row[bank : bank + 3])
        if code.isdigit() and code.decode() not in KNOWN_BANKS:
            continue
        records[number] = bytes(row)
    return b"".join(records)
