"""Whether an amount can be set aside on an account: what may go out may be set aside."""

from __future__ import annotations

from moa.ledger.rules.decision import AccountFacts


def hold_problem(account: AccountFacts, amount_minor: int) -> str:
    """The code of what hinders it, as a voucher that takes the amount out would be refused now; empty when nothing does."""
    if account.state == "closed":
        return "account_closed"
    if account.state == "frozen":
        return "frozen"
    after = account.current * account.normal_side - account.held - amount_minor
    if account.floor_minor is not None and after < account.floor_minor:
        return "below_floor"
    return ""
