"""What happens in one seed: the payments, what becomes of each at its bank, the hours of the worker, and where it is killed.

Everything is drawn from the seed, and what becomes of a transfer hangs on its payment alone, never on numbers that a kill
moves. So a run with kills must end as the one without.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

# Our banks, and the other banks of the payees. The second one rests on holidays, the last one speaks HTTP alone.
BANKS = ("004", "081", "088", "020")
PAYEES = ("004", "011", "020", "088", "081", "003")
MEMBERS = ("m1", "m2", "m3")
FIRST_DAY = date(2025, 9, 1)
# Faults happen on the first days; afterwards all must come to an end by itself.
FAULTY_DAYS, MOST_DAYS = 2, 17
_LEAST = 10_000
# Rounds before noon of the first day, in which payments are entered, and once more after it.
_MORNING = 3
# What each bank takes in one transfer at most here, so that a payment above it leaves in several: more than any that is not split.
LIMITS = {bank: 30_000_000 + place for place, bank in enumerate(BANKS)}
# A payment above its bank's limit leaves in two that are full, and a rest.
FULL_PARTS = 2
# In one seed of so many a series pays twice, which takes another week; in the others each pays once, on its day.
_SEEDS_OF_TWO_WEEKS = 4
# In one seed of so many the payments of a series are above their bank's limit.
_SEEDS_OF_SPLIT_SERIES = 2
# In one seed of so many with a slow clock it is hours slow: our clock alone would take the bank's day for over.
_SEEDS_OF_VERY_SLOW_CLOCKS = 3
_VERY_SLOW = (5_400, 7_200, 10_800)
_SATURDAY = 5

# The answer never comes, whatever the bank did. Whoever waits for one may stop soon.
SILENT = frozenset(
    ("no_reply", "applied_no_reply", "late_reply", "late_apply", "out_of_order", "malformed", "short", "long")
)
_OF_TRANSFER = (
    "no_reply", "drop_before", "applied_no_reply", "drop_after", "timeout_reply", "malformed", "short", "long", "late_reply",
    "out_of_order", "duplicate_reply", "unexpected", "late_apply", "late_apply", "late_apply", "refused", "returned", "returned",
)  # fmt: skip
_OF_QUESTION = (
    "no_reply", "applied_no_reply", "late_reply", "drop_before", "drop_after", "timeout_reply", "malformed", "short", "long",
    "duplicate_reply", "unexpected", "out_of_order",
)  # fmt: skip
# What only a bank over HTTP can do, each time surely before or surely after it has acted.
OVER_HTTP = ("error_before", "error_after", "rate_limited", "token_revoked", "token_expired")
_OF_TRANSFER_OVER_HTTP = (*_OF_TRANSFER, *OVER_HTTP, *OVER_HTTP)
_OF_RESULT = (*_OF_QUESTION, "in_process", "no_record", "no_record")
# A bank gives a token or says that it does not; other answers would be no token's.
_OF_TOKEN = ("no_reply", "error_before", "rate_limited")
# Of a hundred messages; opening a bank's day and asking for a payee's name come with everything else, a token before it.
_OFTEN = {"1000/100": 8, "6000/100": 10, "http/accounts": 15, "http/token": 20}
# Seconds. What is as late as that arrives when its bank closes, by the bank's own clock.
UNTIL_ITS_CLOSING = 60_000
HTTP_BANK = BANKS[-1]
_REFUSALS = ("0011", "0014", "0021", "0022")
# They are the bank's last word on a payment, also when it is sent anew.
LASTING = frozenset(("refused", "returned"))


@dataclass(frozen=True, slots=True)
class Payment:
    """Shape: `number` from 1; `amount` is no other payment's, so that the bank's debits are told apart without our reference;
    `payer` an account of the book; `fault` what strikes its transfers at the bank, empty for none; `bundle` which of the
    bundles it is entered in, 0 for none, and `is_split` above the bank's limit; `later` the day on which it pays, with its holiday
    rule, and `times` how often a series pays from that day on, 0 for none."""

    number: int
    amount: int
    payer: str
    via: str
    to_bank: str
    payee: int
    fault: dict[str, Any]
    step: int
    bundle: int = 0
    is_split: bool = False
    later: date | None = None
    holiday_rule: str = ""
    times: int = 0

    @property
    def typed_amount(self) -> int:
        return self.amount + (FULL_PARTS * LIMITS[self.via] if self.is_split else 0)

    @property
    def transfers(self) -> Counter[int]:
        """How many orders there are of each amount."""
        days = self.times or 1
        full = {LIMITS[self.via]: FULL_PARTS * days} if self.is_split else {}
        return Counter({self.amount: days, **full})

    @property
    def key(self) -> str:
        return f"simulated {self.number}"

    @property
    def is_refused(self) -> bool:
        return self.fault.get("kind") == "refused"


@dataclass(frozen=True, slots=True)
class Step:
    """One round of the worker. Shape: `at` in Korean time; `troubles` are faults of whole banks that begin then."""

    number: int
    at: datetime
    troubles: tuple[dict[str, Any], ...] = ()
    takes_statements: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Shape: `slow` how much later than it should each bank's first day ends, in seconds, of those whose clock is slow."""

    seed: int
    first_day: date
    payments: tuple[Payment, ...]
    steps: tuple[Step, ...]
    slow: Mapping[str, int]

    def entered_at(self, step: int) -> list[list[Payment]]:
        """What is entered together: one payment, or those of a bundle."""
        together: dict[tuple[int, int], list[Payment]] = {}
        for one in self.payments:
            if one.step == step:
                together.setdefault((one.bundle, 0 if one.bundle else one.number), []).append(one)
        return list(together.values())

    @property
    def by_amount(self) -> dict[int, Payment]:
        """Whose a transfer of that amount is."""
        return {amount: one for one in self.payments for amount in one.transfers}

    @property
    def wanted(self) -> Counter[int]:
        """How many orders there are of each amount in the end."""
        return sum((one.transfers for one in self.payments), Counter())

    @property
    def refused(self) -> list[int]:
        """The amounts to which the bank's last word is no."""
        return [amount for amount, one in self.by_amount.items() if one.is_refused]

    @property
    def last_with_news(self) -> int:
        return max(one.step for one in self.payments)

    @property
    def faulty_until(self) -> datetime:
        return datetime.combine(self.first_day + timedelta(days=FAULTY_DAYS), time(8, 0))


def plan_of(seed: int, payments: int) -> Plan:
    """Shape: the same numbers give the same plan."""
    rng = Random(f"moa/{seed}/{payments}")
    first = FIRST_DAY + timedelta(days=rng.randrange(5))
    slow = {rng.choice(BANKS): rng.choice((1_200, 1_800, 3_300))} if rng.randrange(2) else {}
    # Drawn apart, so that seeds without such a clock are what they were.
    apart = Random(f"moa/{seed}/{payments}/very slow")
    if slow and apart.randrange(_SEEDS_OF_VERY_SLOW_CLOCKS) == 0:
        slow = {bank: apart.choice(_VERY_SLOW) for bank in slow}
    steps = _steps(rng, first, slow)
    entering = [one.number for one in steps[: _MORNING + 1]]
    amounts = [_LEAST + 137 * number for number in rng.sample(range(payments * 40), payments)]
    alone = [_payment(rng, number, amounts[number - 1], entering, slow) for number in range(1, payments + 1)]
    # Drawn apart, so that seeds without such a series are what they were.
    may_split = Random(f"moa/{seed}/{payments}/split series").randrange(_SEEDS_OF_SPLIT_SERIES) == 0
    return Plan(seed, first, tuple(_several(rng, first, alone, may_split=may_split)), tuple(steps), slow)


def _payment(rng: Random, number: int, amount: int, entering: list[int], slow: Mapping[str, int]) -> Payment:
    via = rng.choice(BANKS)
    # Most are members', some the centre's own, out of its bank account.
    payer = rng.choice(MEMBERS) if rng.randrange(4) else f"b{via}"
    return Payment(
        number, amount, payer, via, rng.choice(PAYEES), rng.randrange(1_000), _fault(rng, via, slow), rng.choice(entering)
    )  # fmt: skip


def _several(rng: Random, first: date, alone: Sequence[Payment], *, may_split: bool) -> list[Payment]:
    """Some leave later or come again, about a third are entered in bundles; of those and of series one a bank at most is split,
    for the full parts of all have one amount."""
    made = {one.number: one for one in alone}
    waiting = rng.sample([*made], len(made))
    times = 1 + (rng.randrange(_SEEDS_OF_TWO_WEEKS) == 0)
    split: set[str] = set()
    for _ in range(rng.randrange(len(made) // 12 + 2)):
        number = waiting.pop()
        # Away from the faulty days, so that no payee's name is missing on the day.
        day = first + timedelta(days=FAULTY_DAYS + rng.randrange(2))
        rule = rng.choice(("following", "previous", "modified_following"))
        if rule == "previous" and day.weekday() >= _SATURDAY:
            rule = "following"
        made[number] = replace(made[number], later=day, holiday_rule=rule, times=times * rng.randrange(2))
        if may_split and made[number].times and made[number].via not in split:
            split.add(made[number].via)
            made[number] = replace(made[number], is_split=True)
    bundle, most = 0, len(waiting) * 2 // 3
    while len(waiting) > max(most, 1):
        bundle += 1
        size = min(2 + rng.randrange(5), len(waiting))
        for number in (waiting.pop() for _ in range(size)):
            one = replace(made[number], bundle=bundle)
            if one.via not in split and not rng.randrange(4):
                split.add(one.via)
                one = replace(one, is_split=True)
            made[number] = one
        steps = {made[number].step for number in made if made[number].bundle == bundle}
        for number, one in made.items():
            if one.bundle == bundle:
                made[number] = replace(one, step=min(steps))
    return list(made.values())


def _fault(rng: Random, via: str, slow: Mapping[str, int]) -> dict[str, Any]:
    if rng.randrange(100) < 40:
        return {}
    if via in slow and not rng.randrange(3):
        return {"kind": "late_apply", "delay": UNTIL_ITS_CLOSING}
    kind = rng.choice(_OF_TRANSFER_OVER_HTTP if via == HTTP_BANK else _OF_TRANSFER)
    fault: dict[str, Any] = {"kind": kind}
    if kind == "rate_limited":
        fault["delay"] = rng.choice((30, 600, 7_200))
    if kind in ("late_apply", "late_reply", "out_of_order", "returned"):
        fault["delay"] = rng.choice((60, 1_800, 7_200, 20_000, 50_000))
    if kind == "refused":
        fault["code"] = rng.choice(_REFUSALS)
    return fault


def fault_of_question(seed: int, key: str, bank: str, day: str, msg_no: str) -> dict[str, Any]:
    """What strikes a message that asks or opens; empty for most."""
    rng = Random(f"moa/{seed}/{key}/{bank}/{day}/{msg_no}")
    if rng.randrange(100) >= _OFTEN.get(key, 35):
        return {}
    kinds = {"7000/100": _OF_RESULT, "http/token": _OF_TOKEN}.get(key, _OF_QUESTION)
    if bank == HTTP_BANK and key != "http/token":
        kinds = (*kinds, *OVER_HTTP)
    return {"kind": rng.choice(kinds), "delay": 600}


def _steps(rng: Random, first: date, slow: Mapping[str, int]) -> list[Step]:
    steps: list[Step] = []

    def add(
        day: date, hour: int, minute: int, *, statements: bool = False, more: tuple[dict[str, Any], ...] = ()
    ) -> None:
        faulty = day < first + timedelta(days=FAULTY_DAYS)
        troubles = (*(_troubles(rng) if faulty and steps else ()), *more)
        steps.append(Step(len(steps), datetime.combine(day, time(hour, minute)), troubles, statements))

    minute = 0
    slowed = tuple({"kind": "slow_clock", "bank": bank, "amount": seconds} for bank, seconds in slow.items())
    for number in range(_MORNING):
        minute += 11 + rng.randrange(50)
        add(first, 9 + minute // 60, minute % 60, more=() if number else slowed)
    for hour in (13, 17):
        add(first, hour, rng.randrange(60))
    # In force when the banks write their statements.
    twice = {"kind": "statement_differs", "code": "twice", "bank": rng.choice(BANKS)}
    add(first, 22, rng.randrange(60), more=(twice,) if rng.randrange(2) else ())
    # The banks' day should be over.
    add(first, 23, 45)
    for number in range(1, MOST_DAYS):
        day = first + timedelta(days=number)
        # What the banks do not know by now never happened.
        add(day, 0, 45)
        add(day, 8, 30, statements=True)
        for hour in (9, 14, 18) if number < FAULTY_DAYS else (11,):
            add(day, hour, 31 + rng.randrange(20))
    return steps


def _troubles(rng: Random) -> list[dict[str, Any]]:
    """Of a whole bank, now and then."""
    made: list[dict[str, Any]] = []
    bank = rng.choice(BANKS)
    chance = rng.randrange(14)
    if chance == 0:
        made.append({"kind": "bank_down", "bank": bank, "delay": 1_500})
    elif chance in (1, 2):
        made.append({"kind": "wrong_totals", "bank": bank, "times": 2, "amount": _LEAST})
    elif chance == 3:
        made.append({"kind": "wrong_clock", "bank": bank, "amount": rng.choice((-300, -60, 60, 300))})
    elif chance == 4:
        made.append({"kind": "no_notice", "bank": bank, "times": 3})
    return made
