"""How a voucher names the bank line that it was made from, and the rule that booked it: "4711 FEES.2"."""

from __future__ import annotations

SOURCE = "bank_line"


def source_of(line_id: int, rule: str = "") -> str:
    """Line and rule version, as the voucher keeps them."""
    return f"{line_id} {rule}".strip()


def line_of_source(source_id: str) -> int | None:
    """The line's number; None where the text names none."""
    number = source_id.split(" ", 1)[0]
    return int(number) if number.isascii() and number.isdigit() else None


def rule_of_source(source_id: str) -> str:
    """The rule version; empty where a person booked the line."""
    return source_id.partition(" ")[2]
