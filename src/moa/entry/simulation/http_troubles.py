"""What messages over HTTP suffer in a simulation: the same as those over firm banking, put around the line as there."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from moa.channels.open_banking.line import HttpLine
from moa.channels.open_banking.requests import ROUTES, TRANSFER
from moa.entry.commands.world import ask
from moa.entry.simulation.plan import LASTING, SILENT, Payment, Plan, fault_of_question
from moa.entry.simulation.wrapping import wrap

# The message of firm banking with the same purpose, by which the plan knows how often it suffers.
_AS = {
    "http/accounts": "http/accounts", "http/token": "http/token", "http/name": "6000/100", "http/result": "7000/100",
    "http/totals": "7000/300",
}  # fmt: skip
_PATIENT, _IMPATIENT = 8, 0.06


class TroubledHttpLine(HttpLine):
    """Each request meets what the plan has for it; whoever waits in vain does not wait long."""

    plan: Plan
    payments: dict[int, Payment]
    # When the worker's round is, and how many questions without a moment of their own it has asked.
    now: datetime
    asked = 0

    def __init__(self, host: str, port: int, *, seconds: Any, **more: Any) -> None:
        super().__init__(host, port, seconds=_PATIENT, **more)
        self._is_silent: list[bool] = []
        self._sent_at = time.monotonic()

    def send(self, payloads: list[bytes]) -> list[bool]:
        self._is_silent = [self._trouble(payload) in SILENT for payload in payloads]
        self._sent_at = time.monotonic()
        return super().send(payloads)

    def until(self, at: int) -> Any:
        return self._sent_at + (_IMPATIENT if self._is_silent[at] else _PATIENT)

    def _trouble(self, payload: bytes) -> str:
        """Order what strikes this very request. Shape: its kind."""
        key, bank, asked = _read(payload)
        number = str(asked.get("bank_tran_id") or asked.get("org_bank_tran_id") or "")
        fault = self._of_transfer(asked) if key == TRANSFER else self._of_question(key, bank, asked, number)
        if not fault:
            return ""
        ask("POST", "/faults", {**fault, "bank": bank, "key": key, "msg_no": number, "times": 1})
        return str(fault["kind"])

    def _of_transfer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The first try alone is struck, but what the bank says for good it says to each."""
        payment = self.payments.get(int(asked["tran_amt"]))
        if payment is None or not payment.fault:
            return {}
        is_first = str(asked["wd_print_content"]).endswith("0001")
        return payment.fault if is_first or payment.fault["kind"] in LASTING else {}

    def _of_question(self, key: str, bank: str, asked: dict[str, Any], number: str) -> dict[str, Any]:
        if key not in _AS or self.now.date() >= self.plan.faulty_until.date():
            return {}
        TroubledHttpLine.asked += 1
        moment = str(asked.get("tran_dtime", "")) or f"{self.now:%H%M}{self.asked}"
        return fault_of_question(self.plan.seed, _AS[key], bank, f"{self.now:%Y%m%d}", f"{number}{moment}")


def trouble_http_lines(plan: Plan) -> None:
    TroubledHttpLine.plan, TroubledHttpLine.payments = plan, plan.by_amount
    wrap("moa.channels.open_banking.session", "HttpLine", lambda line: TroubledHttpLine)


def begin_http_round(now: datetime) -> None:
    """In each round it is drawn anew what strikes its questions, also when another process begins the round again."""
    TroubledHttpLine.now, TroubledHttpLine.asked = now, 0


def _read(payload: bytes) -> tuple[str, str, dict[str, Any]]:
    """Its kind, its bank, and its fields with those of its row."""
    head, _, body = payload.partition(b"\r\n\r\n")
    method, address, _ = head.split(b"\r\n")[0].decode().split(" ")
    place = urlsplit(address)
    _, _, bank, path = place.path.split("/", 3)
    key = next(key for key, route in ROUTES.items() if (route.method, route.path) == (method, f"/{path}"))
    if method == "GET":
        return key, bank, {name: said[-1] for name, said in parse_qs(place.query).items()}
    said = json.loads(body) if body.startswith(b"{") else {}
    rows = said.get("req_list") or [{}]
    return key, bank, {**said, **rows[0]}
