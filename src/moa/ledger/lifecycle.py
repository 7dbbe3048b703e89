"""The lives of an account in the books, of a business day and of a voucher on its way into them."""

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


class DraftState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"
    RETURNED = "returned"
    POSTED = "posted"
    DISCARDED = "discarded"


# What an edit finds waiting it takes back first: nobody decides on content that is being changed.
VOUCHER_DRAFT = Lifecycle(
    DraftState,
    {
        (DraftState.DRAFT, "edit"): DraftState.DRAFT,
        (DraftState.RETURNED, "edit"): DraftState.DRAFT,
        (DraftState.WAITING, "edit"): DraftState.DRAFT,
        (DraftState.DRAFT, "submit"): DraftState.WAITING,
        (DraftState.RETURNED, "submit"): DraftState.WAITING,
        (DraftState.WAITING, "move"): DraftState.WAITING,
        (DraftState.WAITING, "withdraw"): DraftState.DRAFT,
        (DraftState.WAITING, "return"): DraftState.RETURNED,
        (DraftState.WAITING, "post"): DraftState.POSTED,
        (DraftState.DRAFT, "discard"): DraftState.DISCARDED,
        (DraftState.RETURNED, "discard"): DraftState.DISCARDED,
    },
)
