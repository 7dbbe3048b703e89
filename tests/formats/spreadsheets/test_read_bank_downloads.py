"""Golden downloads, typed in as each bank's export writes them (no account or person in them exists)."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from tests.formats.spreadsheets.tables import GOLDEN, read_bytes

# file: encoding, profile, account, currency, opening, closing, signed movements in minor units, newest first, warnings
DOWNLOADS: dict[str, tuple[Any, ...]] = {
    "kb_newest_first.csv": (
        "cp949", "kb", "402-7701-1008", "KRW", 8_999_000, 8_700_000,
        [-1_500_000, -2_000_000, 3_200_000, 1000], True, [],
    ),
    "kb_passbook.csv": (
        "cp949", "kb-passbook", "402-7701-1008", "KRW", 1_000_000, 1_970_000, [-30_000, 1_000_000], False, [],
    ),
    "shinhan.csv": (
        "cp949", "shinhan", "140-012-345678", "KRW", 1_000_000, 1_250_000, [500_000, -250_000], True, [],
    ),
    "woori.csv": ("cp949", "woori", "1005-804-471320", "KRW", 1_000_000, 950_000, [-110_000, 60_000], False, []),
    "hana.xls": ("cp949", "hana", "123-910012-34504", "KRW", 1_000_000, 1_200_000, [250_000, -50_000], False, []),
    "ibk.csv": ("utf-8", "ibk", "", "KRW", 47_371_867, 47_900_000, [600_000, -71_867], False, ["account_missing"]),
    "nh.csv": ("cp949", "nh", "301-0123-4567-81", "KRW", 500_000, 600_000, [120_000, -20_000], False, []),
    "kakao.csv": ("utf-16", "kakao", "3333-01-2345678", "KRW", 0, 65_000, [-35_000, 100_000], True, []),
    "toss.csv": ("utf-8", "toss", "", "KRW", 1_000_000, 600_012, [12, -400_000], False, ["account_missing"]),
    "post_office.csv": ("cp949", "kr", "012345-02-678901", "KRW", 100_000, 95_000, [-10_000, 5000], False, []),
    "icbc.csv": (
        "gb18030", "icbc", "1102020109000981247", "CNY", 10_000_000, 13_765_433, [-1_234_567, 5_000_000], False, [],
    ),
    "ccb.csv": (
        "gb18030", "ccb", "32050110476300000123", "CNY", 1_020_000, 1_880_050, [880_050, -20_000], True, [],
    ),
    "boc.csv": ("gb18030", "boc", "745670012345", "CNY", 100_000, 200_000, [150_000, -50_000], False, []),
    "income_expense.csv": (
        "utf-8", "cn", "", "CNY", 100_000, 106_000, [10_000, -4000], False, ["row_ignored", "account_missing"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOWNLOADS)
def test_it_reads_the_download_of(name):
    encoding, profile, account, currency, opening, closing, signed, newest_first, warnings = DOWNLOADS[name]
    told = read_bytes((GOLDEN / name).read_bytes())
    (end,) = told.ends
    assert told.errors == []
    assert (told.facts.encoding, told.facts.profile) == (encoding, profile)
    assert (end.account, end.currency) == (account, currency)
    assert (end.opening_minor, end.closing_minor) == (opening, closing)
    assert told.signed == signed
    assert end.newest_first is newest_first
    assert end.entry_count == len(signed)
    assert [code for code, *_ in told.warnings] == warnings


def test_every_golden_file_is_tried():
    assert {path.name for path in GOLDEN.iterdir()} == set(DOWNLOADS)


def test_opening_and_movements_give_the_closing_balance():
    for name in DOWNLOADS:
        told = read_bytes((GOLDEN / name).read_bytes())
        (end,) = told.ends
        assert end.opening_minor + sum(told.signed) == end.closing_minor


def test_a_row_keeps_all_that_it_says():
    entry = read_bytes((GOLDEN / "kb_newest_first.csv").read_bytes()).entries[2]
    assert (entry.date, entry.time) == (date(2026, 11, 19), time(8, 59, 59))
    assert entry.counterparty == "마바(주)"
    assert entry.description == "타행이체 계약금, 중도금 타행 [거래점] 인터넷"
    assert entry.balance_minor == 12_200_000
    assert entry.place == "row 9"


def test_titles_give_holder_and_period():
    (end,) = read_bytes((GOLDEN / "kb_newest_first.csv").read_bytes()).ends
    assert (end.holder, end.bank) == ("가나물산 주식회사", "KB국민은행")
    assert (end.from_date, end.to_date) == (date(2026, 11, 1), date(2026, 11, 30))


def test_two_labels_in_one_cell_are_two_sayings():
    (end,) = read_bytes((GOLDEN / "kb_passbook.csv").read_bytes()).ends
    assert (end.account, end.holder) == ("402-7701-1008", "가나물산")


def test_without_a_period_the_rows_give_it():
    (end,) = read_bytes((GOLDEN / "post_office.csv").read_bytes()).ends
    assert (end.from_date, end.to_date) == (date(2026, 11, 2), date(2026, 11, 3))


def test_counterparty_accounts_and_references_come_along():
    entry = read_bytes((GOLDEN / "icbc.csv").read_bytes()).entries[0]
    assert entry.counterparty_account == "6222020200012345678"
    assert (entry.counterparty, entry.reference) == ("上海丙丁机械有限公司", "000001")
    boc = read_bytes((GOLDEN / "boc.csv").read_bytes()).entries[1]
    assert (boc.bank_reference, boc.value_date) == ("815500013", date(2026, 12, 30))


def test_a_web_page_named_xls_is_laid_out_as_a_browser_does():
    told = read_bytes((GOLDEN / "hana.xls").read_bytes())
    assert told.facts.format == "html"
    assert told.entries[0].counterparty == "다라 & 마바"
    assert told.entries[1].description == "CMS 공동 자동 [거래점] 강남"
    assert told.ends[0].from_date == date(2026, 11, 1)
