"""Money inside the group: funding in the morning, sweeps in the evening, trade between companies, sales of currency.

Every movement here is two lines, one on each side, on a day when both banks work.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import NamedTuple

from moa_world.calendars import ONE_DAY, bank_calendar, due_in_month
from moa_world.desks import Desk, own_branch
from moa_world.group import BY_NUMBER, CNY_POOL, COMPANY_BY_CODE, KRW_POOL, Account, country_of, holder_of
from moa_world.lines import Line
from moa_world.rates import RateTable

Pair = tuple[str, Line, str, Line]
_M = 1_000_000


class Due(NamedTuple):
    """A monthly transfer between two accounts. Shape: `amount` minor units, moved a little by the month."""

    day_of_month: int
    payer: str
    payee: str
    amount: int
    text: str
    memo: str


_PREC, _FOOD, _LOGI, _HOLD = "40277154182", "40277225516", "40277310964", "140013220018"
_TRAD, _BIO, _LIFE, _KDB = "140013345190", "140013408857", "1005804533608", "02013579024315"
_USD_SALES = (
    ("63000812341725", "63000812340112", 2, 430_000_000),
    ("63000812366610", _PREC, 3, 120_000_000),
    ("63000812393094", _PREC, 1, 220_000_000),
)

MONTHLY = (
    Due(25, _TRAD, _PREC, 3_240 * _M, "펌이체", "계열사 물품대금"),
    Due(15, _PREC, _LOGI, 1_180 * _M, "펌이체", "운송료"),
    Due(15, _FOOD, _LOGI, 760 * _M, "펌이체", "냉장운송료"),
    Due(15, _TRAD, _LOGI, 640 * _M, "펌이체", "수출입 운송료"),
    Due(17, _BIO, _PREC, 210 * _M, "펌이체", "장비 부품대"),
    Due(28, _PREC, _HOLD, 260 * _M, "펌이체", "브랜드사용료"),
    Due(28, _FOOD, _HOLD, 180 * _M, "펌이체", "브랜드사용료"),
    Due(28, _LOGI, _HOLD, 120 * _M, "펌이체", "브랜드사용료"),
    Due(28, _TRAD, _HOLD, 140 * _M, "펌이체", "브랜드사용료"),
    Due(28, _LIFE, _HOLD, 60 * _M, "펌이체", "브랜드사용료"),
    Due(20, CNY_POOL, "63000812393094", 620_000_000, "跨境汇款", "零部件货款"),
    Due(26, _HOLD, _KDB, 800 * _M, "펌이체", "시설자금 예치"),
    Due(27, _KDB, _PREC, 739 * _M, "대체", "창원 증설 시설자금"),
)


def monthly_pairs(day: date) -> Iterator[Pair]:
    """The transfers between companies that fall on `day`."""
    for due in MONTHLY:
        if _falls_jointly(day, due):
            amount = due.amount + due.amount * (day.month * 7 % 11 - 5) // 100
            yield transfer(
                due.payer, due.payee, amount, amount, time(11, 20, due.day_of_month), due.text, due.memo
            )


def _falls_jointly(day: date, due: Due) -> bool:
    calendars = {country_of(BY_NUMBER[number]) for number in (due.payer, due.payee)}
    for shift in (0, 20):
        nominal = due_in_month(day - timedelta(days=shift), due.day_of_month)
        while not all(bank_calendar(country).is_business(nominal) for country in calendars):
            nominal += ONE_DAY
        if nominal == day:
            return True
    return False


def currency_sales(day: date, desks: dict[str, Desk], rates: RateTable) -> Iterator[Pair]:
    """Once a week each foreign account sells what it holds above its working level, in ten thousands."""
    for seller, buyer, weekday, level in _USD_SALES:
        surplus = (desks[seller].balance_minor - level) // 1_000_000 * 1_000_000
        if day.weekday() != weekday or surplus <= 0:
            continue
        currency = BY_NUMBER[seller].currency
        won = rates.in_won(surplus, currency, day)
        rate, _ = rates.on(currency, day)
        yield transfer(seller, buyer, surplus, won, time(14, 30), "외화매도", f"{currency}/KRW {rate}")


def funding(account: Account, opening: int, lines: list[Line]) -> Pair | None:
    """The morning's funding from the pool, so that the account covers its day and ends within its bounds."""
    if not account.floor:
        return None
    unit = 1 if account.currency == "KRW" else 100
    step = 100_000_000 if account.currency == "KRW" else 10_000_000
    closing = opening + sum(line.amount_minor for line in lines)
    lowest = opening + sum(line.amount_minor for line in lines if line.amount_minor < 0)
    middle = (account.floor + account.ceiling) * unit // 2
    if closing >= account.floor * unit and lowest >= 0:
        return None
    amount = -(-max(middle - closing, -lowest) // step) * step
    return transfer(
        _pool_of(account), account.number, amount, amount, time(8, 31), *_words(account, down=True)
    )


def sweep(account: Account, closing: int) -> Pair | None:
    """The evening's sweep to the pool of what lies above the account's ceiling."""
    if not account.floor:
        return None
    unit = 1 if account.currency == "KRW" else 100
    step = 100_000_000 if account.currency == "KRW" else 10_000_000
    if closing <= account.ceiling * unit:
        return None
    amount = (closing - (account.floor + account.ceiling) * unit // 2) // step * step
    at = time(21, 30) if account.currency == "KRW" else time(17, 30)
    return transfer(account.number, _pool_of(account), amount, amount, at, *_words(account, down=False))


class Reserve(NamedTuple):
    """How a pool keeps within bounds by short deposits outside the 24 accounts. Shape: minor units."""

    low: int
    middle: int
    high: int
    step: int
    kind_words: tuple[str, str]
    memo: str
    partner: str


_RESERVES = {
    KRW_POOL: Reserve(
        6_000 * _M,
        19_000 * _M,
        32_000 * _M,
        500 * _M,
        ("정기예금해지", "정기예금신규"),
        "단기 운용",
        "정기예금",
    ),
    CNY_POOL: Reserve(
        1_200 * _M, 3_600 * _M, 4_600 * _M, 50 * _M, ("理财赎回", "理财购买"), "短期理财", "理财产品"
    ),
}


def reserve(account: Account, opening: int, lines: list[Line]) -> Line | None:
    """A pool's deposit put out in the morning when it is full, or called back before the day's funding when low."""
    bounds = _RESERVES.get(account.number)
    if bounds is None:
        return None
    lowest = opening + sum(line.amount_minor for line in lines if line.amount_minor < 0)
    closing = opening + sum(line.amount_minor for line in lines)
    back, out = bounds.kind_words
    branch = own_branch(account)
    if lowest < bounds.low:
        amount = -(-(bounds.middle - min(closing, lowest)) // bounds.step) * bounds.step
        return Line(time(8, 20), amount, "deposit", back, bounds.memo, bounds.partner, branch=branch)
    spare = min(opening, lowest, closing) - bounds.middle
    if opening > bounds.high and spare >= bounds.step:
        amount = spare // bounds.step * bounds.step
        return Line(time(10, 40), -amount, "deposit", out, bounds.memo, bounds.partner, branch=branch)
    return None


def _pool_of(account: Account) -> str:
    return KRW_POOL if account.currency == "KRW" else CNY_POOL


def _words(account: Account, *, down: bool) -> tuple[str, str]:
    if account.currency == "CNY":
        return "内部划转", "工资户备款" if down else "余额归集"
    return "자금배분" if down else "자금집금", "운영자금 배분" if down else "집금"


def transfer(payer: str, payee: str, out: int, into: int, at: time, text: str, memo: str) -> Pair:
    """Both sides of one movement; each side names the other in the language of its own bank."""
    source, target = BY_NUMBER[payer], BY_NUMBER[payee]
    kind = "sweep" if text in ("자금배분", "자금집금", "内部划转") else "group"
    reference = f"GRP{at:%H%M%S}{payer[-3:]}{payee[-3:]}"
    paid = Line(at, -out, kind, text, memo, _called(target, source), payee, reference, own_branch(source))
    got = Line(at, into, kind, text, memo, _called(source, target), payer, reference, own_branch(target))
    return payer, paid, payee, got


def _called(other: Account, reader: Account) -> str:
    """The other side's name as the reader's bank prints it."""
    if country_of(reader) == country_of(other):
        return holder_of(other)
    names = COMPANY_BY_CODE[other.company].names
    return names["zh"] if country_of(reader) == "CN" else names["en"]
