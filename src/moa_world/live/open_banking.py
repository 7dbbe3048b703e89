"""The banks over HTTP with a token, in the field names of Korea's open banking: names, balances, lines, transfers, results.

Answers come with HTTP 200 and an rsp_code, as there; only a token that does not hold is a 401. The code of the bank that
keeps the account is bank_rsp_code: 000, or the last three digits of the code that firm banking would give.
Source: reference of client programs; what they do not show (the result inquiry's fields) is our own, see docs/world.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .books import movements_on
from .desk import DONE, OTHER_CONTENT
from .faults import Rule
from .values import Account, Hang, Order, Send, Transfer

if TYPE_CHECKING:
    from .world import World

CLIENT_ID, INSTITUTION = "moa-world", "M202600001"
TOKEN_DAYS = 90
OK, BAD_REQUEST, TOKEN_EXPIRED, TOKEN_UNKNOWN, NOT_ALLOWED, BANK_DOWN, IN_PROCESS, BAD_CLIENT = (
    "A0000", "A0004", "O0003", "O0002", "O0005", "A0002", "A0007", "O0001",
)  # fmt: skip
_WORDS = {
    OK: "", BAD_REQUEST: "요청 오류", TOKEN_EXPIRED: "토큰 만료", TOKEN_UNKNOWN: "토큰 오류", NOT_ALLOWED: "권한 없음",
    BANK_DOWN: "참가기관 에러", IN_PROCESS: "처리 중", BAD_CLIENT: "이용기관 인증 오류",
}  # fmt: skip
_NO_RECORD = "REC"
_PAGE = 25
_TRAN_ID = re.compile(r"[0-9A-Z]{10}U[0-9A-Z]{9}")
_SCOPES = {"oob": ("inquiry", "transfer"), "inquiry": ("inquiry",), "transfer": ("transfer",)}


class Wrong(Exception):
    """A request that lacks something or says something impossible. Shape: the field's name."""


@dataclass(slots=True)
class Token:
    scope: str
    until: datetime


class OpenBanking:
    """One object a world. A request is judged before it is logged: the log holds verdicts, no tokens and no secrets."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client_secret = hashlib.sha256(f"{world.seed}/client".encode()).hexdigest()[:32]
        self.tokens: dict[str, Token] = {}
        self._given = self._answered = 0
        self._routes: dict[tuple[str, str], tuple[str, str, Callable[[dict[str, Any], Rule | None], dict[str, Any]]]] = {
            ("GET", "/v2.0/account/list"): ("inquiry", "http/accounts", self._list),
            ("GET", "/v2.0/account/balance/fin_num"): ("inquiry", "http/balance", self._balance),
            ("GET", "/v2.0/account/transaction_list/fin_num"): ("inquiry", "http/transactions", self._lines),
            ("POST", "/v2.0/inquiry/real_name"): ("inquiry", "http/name", self._name),
            ("POST", "/v2.0/transfer/deposit/acnt_num"): ("transfer", "http/transfer", self._transfer),
            ("POST", "/v2.0/transfer/result"): ("transfer", "http/result", self._result),
        }  # fmt: skip

    # Before the log ------------------------------------------------------------------------------------

    def verdict(self, path: str, method: str, token: str, asked: dict[str, Any], now: datetime) -> str:
        """What the log may know of who asks: an rsp_code, A0000 for whoever may."""
        if path == "/oauth/2.0/token":
            known = (asked.get("client_id"), asked.get("client_secret")) == (CLIENT_ID, self.client_secret)
            return OK if known and asked.get("scope") in _SCOPES else BAD_CLIENT
        held = self.tokens.get(token)
        if held is None:
            return TOKEN_UNKNOWN
        if now >= held.until:
            return TOKEN_EXPIRED
        needed = self._routes.get((method, path))
        return OK if needed is None or needed[0] in _SCOPES[held.scope] else NOT_ALLOWED

    # Requests ------------------------------------------------------------------------------------------

    def request(self, event: dict[str, Any]) -> None:
        session, path, verdict = event["session"], event["path"], event["verdict"]
        if path == "/oauth/2.0/token" and event["method"] == "POST":
            self._reply(session, *self._token(event["asked"], verdict))
            return
        if verdict in (TOKEN_UNKNOWN, TOKEN_EXPIRED, NOT_ALLOWED):
            self._reply(session, 401, self._said(verdict))
            return
        route = self._routes.get((event["method"], path))
        if route is None:
            self._reply(session, 404, self._said(BAD_REQUEST, field=path))
            return
        _scope, key, handle = route
        try:
            self._handle(session, key, handle, event["asked"])
        except Wrong as wrong:
            self._reply(session, 200, self._said(BAD_REQUEST, field=str(wrong)))

    def revoke(self) -> int:
        """All tokens end, as after a theft."""
        ended = len(self.tokens)
        self.tokens.clear()
        return ended

    def _handle(
        self,
        session: int,
        key: str,
        handle: Callable[[dict[str, Any], Rule | None], dict[str, Any]],
        asked: dict[str, Any],
    ) -> None:
        bank, number = self._bank_of(key, asked), self._number_of(asked)
        fault = self.world.faults.choose(bank, key, number)
        kind = fault.kind if fault else ""
        if fault is not None:
            self.world.note("strikes", fault=fault.number, kind=kind, key=key, msg_no=number)
        if bank and self.world.is_down(bank):
            self._reply(session, 200, self._said(BANK_DOWN))
        elif kind == "no_reply":
            return
        elif kind == "drop_before":
            self.world.effects.append(Hang(session))
        elif fault is not None and kind == "late_apply":
            latest = self.world.closing(bank) - timedelta(seconds=1)
            due = min(self.world.now + timedelta(seconds=fault.delay), latest)
            self.world.schedule(
                due, "http_arrive", {"session": session, "key": key, "asked": asked, "reply": fault.reply}
            )
        else:
            self._deliver(session, handle(asked, fault), fault)

    def arrive_late(self, facts: dict[str, Any]) -> None:
        self.world.note("arrives", key=facts["key"])
        said = self._transfer(facts["asked"], None)
        if facts["reply"]:
            self._reply(facts["session"], 200, said)

    def _deliver(self, session: int, said: dict[str, Any], fault: Rule | None) -> None:
        kind = fault.kind if fault else ""
        if kind == "applied_no_reply":
            return
        if kind == "drop_after":
            self.world.effects.append(Hang(session))
        elif fault is not None and kind in ("late_reply", "out_of_order"):
            due = self.world.now + timedelta(seconds=fault.delay)
            self.world.schedule(due, "http_reply", {"session": session, "said": said})
        elif kind == "timeout_reply":
            self._reply(session, 200, self._said(IN_PROCESS))
        else:
            self._reply(session, 200, said, kind)

    def reply_late(self, facts: dict[str, Any]) -> None:
        self._reply(facts["session"], 200, facts["said"])

    def _reply(self, session: int, status: int, said: dict[str, Any], spoilt: str = "") -> None:
        body = json.dumps(said, ensure_ascii=False).encode()
        length = len(body)
        if spoilt in ("malformed", "short"):
            at = self.world.rng.randrange(1, length)
            body = body[:at] if spoilt == "short" else body[:at] + b"\x00{" + body[at:][2:]
        elif spoilt == "long":
            body += b"}" * 20
        elif spoilt == "unexpected":
            body = b"<html><body>Bad Gateway</body></html>"
            status, length = 502, len(body)
        head = f"HTTP/1.1 {status} {'OK' if status == 200 else 'Refused'}\r\nContent-Type: application/json; charset=UTF-8\r\n"
        more = f"Content-Length: {length}\r\nConnection: close\r\n\r\n"
        self.world.effects += [Send(session, (head + more).encode() + body), Hang(session)]

    def _said(self, code: str, **more: Any) -> dict[str, Any]:
        self._answered += 1
        return {
            "api_tran_id": f"{self.world.seed:08x}-{self._answered:010}",
            "api_tran_dtm": f"{self.world.now:%Y%m%d%H%M%S}{self.world.now.microsecond // 1000:03}",
            "rsp_code": code,
            "rsp_message": _WORDS[code],
            **more,
        }

    def _token(self, asked: dict[str, Any], verdict: str) -> tuple[int, dict[str, Any]]:
        if verdict != OK:
            return 401, self._said(BAD_CLIENT)
        self._given += 1
        token = hashlib.sha256(f"{self.world.seed}/token/{self._given}".encode()).hexdigest()
        self.tokens[token] = Token(asked["scope"], self.world.now + timedelta(days=TOKEN_DAYS))
        seconds = TOKEN_DAYS * 86_400
        return 200, {
            "access_token": token, "token_type": "Bearer", "expires_in": str(seconds), "scope": asked["scope"],
            "client_use_code": INSTITUTION,
        }  # fmt: skip

    # Questions -------------------------------------------------------------------------------------------

    def _ours(self) -> Iterator[tuple[str, Account]]:
        """Our accounts with the number that stands for each."""
        for code in self.world.desks:
            for n, account in enumerate(each for each in self.world.books.of_bank(code) if each.is_ours):
                yield f"{INSTITUTION[1:]}{code}{n:012}", account

    def _by_number(self, asked: dict[str, Any]) -> Account:
        number = _text(asked, "fintech_use_num")
        found = next((account for own, account in self._ours() if own == number), None)
        if found is None:
            raise Wrong("fintech_use_num")
        return found

    def _list(self, asked: dict[str, Any], fault: Rule | None) -> dict[str, Any]:
        rows = [
            {
                "fintech_use_num": number, "account_alias": account.holder, "bank_code_std": account.bank,
                "bank_name": self.world.profiles[account.bank].name, "account_num_masked": masked(account.number),
                "account_holder_name": account.holder,
            }
            for number, account in self._ours()
        ]  # fmt: skip
        return self._said(OK, res_cnt=str(len(rows)), res_list=rows)

    def _balance(self, asked: dict[str, Any], fault: Rule | None) -> dict[str, Any]:
        account = self._by_number(asked)
        return self._said(
            OK, bank_tran_id=_tran_id(asked), bank_rsp_code="000", bank_code_std=account.bank,
            fintech_use_num=asked["fintech_use_num"], balance_amt=str(account.balance), available_amt=str(account.balance),
        )  # fmt: skip

    def _lines(self, asked: dict[str, Any], fault: Rule | None) -> dict[str, Any]:
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

    def _name(self, asked: dict[str, Any], fault: Rule | None) -> dict[str, Any]:
        bank, number = _text(asked, "bank_code_std"), _text(asked, "account_num")
        account = self.world.books.find(bank, number)
        code = "014" if account is None else "015" if account.is_closed else "000"
        name = account.holder if account is not None and code == "000" else ""
        return self._said(
            OK, bank_tran_id=_tran_id(asked), bank_rsp_code=code, bank_code_std=bank, account_num=number,
            account_holder_name=name,
        )  # fmt: skip

    # Transfers -------------------------------------------------------------------------------------------

    def _bank_of(self, key: str, asked: dict[str, Any]) -> str:
        """The bank whose system answers, "" when the request does not name one."""
        if key == "http/name":
            return str(asked.get("bank_code_std", ""))
        if key in ("http/balance", "http/transactions"):
            return next((a.bank for n, a in self._ours() if n == asked.get("fintech_use_num")), "")
        if key == "http/transfer":
            return next((a.bank for _n, a in self._ours() if a.number == asked.get("cntr_account_num")), "")
        return ""

    def _number_of(self, asked: dict[str, Any]) -> str:
        rows = asked.get("req_list")
        row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else asked
        return str(row.get("bank_tran_id") or row.get("org_bank_tran_id") or "")

    def _transfer(self, asked: dict[str, Any], fault: Rule | None) -> dict[str, Any]:
        row = _one_row(asked)
        bank = self._bank_of("http/transfer", asked)
        if not bank:
            raise Wrong("cntr_account_num")
        amount = _text(row, "tran_amt")
        if not amount.isascii() or not amount.isdigit() or not 0 < int(amount) < 10**13:
            raise Wrong("tran_amt")
        now, desk = self.world.now, self.world.desks[bank]
        wanted = {name: row[name] for name in sorted(row) if name != "tran_no"}
        order = Order(
            day=f"{now:%Y%m%d}", company=INSTITUTION, number=_tran_id(row),
            debit_account=_text(asked, "cntr_account_num"), credit_bank=_text(row, "bank_code_std"),
            credit_account=_text(row, "account_num"), amount=int(amount), memo=str(asked.get("wd_print_content", "")),
            reference=_tran_id(row)[-16:], body=json.dumps([asked["cntr_account_num"], wanted]).encode(),
        )  # fmt: skip
        payee = self.world.books.find(order.credit_bank, order.credit_account)
        forced = (fault.code or "0011") if fault and fault.kind == "refused" else ""
        if (
            asked.get("name_check_option") == "on"
            and payee
            and row.get("account_holder_name") != payee.holder
        ):
            forced = forced or "0016"
        outcome = desk.take(order, desk.closed_code(order.day, now), True, now, forced)
        if fault and fault.kind == "returned" and isinstance(outcome, Transfer):
            self.world.exchange.plan_return(bank, outcome, fault.delay)
        code = outcome if isinstance(outcome, str) else outcome.code
        return self._said(
            OK, wd_bank_code_std=bank, wd_account_num_masked=masked(order.debit_account), res_cnt="1",
            res_list=[self._row(row, order.number, order.day, code, amount, payee)],
        )  # fmt: skip

    def _result(self, asked: dict[str, Any], fault: Rule | None) -> dict[str, Any]:
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
