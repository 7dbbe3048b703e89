"""Whole files of any kind from a seed."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.formats.kftc.oracle import applications, consents, debits

KINDS = (*applications.KINDS, *debits.KINDS, "EI13")
RECORD_LENGTHS = {
    **dict.fromkeys(applications.KINDS, 120),
    **dict.fromkeys(debits.KINDS, 150),
    "EI13": 1024,
}
INSTITUTION = "9911123456"


def day_of(seed: int) -> date:
    """A day of the years around 2026, the ends of months and years among them."""
    ends = (date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29), date(2026, 2, 28))
    rng = Random(f"day {seed}")
    return ends[seed % 8] if seed % 8 < len(ends) else date(2025, 1, 1) + timedelta(days=rng.randrange(1_000))


def institution_of(seed: int) -> str:
    return INSTITUTION if seed % 3 == 0 else f"99{Random(f'institution {seed}').randrange(10**8):08d}"


def records_of(kind: str, seed: int, count: int = 12) -> list[bytes]:
    """A valid file's records, header first and trailer last."""
    rng, day, institution = Random(f"{kind} {seed}"), day_of(seed), institution_of(seed)
    if kind == "EI13":
        return consents.records(institution, day, consents.consents(rng, day, count))
    if kind in applications.KINDS:
        return applications.records(
            kind, institution, day, applications.applications(kind, rng, day, count) if count else []
        )
    return debits.records(kind, institution, day, debits.debits(kind, rng, count))
