"""Great camt files: memory stays small, whatever is great about them. Each is read by a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from moa.entry.bench.measure import peak_megabytes
from moa.entry.bench.statements_camt import MEMORY_CEILING_MB, READING_PROCESS, write_statement
from tests.formats.iso20022.camt_files import ACCOUNT, BOOKED, balance, document, entry

ENTRIES = 30_000
READING_BATCH = """
import sys
from moa.formats.iso20022.camt import read
from moa.formats.statements import FileFacts, ReadOptions
with open(sys.argv[1], "rb") as source:
    events = list(read(source, ReadOptions(), FileFacts()))
details = events[1].details
print([type(event).__name__ for event in events], len(details), details[-1].reference)
"""


def peak(path: Path, entries: int) -> int:
    printed, megabytes = peak_megabytes(READING_PROCESS, str(path))
    assert printed == str(entries)
    return megabytes


@pytest.fixture(scope="module")
def statement(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("camt") / "statement.xml"
    write_statement(path, ENTRIES)
    return path


def test_memory_does_not_grow_with_the_entries(statement: Path, tmp_path: Path) -> None:
    small = tmp_path / "small.xml"
    write_statement(small, 300)
    great, little = peak(statement, ENTRIES), peak(small, 300)
    assert great <= MEMORY_CEILING_MB
    assert great - little < 4


def test_a_statement_on_one_line_is_read_in_the_same_memory(statement: Path, tmp_path: Path) -> None:
    flat = tmp_path / "flat.xml"
    flat.write_bytes(statement.read_bytes().replace(b"\n", b""))
    assert peak(flat, ENTRIES) <= MEMORY_CEILING_MB


def test_many_documents_in_an_envelope_leave_nothing_behind(tmp_path: Path) -> None:
    one = document(f"<Stmt>{ACCOUNT}{balance('OPBD', '1')}{balance('CLBD', '11')}{entry()}</Stmt>")
    one = one[one.index("<Document") :]
    path = tmp_path / "envelope.xml"
    path.write_text(f"<all><head>{'<x/>' * 100_000}</head>{('<part>' + one + '</part>') * 20_000}</all>")
    assert peak(path, 20_000) <= MEMORY_CEILING_MB


def test_the_payments_of_a_great_batch_leave_the_tree_before_it_ends(tmp_path: Path) -> None:
    payment = (
        "<TxDtls><Refs><EndToEndId>E{0}</EndToEndId></Refs><Amt Ccy='EUR'>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        "<RltdPties><Dbtr><Nm>Party</Nm><PstlAdr><StrtNm>Street</StrtNm><BldgNb>1</BldgNb><PstCd>1</PstCd>"
        "<TwnNm>Town</TwnNm><Ctry>CH</Ctry></PstlAdr></Dbtr></RltdPties><BkTxCd><Domn><Cd>PMNT</Cd></Domn>"
        "</BkTxCd><RltdDts><AccptncDtTm>2026-11-20T00:00:00</AccptncDtTm></RltdDts></TxDtls>"
    )
    count = 30_000
    payments = "".join(payment.format(number) for number in range(count))
    line = entry(f"{count}.00", rest=f"{BOOKED}<NtryDtls>{payments}</NtryDtls>")
    path = tmp_path / "batch.xml"
    path.write_text(document(f"<Ntfctn>{ACCOUNT}{line}</Ntfctn>", "BkToCstmrDbtCdtNtfctn", "camt.054.001.04"))
    printed, megabytes = peak_megabytes(READING_BATCH, str(path))
    assert printed == f"['StatementStart', 'Entry', 'StatementEnd'] {count} E{count - 1}"
    # The details themselves are the entry; the tree of all payments would take twice as much again.
    assert megabytes <= MEMORY_CEILING_MB
