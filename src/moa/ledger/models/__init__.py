"""The tables of the books."""

from moa.ledger.models.account import Balance, LedgerAccount
from moa.ledger.models.book import Book, BookClock, BusinessDay, Subject
from moa.ledger.models.closing import DailyClosing, Seal, SealedLine
from moa.ledger.models.closing_run import ClosingRun
from moa.ledger.models.draft import VoucherAttachment, VoucherDraft, VoucherTemplate
from moa.ledger.models.hold import Hold
from moa.ledger.models.period import PeriodClosing, PeriodFigure
from moa.ledger.models.standing_order import StandingOrder
from moa.ledger.models.voucher import Entry, PostingKey, Reversal, Voucher
from moa.ledger.models.watching import BookVerification, SealDispatch

__all__ = [
    "Balance",
    "Book",
    "BookClock",
    "BookVerification",
    "BusinessDay",
    "ClosingRun",
    "DailyClosing",
    "Entry",
    "Hold",
    "LedgerAccount",
    "PeriodClosing",
    "PeriodFigure",
    "PostingKey",
    "Reversal",
    "Seal",
    "SealDispatch",
    "SealedLine",
    "StandingOrder",
    "Subject",
    "Voucher",
    "VoucherAttachment",
    "VoucherDraft",
    "VoucherTemplate",
]
