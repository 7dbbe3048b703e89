"""The Chinese company's months: receipts and purchases in renminbi, salaries, 社保 and 公积金, taxes, 结息."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from random import Random

from moa_world import names
from moa_world.amounts import near, skewed
from moa_world.desks import Desk, clock, own_branch
from moa_world.lines import Line, Part

_STEPS = (1, 1, 10, 100, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class ChineseTrade:
    """货款 in and out. Shape: fen; the counts are lines a day."""

    low: int
    high_in: int
    high_out: int
    received: tuple[int, int]
    paid: tuple[int, int]

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        month_end = desk.falls(day, 28, later=False)
        for _ in range(rng.randint(*self.received) * (2 if month_end else 1)):
            yield self._line(desk, rng, 1, f"{(day.month - 2) % 12 + 1}月货款")
        for _ in range(rng.randint(*self.paid) * (2 if month_end else 1)):
            memo = rng.choice(("设备配件", "材料款", "加工费", "运费", "模具款", "包装材料", "检测费"))
            line = self._line(desk, rng, -1, memo)
            yield line
            if rng.randrange(3) == 0:
                yield Line(
                    line.at, -1_050, "fee", "手续费", "网银转账手续费", branch=own_branch(desk.account)
                )

    def _line(self, desk: Desk, rng: Random, sign: int, memo: str) -> Line:
        partner = rng.choice(desk.circle.customers if sign > 0 else desk.circle.suppliers)
        return Line(
            at=clock(rng, 9, 16),
            amount_minor=sign
            * skewed(rng, self.low, self.high_in if sign > 0 else self.high_out, rng.choice(_STEPS)),
            kind="sale" if sign > 0 else "purchase",
            text="转账收入" if sign > 0 else "转账支出",
            memo=memo,
            partner=partner.name,
            partner_account=partner.account,
            reference=f"HT{names.digits(rng, 8)}" if rng.randrange(3) == 0 else "",
            branch=partner.bank,
        )


@dataclass(frozen=True, slots=True)
class ChineseDues:
    """Dues of the operating account: 社保 and 公积金, 增值税 and 个税 by the 15th, 电费, quarterly 结息 on the 21st."""

    heads: int
    average: int

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        month = (day.month - 2) % 12 + 1
        wages = self.heads * self.average
        dues = (
            (15, "国家税务总局苏州税务局", f"{month}月增值税", near(rng, wages * 45 // 100, 12), "实时扣税"),
            (
                15,
                "国家税务总局苏州税务局",
                f"{month}月个人所得税",
                near(rng, wages * 4 // 100, 8),
                "实时扣税",
            ),
            (18, "苏州市社会保险基金", f"{day.month}月社保费", wages * 26 // 100, "批量代扣"),
            (20, "苏州市住房公积金中心", f"{day.month}月公积金", wages * 16 // 100, "批量代扣"),
            (22, "苏州供电公司", f"{month}月电费", near(rng, 18_600_000, 12), "代收代付"),
            (24, "苏州自来水公司", f"{month}月水费", near(rng, 940_000, 15), "代收代付"),
        )
        for due, payee, memo, amount, text in dues:
            if desk.falls(day, due, later=True):
                at = clock(rng, 9, 11)
                yield Line(
                    at,
                    -amount,
                    "tax",
                    text,
                    memo,
                    payee,
                    reference=names.digits(rng, 12),
                    branch=own_branch(desk.account),
                )
        if day.month % 3 == 0 and desk.falls(day, 21, later=True):
            interest = desk.balance_minor * 35 // 10_000 // 4
            yield Line(time(6, 30), interest, "interest", "结息", "存款利息", branch=own_branch(desk.account))


@dataclass(frozen=True, slots=True)
class ChineseWages:
    """工资 on the 15th (before it when off) in one batch, small 报销 each day and 手续费 now and then."""

    heads: int
    average: int

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        branch = own_branch(desk.account)
        if desk.falls(day, 15, later=False):
            staff = Random("staff/SUZH")
            parts = tuple(
                Part(
                    near(rng, self.average, 35), names.chinese_person(staff), names.digits(staff, 19), "工资"
                )
                for _ in range(self.heads)
            )
            total = sum(part.amount_minor for part in parts)
            memo = f"{(day.month - 2) % 12 + 1}月工资 {self.heads}笔"
            yield Line(
                time(10, 0),
                -total,
                "payroll",
                "代发工资",
                memo,
                "代发工资",
                reference=f"GZ{day:%y%m%d}",
                branch=branch,
                parts=parts,
            )
        for _ in range(rng.randint(2, 6)):
            amount = skewed(rng, 8_000, 900_000, 100)
            memo = rng.choice(("差旅费报销", "备用金", "招待费报销", "福利费"))
            yield Line(
                clock(rng, 9, 16),
                -amount,
                "petty",
                "网银转账",
                memo,
                names.chinese_person(rng),
                names.digits(rng, 19),
                branch=branch,
            )
        if rng.randrange(3) == 0:
            yield Line(time(16, 40), -1_500, "fee", "手续费", "代发手续费", branch=branch)
