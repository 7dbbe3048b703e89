"""A desk: what a rhythm may know about its account on a day, and the account's circle of partners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from random import Random

from moa_world import names
from moa_world.calendars import BankCalendar, bank_calendar
from moa_world.group import BANKS, Account, country_of
from moa_world.lines import Partner

_CIRCLE = {
    "HOLD": (names.KO_OFFICE, names.KO_OFFICE),
    "PREC": (names.KO_MAKING, names.KO_MAKING),
    "FOOD": (names.KO_FOOD, names.KO_FOOD),
    "LOGI": (names.KO_TRADE + names.KO_MAKING, names.KO_MOVING),
    "TRAD": (names.KO_TRADE, names.KO_TRADE + names.KO_MAKING),
    "LIFE": (names.KO_CARE, names.KO_CARE + names.KO_OFFICE),
    "BIO": (names.KO_CARE, names.KO_CARE + names.KO_MAKING),
}
_ELSEWHERE = ("국민", "신한", "하나", "우리", "기업", "농협", "부산", "대구", "수협", "새마을")


@dataclass(frozen=True, slots=True)
class Circle:
    """Those whom one company deals with again and again."""

    customers: tuple[Partner, ...]
    suppliers: tuple[Partner, ...]


@dataclass(slots=True)
class Desk:
    """One account on its day. Shape: `balance_minor` is the evening balance of the day before."""

    account: Account
    circle: Circle
    calendar: BankCalendar
    balance_minor: int = 0

    def falls(self, day: date, day_of_month: int, *, later: bool) -> bool:
        return self.calendar.falls_on(day, day_of_month=day_of_month, later=later)


def desk_for(account: Account, circle: Circle) -> Desk:
    return Desk(account, circle, bank_calendar(country_of(account)))


def _korean_partner(rng: Random, trades: tuple[str, ...]) -> Partner:
    length = rng.choice((11, 12, 13, 14))
    return Partner(names.korean_firm(rng, trades), rng.choice(_ELSEWHERE), names.digits(rng, length))


def _chinese_partner(rng: Random) -> Partner:
    return Partner(
        names.chinese_firm(rng), rng.choice(("中国银行", "工商银行", "建设银行")), names.digits(rng, 19)
    )


def _foreign_partner(rng: Random) -> Partner:
    return Partner(names.english_firm(rng), rng.choice(("NY", "HK", "SG", "LDN")), names.digits(rng, 10))


def circle_for(account: Account, seed: int) -> Circle:
    """The partners of the account's company in its currency; the same for all its accounts there."""
    rng = Random(f"{seed}/circle/{account.company}/{account.currency}")
    if account.currency == "CNY":
        both = [tuple(_chinese_partner(rng) for _ in range(36)) for _ in range(2)]
    elif account.currency == "USD":
        both = [tuple(_foreign_partner(rng) for _ in range(24)) for _ in range(2)]
    else:
        selling, buying = _CIRCLE[account.company]
        both = [tuple(_korean_partner(rng, trades) for _ in range(60)) for trades in (selling, buying)]
    return Circle(*both)


def clock(rng: Random, first_hour: int = 9, last_hour: int = 17) -> time:
    """A moment in banking hours, both hours inside."""
    return time(rng.randint(first_hour, last_hour), rng.randrange(60), rng.randrange(60))


def own_branch(account: Account) -> str:
    """The branch that keeps the account, as its lines print it."""
    if BANKS[account.bank].country == "CN":
        return "苏州园区支行"
    return {"HOLD": "여의도", "PREC": "창원중앙", "LOGI": "인천항"}.get(account.company, "본점")
