"""The expected figures against the files, read again by readers that know nothing of the world or of Moa."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest


@pytest.fixture(scope="module")
def reread(made, told):
    """Per account: each distinct line with its largest count in any one file, and each day's last balance."""
    lines: dict[str, Counter] = defaultdict(Counter)
    closings: dict[str, dict] = defaultdict(dict)
    for file in made.files():
        for statement in told[file["path"]]:
            here = Counter((row.day, row.amount, row.words) for row in statement.rows)
            lines[statement.account] |= here
            balance = statement.opening
            closings[statement.account].setdefault("opening", statement.opening)
            for row in statement.rows:
                balance += row.amount
                closings[statement.account][row.day.isoformat()] = balance
    return lines, closings


def test_it_counts_overlapped_lines_once_and_twins_twice(made, reread):
    lines, _ = reread
    for number, figures in made.manifest["expected"]["accounts"].items():
        amounts = [amount for (_, amount, _), count in lines[number].items() for _ in range(count)]
        assert len(amounts) == figures["entries"]
        assert sum(1 for amount in amounts if amount < 0) == figures["debits"]
        assert sum(1 for amount in amounts if amount > 0) == figures["credits"]
        assert -sum(amount for amount in amounts if amount < 0) == Decimal(figures["debit_total"])
        assert sum(amount for amount in amounts if amount > 0) == Decimal(figures["credit_total"])
    assert sum(sum(counts.values()) for counts in lines.values()) == made.manifest["expected"]["entries"]


def test_each_twin_stands_in_its_file_as_often_as_told(made, reread):
    lines, _ = reread
    twins = made.manifest["expected"]["twins"]
    assert len(twins) >= 5
    for twin in twins:
        sign = 1 if twin["direction"] == "credit" else -1
        found = [
            count
            for (day, amount, words), count in lines[twin["account"]].items()
            if day.isoformat() == twin["date"]
            and amount == sign * Decimal(twin["amount"])
            and twin["counterparty"] in words
        ]
        assert found == [twin["count"]] == [2]


def test_opening_movements_and_unseen_days_make_the_closing(made):
    for number, figures in made.manifest["expected"]["accounts"].items():
        moved = Decimal(figures["credit_total"]) - Decimal(figures["debit_total"])
        assert Decimal(figures["opening"]) + moved + Decimal(figures["unseen"]) == Decimal(figures["closing"])
        holes = [day for day in figures["missing"] if day < figures["closing_date"]]
        assert (Decimal(figures["unseen"]) != 0) == bool(holes), number


def test_daily_closings_are_the_last_balances_that_files_tell(made, reread):
    _, closings = reread
    for number, figures in made.manifest["expected"]["accounts"].items():
        balances = dict(closings[number])
        opening = balances.pop("opening")
        assert opening == Decimal(figures["opening"])
        for point in figures["daily"]:
            known = [day for day in balances if day <= point["date"]]
            assert Decimal(point["closing"]) == (balances[max(known)] if known else opening)
        assert figures["daily"][-1]["closing"] == figures["closing"]


def test_each_account_is_converted_once_and_all_groupings_agree(made):
    expected, accounts = made.manifest["expected"], made.manifest["accounts"]
    rates = {(rate["base"], rate["date"]): Decimal(rate["rate"]) for rate in made.manifest["rates"]}
    sums = {"by_company": defaultdict(int), "by_bank": defaultdict(int), "by_currency": defaultdict(int)}
    for account in accounts:
        figures, currency = expected["accounts"][account["number"]], account["currency"]
        closing = Decimal(figures["closing"])
        if currency != "KRW":
            latest = max(day for base, day in rates if base == currency and day <= expected["as_of"])
            assert figures["rate_date"] == latest
            closing = (closing * rates[currency, latest]).quantize(Decimal(1), ROUND_HALF_UP)
        assert int(figures["base"]) == closing
        sums["by_company"][account["company"]] += int(closing)
        sums["by_bank"][f"{account['bank']['country']}/{account['bank']['code']}"] += int(closing)
        sums["by_currency"][currency] += int(closing)
    assert {key: str(total) for key, total in sums["by_company"].items()} == expected["by_company"]
    assert {key: str(total) for key, total in sums["by_bank"].items()} == expected["by_bank"]
    assert {key: str(total) for key, total in sums["by_currency"].items()} == {
        key: value["base"] for key, value in expected["by_currency"].items()
    }
    assert sum(sums["by_company"].values()) == int(expected["total_base"])


def test_the_curve_ends_at_the_total_and_converts_each_day_at_its_own_rate(made):
    expected = made.manifest["expected"]
    assert len(expected["curve"]) == 30
    assert expected["curve"][-1] == {"date": expected["as_of"], "total_base": expected["total_base"]}
    rates = {(rate["base"], rate["date"]): Decimal(rate["rate"]) for rate in made.manifest["rates"]}
    for at, point in enumerate(expected["curve"]):
        total = 0
        for figures in expected["accounts"].values():
            closing, currency = Decimal(figures["daily"][at]["closing"]), figures["currency"]
            if currency != "KRW":
                latest = max(day for base, day in rates if base == currency and day <= point["date"])
                closing = (closing * rates[currency, latest]).quantize(Decimal(1), ROUND_HALF_UP)
            total += int(closing)
        assert str(total) == point["total_base"]


def test_missing_days_are_in_no_ordinary_file(made, reread):
    _, closings = reread
    gaps = made.manifest["missing"]
    assert [(gap["account"], gap["date"]) for gap in gaps] == [
        ("1005804471320", "2026-11-17"),
        ("3010274150917", "2026-11-19"),
        ("3010274150917", "2026-11-20"),
        ("3010274883358", "2026-11-20"),
        ("475560118841", "2026-11-18"),
        ("475560118841", "2026-11-19"),
    ]
    for gap in gaps:
        assert gap["date"] not in closings[gap["account"]]
        assert gap["date"] in made.manifest["expected"]["accounts"][gap["account"]]["missing"]
        for file in made.files():
            assert gap["account"] not in file["accounts"] or not file["from"] <= gap["date"] <= file["to"]


def test_lines_of_the_day_after_stay_provisional(made, told):
    reports = made.files(intraday=True)
    assert [report["from"] for report in reports] == ["2026-11-20", "2026-11-21"]
    lines = {each.account: len(each.rows) for each in told[reports[1]["path"]]}
    waiting = {
        number: figures["provisional_entries"]
        for number, figures in made.manifest["expected"]["accounts"].items()
        if figures["provisional_entries"]
    }
    assert waiting == lines
    assert sum(lines.values()) > 0


def test_the_report_within_the_last_day_tells_lines_that_its_booked_statement_repeats(made, told):
    report = made.files(intraday=True)[0]
    booked = next(
        file
        for file in made.files()
        if file["format"] == "mt940"
        and file["from"] == report["from"]
        and file["accounts"] == report["accounts"]
    )
    final = {(each.account, row) for each in told[booked["path"]] for row in each.rows}
    early = {(each.account, row) for each in told[report["path"]] for row in each.rows}
    assert early
    assert early < final
