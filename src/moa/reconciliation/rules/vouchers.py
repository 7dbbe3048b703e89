"""The voucher of a bank line: its legs, its memo and its key."""

from __future__ import annotations

from moa.ledger.rules.vouchers import LONGEST_MEMO, Leg, transfer

PLACES = ("counterparty", "text", "kind", "date", "account", "rule")
DEFAULT_MEMO = "{counterparty} {text}"


def memo_of(pattern: str, facts: dict[str, str]) -> str:
    """The pattern with its places filled. Only the named places are; anything else stays as it is written."""
    memo = pattern or DEFAULT_MEMO
    for name in PLACES:
        memo = memo.replace("{" + name + "}", facts.get(name, ""))
    printable = "".join(sign if sign.isprintable() else " " for sign in memo)
    return " ".join(printable.split())[:LONGEST_MEMO]


def legs_of(bank: str, counter: str, amount_minor: int, currency: str) -> tuple[Leg, Leg]:
    """A receipt debits the bank's account, a payment credits it. Source: domain.md §2.8, posting templates."""
    if amount_minor > 0:
        return transfer(bank, counter, amount_minor, currency)
    return transfer(counter, bank, -amount_minor, currency)


def clearing_legs(suspense: str, counter: str, amount_minor: int, currency: str) -> tuple[Leg, Leg]:
    """What stood in suspense goes where it belongs: a receipt debits suspense."""
    return legs_of(suspense, counter, amount_minor, currency)


def key_of(line_id: int, attempt: int) -> str:
    """The same line and attempt never book twice, whoever runs beside."""
    return f"bank-line-{line_id}-{attempt}"
