"""What the banks answer over HTTP: accounts, balances, lines, names; transfers, their results and the totals of a day.

Answers are in the field names of Korea's open banking. What the reference of client programs does not show (the result
inquiry, the totals) is our own, see docs/world.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .books import movements_on
from .desk import DONE, OTHER_CONTENT
from .faults import Rule
from .values import Account, Order, Transfer

if TYPE_CHECKING:
    from .open_banking import OpenBanking

INSTITUTION = "M202600001"
OK, BAD_REQUEST, TOKEN_EXPIRED, TOKEN_UNKNOWN, NOT_ALLOWED, BANK_DOWN, IN_PROCESS, BAD_CLIENT, TOO_MANY = (
    "A0000", "A0004", "O0003", "O0002", "O0005", "A0002", "A0007", "O0001", "A0429",
)  # fmt: skip
_NO_RECORD = "REC"
_PAGE = 25
_REFERENCE = re.compile(r"[0-9A-Za-z]{1,16}")
_WRONG_TOTAL = 1_000_000
_TRAN_ID = re.compile(r"[0-9A-Z]{10}U[0-9A-Z]{9}")


class Wrong(Exception):
    """A request that lacks something or says something impossible. Shape: the field's name."""


class Calls:
    """One object a world. Each call takes what is asked, the bank whose door was used ("" for the common one), the fault that
    strikes it, and whether the pass phrase holds; it gives the answer."""

    def __init__(self, banking: OpenBanking) -> None:
        self.banking, self.world = banking, banking.world
        self._said = banking.said

    def ours(self) -> Iterator[tuple[str, Account]]:
        """Our accounts with the number that stands for each."""
        for code in self.world.desks:
            for n, account in enumerate(each for each in self.world.books.of_bank(code) if each.is_ours):
                yield f"{INSTITUTION[1:]}{code}{n:012}", account

    def _by_number(self, asked: dict[str, Any]) -> Account:
        number = _text(asked, "fintech_use_num")
        found = next((account for own, account in self.ours() if own == number), None)
        if found is None:
            raise Wrong("fintech_use_num")
        return found

    def accounts(self, asked: dict[str, Any], bank: str, fault: Rule | None) -> dict[str, Any]:
        """Those of the bank whose door was used; over the common one all."""
        rows = [
            {
                "fintech_use_num": number, "account_alias": account.holder, "bank_code_std": account.bank,
                "bank_name": self.world.profiles[account.bank].name, "account_num_masked": masked(account.number),
                "account_holder_name": account.holder,
            }
            for number, account in self.ours()
            if bank in ("", account.bank)
        ]  # fmt: skip
        return self._said(OK, res_cnt=str(len(rows)), res_list=rows)

    def balance(self, asked: dict[str, Any], bank: str, fault: Rule | None) -> dict[str, Any]:
        account = self._by_number(asked)
        return self._said(
            OK, bank_tran_id=_tran_id(asked), bank_rsp_code="000", bank_code_std=account.bank,
            fintech_use_num=asked["fintech_use_num"], balance_amt=str(account.balance), available_amt=str(account.balance),
        )  # fmt: skip

    def lines(self, asked: dict[str, Any], bank: str, fault: Rule | None) -> dict[str, Any]:
        """Movements of a period, 25 a page; the trace of an answer asks for the next page."""
        account = self._by_number(asked)
        first, last = _day(asked, "from_date"), _day(asked, "to_date")
        if last < first or (last - first).days > 366:
            raise Wrong("to_date")
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        found = [movement for day in days for movement in movements_on(account, day)]
        side = _text(asked, "inquiry_type", "A", "I", "O")
        found = [each for each in found if side == "A" or (each.amount > 0) == (side == "I")]
        if _text(asked, "sort_order", "D", "A") == "D":
            found.reverse()
        trace = str(asked.get("befor_inquiry_trace_info") or "0")
        start = int(trace) if trace.isascii() and trace.isdigit() and len(trace) < 9 else 0
        rows = [
            {
                "tran_date": f"{each.at:%Y%m%d}", "tran_time": f"{each.at:%H%M%S}", "inout_type": "입금" if each.amount > 0 else "출금",
                "tran_type": each.text, "print_content": each.memo or each.partner, "tran_amt": str(abs(each.amount)),
                "after_balance_amt": str(each.balance), "branch_name": self.world.profiles[account.bank].name,
            }
            for each in found[start : start + _PAGE]
        ]  # fmt: skip
        more = start + _PAGE < len(found)
        return self._said(
            OK, bank_tran_id=_tran_id(asked), bank_rsp_code="000", balance_amt=str(account.balance),
            page_record_cnt=str(len(rows)), next_page_yn="Y" if more else "N",
            befor_inquiry_trace_info=str(start + _PAGE) if more else "", res_list=rows,
        )  # fmt: skip

    def name(self, asked: dict[str, Any], bank: str, fault: Rule | None) -> dict[str, Any]:
        at, number = _text(asked, "bank_code_std"), _text(asked, "account_num")
        account = self.world.books.find(at, number)
        code = "014" if account is None else "015" if account.is_closed else "000"
        name = account.holder if account is not None and code == "000" else ""
        return self._said(
            OK, bank_tran_id=_tran_id(asked), bank_rsp_code=code, bank_code_std=at, account_num=number,
            account_holder_name=name,
        )  # fmt: skip

    # Transfers -------------------------------------------------------------------------------------------

    def bank_of(self, key: str, asked: dict[str, Any]) -> str:
        """The bank whose system answers, "" when the request does not name one."""
        if key == "http/name":
            return str(asked.get("bank_code_std", ""))
        if key in ("http/balance", "http/transactions"):
            return next((a.bank for n, a in self.ours() if n == asked.get("fintech_use_num")), "")
        if key in ("http/transfer", "http/totals"):
            return next((a.bank for _n, a in self.ours() if a.number == asked.get("cntr_account_num")), "")
        return ""

    def number_of(self, asked: dict[str, Any]) -> str:
        rows = asked.get("req_list")
        row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else asked
        return str(row.get("bank_tran_id") or row.get("org_bank_tran_id") or "")

    def transfer(
        self, asked: dict[str, Any], bank: str, fault: Rule | None, *, holds: bool = True
    ) -> dict[str, Any]:
        row = _one_row(asked)
        debited = self.bank_of("http/transfer", asked)
        if not debited or bank not in ("", debited):
            raise Wrong("cntr_account_num")
        amount = _text(row, "tran_amt")
        if not amount.isascii() or not amount.isdigit() or not 0 < int(amount) < 10**13:
            raise Wrong("tran_amt")
        now, desk = self.world.clock(debited), self.world.desks[debited]
        wanted = {name: row[name] for name in sorted(row) if name != "tran_no"}
        said = str(asked.get("wd_print_content", ""))
        order = Order(
            day=f"{_moment(asked):%Y%m%d}", company=INSTITUTION, number=_tran_id(row),
            debit_account=_text(asked, "cntr_account_num"), credit_bank=_text(row, "bank_code_std"),
            credit_account=_text(row, "account_num"), amount=int(amount), memo=str(row.get("print_content") or said),
            reference=said if _REFERENCE.fullmatch(said) else _tran_id(row)[-16:],
            body=json.dumps([asked["cntr_account_num"], wanted]).encode(),
        )  # fmt: skip
        payee = self.world.books.find(order.credit_bank, order.credit_account)
        forced = (fault.code or "0011") if fault and fault.kind == "refused" else ""
        if (
            asked.get("name_check_option") == "on"
            and payee
            and row.get("account_holder_name") != payee.holder
        ):
            forced = forced or "0016"
        outcome = desk.take(order, desk.closed_code(order.day, now), holds, now, forced)
        if fault and fault.kind == "returned" and isinstance(outcome, Transfer):
            self.world.exchange.plan_return(debited, outcome, fault.delay)
        code = outcome if isinstance(outcome, str) else outcome.code
        return self._said(
            OK, wd_bank_code_std=debited, wd_account_num_masked=masked(order.debit_account), res_cnt="1",
            res_list=[self._row(row, order.number, order.day, code, amount, payee)],
        )  # fmt: skip

    def result(self, asked: dict[str, Any], bank: str, fault: Rule | None) -> dict[str, Any]:
        row = _one_row(asked)
        number, day = _tran_id(row, "org_bank_tran_id"), _text(row, "org_bank_tran_date")
        if fault is not None and fault.kind == "in_process":
            return self._said(IN_PROCESS)
        found = [desk.transfers.get((day, INSTITUTION, number)) for desk in self.world.desks.values()]
        transfer = next((each for each in found if each is not None), None)
        if transfer is None or (fault is not None and fault.kind == "no_record"):
            code, payee = _NO_RECORD, None
        else:
            code = transfer.code if str(transfer.amount) == str(row.get("org_tran_amt")) else OTHER_CONTENT
            payee = self.world.books.find(transfer.credit_bank, transfer.credit_account)
        return self._said(
            OK, res_cnt="1", res_list=[self._row(row, number, day, code, str(row.get("org_tran_amt", "")), payee)]
        )  # fmt: skip

    def totals(self, asked: dict[str, Any], bank: str, fault: Rule | None) -> dict[str, Any]:
        """Of the transfers out of one of our accounts on a day, those that came over HTTP."""
        account, day = _text(asked, "cntr_account_num"), f"{_day(asked, 'tran_date'):%Y%m%d}"
        debited = self.bank_of("http/transfer", asked)
        if not debited or bank not in ("", debited):
            raise Wrong("cntr_account_num")
        figures = dict(self.world.desks[debited].totals(day, account, INSTITUTION))
        wrong = self.world.faults.standing("wrong_totals", debited)
        if wrong is not None:
            figures["ok_count"] += 1
            figures["ok_amount"] += wrong.amount or _WRONG_TOTAL
        return self._said(
            OK, bank_tran_id=_tran_id(asked), bank_rsp_code="000", tran_date=day,
            **{name: str(figure) for name, figure in figures.items()},
        )  # fmt: skip

    def _row(
        self, row: dict[str, Any], number: str, day: str, code: str, amount: str, payee: Account | None
    ) -> dict[str, Any]:
        return {
            "tran_no": str(row.get("tran_no", "1")), "bank_tran_id": number, "bank_tran_date": day,
            "bank_rsp_code": "000" if code == DONE else code[-3:], "bank_rsp_message": "" if code == DONE else code,
            "account_num_masked": masked(payee.number) if payee else "",
            "account_holder_name": payee.holder if payee else "", "print_content": str(row.get("print_content", "")),
            "tran_amt": amount,
        }  # fmt: skip


def masked(number: str) -> str:
    return number[:-3] + "***"


def _text(asked: dict[str, Any], name: str, *allowed: str) -> str:
    said = asked.get(name)
    if not isinstance(said, str) or not said or (allowed and said not in allowed):
        raise Wrong(name)
    return said


def _tran_id(asked: dict[str, Any], name: str = "bank_tran_id") -> str:
    """Institution, U, nine characters. Unique within a day at this world."""
    said = _text(asked, name)
    if not _TRAN_ID.fullmatch(said) or not said.startswith(INSTITUTION):
        raise Wrong(name)
    return said


def _day(asked: dict[str, Any], name: str) -> date:
    try:
        return datetime.strptime(_text(asked, name), "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        raise Wrong(name) from None


def _moment(asked: dict[str, Any]) -> datetime:
    try:
        return datetime.strptime(_text(asked, "tran_dtime"), "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise Wrong("tran_dtime") from None


def _one_row(asked: dict[str, Any]) -> dict[str, Any]:
    """A request carries one row, as the banks ask for."""
    rows = asked.get("req_list")
    if (
        asked.get("req_cnt") != "1"
        or not isinstance(rows, list)
        or len(rows) != 1
        or not isinstance(rows[0], dict)
    ):
        raise Wrong("req_list")
    return rows[0]
