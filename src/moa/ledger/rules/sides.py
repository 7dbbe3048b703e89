"""Debit and credit, and the natures of subjects. Source: domain.md §2.8."""

from __future__ import annotations

DEBIT, CREDIT = 1, -1
NATURES = ("asset", "liability", "common", "equity", "profit", "off_balance")


def on_normal_side(minor: int, normal_side: int) -> int:
    """A balance that is signed with debits positive, as it counts for an account: negative when overdrawn."""
    return minor * normal_side
