"""The day on which a bank itself shows to be, by what its answers say: no clock of ours can tell it (ADR 77). Pure.

Day rule: a bank's day lasts until it opens the next one, so its word of an hour before that is of the day before.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

# What can't be read shows no day to have begun.
UNREADABLE = date.min
_DAY, _HALF_A_DAY = timedelta(days=1), timedelta(hours=12)


def day_at(moment: datetime, opens: time) -> date:
    """Shape: `moment` by the bank's clock. The first day that can be written has none before it."""
    if moment.time() >= opens or moment.date() == UNREADABLE:
        return moment.date()
    return moment.date() - _DAY


def day_of_moment(said: object, opens: time) -> date | None:
    """Of the moment that an answer over HTTP carries (YYYYMMDDhhmmss, parts of a second behind it); None where it has none."""
    if said is None:
        return None
    moment = (
        _read(said[:14], "%Y%m%d%H%M%S")
        if isinstance(said, str) and len(said) >= len("20261120100000")
        else None
    )
    return UNREADABLE if moment is None else day_at(moment, opens)


def day_of_line(opened_on: date | None, sent: tuple[str, str], told: str, opens: time) -> date | None:
    """Over firm banking: the day for which the bank has let us open the line, and no later one than the time of its answer allows.

    An answer repeats the date and the time of its request, by which it is known; a bank that writes its own time into it shows
    where its clock is. Shape: `sent` date and time of the request's header, `told` the time of the answer's.
    """
    asked, time_told = _read("".join(sent), "%Y%m%d%H%M%S"), _read(sent[0] + told, "%Y%m%d%H%M%S")
    if opened_on is None or asked is None or time_told is None or time_told == asked:
        return opened_on
    # The time alone is told: the nearest moment that has it is meant.
    for nearest in (time_told - _DAY, time_told, time_told + _DAY):
        if abs(nearest - asked) <= _HALF_A_DAY:
            return min(opened_on, day_at(nearest, opens))
    return opened_on


def _read(text: str, form: str) -> datetime | None:
    if not (text.isascii() and text.isdigit()):
        return None
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return None
