"""The tables of payments: orders with their attempts and evidence, and what several orders are decided on together by."""

from moa.payments.models.orders import (
    ATTEMPT_CHANGES,
    BANK,
    INTERNAL,
    KINDS,
    NOW,
    ORDER_CHANGES,
    BankDayTotals,
    Evidence,
    OrderMove,
    PayeeInquiry,
    PaymentAccounts,
    PaymentAttempt,
    PaymentLimit,
    PaymentOrder,
)
from moa.payments.models.plans import BundleDraft, PaymentBundle, PaymentOccurrence, PaymentSeries

__all__ = [
    "ATTEMPT_CHANGES",
    "BANK",
    "INTERNAL",
    "KINDS",
    "NOW",
    "ORDER_CHANGES",
    "BankDayTotals",
    "BundleDraft",
    "Evidence",
    "OrderMove",
    "PayeeInquiry",
    "PaymentAccounts",
    "PaymentAttempt",
    "PaymentBundle",
    "PaymentLimit",
    "PaymentOccurrence",
    "PaymentOrder",
    "PaymentSeries",
]
