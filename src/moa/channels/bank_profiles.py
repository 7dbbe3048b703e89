"""What a bank takes and when: its hours, its largest transfer, the width of its fields. One folder of data a bank."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files

from moa.kernel.calendars import Calendar


@dataclass(frozen=True, slots=True)
class HttpHabits:
    """Shape: `at_once` so many requests may be under way together; `refusing_statuses` by which the bank promises that nothing
    was done. Every other status leaves it unknown."""

    at_once: int
    refusing_statuses: frozenset[int]


@dataclass(frozen=True, slots=True)
class BankProfile:
    """Shape: between `opens` and `closes` of the bank's own time a transfer is taken; after `closes` nothing of that day can
    arrive any more; `most_minor` the largest transfer; `returned_codes` say that a transfer was debited and given back."""

    opens: time
    closes: time
    works_on_holidays: bool
    most_minor: int
    memo_bytes: int
    returned_codes: frozenset[str]
    http: HttpHabits

    def is_open(self, now: datetime, calendar: Calendar) -> bool:
        """Shape: `now` in the bank's time zone."""
        return self.opens <= now.time() < self.closes and self.works_on(now.date(), calendar)

    def works_on(self, day: date, calendar: Calendar) -> bool:
        return self.works_on_holidays or calendar.is_business_day(day)


@cache
def profile_of(bank_code: str) -> BankProfile:
    """The bank's own folder, else the careful default."""
    folders = files("moa.channels.banks")
    own = folders.joinpath(f"kr{bank_code}", "profile.json")
    found = own if own.is_file() else folders.joinpath("default", "profile.json")
    said = json.loads(found.read_text(encoding="utf-8"))
    http = said["http"]
    return BankProfile(
        opens=time.fromisoformat(said["opens"]), closes=time.fromisoformat(said["closes"]),
        works_on_holidays=bool(said["works_on_holidays"]), most_minor=int(said["most_minor"]),
        memo_bytes=int(said["memo_bytes"]), returned_codes=frozenset(said["returned_codes"]),
        http=HttpHabits(int(http["at_once"]), frozenset(http["refusing_statuses"])),
    )  # fmt: skip
