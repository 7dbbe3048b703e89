"""What a bank answers to each kind of request, as fields of the answer. Nothing here changes anything."""

from __future__ import annotations

from datetime import datetime, timedelta

from moa.formats.firm_banking import Message, answer, encode

from .books import movements_on
from .desk import ACCOUNT_CLOSED, DONE, NO_CREDIT_ACCOUNT, NO_DEBIT_ACCOUNT, NO_RECORD, OTHER_CONTENT, Desk
from .values import Account, Movement, Transfer, TransferState

_NAME_BYTES, _LONG_NAME_BYTES = 12, 20
_WON = 10**13 - 1


def cut(text: str, length: int) -> str:
    """As banks cut a name: to so many bytes, never through a character; what EUC-KR lacks is left out."""
    raw = text.encode("euc_kr", "ignore")[:length]
    return raw.decode("euc_kr", "ignore").rstrip(" ")


def signed(name: str, balance: int) -> dict[str, str]:
    """A balance and its sign. Shape: `name` is "balance", "ledger", "available" as the fields begin."""
    value = {"balance": "balance", "ledger": "ledger_balance", "available": "available_amount"}[name]
    return {f"{name}_sign": "-" if balance < 0 else "+", value: str(min(abs(balance), _WON))}


def of_transfer(request: Message, outcome: Transfer | str) -> bytes:
    """2100/100. Shape: a code when the transfer was not even taken."""
    if isinstance(outcome, str):
        return answer(request, outcome)
    if outcome.state == TransferState.REFUSED:
        return answer(request, outcome.code)
    return answer(request, DONE, {**signed("balance", outcome.balance), "fee": str(outcome.fee)})


def of_result_inquiry(request: Message, desk: Desk, off: timedelta) -> bytes:
    """7100/100: what became of a transfer, or that there is none by that number. Shape: `off` is the clock's error."""
    transfer = desk.transfer_of(request)
    if transfer is None:
        return answer(request, DONE, {"result": NO_RECORD})
    asked = request.number("request_amount")
    if transfer.debit_account != request["debit_account"] or asked not in (0, transfer.amount):
        return answer(request, DONE, {"result": OTHER_CONTENT})
    done = transfer.state == TransferState.DONE
    return answer(
        request,
        DONE,
        {
            "credit_bank": transfer.credit_bank,
            "credit_account": transfer.credit_account,
            "request_amount": str(transfer.amount),
            "ok_amount": str(transfer.amount if done else 0),
            "failed_amount": str(0 if done else transfer.amount),
            "fee": str(transfer.fee),
            "transfer_time": f"{transfer.at + off:%H%M%S}",
            "result": transfer.code,
        },
    )


def of_name_inquiry(request: Message, desk: Desk) -> bytes:
    """6100/100: who holds an account, at this bank or another."""
    account = desk.books.find(request["account_bank"], request["account_no"])
    if account is None:
        return answer(request, NO_CREDIT_ACCOUNT)
    if account.is_closed:
        return answer(request, ACCOUNT_CLOSED, {"state": "C"})
    names = {
        "holder_name": cut(account.holder, _NAME_BYTES),
        "holder_name20": cut(account.holder, _LONG_NAME_BYTES),
    }
    return answer(request, DONE, {**names, "state": "N"})


def of_balance(request: Message, desk: Desk) -> bytes:
    """7100/200: the balance of one of the company's accounts."""
    account = desk.books.find(desk.profile.code, request["account_no"])
    if account is None or not account.is_ours:
        return answer(request, NO_DEBIT_ACCOUNT)
    return answer(
        request,
        DONE,
        {
            **signed("ledger", account.balance),
            **signed("available", account.balance),
            "cash_amount": str(account.balance),
        },
    )


def of_transfer_totals(request: Message, desk: Desk, wrong_by: int) -> bytes:
    """7100/300: count and amount of the day's transfers. Shape: `wrong_by` won are added when totals are to be wrong."""
    figures = dict(desk.totals(request["base_date"], request["account_no"]))
    if wrong_by:
        figures["ok_amount"] += wrong_by
        figures["ok_count"] += 1
        figures["request_amount"] += wrong_by
        figures["request_count"] += 1
    return answer(request, DONE, {name: str(figure) for name, figure in figures.items()})


def of_notice_totals(request: Message, desk: Desk) -> bytes:
    """7100/500: what came in and went out of the company's accounts on a day."""
    day = datetime.strptime(request["base_date"], "%Y%m%d").date()  # noqa: DTZ007
    ours = [each for each in desk.books.of_bank(desk.profile.code) if each.is_ours]
    asked = [each for each in ours if request["account_no"] in ("", each.number)]
    amounts = [movement.amount for account in asked for movement in movements_on(account, day)]
    came, went = [each for each in amounts if each > 0], [-each for each in amounts if each < 0]
    return answer(
        request,
        DONE,
        {
            "in_count": str(len(came)),
            "in_amount": str(sum(came)),
            "out_count": str(len(went)),
            "out_amount": str(sum(went)),
        },
    )


def of_missing_notice(request: Message, desk: Desk) -> bytes:
    """4100/200: one movement again, by account, day and number."""
    account = desk.books.find(desk.profile.code, request["account_no"])
    if account is None or not account.is_ours:
        return answer(request, NO_DEBIT_ACCOUNT)
    for movement in account.movements:
        if f"{movement.at:%Y%m%d}" == request["txn_date"] and movement.number == request.number("txn_seq"):
            return answer(request, DONE, notice_fields(account, movement))
    return answer(request, DONE, {"txn_kind": ""})


def notice_fields(account: Account, movement: Movement) -> dict[str, str]:
    """The body of 4000/100. A line that gives an amount back is a cancellation."""
    sides = ("21", "11") if movement.kind != "return" else ("31", "32")
    amount = str(abs(movement.amount))
    return {
        "account_no": account.number,
        "io_cancel": sides[0] if movement.amount < 0 else sides[1],
        "txn_kind": {"transfer": "22", "receipt": "03", "fee": "49", "return": "52"}.get(movement.kind, "99"),
        "amount": amount,
        "cash_part": amount,
        **signed("balance", movement.balance),
        "counterparty_name": cut(movement.partner or movement.text, _NAME_BYTES),
        "txn_date": f"{movement.at:%Y%m%d}",
        "txn_time": f"{movement.at:%H%M%S}",
        "txn_seq": str(movement.number),
        "cms_code_or_id": movement.reference,
    }


def notice(key: str, bank: str, company: str, number: int, at: datetime, fields: dict[str, str]) -> bytes:
    """A message that the bank begins."""
    header = {
        "company_no": company,
        "bank_code": bank,
        "msg_no": str(number),
        "send_date": f"{at:%Y%m%d}",
        "send_time": f"{at:%H%M%S}",
    }
    return encode(key, {**header, **fields})


def failure_fields(transfer: Transfer) -> dict[str, str]:
    """The body of 3000/100: a transfer that was answered as done has failed afterwards."""
    amount = str(transfer.amount)
    return {
        "orig_msg_no": transfer.msg_no,
        "debit_account": transfer.debit_account,
        "credit_bank": transfer.credit_bank,
        "credit_account": transfer.credit_account,
        "request_amount": amount,
        "failed_amount": amount,
        "notified_failed_amount": amount,
        "error_code": transfer.code,
        "network_txn_no": f"{transfer.day[2:]}{transfer.msg_no}",
    }
