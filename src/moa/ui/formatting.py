"""How figures, days and names stand on a page. Filters take the present moment as an argument; none reads a clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext, ngettext
from markupsafe import Markup, escape

from moa.kernel.money import minor_digits

MINUS = "\u2212"
UNKNOWN = "—"
ELLIPSIS = "···"

_WEEKDAYS = {
    "ko": ("월", "화", "수", "목", "금", "토", "일"),
    "zh-hans": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
# What an axis or a sentence counts in: Korean and Chinese readers think in myriads, English ones in thousands.
_LARGE: dict[str, tuple[tuple[int, str], ...]] = {
    "ko": ((10**8, "억"), (10**4, "만")), "zh-hans": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**9, "bn"), (10**6, "m"), (10**3, "k")),
}  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")


def _language() -> str:
    language = (get_language() or "ko").lower()
    return "zh-hans" if language.startswith("zh") else language[:2]


def page_language() -> str:
    """The value of the html element's lang."""
    return "zh-Hans" if _language() == "zh-hans" else _language()


def ended(text: str) -> str:
    """A sentence with the full stop of the page's language; one that has an end keeps it."""
    if not text or text.rstrip()[-1:] in ".。?？!！…":
        return text
    return f"{text}。" if page_language() == "zh-Hans" else f"{text}."


# ---- figures


def figure(minor: int, currency: str) -> str:
    """`minor` units with separators and all minor digits: "−1,234.50", "0"."""
    digits = minor_digits(currency)
    sign = MINUS if minor < 0 else ""
    if not digits:
        return f"{sign}{abs(minor):,}"
    whole, cents = divmod(abs(minor), 10**digits)
    return f"{sign}{whole:,}.{cents:0{digits}d}"


def amount(minor: int | None, currency: str) -> Markup:
    """An amount in a column whose head names the currency. None is not known: —."""
    return Markup(UNKNOWN if minor is None else figure(minor, currency))


def cell(minor: int | None, currency: str) -> Markup:
    """As amount, but None means that there is none: an empty cell."""
    return Markup("" if minor is None else figure(minor, currency))


def signed(minor: int | None, currency: str) -> Markup:
    """A movement or difference, with its sign in front in both directions."""
    if minor is None:
        return Markup(UNKNOWN)
    return Markup(("+" if minor > 0 else "") + figure(minor, currency))


def money(minor: int | None, currency: str) -> Markup:
    """An amount with its currency before it, for columns that mix currencies."""
    if minor is None:
        return Markup(UNKNOWN)
    return Markup(f'<span class="mo-cur">{escape(currency)}</span> {figure(minor, currency)}')


def money_after(minor: int | None, currency: str) -> Markup:
    """A leading figure with its currency behind it, small."""
    if minor is None:
        return Markup(UNKNOWN)
    return Markup(f'{figure(minor, currency)} <span class="mo-cur">{escape(currency)}</span>')


def _counted_in(minor: int, currency: str) -> tuple[int, str]:
    """The unit of which there are ten at least, so that what is rounded to it, and the steps of an axis, stay apart."""
    whole = abs(minor) // 10 ** minor_digits(currency)
    return next((one for one in _LARGE[_language()] if whole >= 10 * one[0]), (1, ""))


def large(minor: int, currency: str) -> str:
    """A rounded amount for a sentence or a chart's words: "1,450억", "14.5억", "145bn"."""
    unit, word = _counted_in(minor, currency)
    scaled = abs(Decimal(minor).scaleb(-minor_digits(currency)) / unit)
    text = f"{scaled:,.0f}" if scaled >= 100 or unit == 1 else f"{scaled:,.1f}".removesuffix(".0")
    return f"{MINUS if minor < 0 else ''}{text}{word}"


def chart_scale(currency: str, most: int) -> int:
    """How many minor units the chart's axis counts as one, where its largest figure is `most`."""
    return _counted_in(most, currency)[0] * 10 ** minor_digits(currency)


def chart_unit(currency: str, most: int) -> str:
    return _counted_in(most, currency)[1]


def rate(value: Decimal | None) -> str:
    """An exchange rate with at least two decimals and no idle zeros: "1,382.50", "0.0072"."""
    if value is None:
        return UNKNOWN
    whole, _, decimals = f"{value:,f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def percent(ratio: Decimal | None, *, sign: bool = False) -> str:
    """A share of one as a percentage with one decimal: 0.2841 → "28.4%"."""
    if ratio is None:
        return UNKNOWN
    text = f"{abs(ratio * 100):.1f}%"
    if ratio < 0 and text.strip("0.%"):
        return MINUS + text
    return ("+" if sign and ratio > 0 else "") + text


def number(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}".replace("-", MINUS)


def size(value: int | None) -> str:
    """Bytes as a person reads them, in thousands: "38.4 kB"."""
    if value is None:
        return UNKNOWN
    if value < 1000:
        return f"{value} B"
    for unit, word in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if value >= unit:
            return f"{Decimal(value) / unit:.1f} {word}"
    raise AssertionError(value)


# ---- days and moments


def day(value: date | None, now: date) -> str:
    """A day in a list: "6/24", in another year "2025-12-30"."""
    if value is None:
        return UNKNOWN
    return f"{value.month}/{value.day}" if value.year == now.year else value.strftime("%Y-%m-%d")


def long_day(value: date | None) -> str:
    """A day in a document: "2026-06-24 (수)"."""
    return UNKNOWN if value is None else f"{value:%Y-%m-%d} ({_WEEKDAYS[_language()][value.weekday()]})"


def short_day(value: date, now: date) -> str:
    """A day with its weekday, in a narrow place: "6/24 (수)"."""
    return f"{day(value, now)} ({_WEEKDAYS[_language()][value.weekday()]})"


def weekdays() -> tuple[str, ...]:
    """The seven names for a calendar's head, Monday first, as short as they go."""
    names = _WEEKDAYS[_language()]
    return tuple(name[-1] if _language() == "zh-hans" else name[:2] for name in names)


def month_names() -> tuple[str, ...]:
    if _language() == "en":
        return ("January", "February", "March", "April", "May", "June", "July", "August", "September",
                "October", "November", "December")  # fmt: skip
    return tuple(f"{month}{'월' if _language() == 'ko' else '月'}" for month in range(1, 13))


def period(start: date | None, end: date | None, now: date) -> str:
    if start is None and end is None:
        return UNKNOWN
    if start == end:
        return day(start, now)
    return f"{day(start, now) if start else ''} – {day(end, now) if end else ''}".strip()


def clock(value: time | None) -> str:
    return "" if value is None else f"{value:%H:%M}"


def _there(at: datetime, now: datetime) -> datetime:
    return at.astimezone(now.tzinfo)


def moment(at: datetime | None, now: datetime) -> str:
    """When, as short as it is clear: today "10:41", else "6/23 18:02"."""
    if at is None:
        return UNKNOWN
    at = _there(at, now)
    return f"{at:%H:%M}" if at.date() == now.date() else f"{day(at.date(), now)} {at:%H:%M}"


def full_moment(at: datetime | None, now: datetime) -> str:
    """Day and minute: "6/24 10:41"."""
    if at is None:
        return UNKNOWN
    at = _there(at, now)
    return f"{day(at.date(), now)} {at:%H:%M}"


def exact_moment(at: datetime | None, now: datetime) -> str:
    """Evidence: day and second, "6/24 08:38:20"."""
    if at is None:
        return UNKNOWN
    at = _there(at, now)
    return f"{day(at, now)} {at.hour:02}:{at.minute:02}:{at.second:02}"


def machine_moment(at: datetime | date) -> str:
    """The value of a time element's datetime."""
    return at.isoformat()


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, beside an absolute moment: "9분 전", "2시간 전", "어제", "3일 전"."""
    if at is None:
        return ""
    at = _there(at, now)
    gone = now - at
    if gone < timedelta(minutes=1):
        return gettext("just now")
    if gone < timedelta(hours=1):
        minutes = int(gone.total_seconds() // 60)
        return ngettext("%(n)s min ago", "%(n)s min ago", minutes) % {"n": minutes}
    days = (now.date() - at.date()).days
    if days == 0 or gone < timedelta(hours=6):
        hours = int(gone.total_seconds() // 3600)
        return ngettext("%(n)s h ago", "%(n)s h ago", hours) % {"n": hours}
    if days == 1:
        return gettext("yesterday")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


# ---- names and numbers of accounts


def account_end(account: str) -> str:
    """The last four of an account number: "···4182"."""
    plain = re.sub(r"[^0-9A-Za-z]", "", account)
    return ELLIPSIS + plain[-4:] if plain else ""


def account_full(account: str) -> Markup:
    """The whole number with its last four in bold, as documents show it."""
    seen, cut = 0, len(account)
    while cut > 0 and seen < 4:
        cut -= 1
        seen += account[cut].isalnum()
    return Markup('{}<b class="mo-b">{}</b>').format(account[:cut], account[cut:])


def named(text: str) -> Markup:
    """A name or a bank's words, with their language declared where it is Chinese or Korean on a page that is not.

    Words of both stand as they are where one of them is the page's.
    """
    if text.isascii():
        return escape(text)
    language, korean, chinese = _language(), _HANGUL.search(text), _HAN.search(text)
    if korean and language != "ko" and not (chinese and language == "zh-hans"):
        return Markup('<span lang="ko">{}</span>').format(text)
    if chinese and not korean and language != "zh-hans":
        return Markup('<span lang="zh-Hans">{}</span>').format(text)
    return escape(text)


def shorter(fingerprint: str) -> str:
    """A hash as its first and last groups of four: "9f3c 81d0 … e27a"."""
    return (
        f"{fingerprint[:4]} {fingerprint[4:8]} … {fingerprint[-4:]}" if len(fingerprint) > 12 else fingerprint
    )


def marked(text: str, spans: Sequence[Sequence[int]] | None) -> Markup:
    """`text` with the half-open character spans marked."""
    out, at = Markup(""), 0
    for start, end in sorted(tuple(span) for span in spans or ()):
        out += escape(text[at:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        at = end
    return out + escape(text[at:])


_SPOT = re.compile(r"\b(line|row) (\d+)\b")


def place(text: str) -> str:
    """A reader's name of a spot in a file, in the page's language: "line 47" → "47행". Elements of XML stay as they are."""
    if text == "file":
        return gettext("the file")
    return _SPOT.sub(lambda found: gettext("line %(n)s") % {"n": f"{int(found[2]):,}"}, text)


_AMOUNT_SIGNS = set("0123456789,.-+() \u2212△")


def suspect(value: str, code: str) -> Markup:
    """A refused value; in an amount, the characters that cannot belong to one are marked (0 and O look alike)."""
    if not code.startswith("amount"):
        return escape(value)
    return Markup("").join(c if c in _AMOUNT_SIGNS else Markup("<u>{}</u>").format(c) for c in value)


# ---- Korean particles

_PAIRS = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
}
_DIGIT_END = {
    "0": "ㅇ",
    "1": "ㄹ",
    "2": "",
    "3": "ㅁ",
    "4": "",
    "5": "",
    "6": "ㄱ",
    "7": "ㄹ",
    "8": "ㄹ",
    "9": "",
}
_LETTER_END = {"L": "ㄹ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}


@lru_cache(maxsize=4096)
def _final(word: str) -> str:
    """The last sound of `word` that a particle looks at: "" none, "ㄹ", or another consonant."""
    for letter in reversed(word):
        if "가" <= letter <= "힣":
            last = (ord(letter) - 0xAC00) % 28
            return "" if last == 0 else "ㄹ" if last == 8 else "ㄴ"
        if letter in _DIGIT_END:
            return _DIGIT_END[letter]
        if letter.isascii() and letter.isalpha():
            return _LETTER_END.get(letter.upper(), "")
    return ""


def josa(word: object, particle: str) -> str:
    """`word` with the particle that its last sound asks for: josa("국민", "이") → "국민이", josa("우리", "이") → "우리가"."""
    text = str(word)
    with_final, without = _PAIRS[particle]
    end = _final(text)
    if particle == "으로" and end == "ㄹ":
        return text + without
    return text + (with_final if end else without)


FILTERS: dict[str, Callable[..., Any]] = {
    "ended": ended,
    "amount": amount,
    "cell": cell,
    "signed": signed,
    "money": money,
    "money_after": money_after,
    "large": large,
    "rate": rate,
    "percent": percent,
    "number": number,
    "size": size,
    "day": day,
    "long_day": long_day,
    "short_day": short_day,
    "period": period,
    "clock": clock,
    "moment": moment,
    "full_moment": full_moment,
    "exact_moment": exact_moment,
    "machine_moment": machine_moment,
    "ago": ago,
    "account_end": account_end,
    "account_full": account_full,
    "named": named,
    "shorter": shorter,
    "marked": marked,
    "place": place,
    "suspect": suspect,
    "josa": josa,
    "chart_scale": chart_scale,
    "minor_digits": minor_digits,
}
