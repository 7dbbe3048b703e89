"""What a standing order can give leave for; a voucher's origin is one of these or `entry`, a person's own."""

from __future__ import annotations

LOAD_ACCOUNTS = "accounts"
FILE = "file"
RULE = "rule"
INTEREST = "interest"
FEE = "fee"
CLOSE = "close"
ACTS = frozenset({LOAD_ACCOUNTS, FILE, RULE, INTEREST, FEE, CLOSE})

ENTRY = "entry"
OPENING = "opening"
REVERSAL = "reversal"
PAYMENT = "payment"
