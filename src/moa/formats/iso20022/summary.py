"""The statement's own count and sums of its entries (TxsSummry), compared with what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from moa.formats.iso20022.fields import DIRECTIONS, shown
from moa.formats.iso20022.names import Element, parts_of, text_at, text_of
from moa.kernel.errors import Problem, error
from moa.kernel.money import to_decimal

_LONGEST_NUMBER = 40
_SIDES = {"TtlNtries": "both", "TtlCdtNtries": "credit", "TtlDbtNtries": "debit"}


@dataclass(slots=True)
class Tally:
    """Counts and sums of entries, by direction. Shape: minor units, unsigned."""

    credits: int = 0
    debits: int = 0
    credit_minor: int = 0
    debit_minor: int = 0

    def add(self, direction: str, minor: int) -> None:
        if direction == "credit":
            self.credits += 1
            self.credit_minor += minor
        else:
            self.debits += 1
            self.debit_minor += minor

    @property
    def net_minor(self) -> int:
        return self.credit_minor - self.debit_minor

    def plus(self, other: Tally) -> Tally:
        return Tally(
            self.credits + other.credits,
            self.debits + other.debits,
            self.credit_minor + other.credit_minor,
            self.debit_minor + other.debit_minor,
        )

    def figure(self, side: str, kind: str) -> int:
        counts = {"credit": self.credits, "debit": self.debits, "both": self.credits + self.debits}
        sums = {
            "credit": self.credit_minor,
            "debit": self.debit_minor,
            "both": self.credit_minor + self.debit_minor,
        }
        return (counts if kind == "count" else sums)[side]


class Claim(NamedTuple):
    """One figure that the summary states. Shape: `kind` "count", "sum" or "net"; `text` the figure as it stands."""

    field: str
    side: str
    kind: str
    text: str
    direction: str = ""


def read_summary(element: Element) -> list[Claim]:
    """What the summary states of all, of the credit and of the debit entries.

    Source: camt.053 TotalTransactions. The net amount is TtlNetNtryAmt with CdtDbtInd up to .03, TtlNetNtry since.
    """
    claims: list[Claim] = []
    for name, part in parts_of(element).items():
        side = _SIDES.get(name)
        if side is None:
            continue
        path = f"TxsSummry/{name}"
        inner = parts_of(part)
        if count := text_of(inner.get("NbOfNtries")):
            claims.append(Claim(f"{path}/NbOfNtries", side, "count", count))
        if total := text_of(inner.get("Sum")):
            claims.append(Claim(f"{path}/Sum", side, "sum", total))
        if net := text_of(inner.get("TtlNetNtryAmt")):
            claims.append(Claim(f"{path}/TtlNetNtryAmt", side, "net", net, text_of(inner.get("CdtDbtInd"))))
        if net := text_at(inner.get("TtlNetNtry"), "Amt"):
            direction = text_at(inner["TtlNetNtry"], "CdtDbtInd")
            claims.append(Claim(f"{path}/TtlNetNtry", side, "net", net, direction))
    return claims


def check_summary(
    claims: list[Claim], booked: Tally, others: Tally, currency: str, place: str
) -> list[Problem]:
    """The figures that disagree. A bank may count its pending entries in or leave them out: either way, but one way
    for all figures."""
    complete = _disagreements(claims, booked.plus(others), currency, place)
    if not complete:
        return []
    only_booked = _disagreements(claims, booked, currency, place)
    return complete if len(complete) <= len(only_booked) else only_booked


def _disagreements(claims: list[Claim], tally: Tally, currency: str, place: str) -> list[Problem]:
    found: list[Problem] = []
    for claim in claims:
        stated = _number(claim.text)
        if stated is None:
            found.append(error("summary_unreadable", place, claim.field, shown(claim.text)))
            continue
        if claim.kind == "count":
            computed = Decimal(tally.figure(claim.side, "count"))
        elif claim.kind == "sum":
            computed = to_decimal(tally.figure(claim.side, "sum"), currency)
        else:
            computed = to_decimal(tally.net_minor, currency)
            stated = _signed(stated, claim.direction, computed)
        if stated != computed:
            size = abs(computed) if claim.kind == "net" else computed
            text = f"{shown(claim.text)} ≠ {size}"
            found.append(error("summary_mismatch", place, claim.field, text))
    return found


def _signed(stated: Decimal, direction: str, computed: Decimal) -> Decimal:
    """The net amount with its sign; without a direction only its size can be compared."""
    side = DIRECTIONS.get(direction)
    if side is None:
        return stated.copy_sign(computed)
    return stated if side == "credit" else -stated


def _number(text: str) -> Decimal | None:
    if len(text) > _LONGEST_NUMBER or not text.isascii():
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and "E" not in text.upper() and "_" not in text else None
