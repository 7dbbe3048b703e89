"""Which bank lines and which vouchers could be the same money: proposals for a person, found by amount and day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

# Further apart than this nobody would look for it; of more than these the sums are not tried.
DAYS_APART, MOST_TOGETHER, NEAREST = 10, 4, 20


class Side(NamedTuple):
    """A bank line or a voucher's movement of the bank's account. Shape: `minor` receipts positive on both sides."""

    id: int
    minor: int
    on: date


class Pairing(NamedTuple):
    """Lines and vouchers that come to the same. Shape: one of both is single; `days` the furthest apart."""

    lines: tuple[int, ...]
    vouchers: tuple[int, ...]
    minor: int
    days: int


def suggest(lines: Sequence[Side], vouchers: Sequence[Side]) -> list[Pairing]:
    """Each line and each voucher at most once; first those of one amount, the nearest days first, then several on one side."""
    found = _one_to_one(lines, vouchers)
    free_lines = _without(lines, (id_ for one in found for id_ in one.lines))
    free_vouchers = _without(vouchers, (id_ for one in found for id_ in one.vouchers))
    for voucher in _in_order(free_vouchers):
        several = _several(voucher, free_lines)
        if several:
            ids = tuple(one.id for one in several)
            found.append(Pairing(ids, (voucher.id,), voucher.minor, _apart(voucher, several)))
            free_lines, free_vouchers = _without(free_lines, ids), _without(free_vouchers, [voucher.id])
    for line in _in_order(free_lines):
        several = _several(line, free_vouchers)
        if several:
            ids = tuple(one.id for one in several)
            found.append(Pairing((line.id,), ids, line.minor, _apart(line, several)))
            free_vouchers = _without(free_vouchers, ids)
    return found


def _one_to_one(lines: Sequence[Side], vouchers: Sequence[Side]) -> list[Pairing]:
    by_amount: dict[int, list[Side]] = {}
    for voucher in vouchers:
        by_amount.setdefault(voucher.minor, []).append(voucher)
    near = sorted(
        (days, line.on, line.id, voucher.id, line.minor)
        for line in lines
        for voucher in by_amount.get(line.minor, ())
        if (days := abs((line.on - voucher.on).days)) <= DAYS_APART
    )
    found: list[Pairing] = []
    taken_lines: set[int] = set()
    taken_vouchers: set[int] = set()
    for days, _, line_id, voucher_id, minor in near:
        if line_id not in taken_lines and voucher_id not in taken_vouchers:
            taken_lines.add(line_id)
            taken_vouchers.add(voucher_id)
            found.append(Pairing((line_id,), (voucher_id,), minor, days))
    return found


def _several(one: Side, others: Sequence[Side]) -> tuple[Side, ...]:
    """The fewest of the other side, nearest first, that add up to it; first a whole day's."""
    same_way = [
        each for each in others
        if (each.minor > 0) == (one.minor > 0) and abs((each.on - one.on).days) <= DAYS_APART
    ]  # fmt: skip
    for day in sorted({each.on for each in same_way}, key=lambda on: (abs((on - one.on).days), on)):
        of_day = tuple(each for each in same_way if each.on == day)
        if len(of_day) > 1 and sum(each.minor for each in of_day) == one.minor:
            return of_day
    fitting = [each for each in same_way if abs(each.minor) < abs(one.minor)]
    near = sorted(fitting, key=lambda each: (abs((each.on - one.on).days), each.id))[:NEAREST]
    for size in range(2, MOST_TOGETHER + 1):
        for chosen in combinations(near, size):
            if sum(each.minor for each in chosen) == one.minor:
                return chosen
    return ()


def _in_order(sides: Iterable[Side]) -> list[Side]:
    return sorted(sides, key=lambda one: (one.on, one.id))


def _without(sides: Sequence[Side], ids: Iterable[int]) -> list[Side]:
    gone = set(ids)
    return [one for one in sides if one.id not in gone]


def _apart(one: Side, several: Iterable[Side]) -> int:
    return max(abs((each.on - one.on).days) for each in several)
