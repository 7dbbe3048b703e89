"""What is wrong in an MT940 or MT942 file is named: every fault, with its code, line, field and value."""

from __future__ import annotations

import io

import pytest

from moa.formats.statements import Entry, FileFacts, ReadOptions
from moa.formats.swift.mt940 import read
from moa.kernel.errors import Problem

GOOD = [
    ":20:R1",
    ":25:110123456789",
    ":28C:1/1",
    ":60F:C261119KRW1000,",
    ":61:2611201120C500,NTRFA//1",
    ":86:first",
    ":61:2611201120D200,NTRFB//2",
    ":86:second",
    ":62F:C261120KRW1300,",
    "-",
]
INTERIM = [
    ":20:R1",
    ":25:110123456789",
    ":28C:1/1",
    ":34F:KRW0,",
    ":13D:2611201030+0900",
    ":61:2611201120C500,NTRFA//1",
    ":90D:0KRW0,",
    ":90C:1KRW500,",
    "-",
]
Finding = tuple[str, str, str, str]


def _problems(lines: list[str], severity: str = "error", **options: str) -> list[Finding]:
    source = io.BytesIO("\n".join(lines).encode())
    events = read(source, ReadOptions(**options), FileFacts())  # type: ignore[arg-type]
    return [
        (one.code, one.place, one.field, one.value)
        for one in events
        if isinstance(one, Problem) and one.severity == severity
    ]


def _with(line: int, text: str, lines: list[str] = GOOD) -> list[str]:
    return [*lines[: line - 1], *([text] if text else []), *lines[line:]]


def test_the_good_files_have_no_problem() -> None:
    for lines in (GOOD, INTERIM):
        assert _problems(lines) == _problems(lines, "warning") == []


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        (2, "", ("account_missing", "line 1", ":25:", "")),
        (4, "", ("opening_missing", "line 1", ":60F:", "")),
        (9, "", ("closing_missing", "line 9", ":62F:", "")),
        (9, ":62F:C261120KRW1301,", ("closing_mismatch", "line 9", ":62F:", "1301 ≠ 1300")),
        (9, ":62F:D261120KRW1300,", ("closing_mismatch", "line 9", ":62F:", "-1300 ≠ 1300")),
        (9, ":62F:C261120USD1300,", ("currency_mismatch", "line 9", ":62F:", "KRW ≠ USD")),
        (9, ":62F:C261131KRW1300,", ("date_impossible", "line 9", ":62F:", "C261131KRW1300,")),
        (9, ":62F:C261120KRW13OO,", ("balance_unreadable", "line 9", ":62F:", "C261120KRW13OO,")),
        (4, ":60F:C261119KRX1000,", ("currency_unknown", "line 4", ":60F:", "C261119KRX1000,")),
        (2, ":25:110123456789 USD", ("currency_mismatch", "line 4", ":60F:", "USD ≠ KRW")),
        (5, ":61:2611201120X500,NTRFA//1", ("line_unreadable", "line 5", ":61:", "2611201120X500,NTRFA//1")),
        (5, ":61:2611201120C5.00NTRFA", ("line_unreadable", "line 5", ":61:", "2611201120C5.00NTRFA")),
        (5, ":61:2611201120C500,ntrfA", ("line_unreadable", "line 5", ":61:", "2611201120C500,ntrfA")),
        (5, ":61:2611311201C500,NTRFA", ("date_impossible", "line 5", ":61:", "261131")),
        (5, ":61:2602310301C500,NTRFA", ("date_impossible", "line 5", ":61:", "260231")),
        (5, ":61:2602290301C500,NTRFA", ("date_impossible", "line 5", ":61:", "260229")),
        (5, ":61:2602280230C500,NTRFA", ("date_impossible", "line 5", ":61:", "0230")),
        (5, ":61:2703010229C500,NTRFA", ("date_impossible", "line 5", ":61:", "0229")),
        (5, ":61:2611201120C500,5NTRFA", ("amount_too_fine", "line 5", ":61:", "500,5")),
        (6, ":999:first", ("tag_unknown", "line 6", ":999:", "first")),
        (6, ":71:2611201120C500,NTRFA", ("tag_unknown", "line 6", ":71:", "2611201120C500,NTRFA")),
        (10, "§§ what is this?", ("content_unknown", "line 10", "", "§§ what is this?")),
    ],
)
def test_it_names_the_fault(line: int, text: str, expected: Finding) -> None:
    assert expected in _problems(_with(line, text))


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        (4, ":34F:KRWX", ("floor_limit_unreadable", "line 4", ":34F:", "KRWX")),
        (5, ":13D:26112", ("moment_unreadable", "line 5", ":13D:", "26112")),
        (5, ":13D:2611311030", ("date_impossible", "line 5", ":13D:", "2611311030")),
        (8, ":90C:1KRW501,", ("totals_mismatch", "line 8", ":90C:", "1 501 ≠ 1 500")),
        (8, ":90C:2KRW500,", ("totals_mismatch", "line 8", ":90C:", "2 500 ≠ 1 500")),
        (7, ":90D:1KRW7,", ("totals_mismatch", "line 7", ":90D:", "1 7 ≠ 0 0")),
        (8, ":90C:1USD500,", ("currency_mismatch", "line 8", ":90C:", "KRW ≠ USD")),
        (8, ":90C:KRW", ("total_unreadable", "line 8", ":90C:", "KRW")),
    ],
)
def test_it_names_the_fault_of_an_interim_report(line: int, text: str, expected: Finding) -> None:
    assert expected in _problems(_with(line, text, INTERIM))


@pytest.mark.parametrize(("ending", "cut"), [("", True), ("\n", False), ("\n-", False), ("-}", False)])
def test_an_interim_report_without_totals_that_ends_inside_a_line_was_cut(ending: str, cut: bool) -> None:
    text = (
        ":20:X\n:25:12345678\n:28C:1/1\n:34F:EUR0,\n:13D:2604271200+0900\n:61:2604270427C10,00NTRF" + ending
    )
    events = read(io.BytesIO(text.encode()), ReadOptions(), FileFacts())
    assert ("message_cut" in {one.code for one in events if isinstance(one, Problem)}) is cut


def test_it_names_all_faults_and_still_gives_the_other_entries() -> None:
    lines = _with(5, ":61:2611311120X500,NTRFA//1")
    lines = _with(9, ":62F:C261120USD1300,", lines)
    lines = _with(2, "", lines)
    assert [code for code, *_ in _problems(lines)] == [
        "line_unreadable",
        "account_missing",
        "currency_mismatch",
    ]
    events = read(io.BytesIO("\n".join(lines).encode()), ReadOptions(), FileFacts())
    assert [one.amount_minor for one in events if isinstance(one, Entry)] == [200]


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        (5, ":61:2602300301C500,NTRFA", ("date_adjusted", "line 5", ":61:", "260230")),
        (5, ":61:2611201120C500NTRFA", ("amount_without_comma", "line 5", ":61:", "500")),
        (1, "", ("reference_missing", "line 1", ":20:", "")),
        (9, ":62M:C261120KRW1300,", ("page_missing", "line 9", ":62M:", "1/1")),
        (4, ":60M:C261119KRW1000,", ("page_missing", "line 4", ":60M:", "1/1")),
        (9, ":62F:C2611201300,", ("currency_missing", "line 9", ":62F:", "KRW")),
        (6, ":86:first\n:remark", ("line_unexpected", "line 7", ":86:", ":remark")),
        (6, ":86:at 13\n:26:37", ("line_unexpected", "line 7", ":86:", ":26:37")),
        (6, ":25:166 in place of 86", ("line_unexpected", "line 6", ":86:", ":25:166 in place of 86")),
        (6, ":99X:first", ("tag_unknown", "line 6", ":99X:", "first")),
    ],
)
def test_it_warns_of_what_it_can_still_read(line: int, text: str, expected: Finding) -> None:
    lines = _with(line, text)
    assert _problems(lines) == []
    assert expected in _problems(lines, "warning")


def test_it_refuses_a_page_that_does_not_continue_the_one_before() -> None:
    first = _with(9, ":62M:C261120KRW1300,")
    second = _with(4, ":60M:C261120KRW1300,", _with(9, ":62F:C261120KRW1600,"))
    assert _problems([*first, *second]) == _problems([*first, *second], "warning") == []
    broken = _with(4, ":60M:C261120KRW1299,", _with(9, ":62F:C261120KRW1599,"))
    assert _problems([*first, *broken]) == [("page_mismatch", "line 14", ":60M:", "1299 KRW ≠ 1300 KRW")]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"hello", b"\x00" * 5000, b"\xff\xfe\xfa" * 3000])
def test_it_says_that_there_is_no_statement(content: bytes) -> None:
    events = list(read(io.BytesIO(content), ReadOptions(), FileFacts()))
    assert "statement_missing" in [one.code for one in events if isinstance(one, Problem)]


def test_it_keeps_a_name_in_another_encoding_readable_and_names_its_line() -> None:
    lines = [line.encode() for line in GOOD]
    lines[5] = ":86:물품대금 한빛전자 주식회사".encode()
    lines[7] = ":86:수수료 환급".encode("cp949")
    lines[9:] = [":86:급여이체 은행 지점".encode(), b"-"]
    content = b"\n".join(lines)
    events = list(read(io.BytesIO(content), ReadOptions(), FileFacts()))
    assert [one.description for one in events if isinstance(one, Entry)] == [
        "물품대금 한빛전자 주식회사",
        "수수료 환급",
    ]
    warnings = [one for one in events if isinstance(one, Problem)]
    assert [(one.code, one.place, one.severity) for one in warnings] == [
        ("encoding_mixed", "line 8", "warning")
    ]


def test_it_marks_a_character_that_no_screen_can_show() -> None:
    lines = _with(6, ":86:fi\x07rst")
    assert _problems(lines, "warning") == [("character_unreadable", "line 6", "", ":86:fi�rst")]


def test_it_masks_a_person_s_number_in_what_it_reports() -> None:
    (_, _, _, value), *_ = _problems(_with(5, ":61:900101-1234568 what"))
    assert value == "900101-******* what"
