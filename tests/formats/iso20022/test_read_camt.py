"""Reading good camt files, in the shapes that banks of several countries send.

The golden files are written by hand from the ISO 20022 message definitions and were validated once against the
published schemas of their versions; the 30 February in the German one is what no schema allows.
"""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path

import pytest

from moa.formats.statements import Entry, StatementEnd, StatementStart
from tests.formats.iso20022.camt_files import (
    ACCOUNT,
    BOOKED,
    balance,
    codes,
    document,
    ends_of,
    entries_of,
    entry,
    events,
    one_day,
    problems,
    statement,
    told,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "camt"
FILES = sorted(GOLDEN.glob("*.xml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_reads_a_golden_file(path: Path) -> None:
    assert told(path.read_bytes()) == json.loads(path.with_suffix(".json").read_text())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "euc-kr", "gb18030"])
def test_it_reads_the_same_in_every_encoding(encoding: str) -> None:
    text = one_day(entry(rest=BOOKED + "<AddtlNtryInf>中文 가나</AddtlNtryInf>"))
    declared = "utf-8" if "8-sig" in encoding else encoding[:6] if encoding[:6] == "utf-16" else encoding
    content = text.replace("UTF-8", declared).encode(encoding)
    assert [one.description for one in entries_of(content)] == ["中文 가나"]
    assert ends_of(content) == ends_of(text)


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(2, 14)])
@pytest.mark.parametrize("message", ["052", "053", "054"])
def test_it_reads_every_version_without_a_warning(version: str, message: str) -> None:
    tags = {"052": "BkToCstmrAcctRpt", "053": "BkToCstmrStmt", "054": "BkToCstmrDbtCdtNtfctn"}
    inner = {"052": "Rpt", "053": "Stmt", "054": "Ntfctn"}[message]
    status = "<Sts>BOOK</Sts>" if version < "07" else "<Sts><Cd>BOOK</Cd></Sts>"
    party = "<Nm>가온</Nm>" if version < "07" else "<Pty><Nm>가온</Nm></Pty>"
    line = entry(
        rest=f"{status}<BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr>{party}</Dbtr>"
        "</RltdPties></TxDtls></NtryDtls>"
    )
    balances = "" if message == "054" else balance("OPBD", "1") + balance("CLBD", "11")
    content = document(
        f"<{inner}>{ACCOUNT}{balances}{line}</{inner}>", tags[message], f"camt.{message}.001.{version}"
    )
    found = events(content)
    assert [type(one) for one in found] == [StatementStart, Entry, StatementEnd]
    assert (found[1].counterparty, found[1].status) == ("가온", "booked")
    assert found[2].provisional is (message != "053")


def test_a_file_without_a_namespace_is_read() -> None:
    content = one_day(entry()).replace(' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"', "")
    assert (len(entries_of(content)), codes(content)) == (1, [])


@pytest.mark.parametrize(
    "namespace", ["camt.053.001.14", "camt.053.001.01", "camt.052.001.02", "pain.001.001.03"]
)
def test_an_unknown_version_is_read_with_a_warning(namespace: str) -> None:
    assert codes(one_day(entry()).replace("camt.053.001.02", namespace)) == ["version_untested"]


def test_documents_one_after_the_other_are_read_as_one_file() -> None:
    content = one_day(entry()) + "\n" + one_day(entry("1.00"), closing="101.00")
    assert [one.closing_minor for one in ends_of(content)] == [11000, 10100]
    assert [one.place for one in entries_of(content)] == ["Stmt[1]/Ntry[1] line 7", "Stmt[2]/Ntry[1] line 17"]


def test_a_declaration_inside_a_text_starts_no_other_document() -> None:
    content = one_day(entry(rest=BOOKED + "<AddtlNtryInf><![CDATA[<?xml version='1.0'?>]]></AddtlNtryInf>"))
    assert [one.description for one in entries_of(content)] == ["<?xml version='1.0'?>"]


def test_places_name_the_entry_and_its_line() -> None:
    assert [one.place for one in entries_of(one_day(entry("4.00") + entry("6.00")))] == [
        "Stmt[1]/Ntry[1] line 7",
        "Stmt[1]/Ntry[2] line 8",
    ]


def test_a_place_is_right_beyond_the_sixteen_bits_of_a_line() -> None:
    content = one_day("\n" * 70_000 + entry())
    assert entries_of(content)[0].place == "Stmt[1]/Ntry[1] line 70007"


@pytest.mark.parametrize(
    ("status", "read"),
    [
        ("<Sts>BOOK</Sts>", "booked"),
        ("<Sts>PDNG</Sts>", "pending"),
        ("<Sts>INFO</Sts>", "info"),
        ("<Sts> <Cd>FUTR</Cd> </Sts>", "pending"),
        ("<Sts>\n<Cd> BOOK </Cd>\n</Sts>", "booked"),
    ],
)
def test_only_booked_entries_are_in_the_sum(status: str, read: str) -> None:
    day = "<BookgDt><Dt>2026-11-20</Dt></BookgDt>"
    closing = "110.00" if read == "booked" else "100.00"
    content = one_day(entry(rest=status + day), closing=closing)
    assert ([one.status for one in entries_of(content)], codes(content)) == ([read], [])


@pytest.mark.parametrize(
    ("text", "minor"),
    [("8.85", 885), ("8.850", 885), ("8", 800), ("8.", 800), (".5", 50), ("+3.10", 310), (" 7.00\n ", 700)]
    + [("0008.85000", 885), ("0", 0), ("9999999999999999.99", 10**18 - 1)],
)
def test_an_amount_is_read_as_xml_schema_writes_it(text: str, minor: int) -> None:
    assert [one.amount_minor for one in entries_of(statement(entry(text)))] == [minor]


@pytest.mark.parametrize(
    ("inside", "read"),
    [
        ("<DtTm>2026-11-20T09:08:07.123456789+09:00</DtTm>", (date(2026, 11, 20), time(9, 8, 7))),
        ("<DtTm>2026-11-20T23:59:59Z</DtTm>", (date(2026, 11, 20), time(23, 59, 59))),
        ("<Dt>2026-11-20+09:00</Dt>", (date(2026, 11, 20), None)),
        ("<Dt> 2028-02-29 </Dt>", (date(2028, 2, 29), None)),
    ],
)
def test_a_day_is_the_day_as_written(inside: str, read: tuple[date, time | None]) -> None:
    line = entries_of(statement(entry(rest=f"<Sts>BOOK</Sts><BookgDt>{inside}</BookgDt>")))[0]
    assert (line.date, line.time) == read


@pytest.mark.parametrize(("written", "moved"), [("2027-02-30", 28), ("2028-02-30", 29)])
def test_a_value_date_of_30_february_is_the_last_of_the_month(written: str, moved: int) -> None:
    content = one_day(entry(rest=f"{BOOKED}<ValDt><Dt>{written}</Dt></ValDt>"))
    value_date = entries_of(content)[0].value_date
    assert value_date is not None
    assert (value_date.month, value_date.day) == (2, moved)
    found = problems(content)
    assert [(one.severity, one.code, one.value) for one in found] == [("warning", "date_adjusted", written)]


def test_a_booked_entry_without_a_day_takes_its_value_date_with_a_warning() -> None:
    content = one_day(entry(rest="<Sts>BOOK</Sts><ValDt><Dt>2026-11-19</Dt></ValDt>"))
    assert (entries_of(content)[0].date, codes(content)) == (date(2026, 11, 19), ["booking_date_missing"])


def test_a_status_that_is_missing_is_booked_in_a_statement_only() -> None:
    day = "<BookgDt><Dt>2026-11-20</Dt></BookgDt>"
    report = document(f"<Rpt>{ACCOUNT}{entry(rest=day)}</Rpt>", "BkToCstmrAcctRpt", "camt.052.001.02")
    for content, status in ((one_day(entry(rest=day)), "booked"), (report, "pending")):
        assert ([one.status for one in entries_of(content)], codes(content)) == ([status], ["status_missing"])


def test_entries_that_come_newest_first_are_noticed() -> None:
    days = [f"<Sts>BOOK</Sts><BookgDt><Dt>2026-11-{day}</Dt></BookgDt>" for day in (20, 20, 19, 18)]
    down, up = "".join(entry(rest=day) for day in days), "".join(entry(rest=day) for day in reversed(days))
    assert [end.newest_first for text in (down, up, up + down) for end in ends_of(statement(text))] == [
        True,
        False,
        False,
    ]


def test_the_header_may_stand_after_the_entries() -> None:
    content = document(
        "<Stmt>" + entry() + balance("CLBD", "110.00") + balance("OPBD", "100.00") + ACCOUNT + "</Stmt>"
    )
    end = ends_of(content)[0]
    assert (end.account, end.opening_minor, end.closing_minor, codes(content)) == ("110-1", 10000, 11000, [])


def test_the_account_may_come_from_the_caller() -> None:
    content = one_day(entry()).replace(ACCOUNT, "")
    assert [
        event.account for event in events(content, account="77-1") if isinstance(event, StatementEnd)
    ] == ["77-1"]


def test_a_comment_does_not_cut_a_text() -> None:
    content = one_day(
        entry(rest=BOOKED + "<AddtlNtryInf>물품<!-- 1 -->대금<![CDATA[ <3월>]]></AddtlNtryInf>")
    )
    assert entries_of(content)[0].description == "물품대금 <3월>"
