"""The lives of an account in the books and of a business day."""

from __future__ import annotations

from enum import StrEnum

from moa.kernel.lifecycle import Lifecycle


class AccountState(StrEnum):
    OPEN = "open"
    FROZEN = "frozen"
    CLOSED = "closed"


# A frozen account takes what raises its balance and refuses what lowers it; a closed one takes nothing.
ACCOUNT = Lifecycle(
    AccountState,
    {
        (AccountState.OPEN, "freeze"): AccountState.FROZEN,
        (AccountState.FROZEN, "unfreeze"): AccountState.OPEN,
        (AccountState.OPEN, "close"): AccountState.CLOSED,
    },
)


class DayState(StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    REOPENED = "reopened"


# A day waits again while the one before it, reopened, is not closed.
BUSINESS_DAY = Lifecycle(
    DayState,
    {
        (DayState.WAITING, "open"): DayState.OPEN,
        (DayState.OPEN, "wait"): DayState.WAITING,
        (DayState.OPEN, "begin_close"): DayState.CLOSING,
        (DayState.CLOSING, "abandon_close"): DayState.OPEN,
        (DayState.CLOSING, "close"): DayState.CLOSED,
        (DayState.CLOSED, "reopen"): DayState.REOPENED,
        (DayState.REOPENED, "begin_close"): DayState.CLOSING,
    },
)
# At most one day of a book is in one of these.
UNDER_WAY = (DayState.OPEN, DayState.CLOSING, DayState.REOPENED)
