"""What is refused, with the place, the field and the value as they stand; all of it, not the first only."""

from __future__ import annotations

import io

import pytest

from moa.formats.iso20022.camt import read
from moa.formats.statements import FileFacts, ReadOptions
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
)

GOOD = one_day(entry("4.00") + entry("6.00"))


@pytest.mark.parametrize(
    ("line", "code", "field", "value"),
    [
        (entry("12..34"), "amount_unreadable", "Amt", "12..34"),
        (entry("1,000.00"), "amount_unreadable", "Amt", "1,000.00"),
        (entry("-1.00"), "amount_unreadable", "Amt", "-1.00"),
        (entry("1e3"), "amount_unreadable", "Amt", "1e3"),
        (entry("NaN"), "amount_unreadable", "Amt", "NaN"),
        (entry("１０"), "amount_unreadable", "Amt", "１０"),
        (entry("."), "amount_unreadable", "Amt", "."),
        (entry("1" * 19), "amount_unreadable", "Amt", "1" * 19),
        (entry("1" * 17), "amount_unreadable", "Amt", "1" * 17),
        (entry("1.005"), "amount_too_fine", "Amt", "1.005"),
        (entry(" "), "amount_missing", "Amt", ""),
        (entry(currency="USD"), "currency_mismatch", "Amt/@Ccy", "USD ≠ EUR"),
        (entry(currency=""), "currency_missing", "Amt/@Ccy", ""),
        (entry().replace(' Ccy="EUR"', ""), "currency_missing", "Amt/@Ccy", ""),
        (entry(side="CRDX"), "direction_unknown", "CdtDbtInd", "CRDX"),
        (entry(side=""), "direction_unknown", "CdtDbtInd", ""),
        (entry(rest="<Sts>RJCT</Sts>"), "status_unknown", "Sts", "RJCT"),
        (entry(rest="<Sts><Cd>BOOX</Cd></Sts>"), "status_unknown", "Sts", "BOOX"),
        (entry(rest=BOOKED.replace("11-20", "13-01")), "date_impossible", "BookgDt", "2026-13-01"),
        (entry(rest=BOOKED.replace("11-20", "02-30")), "date_impossible", "BookgDt", "2026-02-30"),
        (entry(rest=f"{BOOKED}<ValDt><Dt>2027-02-29</Dt></ValDt>"), "date_impossible", "ValDt", "2027-02-29"),
        (entry(rest=f"{BOOKED}<ValDt><Dt>2027-02-31</Dt></ValDt>"), "date_impossible", "ValDt", "2027-02-31"),
        (entry(rest=f"{BOOKED}<ValDt><Dt>0000-02-30</Dt></ValDt>"), "date_impossible", "ValDt", "0000-02-30"),
        (entry(rest=f"{BOOKED}<ValDt><Dt>27-02-28</Dt></ValDt>"), "date_impossible", "ValDt", "27-02-28"),
        (
            entry(rest=BOOKED.replace("Dt>2026-11-20</Dt>", "DtTm>2026-11-20T24:01:00</DtTm>", 1)),
            "date_impossible",
            "BookgDt",
            "2026-11-20T24:01:00",
        ),
        ("<Ntry><CdtDbtInd>CRDT</CdtDbtInd>" + BOOKED + "</Ntry>", "amount_missing", "Amt", ""),
    ],
)
def test_an_entry_with_a_fault_is_refused_by_name(line: str, code: str, field: str, value: str) -> None:
    found = [
        one for one in problems(one_day(line)) if one.severity == "error" and one.code != "closing_mismatch"
    ]
    assert [tuple(one) for one in found] == [("error", code, "Stmt[1]/Ntry[1] line 7", field, value)]


def test_all_faults_of_a_file_are_reported() -> None:
    bad = entry("x", "y", "<Sts>z</Sts><BookgDt><Dt>w</Dt></BookgDt><ValDt><Dt>v</Dt></ValDt>")
    content = one_day(entry("1.00") + bad + entry(currency="USD"))
    assert sorted((one.code, one.place.split(" ")[0]) for one in problems(content)) == [
        ("amount_unreadable", "Stmt[1]/Ntry[2]"),
        ("currency_mismatch", "Stmt[1]/Ntry[3]"),
        ("date_impossible", "Stmt[1]/Ntry[2]"),
        ("date_impossible", "Stmt[1]/Ntry[2]"),
        ("direction_unknown", "Stmt[1]/Ntry[2]"),
        ("status_unknown", "Stmt[1]/Ntry[2]"),
    ]


def test_an_entry_in_another_currency_is_shown_as_the_bank_wrote_it() -> None:
    content = one_day(entry("1.00") + entry("2500", currency="KRW", side="DBIT"))
    assert [(one.amount_minor, one.currency, one.direction) for one in entries_of(content)] == [
        (100, "EUR", "credit"),
        (2500, "KRW", "debit"),
    ]
    assert codes(content).count("currency_mismatch") == 1
    assert ends_of(content)[0].entry_count == 2


@pytest.mark.parametrize(
    ("inside", "code", "place"),
    [
        (balance("OPBD", "1x"), "amount_unreadable", "Stmt[1]/Bal[1] line 5"),
        (balance("CLBD", "1", currency="USD"), "currency_mismatch", "Stmt[1]/Bal[1] line 5"),
        (balance("CLBD", "1", day="2026-11-31"), "date_impossible", "Stmt[1]/Bal[1] line 5"),
        (balance("CLBD", "1", side=""), "direction_unknown", "Stmt[1]/Bal[1] line 5"),
        ("<FrToDt><FrDtTm>today</FrDtTm></FrToDt>", "date_impossible", "Stmt[1]/FrToDt line 5"),
    ],
)
def test_a_header_with_a_fault_is_refused_by_name(inside: str, code: str, place: str) -> None:
    found = [one for one in problems(statement(inside)) if one.severity == "error"]
    assert [(one.code, one.place) for one in found] == [(code, place)]


def test_a_currency_nobody_knows_is_said_once() -> None:
    content = GOOD.replace("EUR", "EUX")
    assert [(one.code, one.value) for one in problems(content) if one.severity == "error"] == [
        ("currency_unknown", "EUX")
    ]


def test_an_account_in_another_currency_than_its_balances_is_refused() -> None:
    content = one_day(entry()).replace("<Ccy>EUR</Ccy>", "<Ccy>USD</Ccy>")
    assert set(codes(content)) >= {"currency_mismatch"}
    assert all(one.value == "EUR ≠ USD" for one in problems(content) if one.code == "currency_mismatch")


@pytest.mark.parametrize(
    ("content", "code", "value"),
    [
        ("", "file_empty", ""),
        (" \n ", "file_empty", ""),
        ("<html><body>404</body></html>", "camt_missing", "html"),
        (GOOD.replace("BkToCstmrStmt", "CstmrCdtTrfInitn"), "camt_missing", "Document"),
        (document(""), "statement_missing", "Document"),
        (document(f"<Rpt>{ACCOUNT}</Rpt>"), "statement_missing", "Document"),
        (GOOD.replace(ACCOUNT, "<Acct><Ccy>EUR</Ccy></Acct>"), "account_missing", ""),
        (document(f"<Stmt>{ACCOUNT.replace('<Ccy>EUR</Ccy>', '')}</Stmt>"), "currency_missing", ""),
    ],
)
def test_a_file_without_what_makes_a_statement_is_refused(content: str, code: str, value: str) -> None:
    found = [one for one in problems(content) if one.severity == "error"]
    assert [(one.code, one.value) for one in found] == [(code, value)]


DOCTYPES = [
    '<!DOCTYPE Document [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    '<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">',
    '<!DOCTYPE Document [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
]


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("before", ["", "<!-- a comment -->\n", "<?style sheet?>", f"<!--{'x' * 70_000}-->"])
def test_a_doctype_is_refused_before_anything_is_read(doctype: str, before: str) -> None:
    content = GOOD.replace("<Document", f"{before}{doctype}<Document").replace("110-1", "&b;&x;")
    found = events(content)
    assert [one.code for one in found] == ["xml_doctype_refused"]


def test_a_doctype_is_refused_in_every_encoding_and_in_a_later_document() -> None:
    wide = GOOD.replace("UTF-8", "UTF-16").replace("<Document", DOCTYPES[0] + "<Document").encode("utf-16")
    assert codes(wide) == ["xml_doctype_refused"]
    second = GOOD + GOOD.replace("<Document", DOCTYPES[1] + "<Document")
    assert [(one.code, one.place) for one in problems(second)] == [("xml_doctype_refused", "line 12")]


def test_an_entity_without_a_doctype_is_refused_at_its_line() -> None:
    content = GOOD.replace("6.00", "&six;")
    assert [(one.code, one.place) for one in problems(content)] == [("xml_broken", "line 8")]


def test_a_document_too_deep_is_refused() -> None:
    deep = "<a>" * 300
    assert codes(GOOD.replace("<Stmt>", f"<Stmt>{deep}")) == ["xml_too_deep"]


def test_an_instruction_that_cuts_a_text_is_refused() -> None:
    content = GOOD.replace("4.00", "4<?cut?>.00")
    assert "xml_instruction_refused" in codes(content)


def test_a_part_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    content = GOOD.replace("<Id>S</Id>", "<Id>S</Id><Acct>" + "<x>1</x>" * 1_100_000)
    assert codes(content)[0] == "xml_part_too_large"


@pytest.mark.parametrize(
    ("declared", "written", "line", "value"),
    [
        ("UTF-8", "cp949", "line 7", "utf-8: bytes B0 FB"),
        ("GB2312", "utf-8", "line 7", "gb2312: bytes"),
        ("EUC-KR", "gb18030", "line 7", "euc-kr: bytes"),
    ],
)
def test_a_wrong_encoding_is_shown_with_its_line_and_bytes(
    declared: str, written: str, line: str, value: str
) -> None:
    text = {"cp949": "가나", "utf-8": "가나각낙", "gb18030": "ǎ㖞㐀"}[written]
    content = one_day(entry(rest=BOOKED + f"<AddtlNtryInf>{text}</AddtlNtryInf>")).replace("UTF-8", declared)
    found = [one for one in problems(content.encode(written)) if one.code != "xml_broken"]
    assert [(one.code, one.place, one.field) for one in found] == [("encoding_wrong", line, "encoding")]
    assert found[0].value.startswith(value[:14])


@pytest.mark.parametrize(
    ("declared", "code"),
    [("UTF-16", "encoding_wrong"), ("KLINGON", "encoding_unknown"), ("UCS-4", "encoding_wrong")],
)
def test_an_encoding_that_cannot_be_is_refused(declared: str, code: str) -> None:
    assert [(one.code, one.place) for one in problems(GOOD.replace("UTF-8", declared))] == [(code, "line 1")]


def test_an_encoding_nobody_knows_from_the_caller_is_refused() -> None:
    assert codes(GOOD, encoding="klingon") == ["encoding_unknown"]


def test_what_stands_before_the_break_is_given_out() -> None:
    cut = GOOD[: GOOD.index("6.00")]
    found = events(cut)
    assert [one.amount_minor for one in entries_of(cut)] == [400]
    assert [(one.code, one.severity) for one in problems(cut)] == [("xml_broken", "error")]
    end = ends_of(cut)[0]
    assert (end.account, end.opening_minor, end.closing_minor, end.entry_count) == ("110-1", 10000, 11000, 1)
    assert found[-1] == end


def test_a_summary_of_a_broken_file_is_not_held_against_it() -> None:
    cut = GOOD.replace(
        "<Ntry>", "<TxsSummry><TtlNtries><NbOfNtries>9</NbOfNtries></TtlNtries></TxsSummry><Ntry>", 1
    )
    assert codes(cut[: cut.index("6.00")]) == ["xml_broken"]


def test_a_person_s_number_in_a_value_is_masked() -> None:
    status = "<Sts><Prtry>900101-1234568</Prtry></Sts>"
    content = one_day(entry(rest=BOOKED.replace("<Sts>BOOK</Sts>", status)), closing="100.00")
    assert [(one.code, one.value) for one in problems(content)] == [("status_proprietary", "900101-*******")]


class Dripping(io.BytesIO):
    """A stream that gives less than it is asked for, as a network does."""

    def __init__(self, content: bytes, most: int) -> None:
        super().__init__(content)
        self.most = most

    def read(self, size: int | None = -1) -> bytes:
        wanted = self.most if size is None or size < 0 else min(size, self.most)
        return super().read(wanted)


@pytest.mark.parametrize("most", [1, 7, 64, 65, 1000])
def test_the_size_of_the_pieces_changes_nothing(most: int) -> None:
    content = (GOOD + GOOD).encode()
    assert list(read(Dripping(content, most), ReadOptions(), FileFacts())) == events(content)
