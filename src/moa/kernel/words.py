"""Amounts in words, as forms of payment write them: Korean, Chinese and English.

Source: Korean vouchers and drafts ("금 일백만원정": every unit with its own digit, one included, 정 closes the amount);
中国人民银行《支付结算办法》appendix 1 (capital figures, 零 rules, 整 after 元 or 角, 角 and 分); English bank usage.
"""

from __future__ import annotations

from collections.abc import Callable

from moa.kernel.errors import DomainError
from moa.kernel.money import minor_digits

MOST = 10**16 - 1

_KOREAN_DIGITS = "영일이삼사오육칠팔구"
_CHINESE_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_KOREAN_PLACES = ("", "십", "백", "천")
_CHINESE_PLACES = ("", "拾", "佰", "仟")
_KOREAN_MYRIADS = ("", "만", "억", "조")
_CHINESE_MYRIADS = ("", "万", "亿", "万亿")

# How a currency is called: Korean, Chinese. A currency not here stands with its code.
_KOREAN_NAMES = {
    "KRW": "원", "USD": "미달러", "CNY": "위안", "JPY": "엔", "EUR": "유로", "HKD": "홍콩달러",
}  # fmt: skip
_CHINESE_NAMES = {
    "CNY": ("人民币", "元"), "KRW": ("韩币", "元"), "USD": ("美元", "元"), "JPY": ("日元", "元"), "EUR": ("欧元", "元"),
    "HKD": ("港币", "元"),
}  # fmt: skip

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_THOUSANDS = ("", "thousand", "million", "billion", "trillion", "quadrillion")


class AmountHasNoWords(DomainError):
    """An amount below nothing or above ten quadrillion has no form in words on a document."""

    code = "amount_has_no_words"


def _parts(minor: int, currency: str) -> tuple[int, int, int]:
    """Whole units, minor units, and how many digits the minor units have. Raises: amount_has_no_words."""
    digits = minor_digits(currency)
    whole, rest = divmod(minor, 10**digits)
    if minor < 0 or whole > MOST:
        raise AmountHasNoWords(amount=str(minor), currency=currency)
    return whole, rest, digits


def in_korean(minor: int, currency: str = "KRW") -> str:
    """금 일백만원정; decimals are said digit by digit: 금 일천이백삼십사점오육미달러정."""
    whole, rest, digits = _parts(minor, currency)
    said = _by_myriads(whole, _korean_four, _KOREAN_MYRIADS) or _KOREAN_DIGITS[0]
    if rest:
        said += "점" + "".join(_KOREAN_DIGITS[int(figure)] for figure in f"{rest:0{digits}d}".rstrip("0"))
    return f"금 {said}{_KOREAN_NAMES.get(currency, f' {currency} ')}정"


def _korean_four(number: int) -> str:
    return "".join(
        _KOREAN_DIGITS[int(figure)] + _KOREAN_PLACES[place]
        for place, figure in zip(range(3, -1, -1), f"{number:04d}", strict=True)
        if figure != "0"
    )


def _by_myriads(whole: int, four: Callable[[int], str], names: tuple[str, ...]) -> str:
    said = ""
    for at in range(3, -1, -1):
        part = whole // 10 ** (4 * at) % 10_000
        if part:
            said += four(part) + names[at]
    return said


def in_chinese(minor: int, currency: str = "CNY") -> str:
    """人民币壹佰万元整, 人民币壹仟零肆元伍角整, 人民币壹拾元零叁分.

    One 零 stands for any run of empty places between figures, also across 万 and 亿 and before 分 when 角 is empty;
    整 closes an amount that ends with 元 or 角, and never follows 分. Before 角 stands no 零, which the rules leave open. Raises: amount_has_no_words.
    """
    whole, rest, digits = _parts(minor, currency)
    prefix, unit = _CHINESE_NAMES.get(currency, (f"{currency} ", "元"))
    said = _chinese_whole(whole)
    if digits == 3:  # 角分 have no third place: said digit by digit, as 点 does in contracts.
        fils = f"{rest:03d}".rstrip("0")
        tail = "点" + "".join(_CHINESE_DIGITS[int(figure)] for figure in fils) if fils else ""
        return f"{prefix}{said or _CHINESE_DIGITS[0]}{tail}{unit}整"
    tenth, hundredth = divmod(rest, 10)
    if not rest:
        return f"{prefix}{said or _CHINESE_DIGITS[0]}{unit}整"
    body = said + unit if said else ""
    if tenth:
        body += _CHINESE_DIGITS[tenth] + "角"
    elif said:
        body += _CHINESE_DIGITS[0]
    return f"{prefix}{body}{_CHINESE_DIGITS[hundredth] + '分' if hundredth else '整'}"


def _chinese_whole(whole: int) -> str:
    """The figure without its unit; one 零 for each run of empty places inside it."""
    figures = str(whole) if whole else ""
    said, empty, section = "", False, False
    for at, figure in enumerate(figures):
        place = len(figures) - 1 - at
        if figure == "0":
            empty = True
        else:
            if empty and said:
                said += _CHINESE_DIGITS[0]
            said += _CHINESE_DIGITS[int(figure)] + _CHINESE_PLACES[place % 4]
            empty, section = False, True
        if place % 4 == 0 and place:
            # 亿 also closes what stands before it in ten thousands of 亿: 壹万亿.
            if section or (place == 8 and said):
                said += {4: "万", 8: "亿", 12: "万"}[place]
            section = False
    return said


def in_english(minor: int, currency: str) -> str:
    """KRW one hundred million only; USD one thousand two hundred thirty-four and 50/100 only."""
    whole, rest, digits = _parts(minor, currency)
    cents = f" and {rest:0{digits}d}/{10**digits}" if rest else ""
    return f"{currency} {_english_whole(whole)}{cents} only"


def _english_whole(whole: int) -> str:
    if whole == 0:
        return _ONES[0]
    said: list[str] = []
    for at in range(len(_THOUSANDS) - 1, -1, -1):
        part = whole // 1000**at % 1000
        if part:
            said.append(_english_hundreds(part) + (f" {_THOUSANDS[at]}" if at else ""))
    return " ".join(said)


def _english_hundreds(number: int) -> str:
    said = [f"{_ONES[number // 100]} hundred"] if number >= 100 else []
    below = number % 100
    if below >= 20:
        said.append(_TENS[below // 10] + (f"-{_ONES[below % 10]}" if below % 10 else ""))
    elif below:
        said.append(_ONES[below])
    return " ".join(said)


def in_words(minor: int, currency: str, language: str) -> str:
    """The amount in the words of a page's language (ko, zh-hans, en)."""
    if language.lower().startswith("zh"):
        return in_chinese(minor, currency)
    return in_korean(minor, currency) if language.startswith("ko") else in_english(minor, currency)
