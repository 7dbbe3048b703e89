"""Many small receipts: card companies' settlements with their stores, direct debits and virtual accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from moa_world import names
from moa_world.amounts import near, skewed
from moa_world.desks import Desk, clock
from moa_world.lines import Line, Part

_ISSUERS = ("비씨카드정산", "KB카드정산", "신한카드정산", "하나카드정산", "우리카드정산", "농협카드정산")
_FARE = (29_900, 39_900, 55_000, 66_000, 88_000, 99_000, 132_000, 165_000, 220_000)


@dataclass(frozen=True, slots=True)
class CardSettlement:
    """Each card company pays for the sales of two business days before, a batch of one part per store.

    Shape: `low` and `high` won per store.
    """

    issuers: int
    stores: int
    low: int
    high: int

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        sold = day
        for _ in range(2):
            sold = desk.calendar.on_or_before(sold - timedelta(days=1))
        for number, issuer in enumerate(_ISSUERS[: self.issuers], 1):
            parts = []
            for store in rng.sample(names.STORES, self.stores):
                net = skewed(rng, self.low, self.high, 10)
                parts.append(Part(net, issuer, "", f"{store} {sold.month}/{sold.day} 매입분"))
            yield Line(
                at=clock(rng, 8, 10),
                amount_minor=sum(part.amount_minor for part in parts),
                kind="card",
                text="카드대금",
                memo=f"{sold.month}/{sold.day} 매입분",
                partner=issuer,
                reference=f"CD{sold:%y%m%d}{number:02d}",
                branch="카드",
                parts=tuple(parts),
            )


@dataclass(frozen=True, slots=True)
class SmallReceipts:
    """Members' monthly fees by virtual account, and the direct-debit day's single large credit."""

    count: tuple[int, int]
    debit_days: tuple[int, ...] = (5, 15, 25)
    collected: int = 900_000_000

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        for _ in range(rng.randint(*self.count)):
            payer = names.korean_person(rng)
            yield Line(
                at=clock(rng, 8, 20),
                amount_minor=rng.choice(_FARE),
                kind="member_fee",
                text="가상계좌",
                memo=f"{day.month}월 이용료",
                partner=payer,
                partner_account=names.digits(rng, 14),
                reference=f"M{names.digits(rng, 7)}" if rng.randrange(4) else "",
                branch="전자금융",
            )
        if any(desk.falls(day, due, later=True) for due in self.debit_days):
            yield Line(
                at=clock(rng, 9, 9),
                amount_minor=near(rng, self.collected, 12, 10),
                kind="direct_debit",
                text="CMS입금",
                memo=f"{day.month}월 자동이체 집금",
                partner="금융결제원",
                reference=f"CMS{day:%y%m%d}",
                branch="전자금융",
            )
