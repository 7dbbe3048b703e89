"""Reading good MT940 and MT942 files, as banks send them.

The golden files are written by hand from the SWIFT field definitions, in the shapes that public sample files show:
enveloped and bare, three kinds of line ends, five encodings, numbered subfields behind four different signs.
"""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from moa.formats.inspection import inspect
from moa.formats.statements import Entry, FileFacts, ReadOptions, StatementEnd
from moa.formats.swift.mt940 import read
from moa.kernel.errors import Problem

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = sorted([*GOLDEN.glob("mt940/*.sta"), *GOLDEN.glob("mt942/*.sta")])
HEAD = ":20:R1\n:25:110123456789\n:28C:1/1\n:60F:C261119KRW1000,\n"


def _inspected(content: bytes) -> dict[str, Any]:
    out = io.StringIO()
    inspect(io.BytesIO(content), ReadOptions(), out)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def _events(text: str, **options: str) -> list[Any]:
    return list(read(io.BytesIO(text.encode()), ReadOptions(**options), FileFacts()))  # type: ignore[arg-type]


def _entry(line: str, closing: str = "C261120KRW1000,", head: str = HEAD) -> Entry:
    entries = [one for one in _events(f"{head}:61:{line}\n:62F:{closing}\n") if isinstance(one, Entry)]
    assert len(entries) == 1
    return entries[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_reads_a_golden_file(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text())
    found = _inspected(path.read_bytes())
    statements, entries = expected.pop("statements"), []
    assert {key: found[key] for key in expected} == expected
    assert len(found["statements"]) == len(statements)
    for stated, shown in zip(statements, found["statements"], strict=True):
        entries = stated.pop("entries")
        assert {key: shown[key] for key in stated} == stated
        assert [
            {key: row[key] for key in like} for row, like in zip(shown["entries"], entries, strict=True)
        ] == entries


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_it_reads_every_line_end_alike(path: Path, ends: bytes) -> None:
    content = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert _inspected(content.replace(b"\n", ends)) == _inspected(content)


@pytest.mark.parametrize("block", [1, 7, 64, 1000])
def test_it_reads_alike_wherever_a_block_ends(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [_inspected(path.read_bytes()) for path in FILES]
    monkeypatch.setattr("moa.formats.swift.fields.BLOCK", block)
    assert [_inspected(path.read_bytes()) for path in FILES] == whole


@pytest.mark.parametrize(
    ("mark", "direction", "status"),
    [
        ("C", "credit", "booked"),
        ("D", "debit", "booked"),
        ("RC", "debit", "booked"),
        ("RD", "credit", "booked"),
        ("CR", "credit", "booked"),
        ("DR", "debit", "booked"),
        ("RCR", "debit", "booked"),
        ("EC", "credit", "pending"),
        ("ED", "debit", "pending"),
    ],
)
def test_it_takes_the_booked_side_from_the_mark(mark: str, direction: str, status: str) -> None:
    entry = _entry(f"2611201120{mark}600,NTRFX")
    assert (entry.direction, entry.status, entry.amount_minor) == (direction, status, 600)


@pytest.mark.parametrize(
    ("line", "booked_on", "value_date"),
    [
        ("2611201121C1,NTRFX", date(2026, 11, 21), date(2026, 11, 20)),
        ("261120C1,NTRFX", date(2026, 11, 20), date(2026, 11, 20)),
        ("261120    C1,NTRFX", date(2026, 11, 20), date(2026, 11, 20)),
        ("2612310102C1,NTRFX", date(2027, 1, 2), date(2026, 12, 31)),
        ("2701021231C1,NTRFX", date(2026, 12, 31), date(2027, 1, 2)),
        ("9912310103C1,NTRFX", date(2000, 1, 3), date(1999, 12, 31)),
        ("2402290229C1,NTRFX", date(2024, 2, 29), date(2024, 2, 29)),
        ("2402300301C1,NTRFX", date(2024, 3, 1), date(2024, 2, 29)),
        ("230230C1,NTRFX", date(2023, 2, 28), date(2023, 2, 28)),
    ],
)
def test_it_dates_an_entry(line: str, booked_on: date, value_date: date) -> None:
    entry = _entry(line)
    assert (entry.date, entry.value_date) == (booked_on, value_date)


@pytest.mark.parametrize(
    ("line", "reference", "bank_reference"),
    [
        ("261120C1,NTRFINV-7//B77", "INV-7", "B77"),
        ("261120C1,NTRFNONREF//B77", "", "B77"),
        ("261120C1,NTRF1914//NONREF", "1914", ""),
        ("261120C1,S051", "", ""),
        ("261120C1,NOV NONREF", "", ""),
        ("261120C1,FFPC913000381", "913000381", ""),
        ("261120C1,NMSC3412/1X//O/34", "3412/1X", "O/34"),
        ("261120C1,NTRF.//B77", "", "B77"),
        ("261120C1,", "", ""),
        ("261120C1,00NONREF", "", ""),
        ("261120C1,00//B77", "", "B77"),
        ("261120C1,00 NTRFINV-7//B77", "INV-7", "B77"),
    ],
)
def test_it_keeps_both_references(line: str, reference: str, bank_reference: str) -> None:
    entry = _entry(line)
    assert (entry.reference, entry.bank_reference) == (reference, bank_reference)


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [
        ("EUR", "12,", 1200),
        ("EUR", "12,3", 1230),
        ("EUR", "000000000012,34", 1234),
        ("EUR", "12,3400", 1234),
        ("KRW", "12,00", 12),
        ("BHD", "12,345", 12345),
        ("EUR", "12", 1200),
    ],
)
def test_it_counts_minor_units_of_the_currency(currency: str, amount: str, minor: int) -> None:
    head = HEAD.replace("KRW", currency)
    assert _entry(f"261120C{amount}NTRFX", f"C261120{currency}1,", head).amount_minor == minor


@pytest.mark.parametrize(
    ("field", "bank", "account"),
    [
        ("110123456789", "", "110123456789"),
        ("45050050/76198810", "45050050", "76198810"),
        ("45050050/76198810KRW", "45050050", "76198810"),
        ("SHBKKRSE/110123456789 KRW", "SHBKKRSE", "110123456789"),
        ("UBRTHUHB/123456789150ABCDEF002/KRW", "UBRTHUHB", "123456789150ABCDEF002"),
        ("0067-00763/93984487", "", "0067-00763/93984487"),
        ("/PL61109010140000071219812874", "", "PL61109010140000071219812874"),
        # The last three letters of an IBAN of Mauritius are part of it.
        ("MU17BOMM0101101030300200000MUR", "", "MU17BOMM0101101030300200000MUR"),
    ],
)
def test_it_tells_the_account_from_its_bank(field: str, bank: str, account: str) -> None:
    events = _events(HEAD.replace("110123456789", field) + ":62F:C261120KRW1000,\n")
    end = next(one for one in events if isinstance(one, StatementEnd))
    assert (end.bank, end.account) == (bank, account)
    assert not [one for one in events if isinstance(one, Problem)]


def test_it_begins_a_statement_on_the_day_after_its_opening_balance() -> None:
    ends = [
        next(one for one in _events(text) if isinstance(one, StatementEnd))
        for text in (
            HEAD + ":62F:C261123KRW1000,\n",
            HEAD + ":61:261119C0,NTRFX\n:62F:C261123KRW1000,\n",
            HEAD + ":62F:C261119KRW1000,\n",
        )
    ]
    assert [(end.from_date, end.to_date) for end in ends] == [
        (date(2026, 11, 20), date(2026, 11, 23)),
        (date(2026, 11, 19), date(2026, 11, 23)),
        (date(2026, 11, 19), date(2026, 11, 19)),
    ]


def test_it_takes_the_account_from_the_caller_only_where_the_file_has_none() -> None:
    text = HEAD.replace(":25:110123456789\n", "") + ":62F:C261120KRW1000,\n"
    end = next(one for one in _events(text, account="777") if isinstance(one, StatementEnd))
    assert end.account == "777"
    codes = [
        one.code
        for one in _events(HEAD + ":62F:C261120KRW1000,\n", account="777")
        if isinstance(one, Problem)
    ]
    assert codes == ["account_mismatch"]
    assert not [
        one
        for one in _events(HEAD + ":62F:C261120KRW1000,\n", account="110-123-456789")
        if isinstance(one, Problem)
    ]


def test_it_reads_a_file_with_a_byte_order_mark_and_one_in_utf16() -> None:
    text = HEAD + ":61:261120C5,NTRFX\n:86:급여\n:62F:C261120KRW1005,\n"
    wanted = _inspected(text.encode())
    assert wanted["statements"][0]["entries"][0]["description"] == "급여"
    for encoding, shown in (("utf-8-sig", "utf-8"), ("utf-16", "utf-16")):
        found = _inspected(text.encode(encoding))
        assert found["encoding"] == shown
        assert found["statements"] == wanted["statements"]
        assert found["errors"] == []


def test_it_reads_the_lines_of_the_german_extension_field() -> None:
    text = (
        HEAD
        + ":61:261120D5,S051\n:NS:01Rechnung 7\n02vom Mai\n15Meyer\n17LASTSCHRIFT\n3310918001\n34000427\n"
        ":62F:C261120KRW995,\n"
    )
    entry = next(one for one in _events(text) if isinstance(one, Entry))
    assert entry.description == "LASTSCHRIFT Rechnung 7 vom Mai [33 10918001]"
    assert (entry.counterparty, entry.counterparty_account) == ("Meyer", "000427")


def test_it_does_not_take_the_statement_narrative_for_an_entry_s() -> None:
    text = HEAD + ":61:261120D5,NTRFX\n:86:entry\n:62F:C261120KRW995,\n:86:statement\n-\n"
    assert [one.description for one in _events(text) if isinstance(one, Entry)] == ["entry"]


def test_an_interim_report_with_balances_is_still_provisional() -> None:
    text = (
        "{1:F01SHBKKRSEAXXX}{2:I942SHBKKRSEAXXXN}{4:\n"
        + HEAD
        + ":61:261120C5,NTRFX\n:62F:C261120KRW1005,\n-}\n"
    )
    ends = [
        one for one in _events(text + HEAD + ":62F:C261120KRW1000,\n-\n") if isinstance(one, StatementEnd)
    ]
    assert [(end.provisional, end.opening_minor, end.closing_minor) for end in ends] == [
        (True, 1000, 1005),
        (False, 1000, 1000),
    ]


def test_it_takes_the_currency_of_an_interim_report_from_the_caller_where_it_has_none() -> None:
    text = ":20:R1\n:25:110123456789\n:28C:1/1\n:13D:2611201030+0900\n:61:2611201120C500,NTRFA\n:90C:1KRW500,\n-\n"
    assert [one.code for one in _events(text) if isinstance(one, Problem)] == ["currency_missing"]
    events = _events(text, currency="KRW")
    assert [one.amount_minor for one in events if isinstance(one, Entry)] == [500]
    assert not [one for one in events if isinstance(one, Problem)]
