"""The lives of a bank line on its way into the books, and of money that nobody knows."""

from __future__ import annotations

from enum import StrEnum

from moa.kernel.lifecycle import Lifecycle


class LineState(StrEnum):
    UNPOSTED = "unposted"
    WAITING = "waiting"
    POSTED = "posted"
    SUSPENSE = "suspense"
    CLEARED = "cleared"
    IGNORED = "ignored"
    SUPERSEDED = "superseded"


_BEFORE = (LineState.UNPOSTED, LineState.WAITING)
_ANY = tuple(state for state in LineState if state is not LineState.SUPERSEDED)

# A line that was linked by hand to a voucher can be unlinked; one whose voucher was made from it cannot.
# A line whose clearing a person took back stands in suspense again. A line whose voucher a person took back is unposted again; one that the bank took back ends, and its voucher with it.
LINE = Lifecycle(
    LineState,
    {
        (LineState.UNPOSTED, "wait"): LineState.WAITING,
        (LineState.WAITING, "release"): LineState.UNPOSTED,
        **{(state, "post"): LineState.POSTED for state in _BEFORE},
        **{(state, "suspend"): LineState.SUSPENSE for state in _BEFORE},
        **{(state, "ignore"): LineState.IGNORED for state in _BEFORE},
        (LineState.SUSPENSE, "clear"): LineState.CLEARED,
        (LineState.CLEARED, "reopen"): LineState.SUSPENSE,
        (LineState.POSTED, "take_back"): LineState.UNPOSTED,
        (LineState.POSTED, "unlink"): LineState.UNPOSTED,
        (LineState.SUSPENSE, "take_back"): LineState.UNPOSTED,
        **{(state, "supersede"): LineState.SUPERSEDED for state in _ANY},
    },
)


class SuspenseState(StrEnum):
    OPEN = "open"
    CLEARED = "cleared"
    REVERSED = "reversed"


SUSPENSE = Lifecycle(
    SuspenseState,
    {
        (SuspenseState.OPEN, "change"): SuspenseState.OPEN,
        (SuspenseState.OPEN, "clear"): SuspenseState.CLEARED,
        (SuspenseState.CLEARED, "reopen"): SuspenseState.OPEN,
        (SuspenseState.OPEN, "reverse"): SuspenseState.REVERSED,
        (SuspenseState.CLEARED, "reverse"): SuspenseState.REVERSED,
    },
)
