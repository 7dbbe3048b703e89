"""camt.053: entries per second against the dataclass binding pyiso20022, and the memory of a whole reading process."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TextIO

from moa.entry.bench.measure import Result, peak_megabytes, rates_in_turns

ENTRIES = 100_000
# Both read this file for their rates: the reference holds everything it reads and takes half a minute for the other.
RATE_ENTRIES = 20_000
SPEED_FLOOR = 10
MEMORY_CEILING_MB = 64
READING_PROCESS = """
import sys
from moa.formats.iso20022.camt import read
from moa.formats.statements import Entry, FileFacts, ReadOptions
with open(sys.argv[1], "rb") as source:
    print(sum(type(event) is Entry for event in read(source, ReadOptions(), FileFacts())))
"""


def run() -> list[Result]:
    """The rows `statements.camt053` (entries per second) and `statements.camt053_rss` (MB, allowed ÷ measured)."""
    with tempfile.TemporaryDirectory() as folder:
        full, part = Path(folder, "full.xml"), Path(folder, "part.xml")
        write_statement(full, ENTRIES)
        write_statement(part, RATE_ENTRIES)
        ours, reference = rates_in_turns(
            RATE_ENTRIES, [lambda: _read_ours(part), lambda: _read_reference(part)]
        )
        printed, peak = peak_megabytes(READING_PROCESS, str(full))
        if printed != str(ENTRIES):
            raise AssertionError(f"{printed} of {ENTRIES} entries read")
    return [
        Result("statements.camt053", ours, reference, ours / reference, SPEED_FLOOR),
        Result("statements.camt053_rss", peak, MEMORY_CEILING_MB, MEMORY_CEILING_MB / peak, 1),
    ]


def write_statement(path: Path, entries: int) -> None:
    """A statement of version .08 as Korean banks write them: about 640 bytes an entry, one payment in each."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        file.write('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>\n')
        file.write("<GrpHdr><MsgId>BENCH-1</MsgId><CreDtTm>2026-11-20T18:00:00+09:00</CreDtTm></GrpHdr>\n")
        file.write("<Stmt><Id>BENCH-1-1</Id><CreDtTm>2026-11-20T18:00:00+09:00</CreDtTm><Acct><Id><Othr>")
        file.write("<Id>148-072519-04-011</Id></Othr></Id><Ccy>KRW</Ccy></Acct>\n")
        moved = sum(_amount(number) * (1 if number % 3 else -1) for number in range(entries))
        opening = 50_000_000_000
        for code, minor in (("OPBD", opening), ("CLBD", opening + moved)):
            file.write(
                f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='KRW'>{abs(minor)}</Amt>"
            )
            file.write(f"<CdtDbtInd>{'CRDT' if minor >= 0 else 'DBIT'}</CdtDbtInd>")
            file.write("<Dt><Dt>2026-11-20</Dt></Dt></Bal>\n")
        for number in range(entries):
            _write_entry(file, number)
        file.write("</Stmt></BkToCstmrStmt></Document>\n")


def _amount(number: int) -> int:
    return (number % 9973 + 1) * 1000


def _write_entry(file: TextIO, number: int) -> None:
    credit = bool(number % 3)
    side, code = ("Dbtr", "RCDT") if credit else ("Cdtr", "ICDT")
    file.write(
        f"<Ntry><NtryRef>{number:08d}</NtryRef><Amt Ccy='KRW'>{_amount(number)}</Amt>"
        f"<CdtDbtInd>{'CRDT' if credit else 'DBIT'}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        "<BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt>"
        f"<AcctSvcrRef>2026112000{number:010d}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{code}</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>E2E-{number:010d}</EndToEndId></Refs>"
        f"<RltdPties><{side}><Pty><Nm>한빛상사 {number % 500}</Nm></Pty></{side}>"
        f"<{side}Acct><Id><Othr><Id>1002-{number % 900:03d}-123456</Id></Othr></Id></{side}Acct></RltdPties>"
        f"<RmtInf><Ustrd>물품대금 {number % 12 + 1}월분 {number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )


def _read_ours(path: Path) -> int:
    from moa.formats.iso20022.camt import read
    from moa.formats.statements import Entry, FileFacts, ReadOptions
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
    from pyiso20022.camt.camt_053_001_08 import Document
    from xsdata.formats.dataclass.parsers import XmlParser

    document = XmlParser().parse(str(path), Document)
    return len(document.bk_to_cstmr_stmt.stmt[0].ntry)
