"""Buying and selling at home: customers pay in, suppliers are paid, both heavier on their usual days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from random import Random

from moa_world.amounts import invoice
from moa_world.desks import Desk, clock, own_branch
from moa_world.lines import Line

_SALES = (
    "{m}월분 납품대금",
    "외상대금",
    "{m}월 마감분",
    "납품대금",
    "계약금",
    "잔금",
    "물품대금 {m}월",
    "세금계산서 {m}월",
)
_COSTS = (
    "{m}월 1차 대금",
    "소모품",
    "자재비",
    "{m}월 정산",
    "설비 중도금",
    "금형 수리",
    "외주가공비",
    "포장재, 부자재",
    "원재료 {m}월",
)


@dataclass(frozen=True, slots=True)
class Sales:
    """Customers' transfers. Shape: won amounts; `count` lines a day, `heavy` times as many on the heavy days."""

    low: int
    high: int
    count: tuple[int, int]
    heavy: int = 3
    heavy_days: tuple[int, ...] = (5, 31)

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        count = rng.randint(*self.count)
        if any(desk.falls(day, due, later=False) for due in self.heavy_days):
            count *= self.heavy
        for _ in range(count):
            partner = rng.choice(desk.circle.customers)
            memo = rng.choice(_SALES).format(m=(day.month - 2) % 12 + 1)
            reference = f"INV{day:%y%m}{rng.randrange(10_000):04d}" if rng.randrange(3) == 0 else ""
            yield Line(
                at=clock(rng),
                amount_minor=invoice(rng, self.low, self.high),
                kind="sale",
                text=rng.choice(("타행이체", "인터넷이체", "대체입금", "펌입금")),
                memo=memo,
                partner=partner.name,
                partner_account=partner.account,
                reference=reference,
                branch=partner.bank,
            )


@dataclass(frozen=True, slots=True)
class Purchases:
    """Transfers to suppliers, with a bulk run on the settlement days and the bank's charge for some of them."""

    low: int
    high: int
    count: tuple[int, int]
    bulk: int = 4
    bulk_days: tuple[int, ...] = (10, 25)
    charged: int = 5

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        count = rng.randint(*self.count)
        if any(desk.falls(day, due, later=True) for due in self.bulk_days):
            count *= self.bulk
        for number in range(1, count + 1):
            partner = rng.choice(desk.circle.suppliers)
            reference = f"PO{day:%y%m%d}{number:04d}" if rng.randrange(3) else ""
            at = clock(rng)
            yield Line(
                at=at,
                amount_minor=-invoice(rng, self.low, self.high),
                kind="purchase",
                text=rng.choice(("펌이체", "펌이체", "인터넷이체")),
                memo=rng.choice(_COSTS).format(m=day.month),
                partner=partner.name,
                partner_account=partner.account,
                reference=reference,
                branch=own_branch(desk.account),
            )
            if rng.randrange(self.charged) == 0:
                yield transfer_charge(at, desk)


def transfer_charge(at: time, desk: Desk) -> Line:
    """The five hundred won for a transfer; many on a day are alike to the last letter, and all are true."""
    return Line(at=at, amount_minor=-500, kind="fee", text="이체수수료", branch=own_branch(desk.account))


@dataclass(frozen=True, slots=True)
class DoublePayment:
    """A customer who pays the same sum twice in the same second, now and then: two true lines, alike in all."""

    low: int
    high: int
    days_of_month: tuple[int, ...]

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        if not any(desk.falls(day, due, later=True) for due in self.days_of_month):
            return
        partner = rng.choice(desk.circle.customers)
        line = Line(
            at=clock(rng),
            amount_minor=invoice(rng, self.low, self.high),
            kind="twin",
            text="타행이체",
            memo="물품대금",
            partner=partner.name,
            partner_account=partner.account,
            branch=partner.bank,
            twin=True,
        )
        yield line
        yield line
