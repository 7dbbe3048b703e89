"""The tables of the books."""

from moa.ledger.models.account import Balance, LedgerAccount
from moa.ledger.models.book import Book, BookClock, BusinessDay, Subject
from moa.ledger.models.closing import DailyClosing, Seal, SealedLine
from moa.ledger.models.standing_order import StandingOrder
from moa.ledger.models.voucher import Entry, PostingKey, Reversal, Voucher

__all__ = [
    "Balance",
    "Book",
    "BookClock",
    "BusinessDay",
    "DailyClosing",
    "Entry",
    "LedgerAccount",
    "PostingKey",
    "Reversal",
    "Seal",
    "SealedLine",
    "StandingOrder",
    "Subject",
    "Voucher",
]
