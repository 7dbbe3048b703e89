"""Decisions of control on plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

FREE_TRIES = 5
_WAITS = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1))


def lock_after_failures(failed_count: int, at: datetime) -> datetime | None:
    """Until when a login is locked after its `failed_count`-th wrong password in a row; None: not locked.

    The fifth failure locks for 15 minutes and each further one for longer, up to an hour, so that guessing is slow
    and a person is never locked out for good.
    """
    if failed_count < FREE_TRIES:
        return None
    return at + _WAITS[min(failed_count - FREE_TRIES, len(_WAITS) - 1)]


_CODE = re.compile(r"[^\s\x00-\x20]{1,32}")


def code_fits(code: str) -> bool:
    """A code of a group or a unit: 1 to 32 characters of any script, without spaces."""
    return code.isprintable() and _CODE.fullmatch(code) is not None


_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,149}")


def login_fits(login: str) -> bool:
    """Letters a–z in lower case, digits and . _ @ + -, two characters or more: what every keyboard can type."""
    return _LOGIN.fullmatch(login) is not None


# Years that a kind of document is kept, from the day it came. Source: DESIGN §4 (retention per kind); five and ten
# years are the usual terms of Korean and Chinese bookkeeping law and are the user's to lengthen.
RETENTION_YEARS = {
    "statement_file": 10, "rate_file": 5, "attachment": 10, "mail_attachment": 1, "year_backup": 10,
    "column_sample": 5,
}  # fmt: skip


def retain_until(day: date, kind: str) -> date:
    """The last day on which a document of `kind` that came on `day` is kept.

    Day rule: the same day of the year in which its time ends, included; from 29 February it is 1 March.
    """
    year = day.year + RETENTION_YEARS[kind]
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


# A session ends eight hours after signing in, and after one hour without a request.
SESSION_LENGTH = timedelta(hours=8)
SESSION_IDLE = timedelta(hours=1)


def session_end(signed_in_at: datetime, seen_at: datetime) -> datetime:
    """The moment from which a session no longer counts."""
    return min(signed_in_at + SESSION_LENGTH, seen_at + SESSION_IDLE)


def unit_problem(
    kind: str,
    valid_from: date,
    valid_until: date | None,
    *,
    parent_kind: str | None,
    parent_from: date | None,
    parent_until: date | None,
) -> str:
    """The code of what is wrong with standing under this parent from `valid_from` on, or "" when nothing is.

    A company stands under the group or a company; a unit stands under a company or a unit; the parent is there on
    the first day and not gone before the last.
    """
    if kind == "unit" and parent_kind is None:
        return "unit_needs_company"
    if kind == "company" and parent_kind == "unit":
        return "company_under_unit"
    if parent_from is not None and valid_from < parent_from:
        return "parent_not_there_yet"
    if parent_until is not None and (valid_until is None or valid_until > parent_until):
        return "parent_closed"
    return ""


def move_problem(
    unit_id: int,
    parent_id: int | None,
    parents: dict[int, int | None],
    *,
    valid_from: date,
    last_from: date,
    today: date,
) -> str:
    """The code of what is wrong with moving a unit under `parent_id`, or "". Shape: `parents` is unit → parent."""
    above = parent_id
    while above is not None:
        if above == unit_id:
            return "circle"
        above = parents[above]
    if valid_from > today:
        return "day_in_future"
    if valid_from < last_from:
        return "before_last_move"
    return ""


def incompatible_rights(
    held: Iterable[str], added: Iterable[str], pairs: Iterable[tuple[str, str]]
) -> tuple[str, str] | None:
    """The first pair that `added` would bring together in one hand, or None.

    Rights that came together before there was such a pair are no reason to refuse another; the page of rights tells them.
    """
    new = set(added)
    together = {*held, *new}
    return next((pair for pair in pairs if together.issuperset(pair) and not new.isdisjoint(pair)), None)


TOKEN_DAYS = 90
TOKEN_DAYS_MOST = 366
LONGEST_TOKEN_NAME = 100


def token_problem(name: str, scopes: Iterable[str], days: int, *, grantable: Iterable[str]) -> str:
    """The code of what is wrong with a machine token to be, or "" when nothing is."""
    if not 0 < len(name) <= LONGEST_TOKEN_NAME or not name.isprintable() or name != name.strip():
        return "token_name_unfit"
    wanted = set(scopes)
    if not wanted:
        return "scopes_missing"
    if not wanted <= set(grantable):
        return "scope_unknown"
    return "" if 1 <= days <= TOKEN_DAYS_MOST else "token_days_unfit"


def token_state(
    *, revoked_at: datetime | None, expires_at: datetime, left_on: date | None, at: datetime, today: date
) -> str:
    """active, revoked, expired, or left when the person it acts as is gone. Day rule: the moment of expiry is over."""
    if revoked_at is not None:
        return "revoked"
    if left_on is not None and left_on <= today:
        return "left"
    return "active" if at < expires_at else "expired"


def first_day_after(last: date | None) -> date | None:
    """Periods are half-open inside, and a person names the last day that counts."""
    return None if last is None else last + timedelta(days=1)
