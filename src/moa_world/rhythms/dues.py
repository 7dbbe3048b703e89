"""What falls due: salaries, social insurance, taxes, utilities, rent, the bank's own charges and interest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from random import Random

from moa_world import names
from moa_world.amounts import near
from moa_world.desks import Desk, clock, own_branch
from moa_world.lines import Line, Part

_PENSION_BP = 450
_HEALTH_BP = 400
_WORK_BP = 190
_WITHHELD_BP = 620


def _share(amount: int, basis_points: int) -> int:
    """That part of a won amount, to the ten won below, as public dues are."""
    return amount * basis_points // 10_000 // 10 * 10


@dataclass(frozen=True, slots=True)
class Payroll:
    """One batch on pay day (before it when it is off), then insurance and withheld tax on the tenth.

    Shape: `heads` people, `average` won net pay each.
    """

    pay_day: int
    heads: int
    average: int

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        if desk.falls(day, self.pay_day, later=False):
            yield self._salaries(desk, day, rng)
        if desk.falls(day, 10, later=True):
            yield from self._public_dues(desk, day, rng)

    def _salaries(self, desk: Desk, day: date, rng: Random) -> Line:
        staff = Random(f"staff/{desk.account.company}")
        parts = tuple(
            Part(
                near(rng, self.average, 35, 10),
                names.korean_person(staff),
                names.digits(staff, 12),
                f"{day.month}월 급여",
            )
            for _ in range(self.heads)
        )
        return Line(
            at=time(9, 0, rng.randrange(60)),
            amount_minor=-sum(part.amount_minor for part in parts),
            kind="payroll",
            text="급여이체",
            memo=f"{day.month}월 급여 {self.heads}건",
            partner="급여",
            reference=f"SAL{day:%y%m%d}{desk.account.company}",
            branch=own_branch(desk.account),
            parts=parts,
        )

    def _public_dues(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        month = (day.month - 2) % 12 + 1
        gross = self.heads * self.average
        withheld = _share(near(rng, gross, 3), _WITHHELD_BP)
        dues = (
            ("국민연금공단", f"{month}월분 연금보험료", _share(gross, _PENSION_BP)),
            ("국민건강보험공단", f"{month}월분 건강보험료", _share(near(rng, gross, 2), _HEALTH_BP)),
            ("근로복지공단", f"{month}월분 고용·산재보험료", _share(gross, _WORK_BP)),
            ("관할세무서", f"{month}월 귀속 원천세", withheld),
            ("관할구청", f"{month}월 특별징수 지방소득세", withheld // 100 * 10),
        )
        for payee, memo, amount in dues:
            yield Line(
                at=clock(rng, 9, 15),
                amount_minor=-amount,
                kind="tax",
                text="공과금",
                memo=memo,
                partner=payee,
                reference=names.digits(rng, 14),
                branch="전자금융",
            )


@dataclass(frozen=True, slots=True)
class ValueAddedTax:
    """The quarter's value-added tax on the 25th after it, and half of last year's income tax at the end of August."""

    quarter: int
    interim: int = 0

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        if day.month in (1, 4, 7, 10) and desk.falls(day, 25, later=True):
            kind = "확정" if day.month in (1, 7) else "예정"
            yield self._due(rng, self.quarter, f"부가가치세 {kind}신고")
        if self.interim and day.month == 8 and desk.falls(day, 31, later=False):
            yield self._due(rng, self.interim, "법인세 중간예납")

    def _due(self, rng: Random, amount: int, memo: str) -> Line:
        return Line(
            at=clock(rng, 10, 15),
            amount_minor=-near(rng, amount, 9, 10),
            kind="tax",
            text="국세",
            memo=memo,
            partner="관할세무서",
            reference=names.digits(rng, 19),
            branch="전자금융",
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """A yearly round of standing debits. Shape: `dues` are (day of month, payee, memo, about how much)."""

    dues: tuple[tuple[int, str, str, int], ...]

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        for due, payee, memo, amount in self.dues:
            if desk.falls(day, due, later=True):
                yield Line(
                    at=clock(rng, 9, 11),
                    amount_minor=-near(rng, amount, 14, 10),
                    kind="utility",
                    text="자동이체",
                    memo=f"{memo} {day.month}월",
                    partner=payee,
                    reference=names.digits(rng, 10),
                    branch="전자금융",
                )


@dataclass(frozen=True, slots=True)
class BankTerms:
    """What the bank gives and takes at the month's end: charges, interest less its tax; interest on a loan.

    Shape: `rate_bp` a year on the balance; `loan_interest` won a month, 0 without a loan.
    """

    charge: int = 150_000
    rate_bp: int = 120
    loan_interest: int = 0

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        if not desk.falls(day, 31, later=False):
            return
        branch = own_branch(desk.account)
        yield Line(time(18, 5), -self.charge, "fee", "이용수수료", f"{day.month}월 펌뱅킹", branch=branch)
        interest = desk.balance_minor * self.rate_bp // 10_000 // 12
        tax = interest * 14 // 100 // 10 * 10
        local = tax // 100 * 10
        yield Line(time(18, 10), interest, "interest", "예금이자", f"{day.month}월 결산", branch=branch)
        yield Line(
            time(18, 10, 1), -(tax + local), "interest", "이자소득세", "법인세·지방소득세", branch=branch
        )
        if self.loan_interest:
            amount = near(rng, self.loan_interest, 4)
            yield Line(time(10, 2), -amount, "interest", "대출이자", f"{day.month}월분", branch=branch)


@dataclass(frozen=True, slots=True)
class Desktop:
    """The small daily things: corporate card settlements, petty transfers, a refund; so no day is quite empty."""

    count: tuple[int, int] = (1, 3)

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        for _ in range(rng.randint(*self.count)):
            choice = rng.randrange(4)
            person = names.korean_person(rng)
            amount = near(rng, 240_000, 80, 10)
            if choice == 3:
                yield Line(
                    clock(rng), amount, "refund", "이체반환", "계좌오류 반환", person, branch="전자금융"
                )
            else:
                memo = ("출장비 정산", "경조금", "교육비")[choice]
                yield Line(
                    clock(rng), -amount, "petty", "인터넷이체", memo, person, branch=own_branch(desk.account)
                )
