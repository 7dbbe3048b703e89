"""Which steps a request takes and whether the persons there suffice: decisions on plain values.

Source: domain.md §2.12, approval matrix (위임전결): rows by work type and amount band, the grade of the last approver
matches the band, higher bands include the lower approvals or the final one only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

VISUAL, REKEY = "visual", "rekey"


@dataclass(frozen=True, slots=True)
class StepRule:
    """One approval. Shape: `grade` the code of the lowest grade that may give it, "" for any."""

    grade: str
    review: str = VISUAL


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts up to and with `up_to_minor`, above the band before; None: no end."""

    up_to_minor: int | None
    steps: tuple[StepRule, ...]


@dataclass(frozen=True, slots=True)
class PolicyKey:
    """Where a version of a policy applies. Shape: `unit` None the whole group, `currency` "" any amount."""

    unit: int | None
    currency: str


Version = TypeVar("Version")


def choose_policy(
    versions: Mapping[PolicyKey, Version], *, path: Sequence[int], currency: str
) -> list[tuple[PolicyKey, Version]]:
    """The versions that could apply, the one that does first.

    `path` is the unit and those above it, nearest first; a nearer unit wins, in one place the subject's own currency,
    then the rule for any. A rule in other currencies alone applies too, lest a strange currency go round it: those
    come last in their place, and `steps_for` takes their highest band.
    """
    found: list[tuple[PolicyKey, Version]] = []
    for unit in (*path, None):
        here = sorted(
            (key for key in versions if key.unit == unit),
            key=lambda key: (key.currency != currency, key.currency != "", key.currency),
        )
        found.extend((key, versions[key]) for key in here)
    return found


def steps_for(
    bands: Sequence[Band], amount_minor: int | None, ranks: Mapping[str, int], *, includes_lower: bool
) -> tuple[StepRule, ...]:
    """The steps for an amount, whatever its sign; None, an amount that the bands do not measure: the highest band.

    With `includes_lower` the steps of the lower bands come first. A grade that comes twice is asked once, at the place
    of its last, and re-keys when either did.
    """
    if not bands:
        return ()
    at = len(bands) - 1
    if amount_minor is not None:
        at = next(
            (n for n, band in enumerate(bands) if band.up_to_minor is None or abs(amount_minor) <= band.up_to_minor),
            at,
        )  # fmt: skip
    chosen = [
        step for band in (bands[: at + 1] if includes_lower else bands[at : at + 1]) for step in band.steps
    ]
    rekeyed = {step.grade for step in chosen if step.review == REKEY}
    last = {step.grade: n for n, step in enumerate(chosen)} if includes_lower else {}
    kept = [step for n, step in enumerate(chosen) if not includes_lower or last[step.grade] == n]
    steps = [StepRule(step.grade, REKEY if step.grade in rekeyed else step.review) for step in kept]
    return tuple(sorted(steps, key=lambda step: ranks.get(step.grade, 0)))


def policy_problem(bands: Sequence[Band], grades: Mapping[str, int], currency: str) -> str:
    """The code of what is wrong with a policy's bands, or "". No bands at all end a policy."""
    if not bands:
        return ""
    if any(not band.steps for band in bands):
        return "band_without_step"
    steps = [step for band in bands for step in band.steps]
    if any(step.grade and step.grade not in grades for step in steps):
        return "grade_unknown"
    if any(step.review not in (VISUAL, REKEY) for step in steps):
        return "review_unknown"
    ends = [band.up_to_minor for band in bands]
    if ends[-1] is not None or None in ends[:-1]:
        return "last_band_has_no_end"
    if any(end is not None and end < 0 for end in ends):
        return "band_negative"
    measured = [end for end in ends if end is not None]
    if any(lower >= upper for lower, upper in zip(measured, measured[1:], strict=False)):
        return "bands_not_ascending"
    if not currency and measured:
        return "bands_without_currency"
    finals = [max(grades.get(step.grade, 0) for step in band.steps) for band in bands]
    if any(lower > upper for lower, upper in zip(finals, finals[1:], strict=False)):
        return "higher_band_lower_grade"
    return ""


def unfilled_step(candidates: Sequence[frozenset[int]]) -> int | None:
    """The number (from 1) of a step that nobody is left for when each step takes another person; None: all can be filled.

    Each person signs once, so two steps with the same single candidate cannot both be given.
    """
    given: dict[int, int] = {}

    def place(step: int, tried: set[int]) -> bool:
        for person in sorted(candidates[step]):
            if person in tried:
                continue
            tried.add(person)
            if person not in given or place(given[person], tried):
                given[person] = step
                return True
        return False

    return next((step + 1 for step in range(len(candidates)) if not place(step, set())), None)


def differing_fields(expected: Mapping[str, str], typed: Mapping[str, str]) -> list[str]:
    """The codes of the fields typed otherwise than expected, in the order of `expected`; digit by digit."""
    return [code for code, value in expected.items() if plain(value) != plain(typed.get(code, ""))]


def plain(value: str) -> str:
    """What of a typed value counts: no spaces, separators of digits or full width; a minus is one minus."""
    text = unicodedata.normalize("NFKC", value).strip()
    digits = re.sub(r"[\s,]", "", text.replace("−", "-").replace("△", "-"))
    if re.fullmatch(r"-?[0-9][0-9.\-]*", digits):
        sign, rest = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
        whole, point, cents = rest.replace("-", "").partition(".")
        cents = cents.rstrip("0")
        return sign + whole + (point + cents if cents else "")
    return re.sub(r"\s+", " ", text)


def totals(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The sum of minor units per currency."""
    sums: dict[str, int] = {}
    for currency, minor in amounts:
        sums[currency] = sums.get(currency, 0) + minor
    return sums
