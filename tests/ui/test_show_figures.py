"""Figures, days and names as they stand on a page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from moa.ui import formatting as shown
from moa.ui.fields import read_amount

SEOUL = timezone(timedelta(hours=9))
NOW = datetime(2026, 6, 24, 10, 41, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "KRW", "0"),
        (145_045_054_576, "KRW", "145,045,054,576"),
        (-1234, "KRW", "−1,234"),
        (621_488_012, "USD", "6,214,880.12"),
        (-5, "USD", "−0.05"),
        (0, "CNY", "0.00"),
        (1_234_567, "KWD", "1,234.567"),
    ],
)
def test_an_amount_carries_separators_a_true_minus_and_all_minor_digits(minor, currency, text):
    assert shown.amount(minor, currency) == text


def test_what_is_not_known_is_a_dash_and_what_is_not_there_is_empty():
    assert (shown.amount(None, "KRW"), shown.cell(None, "KRW")) == ("—", "")


@given(st.integers(-(10**18), 10**18), st.sampled_from(["KRW", "USD", "KWD"]))
def test_a_shown_amount_reads_back_as_the_same_amount(minor, currency):
    digits = shown.minor_digits(currency)
    assert read_amount(shown.figure(minor, currency)) == Decimal(minor).scaleb(-digits)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [("0.2841", "28.4%"), ("-0.0157", "−1.6%"), ("0", "0.0%"), ("-0.0001", "0.0%"), ("1", "100.0%")],
)
def test_a_share_is_a_percentage_with_one_decimal(ratio, text):
    assert shown.percent(Decimal(ratio)) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [("1382.5", "1,382.50"), ("0.0072", "0.0072"), ("192.6000", "192.60"), ("1E+3", "1,000.00")],
)
def test_a_rate_keeps_two_decimals_and_drops_idle_zeros(rate, text):
    assert shown.rate(Decimal(rate)) == text


@pytest.mark.parametrize(("language", "text"), [("ko", "1,450억"), ("zh-hans", "1,450亿"), ("en", "145bn")])
def test_a_large_amount_is_counted_as_the_reader_counts(language, text):
    with translation.override(language):
        assert shown.large(145_045_054_576, "KRW") == text


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (137_950_000, "KRW", {"ko": "13,795만", "zh-hans": "13,795万", "en": "138m"}),
        (1_000_000_000, "KRW", {"ko": "10억", "zh-hans": "10亿", "en": "1,000m"}),
        (-1_450_000_000, "KRW", {"ko": "−14.5억", "en": "−1,450m"}),
        (50_000, "KRW", {"ko": "50,000", "en": "50k"}), (0, "KRW", {"ko": "0"}),
        (1_234_567_89, "USD", {"ko": "123만", "en": "1,235k"}),
    ],
)  # fmt: skip
def test_figures_of_every_size_stay_apart_where_they_are_rounded(minor, currency, said):
    for language, text in said.items():
        with translation.override(language):
            assert shown.large(minor, currency) == text
            scale, unit = shown.chart_scale(currency, minor), shown.chart_unit(currency, minor)
            assert text.endswith(unit) and (scale == 1 or abs(minor) >= 10 * scale)


def test_a_day_shows_its_year_only_when_it_is_another():
    assert shown.day(date(2026, 6, 24), NOW) == "6/24"
    assert shown.day(date(2025, 12, 30), NOW) == "2025-12-30"


@pytest.mark.parametrize(
    ("language", "text"),
    [("ko", "2026-06-24 (수)"), ("zh-hans", "2026-06-24 (周三)"), ("en", "2026-06-24 (Wed)")],
)
def test_a_day_of_a_document_names_its_weekday(language, text):
    with translation.override(language):
        assert shown.long_day(date(2026, 6, 24)) == text


@pytest.mark.parametrize(
    ("at", "text", "age"),
    [
        (datetime(2026, 6, 24, 10, 32, tzinfo=SEOUL), "10:32", "9분 전"),
        (datetime(2026, 6, 24, 8, 38, tzinfo=SEOUL), "08:38", "2시간 전"),
        (datetime(2026, 6, 23, 18, 2, tzinfo=SEOUL), "6/23 18:02", "어제"),
        (datetime(2026, 6, 21, 9, 0, tzinfo=SEOUL), "6/21 09:00", "3일 전"),
        (datetime(2026, 6, 24, 1, 41, tzinfo=UTC), "10:41", "방금"),
    ],
)
def test_a_moment_is_short_where_it_is_clear_and_its_age_stands_beside_it(at, text, age):
    with translation.override("ko"):
        assert (shown.moment(at, NOW), shown.ago(at, NOW)) == (text, age)


def test_two_hours_ago_before_midnight_is_not_called_yesterday():
    now = datetime(2026, 6, 24, 0, 30, tzinfo=SEOUL)
    with translation.override("ko"):
        assert shown.ago(datetime(2026, 6, 23, 22, 20, tzinfo=SEOUL), now) == "2시간 전"


def test_an_account_shows_its_last_four_and_a_document_the_whole_number():
    assert shown.account_end("478201-04-114182") == "···4182"
    assert shown.account_end("4182") == "···4182"
    assert shown.account_end("") == ""
    assert shown.account_full("478201-04-114-182") == '478201-04-11<b class="mo-b">4-182</b>'


@pytest.mark.parametrize(
    ("page", "name", "declared"),
    [
        ("ko", "中国银行", True),
        ("en", "海温精密(苏州)", True),
        ("ko", "KB국민", False),
        ("ko", "漢陽 정밀", False),
        ("zh-hans", "中国银行", False),
    ],
)
def test_a_chinese_name_declares_its_language_on_a_page_that_is_not(page, name, declared):
    with translation.override(page):
        assert ('lang="zh-Hans"' in shown.named(name)) is declared


@pytest.mark.parametrize(
    ("page", "words", "declared"),
    [
        ("zh-hans", "KB국민", True),
        ("en", "정하은", True),
        ("en", "漢陽 정밀", True),
        ("zh-hans", "타발송금 货款 51601", False),
        ("ko", "정하은", False),
        ("en", "Lakeside", False),
    ],
)
def test_korean_words_declare_their_language_on_a_page_that_is_not(page, words, declared):
    with translation.override(page):
        assert ('lang="ko"' in shown.named(words)) is declared


def test_names_and_marks_from_files_cannot_bring_markup():
    assert shown.named("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"
    assert shown.marked("a<i>b", [[1, 4]]) == "a<mark>&lt;i&gt;</mark>b"


def test_a_refused_amount_marks_the_letter_that_looks_like_a_digit():
    assert shown.suspect("125000O", "amount_unreadable") == "125000<u>O</u>"
    assert shown.suspect("2026-06-31", "date_impossible") == "2026-06-31"


def test_a_spot_in_a_file_is_named_in_the_pages_language():
    with translation.override("ko"):
        assert shown.place("line 1047") == "1,047행"
        assert shown.place("sheet 거래 row 3") == "sheet 거래 3행"
        assert shown.place("Stmt[1]/Ntry[3]") == "Stmt[1]/Ntry[3]"
        assert shown.place("file") == "파일 전체"


@pytest.mark.parametrize(
    ("word", "particle", "joined"),
    [
        ("국민", "이", "국민이"),
        ("우리", "이", "우리가"),
        ("KRW 1,250,000", "은", "KRW 1,250,000은"),
        ("4182", "을", "4182를"),
        ("3월", "으로", "3월로"),
        ("부산", "으로", "부산으로"),
        ("Moa", "과", "Moa와"),
        ("", "을", "를"),
    ],
)
def test_a_korean_particle_follows_the_last_sound(word, particle, joined):
    assert shown.josa(word, particle) == joined
