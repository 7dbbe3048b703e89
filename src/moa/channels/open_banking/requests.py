"""Requests over HTTP as bytes, their copies without secrets, and the numbers by which a bank knows them.

Every field here is a text; what makes a list of one row in the body is said by the kind. Source: kftc.md §6.1; the paths of
result and totals are not in any public client and stand in docs/channels.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

ACCOUNTS, BALANCE, TRANSACTIONS, NAME, TRANSFER, RESULT, TOTALS, TOKEN, END_TOKEN = (
    "http/accounts", "http/balance", "http/transactions", "http/name", "http/transfer", "http/result", "http/totals",
    "http/token", "http/revoke",
)  # fmt: skip
_EPOCH = date(2020, 1, 1)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SECRETS = "client_secret|wd_pass_phrase|access_token|refresh_token"
_IN_HEAD = re.compile(rb"(?i)(authorization: *bearer )[^\r\n]*")
_IN_JSON = re.compile(rb'("(?:' + _SECRETS.encode() + rb')"\s*:\s*")(?:[^"\\]|\\.)*', re.DOTALL)
_IN_FORM = re.compile(rb"((?:^|[&\n])(?:" + _SECRETS.encode() + rb")=)[^&\r\n]*")


class Route(NamedTuple):
    """Shape: `form` for a body as a browser's form sends it; `row` the fields that stand in the one row of req_list;
    `numbered` the field that carries our number, empty for none."""

    method: str
    path: str
    form: bool = False
    row: tuple[str, ...] = ()
    numbered: str = "bank_tran_id"


ROUTES: dict[str, Route] = {
    ACCOUNTS: Route("GET", "/v2.0/account/list", numbered=""),
    BALANCE: Route("GET", "/v2.0/account/balance/fin_num"),
    TRANSACTIONS: Route("GET", "/v2.0/account/transaction_list/fin_num"),
    NAME: Route("POST", "/v2.0/inquiry/real_name"),
    TRANSFER: Route(
        "POST", "/v2.0/transfer/deposit/acnt_num",
        row=("bank_tran_id", "bank_code_std", "account_num", "account_holder_name", "print_content", "tran_amt", "transfer_purpose"),
    ),
    RESULT: Route(
        "POST", "/v2.0/transfer/result", row=("org_bank_tran_id", "org_bank_tran_date", "org_tran_amt"), numbered=""
    ),
    TOTALS: Route("POST", "/v2.0/transfer/totals"),
    TOKEN: Route("POST", "/oauth/2.0/token", form=True, numbered=""),
    END_TOKEN: Route("POST", "/oauth/2.0/revoke", form=True, numbered=""),
}  # fmt: skip


class Place(NamedTuple):
    """Where the requests of a connection go. Shape: `host` as the Host header says it."""

    host: str
    base_path: str
    institution: str
    bank: str


def tran_id(place: Place, day: date, number: int) -> str:
    """Institution, U and nine letters and digits that no other day, bank or message ever has: three of the day, two of the
    bank, four of its number of the day. Raises: ValueError where they do not fit."""
    parts = ((day.toordinal() - _EPOCH.toordinal(), 3), (int(place.bank), 2), (number, 4))
    return f"{place.institution}U{''.join(_base36(value, width) for value, width in parts)}"


def _base36(value: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        value, rest = divmod(value, 36)
        digits = _DIGITS[rest] + digits
    if value:
        raise ValueError("a number has no room in bank_tran_id")
    return digits


def write_request(
    key: str, place: Place, day: date, number: int, fields: Mapping[str, str], token: str
) -> bytes:
    """The whole request, as it goes to the socket."""
    route = ROUTES[key]
    said = {**fields, **({route.numbered: tran_id(place, day, number)} if route.numbered else {})}
    path, body = place.base_path + route.path, b""
    kind = "application/json; charset=UTF-8"
    if route.method == "GET":
        path += "?" + urlencode(said)
    elif route.form:
        body, kind = urlencode(said).encode(), "application/x-www-form-urlencoded; charset=UTF-8"
    else:
        body = json.dumps(_nested(route, said), ensure_ascii=False).encode()
    head = [f"{route.method} {path} HTTP/1.1", f"Host: {place.host}", "Accept: application/json"]
    head += [f"Authorization: Bearer {token}"] if token else []
    head += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"] if route.method == "POST" else []
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def _nested(route: Route, said: Mapping[str, str]) -> Mapping[str, Any]:
    if not route.row:
        return said
    row = {"tran_no": "1", **{name: said[name] for name in route.row if name in said}}
    rest = {name: value for name, value in said.items() if name not in route.row}
    return {**rest, "req_cnt": "1", "req_list": [row]}


def blank(payload: bytes) -> bytes:
    """The copy that may be kept: tokens, pass phrases and the client's secret are left out, cut ones too."""
    head, end, body = payload.partition(b"\r\n\r\n")
    return _IN_HEAD.sub(rb"\1", head) + end + _IN_FORM.sub(rb"\1", _IN_JSON.sub(rb"\1", body))
