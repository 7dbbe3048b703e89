"""What must agree inside a statement: balances, entries, the summary, currencies, pages, periods."""

from __future__ import annotations

from datetime import date

import pytest

from tests.formats.iso20022.camt_files import (
    ACCOUNT,
    BOOKED,
    balance,
    codes,
    document,
    ends_of,
    entry,
    one_day,
    problems,
    statement,
)


def test_a_wrong_closing_balance_is_an_error_that_says_both_figures() -> None:
    found = problems(one_day(entry() + entry("3.00", "DBIT"), closing="107.01"))
    assert [tuple(one) for one in found] == [
        ("error", "closing_mismatch", "Stmt[1] line 4", "closing", "107.01 ≠ 107.00")
    ]


def test_an_overdrawn_account_is_negative() -> None:
    content = statement(
        balance("OPBD", "5.00", side="DBIT") + balance("CLBD", "15.00", side="DBIT") + entry(side="DBIT")
    )
    assert (ends_of(content)[0].opening_minor, ends_of(content)[0].closing_minor) == (-500, -1500)
    assert codes(content) == []


@pytest.mark.parametrize(
    ("balances", "opening", "closing", "found"),
    [
        ([("PRCD", "1"), ("CLBD", "11")], 100, 1100, []),
        ([("OPBD", "1"), ("PRCD", "7"), ("CLBD", "11")], 100, 1100, []),
        ([("OPBD", "1"), ("OPAV", "2"), ("CLAV", "3"), ("FWAV", "4"), ("CLBD", "11")], 100, 1100, []),
        ([("OPBD", "1"), ("ITBD", "11")], 100, 1100, []),
        ([("ITBD", "1"), ("CLBD", "11")], 100, 1100, []),
        ([("ITBD", "1"), ("ITBD", "11")], 100, 1100, []),
        ([("ITBD", "5"), ("OPBD", "1"), ("CLBD", "11")], 100, 1100, []),
        ([("OPBD", "1")], 100, None, ["closing_missing"]),
        ([("CLBD", "11")], None, 1100, ["opening_missing"]),
        ([("OPAV", "1"), ("CLAV", "11")], None, None, ["opening_missing", "closing_missing"]),
        ([("OPBD", "1"), ("CLBX", "11")], 100, None, ["balance_code_unknown", "closing_missing"]),
    ],
)
def test_the_balances_are_chosen_by_their_codes(
    balances: list[tuple[str, str]], opening: int | None, closing: int | None, found: list[str]
) -> None:
    content = statement("".join(balance(code, amount) for code, amount in balances) + entry())
    end = ends_of(content)[0]
    assert ((end.opening_minor, end.closing_minor), codes(content)) == ((opening, closing), found)


def test_several_days_in_one_statement_count_from_the_first_to_the_last() -> None:
    days = [("CLBD", "130", 19), ("OPBD", "100", 18), ("CLBD", "120", 18), ("OPBD", "120", 19)]
    content = statement(
        "".join(balance(code, amount, f"2026-11-{day}") for code, amount, day in days) + entry("30")
    )
    end = ends_of(content)[0]
    assert (end.opening_minor, end.closing_minor, codes(content)) == (10000, 13000, [])
    assert (end.from_date, end.to_date) == (date(2026, 11, 18), date(2026, 11, 19))


def test_a_zero_balance_needs_no_side() -> None:
    content = statement(balance("OPBD", "0.00") + balance("CLBD", "10.00") + entry())
    assert codes(content.replace("<CdtDbtInd>CRDT</CdtDbtInd>", "", 1)) == []


@pytest.mark.parametrize(
    ("message", "inner", "code"),
    [("BkToCstmrStmt", "Stmt", ["closing_mismatch"]), ("BkToCstmrAcctRpt", "Rpt", [])],
)
def test_an_interim_balance_must_agree_in_a_statement_only(message: str, inner: str, code: list[str]) -> None:
    balances = balance("OPBD", "100.00") + balance("ITBD", "500.00")
    namespace = "camt.053.001.02" if inner == "Stmt" else "camt.052.001.02"
    content = document(f"<{inner}>{ACCOUNT}{balances}{entry()}</{inner}>", message, namespace)
    errors = [one.code for one in problems(content) if one.severity == "error"]
    assert errors == code
    if not code:
        # The report shows only what is new, so the day's opening balance is not its own.
        assert (ends_of(content)[0].opening_minor, ends_of(content)[0].closing_minor) == (None, 50000)
        assert codes(content) == ["interim_mismatch"]


def test_a_report_between_two_booked_balances_must_agree() -> None:
    inside = ACCOUNT + balance("OPBD", "100.00") + balance("CLBD", "500.00") + entry()
    content = document(f"<Rpt>{inside}</Rpt>", "BkToCstmrAcctRpt", "camt.052.001.02")
    assert codes(content) == ["closing_mismatch"]


def test_an_entry_that_cannot_be_read_leaves_the_balances_unjudged() -> None:
    assert codes(one_day(entry("1x") + entry("10.00"))) == ["amount_unreadable"]


def test_an_entry_without_a_possible_day_is_summed_all_the_same() -> None:
    wrong = entry(rest="<Sts>BOOK</Sts><BookgDt><Dt>2026-11-31</Dt></BookgDt>")
    assert codes(one_day(wrong)) == ["date_impossible"]
    assert codes(one_day(wrong, closing="111.00")) == ["date_impossible", "closing_mismatch"]


PENDING = entry("2.00", "DBIT", "<Sts>PDNG</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>")


def summary(total: str = "", credits: str = "", debits: str = "") -> str:
    return (
        f"<TxsSummry><TtlNtries>{total}</TtlNtries><TtlCdtNtries>{credits}</TtlCdtNtries>"
        f"<TtlDbtNtries>{debits}</TtlDbtNtries></TxsSummry>"
    )


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (summary("<NbOfNtries>3</NbOfNtries><Sum>15.00</Sum>"), []),
        (summary("<NbOfNtries>2</NbOfNtries><Sum>13.0000</Sum>"), []),
        (summary("<NbOfNtries>2</NbOfNtries><Sum>15.00</Sum>"), ["TtlNtries/NbOfNtries"]),
        (summary("<NbOfNtries>3</NbOfNtries><Sum>15.01</Sum>"), ["TtlNtries/Sum"]),
        (summary("<TtlNetNtryAmt>7.00</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd>"), []),
        (
            summary("<TtlNetNtryAmt>7.00</TtlNetNtryAmt><CdtDbtInd>DBIT</CdtDbtInd>"),
            ["TtlNtries/TtlNetNtryAmt"],
        ),
        (summary("<TtlNetNtryAmt>7.00</TtlNetNtryAmt>"), []),
        (summary("<TtlNetNtry><Amt>5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry>"), []),
        (
            summary("<TtlNetNtry><Amt>4.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry>"),
            ["TtlNtries/TtlNetNtry"],
        ),
        (
            summary("", "<NbOfNtries>1</NbOfNtries><Sum>10</Sum>", "<NbOfNtries>1</NbOfNtries><Sum>3</Sum>"),
            [],
        ),
        (
            summary("", "<NbOfNtries>1</NbOfNtries><Sum>10</Sum>", "<NbOfNtries>2</NbOfNtries><Sum>5</Sum>"),
            [],
        ),
        (summary("", "<Sum>11</Sum>", "<Sum>4</Sum>"), ["TtlCdtNtries/Sum", "TtlDbtNtries/Sum"]),
    ],
)
def test_the_summary_is_compared_with_or_without_pending_entries(text: str, fields: list[str]) -> None:
    content = one_day(text + entry() + entry("3.00", "DBIT") + PENDING, closing="107.00")
    found = problems(content)
    assert [one.field.removeprefix("TxsSummry/") for one in found] == fields
    assert {(one.severity, one.code) for one in found} <= {("error", "summary_mismatch")}


@pytest.mark.parametrize("text", ["1e2", "NaN", "Infinity", "1_0", "ten", "１０", "1" * 60])
def test_a_summary_that_is_no_number_is_an_error(text: str) -> None:
    content = one_day(summary(f"<Sum>{text}</Sum>") + entry())
    assert codes(content) == ["summary_unreadable"]


def _page(number: int, last: str, inside: str) -> str:
    pages = f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>"
    return f"<Stmt><Id>S</Id>{pages}{ACCOUNT}{inside}</Stmt>\n"


def test_a_statement_in_pages_is_checked_to_its_last_one() -> None:
    pages = [
        _page(1, "false", balance("OPBD", "100.00") + entry()),
        _page(2, "false", entry("5.00")),
        _page(3, "true", balance("CLBD", "116.00") + entry("1.00")),
    ]
    ends = ends_of(document("".join(pages)))
    assert [(one.opening_minor, one.closing_minor) for one in ends] == [
        (10000, 11000),
        (11000, 11500),
        (11500, 11600),
    ]
    assert [one.severity for one in problems(document("".join(pages)))] == []
    assert codes(document("".join(pages)).replace("5.00", "6.00")) == ["closing_mismatch"]


def test_a_page_of_another_account_is_not_carried_on() -> None:
    other = ACCOUNT.replace("110-1", "110-2")
    pages = _page(1, "false", balance("OPBD", "100.00") + entry()) + _page(2, "true", entry()).replace(
        ACCOUNT, other
    )
    assert [one.opening_minor for one in ends_of(document(pages))] == [10000, None]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("<FrDtTm>2026-11-18T00:00:00</FrDtTm><ToDtTm>2026-11-20T23:59:59</ToDtTm>", 18, 20),
        ("<FrDtTm>2026-11-20T00:00:00</FrDtTm><ToDtTm>2026-11-21T00:00:00</ToDtTm>", 20, 20),
        ("<FrDtTm>2026-11-18T00:00:00</FrDtTm><ToDtTm>2026-11-20T00:00:00</ToDtTm>", 18, 20),
        ("<FrDt>2026-11-19</FrDt><ToDt>2026-11-20</ToDt>", 19, 20),
        ("<ToDtTm>2026-11-22T12:00:00</ToDtTm>", 20, 22),
        ("", 20, 20),
    ],
)
def test_the_period_holds_both_its_days(period: str, first: int, last: int) -> None:
    content = statement(
        f"<FrToDt>{period}</FrToDt>" + balance("OPBD", "1.00") + balance("CLBD", "11.00") + entry()
    )
    end = ends_of(content)[0]
    assert (end.from_date, end.to_date) == (date(2026, 11, first), date(2026, 11, last))


def test_a_previous_closing_balance_is_of_the_day_before() -> None:
    content = statement(balance("PRCD", "1.00", "2026-11-19") + balance("CLBD", "11.00") + entry())
    assert ends_of(content)[0].from_date == date(2026, 11, 20)


def test_without_balances_the_period_is_that_of_the_entries() -> None:
    days = ("2026-11-19", "2026-11-17", "2026-11-18")
    lines = "".join(entry(rest=f"<Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt>") for day in days)
    end = ends_of(document(f"<Ntfctn>{ACCOUNT}{lines}</Ntfctn>", "BkToCstmrDbtCdtNtfctn", "camt.054.001.02"))[
        0
    ]
    assert (end.from_date, end.to_date) == (date(2026, 11, 17), date(2026, 11, 19))
    assert (end.opening_minor, end.closing_minor) == (None, None)


def test_a_period_that_runs_backward_is_an_error() -> None:
    period = "<FrToDt><FrDtTm>2026-11-21T00:00:00</FrDtTm><ToDtTm>2026-11-20T23:00:00</ToDtTm></FrToDt>"
    assert codes(one_day(period + entry())) == ["period_reversed"]


@pytest.mark.parametrize(
    ("given", "found"),
    [("110-1", []), ("1101", []), ("000110-1", []), ("220-1", ["account_mismatch"])],
)
def test_a_file_of_another_account_than_asked_for_is_an_error(given: str, found: list[str]) -> None:
    assert codes(one_day(entry(rest=BOOKED)), account=given) == found
