"""Texts that a bank's message can carry: its fields are narrow, and nothing is ever cut."""

from __future__ import annotations

import re

MEMO_BYTES = 14
LONGEST_REFERENCE = 16


def memo_for_bank(memo: str, order_id: int) -> str:
    """The memo for the payee's passbook where it fits, else the payment's number."""
    plain = memo.strip()
    try:
        fits = 0 < len(plain.encode("euc_kr")) <= MEMO_BYTES and plain.isprintable()
    except UnicodeEncodeError:
        fits = False
    return plain if fits else f"P{order_id}"


def reference_for(order_id: int, number: int) -> str:
    """What the bank gives back on its statement: once for each attempt. Raises: ValueError when it does not fit."""
    reference = f"M{order_id:011d}{number:04d}"
    if len(reference) != LONGEST_REFERENCE:
        raise ValueError(f"{reference} is no reference")
    return reference


def is_reference(text: str) -> bool:
    """Whether a statement's reference can be one of ours."""
    return re.fullmatch(r"M\d{15}", text, re.ASCII) is not None
