"""A voucher as a person typed it: texts by field, kept as they came, and what of it is worth reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

MOST_TYPED = 200
LONGEST = {"account": 200, "debit": 40, "credit": 40, "currency": 3, "memo": 200, "side": 6}
LONGEST_HEAD = {
    "kind": 10, "business_date": 10, "value_date": 10, "memo": 1_000, "template": 32, "template_version": 9,
}  # fmt: skip


class Flaw(NamedTuple):
    """What is wrong in one field of the page. Shape: `field` "memo" or "debit.2"; `code` as the sentences know it."""

    field: str
    code: str
    value: str = ""


class TypedLeg(NamedTuple):
    """One row of the page. Shape: one of debit and credit is filled; `account` a code or a name; `side` the column that a
    template means for it, before there is an amount."""

    account: str = ""
    debit: str = ""
    credit: str = ""
    currency: str = ""
    memo: str = ""
    side: str = ""

    def is_empty(self) -> bool:
        """A row in which nothing but a currency stands says nothing."""
        return not (self.account or self.debit or self.credit or self.memo)


class TypedVoucher(NamedTuple):
    """The whole page. Shape: the legs in the order of their rows, empty ones included; `template` the code of the one that
    it began with, and `template_version` its number."""

    kind: str = "transfer"
    business_date: str = ""
    value_date: str = ""
    memo: str = ""
    template: str = ""
    template_version: str = ""
    legs: tuple[TypedLeg, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For keeping: without the empty rows at the end."""
        legs = list(self.legs)
        while legs and legs[-1].is_empty():
            legs.pop()
        return {**self._asdict(), "legs": [leg._asdict() for leg in legs]}


def from_json(kept: Mapping[str, Any]) -> TypedVoucher:
    """What `as_json` made; what a later version added is left out."""
    heads = {name: str(kept.get(name, "")) for name in LONGEST_HEAD}
    legs = tuple(
        TypedLeg(*(str(leg.get(name, "")) for name in TypedLeg._fields)) for leg in kept.get("legs", ())
    )
    return TypedVoucher(**heads, legs=legs)


def too_long(typed: TypedVoucher) -> list[str]:
    """The names of the fields that hold more than can be kept."""
    heads = [name for name, most in LONGEST_HEAD.items() if len(getattr(typed, name)) > most]
    legs = [
        f"{name}.{n}"
        for n, leg in enumerate(typed.legs, 1)
        for name, most in LONGEST.items()
        if len(getattr(leg, name)) > most
    ]
    return heads + legs


def differing(mine: TypedVoucher, other: TypedVoucher) -> list[str]:
    """The names of the fields in which two savings of one draft differ: "memo", "debit.2"."""
    found = [name for name in LONGEST_HEAD if getattr(mine, name) != getattr(other, name)]
    for n in range(1, max(len(mine.legs), len(other.legs)) + 1):
        one, two = _leg(mine.legs, n), _leg(other.legs, n)
        found += [f"{name}.{n}" for name in TypedLeg._fields if getattr(one, name) != getattr(two, name)]
    return found


def _leg(legs: tuple[TypedLeg, ...], n: int) -> TypedLeg:
    return legs[n - 1] if n <= len(legs) else TypedLeg()


class Sum(NamedTuple):
    """What the legs of one currency come to. Shape: minor units; `missing` what the debit side lacks, negative: the credit side."""

    currency: str
    debit: int
    credit: int

    @property
    def missing(self) -> int:
        return self.credit - self.debit


def sums_of(legs: Iterable[tuple[str, int, int]]) -> list[Sum]:
    """Sums by currency. Shape: (currency, minor with debits positive, side 1 debit or -1 credit)."""
    totals: dict[str, list[int]] = {}
    for currency, minor, side in legs:
        total = totals.setdefault(currency, [0, 0])
        total[0 if side == 1 else 1] += minor * side
    return [Sum(currency, *totals[currency]) for currency in sorted(totals)]
