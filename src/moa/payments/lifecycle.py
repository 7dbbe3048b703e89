"""The life of a payment order, of one attempt to pay it through a bank, and of a series of orders. Source: domain.md §4, DESIGN §1.1."""

from __future__ import annotations

from enum import StrEnum

from moa.kernel.lifecycle import Lifecycle


class OrderState(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    RETURNED = "returned"
    APPROVED = "approved"
    READY = "ready"
    SENT = "sent"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    PAID = "paid"
    RECONCILED = "reconciled"
    FAILED = "failed"
    RETURNED_BY_BANK = "returned_by_bank"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


_O = OrderState
# Sent, and how it ended is not proven yet.
IN_FLIGHT = (_O.SENT, _O.PROCESSING, _O.UNKNOWN)
# What may be taken back (撤单): nothing of it can have left.
BEFORE_SENDING = (_O.DRAFT, _O.PENDING, _O.RETURNED, _O.APPROVED, _O.READY)
# Proven to have reached the payee, and not come back.
PROVEN_PAID = (_O.PAID, _O.RECONCILED)
# Its voucher is in the books, whatever came back of it.
BOOKED = (*PROVEN_PAID, _O.RETURNED_BY_BANK)
# Nothing of it is paid as far as is known, and its bank may say otherwise of a try that failed.
NOT_PAID = (_O.READY, _O.FAILED, _O.CANCELLED, _O.WITHDRAWN)
# The amount is set aside in the books.
HOLDING = (_O.APPROVED, _O.READY, *IN_FLIGHT)

# `book` is the outcome of a transfer within the books, whose voucher is the evidence. From unknown only evidence leads
# out; a ready one fails where persons say so of a try that its bank calls debited and that never left. A refused or returned payment
# is tried again by `resend`, as a new attempt; silence is no reason for one. `put_right` is for what was carried out though it was
# proven to have failed, `disprove` for what was not though it was proven to be paid: both on the bank's word and that of two persons
# (putting_right.py, disproving.py).
ORDER = Lifecycle(
    OrderState,
    {
        (_O.DRAFT, "edit"): _O.DRAFT,
        (_O.RETURNED, "edit"): _O.DRAFT,
        (_O.PENDING, "edit"): _O.DRAFT,
        (_O.DRAFT, "submit"): _O.PENDING,
        (_O.RETURNED, "submit"): _O.PENDING,
        (_O.PENDING, "return"): _O.RETURNED,
        (_O.PENDING, "approve"): _O.APPROVED,
        (_O.APPROVED, "book"): _O.PAID,
        (_O.APPROVED, "refuse"): _O.FAILED,
        (_O.APPROVED, "release"): _O.READY,
        (_O.READY, "send"): _O.SENT,
        (_O.SENT, "acknowledge"): _O.PROCESSING,
        (_O.UNKNOWN, "acknowledge"): _O.PROCESSING,
        (_O.SENT, "lose"): _O.UNKNOWN,
        (_O.PROCESSING, "lose"): _O.UNKNOWN,
        **{(state, "prove_paid"): _O.PAID for state in IN_FLIGHT},
        **{(state, "prove_failed"): _O.FAILED for state in (*IN_FLIGHT, _O.READY)},
        (_O.PAID, "match"): _O.RECONCILED,
        (_O.PAID, "give_back"): _O.RETURNED_BY_BANK,
        (_O.RECONCILED, "give_back"): _O.RETURNED_BY_BANK,
        (_O.FAILED, "resend"): _O.READY,
        (_O.FAILED, "cancel"): _O.CANCELLED,
        **{(state, "put_right"): _O.PAID for state in NOT_PAID},
        **{(state, "disprove"): _O.FAILED for state in PROVEN_PAID},
        **{(state, "withdraw"): _O.WITHDRAWN for state in BEFORE_SENDING},
    },
)


class AttemptState(StrEnum):
    PREPARED = "prepared"
    SENT = "sent"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


_A = AttemptState
OPEN_ATTEMPT = (_A.PREPARED, _A.SENT, _A.PROCESSING, _A.UNKNOWN)

# A prepared attempt has its message stored. Whether it left is not known when we were stopped just then, so it is lost,
# never sent again; only what is proven not to have left ends as failed.
ATTEMPT = Lifecycle(
    AttemptState,
    {
        (_A.PREPARED, "send"): _A.SENT,
        (_A.PREPARED, "lose"): _A.UNKNOWN,
        (_A.SENT, "acknowledge"): _A.PROCESSING,
        (_A.UNKNOWN, "acknowledge"): _A.PROCESSING,
        (_A.SENT, "lose"): _A.UNKNOWN,
        (_A.PROCESSING, "lose"): _A.UNKNOWN,
        **{(state, "prove_paid"): _A.PAID for state in (_A.SENT, _A.PROCESSING, _A.UNKNOWN)},
        **{(state, "prove_failed"): _A.FAILED for state in OPEN_ATTEMPT},
        (_A.PAID, "give_back"): _A.RETURNED,
        (_A.FAILED, "put_right"): _A.PAID,
        (_A.PAID, "disprove"): _A.FAILED,
    },
)


class SeriesState(StrEnum):
    PENDING = "pending"
    RETURNED = "returned"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    ENDED = "ended"


_S = SeriesState
# A series is entered whole and never edited: one that was returned is entered anew. What a cancelled one has sent stays.
SERIES = Lifecycle(
    SeriesState,
    {
        (_S.PENDING, "approve"): _S.ACTIVE,
        (_S.PENDING, "return"): _S.RETURNED,
        (_S.PENDING, "withdraw"): _S.WITHDRAWN,
        (_S.RETURNED, "withdraw"): _S.WITHDRAWN,
        (_S.ACTIVE, "cancel"): _S.CANCELLED,
        (_S.ACTIVE, "end"): _S.ENDED,
    },
)


class OccurrenceState(StrEnum):
    WAITING = "waiting"
    MADE = "made"
    MISSED = "missed"
    CANCELLED = "cancelled"
