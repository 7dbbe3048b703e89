"""Decisions of control on plain values."""

from __future__ import annotations

from datetime import datetime, timedelta

FREE_TRIES = 5
_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))


def lock_after_failures(failed_count: int, at: datetime) -> datetime | None:
    """Until when a login is locked after its `failed_count`-th wrong password in a row; None: not locked.

    Five tries are free; from the fifth on each further failure locks for longer, up to an hour, so that guessing
    is slow and a person is never locked out for good.
    """
    if failed_count < FREE_TRIES:
        return None
    return at + _WAITS[min(failed_count - FREE_TRIES, len(_WAITS) - 1)]


PASSWORD_MIN_LENGTH = 12


def password_problem(password: str, login: str) -> str:
    """The code of what is wrong with a new password, or "" when it will do."""
    if len(password) < PASSWORD_MIN_LENGTH:
        return "password_too_short"
    if login and login.lower() in password.lower():
        return "password_holds_login"
    if len(set(password)) < 5:
        return "password_too_simple"
    return ""
