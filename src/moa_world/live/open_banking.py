"""The banks over HTTP with a token, in the field names of Korea's open banking: who may ask, and what becomes of an answer.

Answers come with HTTP 200 and an rsp_code, as there; only a token that does not hold is a 401, and too many requests a 429.
The code of the bank that keeps the account is bank_rsp_code: 000, or the last three digits of the code that firm banking would
give. A path may begin with /banks/CODE: then that bank's own door is used, else the common one of all banks.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from .faults import Rule
from .open_banking_calls import (
    BAD_CLIENT,
    BAD_REQUEST,
    BANK_DOWN,
    IN_PROCESS,
    INSTITUTION,
    NOT_ALLOWED,
    OK,
    TOKEN_EXPIRED,
    TOKEN_UNKNOWN,
    TOO_MANY,
    Calls,
    Wrong,
    masked,
)
from .values import Hang, Send

if TYPE_CHECKING:
    from .world import World

__all__ = ["CLIENT_ID", "INSTITUTION", "OpenBanking", "masked"]

CLIENT_ID = "moa-world"
TOKEN_DAYS = 90
GET_TOKEN, END_TOKEN = "/oauth/2.0/token", "/oauth/2.0/revoke"
_WORDS = {
    OK: "", BAD_REQUEST: "요청 오류", TOKEN_EXPIRED: "토큰 만료", TOKEN_UNKNOWN: "토큰 오류", NOT_ALLOWED: "권한 없음",
    BANK_DOWN: "참가기관 에러", IN_PROCESS: "처리 중", BAD_CLIENT: "이용기관 인증 오류", TOO_MANY: "요청 과다",
}  # fmt: skip
_REASONS = {
    200: "OK",
    401: "Unauthorized",
    404: "Not Found",
    429: "Too Many Requests",
    502: "Bad Gateway",
    503: "Service Unavailable",
}
_SCOPES = {"oob": ("inquiry", "transfer"), "inquiry": ("inquiry",), "transfer": ("transfer",)}
_DOOR = re.compile(r"/banks/([0-9]{3})(/.*)")
# What makes an answer unusable also ends its connection, or the next one would be read with its rest.
_SPOILT = ("malformed", "short", "unexpected")
Answer = Callable[[dict[str, Any], str, Rule | None], dict[str, Any]]


def through_door(path: str) -> tuple[str, str]:
    """The bank whose own door is used, "" for the common one, and the path behind it."""
    found = _DOOR.fullmatch(path)
    return (found[1], found[2]) if found else ("", path)


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
        self._off = timedelta(0)
        self.calls = calls = Calls(self)
        self._routes: dict[tuple[str, str], tuple[str, str, Answer]] = {
            ("GET", "/v2.0/account/list"): ("inquiry", "http/accounts", calls.accounts),
            ("GET", "/v2.0/account/balance/fin_num"): ("inquiry", "http/balance", calls.balance),
            ("GET", "/v2.0/account/transaction_list/fin_num"): ("inquiry", "http/transactions", calls.lines),
            ("POST", "/v2.0/inquiry/real_name"): ("inquiry", "http/name", calls.name),
            ("POST", "/v2.0/transfer/deposit/acnt_num"): ("transfer", "http/transfer", calls.transfer),
            ("POST", "/v2.0/transfer/result"): ("transfer", "http/result", calls.result),
            ("POST", "/v2.0/transfer/totals"): ("transfer", "http/totals", calls.totals),
        }  # fmt: skip

    # Before the log ------------------------------------------------------------------------------------

    def verdict(self, path: str, method: str, token: str, asked: dict[str, Any], now: datetime) -> str:
        """What the log may know of who asks: an rsp_code, A0000 for whoever may."""
        _bank, path = through_door(path)
        if path in (GET_TOKEN, END_TOKEN):
            known = (asked.get("client_id"), asked.get("client_secret")) == (CLIENT_ID, self.client_secret)
            if path == END_TOKEN:
                return OK if known and asked.get("access_token") in self.tokens else BAD_CLIENT
            return OK if known and asked.get("scope") in _SCOPES else BAD_CLIENT
        held = self.tokens.get(token)
        if held is None:
            return TOKEN_UNKNOWN
        if now >= held.until:
            return TOKEN_EXPIRED
        needed = self._routes.get((method, path))
        return OK if needed is None or needed[0] in _SCOPES[held.scope] else NOT_ALLOWED

    def numbered(self, token: str) -> int:
        """Which token it is, without saying it; 0 for none."""
        return list(self.tokens).index(token) + 1 if token in self.tokens else 0

    def pass_phrase_holds(self, asked: dict[str, Any]) -> bool:
        number = asked.get("cntr_account_num")
        account = next((each for _own, each in self.calls.ours() if each.number == number), None)
        return account is not None and asked.get("wd_pass_phrase") == account.password

    # Requests ------------------------------------------------------------------------------------------

    def request(self, event: dict[str, Any]) -> None:
        session, verdict = event["session"], event["verdict"]
        bank, path = through_door(event["path"])
        if bank and bank not in self.world.desks:
            self._reply(session, 404, self.said(BAD_REQUEST, field=event["path"]))
            return
        believed = self.world.clock(bank) if bank else self.world.now
        self._off = self.world.clock_error(bank) + (believed - self.world.now)
        if path in (GET_TOKEN, END_TOKEN) and event["method"] == "POST":
            self._of_token(session, bank, path == GET_TOKEN, event)
            return
        if verdict in (TOKEN_UNKNOWN, TOKEN_EXPIRED, NOT_ALLOWED):
            self._reply(session, 401, self.said(verdict))
            return
        route = self._routes.get((event["method"], path))
        if route is None:
            self._reply(session, 404, self.said(BAD_REQUEST, field=path))
            return
        _scope, key, handle = route
        if key == "http/transfer":
            handle = partial(self.calls.transfer, holds=bool(event.get("secret_holds", True)))
        try:
            self._handle(session, bank or self.calls.bank_of(key, event["asked"]), bank, key, handle, event)
        except Wrong as wrong:
            number = self.calls.number_of(event["asked"])
            named = {"bank_tran_id": number} if number else {}
            self._reply(session, 200, self.said(BAD_REQUEST, field=str(wrong), **named))

    def revoke(self) -> int:
        """All tokens end, as after a theft."""
        ended = len(self.tokens)
        self.tokens.clear()
        return ended

    def _of_token(self, session: int, bank: str, is_asked_for: bool, event: dict[str, Any]) -> None:
        fault = self._strikes(bank, "http/token", "")
        if bank and self.world.is_down(bank) or (fault is not None and fault.kind == "error_before"):
            self._reply(session, 503, self.said(BANK_DOWN))
        elif fault is not None and fault.kind == "rate_limited":
            self._too_many(session, fault)
        elif fault is not None and fault.kind in ("no_reply", "applied_no_reply"):
            return
        elif event["verdict"] != OK:
            self._reply(session, 401, self.said(BAD_CLIENT))
        elif is_asked_for:
            self._reply(session, 200, self._token(event["asked"]), fault.kind if fault else "")
        else:
            self.tokens.pop(list(self.tokens)[event["token"] - 1])
            self._reply(session, 200, self.said(OK))

    def _handle(
        self, session: int, bank: str, door: str, key: str, handle: Answer, event: dict[str, Any]
    ) -> None:
        asked = event["asked"]
        fault = self._strikes(bank, key, self.calls.number_of(asked))
        kind = fault.kind if fault else ""
        if bank and self.world.is_down(bank):
            self._reply(session, 200, self.said(BANK_DOWN))
        elif kind == "no_reply":
            return
        elif kind == "drop_before":
            self.world.effects.append(Hang(session))
        elif kind == "error_before":
            self._reply(session, 503, self.said(BANK_DOWN))
        elif fault is not None and kind == "rate_limited":
            self._too_many(session, fault)
        elif kind in ("token_revoked", "token_expired"):
            self.revoke()
            self._reply(session, 401, self.said(TOKEN_UNKNOWN if kind == "token_revoked" else TOKEN_EXPIRED))
        elif fault is not None and kind == "late_apply":
            latest = self.world.closing(bank) - timedelta(seconds=1)
            due = max(self.world.now, min(self.world.now + timedelta(seconds=fault.delay), latest))
            facts = {
                "session": session, "key": key, "asked": asked, "door": door, "reply": fault.reply,
                "secret_holds": bool(event.get("secret_holds", True)),
            }  # fmt: skip
            self.world.schedule(due, "http_arrive", facts)
        else:
            self._deliver(session, handle(asked, door, fault), fault)

    def _strikes(self, bank: str, key: str, number: str) -> Rule | None:
        fault = self.world.faults.choose(bank, key, number)
        if fault is not None:
            self.world.note("strikes", fault=fault.number, kind=fault.kind, key=key, msg_no=number)
        return fault

    def _too_many(self, session: int, fault: Rule) -> None:
        self._reply(session, 429, self.said(TOO_MANY), more=f"Retry-After: {fault.delay}\r\n")

    def arrive_late(self, facts: dict[str, Any]) -> None:
        self.world.note("arrives", key=facts["key"])
        said = self.calls.transfer(facts["asked"], facts["door"], None, holds=facts["secret_holds"])
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
            self._reply(session, 200, self.said(IN_PROCESS))
        elif kind == "error_after":
            self._reply(session, 503, self.said(BANK_DOWN))
        else:
            self._reply(session, 200, said, kind)
            if kind == "duplicate_reply":
                self._reply(session, 200, said)

    def reply_late(self, facts: dict[str, Any]) -> None:
        self._reply(facts["session"], 200, facts["said"])

    def _reply(
        self, session: int, status: int, said: dict[str, Any], spoilt: str = "", *, more: str = ""
    ) -> None:
        body = json.dumps(said, ensure_ascii=False).encode()
        length = len(body)
        if spoilt in ("malformed", "short"):
            at = self.world.rng.randrange(1, length)
            body = body[:at] if spoilt == "short" else body[:at] + b"\x00{" + body[at:][2:]
        elif spoilt == "long":
            body += b"}" * 20
            length = len(body)
        elif spoilt == "unexpected":
            body = b"<html><body>Bad Gateway</body></html>"
            status, length = 502, len(body)
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: application/json; charset=UTF-8\r\n{more}"
        )
        ends = spoilt in _SPOILT
        rest = (
            f"Content-Length: {length}\r\n{'Connection: close' if ends else 'Connection: keep-alive'}\r\n\r\n"
        )
        self.world.effects.append(Send(session, (head + rest).encode() + body))
        if ends:
            self.world.effects.append(Hang(session))

    def said(self, code: str, **more: Any) -> dict[str, Any]:
        self._answered += 1
        now = self.world.now + self._off
        return {
            "api_tran_id": f"{self.world.seed:08x}-{self._answered:010}",
            "api_tran_dtm": f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03}",
            "rsp_code": code,
            "rsp_message": _WORDS[code],
            **more,
        }

    def _token(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._given += 1
        token = hashlib.sha256(f"{self.world.seed}/token/{self._given}".encode()).hexdigest()
        self.tokens[token] = Token(asked["scope"], self.world.now + timedelta(days=TOKEN_DAYS))
        seconds = TOKEN_DAYS * 86_400
        return {
            "access_token": token, "token_type": "Bearer", "expires_in": str(seconds), "scope": asked["scope"],
            "client_use_code": INSTITUTION,
        }  # fmt: skip
