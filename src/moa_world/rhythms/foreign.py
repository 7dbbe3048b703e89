"""Foreign currency at a Korean bank: remittances in and out with their charges. Selling it is the treasury's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from moa_world import names
from moa_world.amounts import skewed
from moa_world.desks import Desk, clock, own_branch
from moa_world.lines import Line


@dataclass(frozen=True, slots=True)
class Remittances:
    """T/T in and out. Shape: cents (or fen); never more out than a third of what the account held last evening."""

    low: int
    high: int
    received: tuple[int, int]
    paid: tuple[int, int]
    charge: int = 1_000

    def lines(self, desk: Desk, day: date, rng: Random) -> Iterator[Line]:
        for _ in range(rng.randint(*self.received)):
            yield self._line(desk, day, rng, 1)
        left = desk.balance_minor // 3
        for _ in range(rng.randint(*self.paid)):
            line = self._line(desk, day, rng, -1)
            left += line.amount_minor
            if left < 0:
                return
            yield line
            yield Line(
                line.at, -self.charge, "fee", "송금수수료", "CABLE CHARGE", branch=own_branch(desk.account)
            )

    def _line(self, desk: Desk, day: date, rng: Random, sign: int) -> Line:
        partner = rng.choice(desk.circle.customers if sign > 0 else desk.circle.suppliers)
        number = names.digits(rng, 5)
        if desk.account.currency == "CNY":
            memo = rng.choice(("设备配件", "货款", "样品费")) + f" {number}"
        else:
            memo = f"INV-{number}" if rng.randrange(2) else f"T/T REF {number}"
        return Line(
            at=clock(rng, 9, 16),
            amount_minor=sign * skewed(rng, self.low, self.high, rng.choice((1, 5, 100, 5_000))),
            kind="remittance",
            text="타발송금" if sign > 0 else "당발송금",
            memo=memo,
            partner=partner.name,
            partner_account=partner.account,
            reference=f"{'IR' if sign > 0 else 'OR'}{day:%y%m%d}{number}",
            branch=own_branch(desk.account),
            value_days=0 if sign > 0 else 2,
        )
