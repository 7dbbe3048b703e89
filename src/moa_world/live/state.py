"""What the world looks like now, as plain values for the control API, the page and the tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from .books import movements_on
from .desk import Desk
from .open_banking import CLIENT_ID, INSTITUTION
from .population import COMPANY
from .run import Run
from .values import Account, Transfer
from .world import World


def world_state(run: Run) -> dict[str, Any]:
    """Banks with their accounts and totals of the day. Shape: amounts in won; moments ISO, Korean time."""
    world = run.world
    day = f"{world.now:%Y%m%d}"
    return {
        "seed": world.seed,
        "now": world.now.isoformat(),
        "events": run.events,
        "company_no": COMPANY,
        "open_banking": {
            "client_id": CLIENT_ID,
            "client_secret": world.open_banking.client_secret,
            "institution": INSTITUTION,
            "tokens": len(world.open_banking.tokens),
        },
        "total": world.books.total(),
        "total_at_start": world.books.total_at_start,
        "banks": [bank_state(world, desk, day) for desk in world.desks.values()],
        "faults": world.faults.as_json(),
        "statements": sorted(run.statements),
    }


def bank_state(world: World, desk: Desk, day: str) -> dict[str, Any]:
    profile = desk.profile
    lines = [number for number, each in world.sessions.items() if each.bank == profile.code]
    return {
        "code": profile.code,
        "name": profile.name,
        "opens": profile.opens.isoformat(),
        "closes": profile.closes.isoformat(),
        "fee_other_bank": profile.fee_other_bank,
        "limit_once": profile.limit_once,
        "limit_day": profile.limit_day,
        "works_on_holidays": profile.works_on_holidays,
        "sends_notices": profile.sends_notices,
        "sign_code": profile.sign_code,
        "speaks": ["firm_banking", "open_banking"] if profile.has_lines else ["open_banking"],
        "lines": lines,
        "is_open": desk.opened_on == day,
        "is_down": world.is_down(profile.code),
        "unconfirmed_notices": len(world.outboxes[profile.code].waiting),
        "totals": dict(desk.totals(day, "") if profile.has_lines else desk.totals(day, "", INSTITUTION)),
        "accounts": [account_state(each) for each in world.books.of_bank(profile.code)],
    }


def account_state(account: Account) -> dict[str, Any]:
    return {
        "bank": account.bank,
        "number": account.number,
        "holder": account.holder,
        "balance": account.balance,
        "opening": account.opening,
        "is_ours": account.is_ours,
        "is_closed": account.is_closed,
        "is_internal": account.is_internal,
        "movements": len(account.movements),
    }


def account_ledger(account: Account, day: date | None = None) -> list[dict[str, Any]]:
    """Every movement, or those of a day, with the reference that our message carried."""
    movements = account.movements if day is None else movements_on(account, day)
    return [{**movement._asdict(), "at": movement.at.isoformat()} for movement in movements]


def transfers_of(desk: Desk, day: str = "") -> list[dict[str, Any]]:
    return [transfer_state(each) for each in desk.transfers.values() if day in ("", each.day)]


def transfer_state(transfer: Transfer) -> dict[str, Any]:
    return {
        "day": transfer.day,
        "msg_no": transfer.msg_no,
        "state": transfer.state.value,
        "code": transfer.code,
        "debit_account": transfer.debit_account,
        "credit_bank": transfer.credit_bank,
        "credit_account": transfer.credit_account,
        "amount": transfer.amount,
        "fee": transfer.fee,
        "at": transfer.at.isoformat(),
        "memo": transfer.memo,
        "reference": transfer.reference,
        "returned_on": transfer.returned_on,
    }
